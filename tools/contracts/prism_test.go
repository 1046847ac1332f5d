package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const prismProgram = "node_modules/@stoplight/prism-cli/dist/index.js"

// proxies are prisms before the services of a city: each holds what is asked and
// what is answered to the service's document, and answers violations itself.
type proxies struct {
	t    *testing.T
	city *up
	url  map[string]string
	// asked counts the requests that came through, by operation.
	asked map[string]int
}

func proxy(t *testing.T, c *up, docs string, services ...string) *proxies {
	t.Helper()
	p := &proxies{t: t, city: c, url: map[string]string{}, asked: map[string]int{}}
	for _, service := range services {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := l.Addr().String()
		_ = l.Close() // prism wants to be told its port
		host, port, _ := net.SplitHostPort(address)
		said := &heard{changed: make(chan struct{}, 1)}
		cmd := exec.Command("node", prismProgram, "proxy", "--errors", "--host", host, "--port", port,
			filepath.Join(docs, "openapi", service+".json"), c.url+"/"+service)
		cmd.Dir, cmd.Stdout, cmd.Stderr = here(), said, said
		cmd.Env = append(os.Environ(), "NO_COLOR=1", "NODE_NO_WARNINGS=1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
		p.url[service] = "http://" + address
	}
	for service, url := range p.url {
		c.until("the prism of "+service+" serves", func() bool {
			conn, err := net.DialTimeout("tcp", strings.TrimPrefix(url, "http://"), time.Second)
			if err == nil {
				_ = conn.Close()
			}
			return err == nil
		})
	}
	return p
}

// tail is the end of a long text.
func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// with are what a request has beside its path.
type with struct {
	body    any    // JSON, or a string that is sent as it is
	kind    string // content type; application/json when there is a body
	headers map[string]string
	nobody  bool // no token
}

// ask sends a request through the prism; the status must be one of want.
func (p *proxies) ask(method, service, path string, w with, want ...int) (answer map[string]any, head http.Header) {
	p.t.Helper()
	raw, status, head := p.send(method, service, path, w)
	for _, s := range want {
		if s == status {
			_ = json.Unmarshal(raw, &answer) // some answers are none
			return answer, head
		}
	}
	p.t.Errorf("%s /%s%s: %d, wanted %v: %s", method, service, path, status, want, tail(string(raw), 2000))
	return nil, head
}

func (p *proxies) send(method, service, path string, w with) (raw []byte, status int, head http.Header) {
	p.t.Helper()
	var body io.Reader
	switch b := w.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url[service]+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if body != nil {
		kind := w.kind
		if kind == "" {
			kind = "application/json"
		}
		req.Header.Set("Content-Type", kind)
	}
	if !w.nobody {
		req.Header.Set("Authorization", "Bearer "+p.city.token("all"))
	}
	for k, v := range w.headers {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if raw, err = io.ReadAll(res.Body); err != nil {
		p.t.Fatal(err)
	}
	if violations := res.Header.Get("Sl-Violations"); violations != "" || bytes.Contains(raw, []byte("stoplight.io/prism")) {
		p.t.Errorf("%s /%s%s violates the document: %d %s %s", method, service, path, res.StatusCode, violations, tail(string(raw), 2000))
	}
	p.asked[method+" /"+service+strings.SplitN(path, "?", 2)[0]]++
	return raw, res.StatusCode, res.Header
}

// through sends a request and judges nothing.
func (p *proxies) through(method, service, path string) (raw []byte, status int) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url[service]+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if raw, err = io.ReadAll(res.Body); err != nil {
		p.t.Fatal(err)
	}
	return raw, res.StatusCode
}
