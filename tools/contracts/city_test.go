package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// lotseBinary builds the command line once.
var lotseBinary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lotse-binary-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "lotse")
	cmd := exec.Command("go", "build", "-o", path, "./tools/lotse")
	cmd.Dir = home()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", errors.Join(err, errors.New(string(out)))
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := lotseBinary(); err == nil { // built at the latest here, from the cache
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// up is a running `lotse up` with the tiny network.
type up struct {
	t               *testing.T
	data, url, nats string
	lotse           string
	bus             *overheard
}

var (
	httpAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	natsAddress = regexp.MustCompile(`nats://127\.0\.0\.1:\d+`)
)

// start runs lotse up, applies the network and waits until slots are on offer.
func start(t *testing.T, secrets map[string]string) *up {
	t.Helper()
	binary, err := lotseBinary()
	if err != nil {
		t.Fatal(err)
	}
	c := &up{t: t, data: filepath.Join(t.TempDir(), "lotse-data"), lotse: binary}
	for source, secret := range secrets {
		dir := filepath.Join(c.data, "webhook-secrets")
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, source), []byte(secret+"\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	said, log := &heard{changed: make(chan struct{}, 1)}, &heard{changed: make(chan struct{}, 1)}
	cmd := exec.Command(binary, "up", "--data", c.data, "--http", "127.0.0.1:0", "--nats", "127.0.0.1:0")
	cmd.Stdout, cmd.Stderr = said, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
		}
		if t.Failed() && log.String() != "" {
			t.Logf("lotse up said:\n%s", log)
		}
	})
	deadline := time.After(60 * time.Second)
	for c.nats == "" || c.url == "" {
		select {
		case <-said.changed:
			text := said.String()
			c.url, c.nats = httpAddress.FindString(text), natsAddress.FindString(text)
		case err := <-ended:
			ended <- err
			t.Fatalf("lotse up ended: %v\n%s%s", err, said, log)
		case <-deadline:
			t.Fatalf("lotse up does not say where it is:\n%s%s", said, log)
		}
	}
	c.bus = listen(t, c.nats)
	apply := exec.CommandContext(t.Context(), binary, "apply", "--dir", filepath.Join(home(), "deploy/networks/tiny"), "--server", c.url, "--yes")
	apply.Env = append(os.Environ(), "LOTSE_TOKEN="+c.token("all"))
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("lotse apply: %v\n%s", err, out)
	}
	c.until("slots are on offer", func() bool {
		return strings.Contains(c.get("/booking/v1/slots?service=id-card&limit=1"), `"centre"`)
	})
	return c
}

// token is the development token of a role.
func (c *up) token(role string) string {
	text, err := os.ReadFile(filepath.Join(c.data, "dev-tokens"))
	if err != nil {
		c.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == role {
			return f[1]
		}
	}
	c.t.Fatalf("there is no token for %s", role)
	return ""
}

func (c *up) get(path string) string {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.url+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token("all"))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(body)
}

func (c *up) until(what string, holds func() bool) {
	c.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(c.t.Context(), 60*time.Second)
	defer cancel()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			c.t.Fatalf("it never comes to pass that %s", what)
		}
	}
}

// heard is what a process says, and a signal when it says more.
type heard struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case h.changed <- struct{}{}:
	default:
	}
	return h.text.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}
