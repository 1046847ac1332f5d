package cluster

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// here is where all processes are.
func here(string) string { return "127.0.0.1" }

// The servers' configuration is deploy's, with this machine's addresses.
func TestNATSConfig(t *testing.T) {
	deployed, err := os.ReadFile("../../deploy/nats/nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	ports := []natsPorts{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}
	text, err := natsConfig(string(deployed), "nats-2", "/d/store", "/s", here, ports, 1, "../accounts.conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`listen: "127.0.0.1:4"`, `listen: "127.0.0.1:5"`, `http: "127.0.0.1:6"`, `store_dir: "/d/store"`, `cert_file: "/s/tls/nats-2.pem"`,
		"nats-route://127.0.0.1:2", "nats-route://127.0.0.1:8", `include "../accounts.conf"`, "verify: true"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if _, err := natsConfig(strings.Replace(string(deployed), "store_dir: /data", "store_dir: /other", 1), "nats-1", "/d", "/s", here, ports, 0, "a"); err == nil || !strings.Contains(err.Error(), "store_dir: /data") {
		t.Errorf("a configuration that has changed: %v", err)
	}
}

// Secrets are made once, and only their owner can read them.
func TestSecrets(t *testing.T) {
	s := secrets(t.TempDir())
	read := func() map[string]string {
		if err := s.prepare([]string{"paisy"}, here); err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		err := filepath.WalkDir(string(s), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			public := strings.HasSuffix(path, "accounts.conf") || strings.HasSuffix(path, "users.json")
			if info.Mode()&0o077 != 0 && !public {
				t.Errorf("%s has mode %s", path, info.Mode())
			}
			raw, err := os.ReadFile(path)
			all[path] = string(raw)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	first := read()
	for _, want := range []string{"nats/creds/hr-paisy.nk", "nats/creds/booking.nk", "nats/creds/operator-ops.nk", "nats/creds/frontend-web.nk", "tokens/all", "postgres-booking", "booking.kek", "tls/nats-3.pem"} {
		if first[s.path(want)] == "" {
			t.Errorf("%s is missing", want)
		}
	}
	for path, text := range read() {
		if first[path] != text {
			t.Errorf("%s was made anew", path)
		}
	}
	if out, err := exec.Command("openssl", "verify", "-CAfile", s.path("tls/ca.pem"), s.path("tls/nats-1.pem")).CombinedOutput(); err != nil && exec.Command("openssl", "version").Run() == nil {
		t.Errorf("%v: %s", err, out)
	}
}

// A state is of a cluster that runs, or of none.
func TestState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cluster.json")
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "make cluster") {
		t.Errorf("no state: %v", err)
	}
	want := State{PID: os.Getpid(), URL: "http://127.0.0.1:1", Processes: []Running{{Name: "booking-1", Service: "booking", PID: 7}, {Name: "postgres"}}}
	if err := want.save(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if got, err := Load(path); err != nil || len(got.Replicas("booking")) != 1 || got.URL != want.URL {
		t.Errorf("%+v, %v", got, err)
	}
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	want.PID = ended.Process.Pid
	if err := want.save(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("a cluster that was killed: %v", err)
	}
}

func sleeper(t *testing.T, script string) *process {
	return &process{Running: Running{Name: "sleeper", Log: filepath.Join(t.TempDir(), "log")}, program: "/bin/sh", args: []string{"-c", script}}
}

// Who is killed is told of; who is asked to end is not, also when it was stopped.
func TestLives(t *testing.T) {
	died := make(chan error, 1)
	p := sleeper(t, "exec sleep 600")
	if err := p.start(func(err error) { died <- err }); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(p.now().PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-died; err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("it died of %v", err)
	}
	if err := p.start(func(err error) { died <- err }); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(p.now().PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := p.stop(10 * time.Second); err != nil || p.now().PID != 0 {
		t.Errorf("%v, pid %d", err, p.now().PID)
	}
	if err := p.start(nil); err != nil || p.now().PID != 0 {
		t.Errorf("it lives again after its end: %v", err)
	}
	if len(died) != 0 {
		t.Error("an end that was asked for is told as a death")
	}
}

// Who does not want to end is killed, and that is told.
func TestStubborn(t *testing.T) {
	p := sleeper(t, "trap '' TERM; echo up; while :; do sleep 1; done")
	if err := p.start(func(error) {}); err != nil {
		t.Fatal(err)
	}
	within(t, "the trap", func() bool { return strings.Contains(tail(p.Log), "up") })
	if err := p.stop(50 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "was killed") {
		t.Errorf("%v", err)
	}
}

// A start that fails says what the program said, and leaves nothing behind.
func TestAStartThatFails(t *testing.T) {
	p := sleeper(t, "echo the key is missing; exit 3")
	p.URL = "http://127.0.0.1:1"
	if err := p.start(func(error) {}); err != nil {
		t.Fatal(err)
	}
	if err := p.until(t.Context(), 10*time.Second); err == nil || !strings.Contains(err.Error(), "the key is missing") {
		t.Errorf("%v", err)
	}
	state := filepath.Join(t.TempDir(), "cluster.json")
	o := Options{State: state, Bin: t.TempDir(), HTTP: "0.0.0.0:0", Data: t.TempDir()}
	if _, err := Start(t.Context(), o); err == nil || !strings.Contains(err.Error(), "--bin") {
		t.Errorf("without programs: %v", err)
	}
	for _, name := range []string{"absenced", "staffingd", "capacityd", "bookingd", "nats-server"} {
		if err := os.WriteFile(filepath.Join(o.Bin, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Start(t.Context(), o); err == nil || !strings.Contains(err.Error(), "--http") {
		t.Errorf("on all addresses: %v", err)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("a state file is left")
	}
}
