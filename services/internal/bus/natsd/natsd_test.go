package natsd

import (
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func TestServerIsReachableFromOutsideAndInside(t *testing.T) {
	s, err := Start(Options{Dir: t.TempDir(), Port: RandomPort, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shutdown()
	if !strings.HasPrefix(s.URL(), "nats://127.0.0.1:") {
		t.Errorf("URL %s is not on loopback", s.URL())
	}
	outside, err := nats.Connect(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	inside, err := nats.Connect("", nats.InProcessServer(s.InProcess()))
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	got := make(chan string, 1)
	if _, err := outside.Subscribe("hello", func(m *nats.Msg) { got <- string(m.Data) }); err != nil {
		t.Fatal(err)
	}
	if err := outside.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := inside.Publish("hello", []byte("moin")); err != nil {
		t.Fatal(err)
	}
	if m := <-got; m != "moin" {
		t.Errorf("got %q", m)
	}
}

func TestTakenPortIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	port := l.Addr().(*net.TCPAddr).Port
	for name, o := range map[string]Options{
		"client port":     {Port: port},
		"monitoring port": {Port: RandomPort, HTTPMonitorPort: port},
	} {
		o.Dir, o.Logger = t.TempDir(), quiet()
		_, err := Start(o)
		if err == nil || !strings.Contains(err.Error(), l.Addr().String()) || !strings.Contains(err.Error(), "choose another port") {
			t.Errorf("%s: error %v does not name %s and the cure", name, err, l.Addr())
		}
	}
}

func TestUnusableDirectoryIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(file, "bus")
	_, err := Start(Options{Dir: dir, Port: RandomPort, Logger: quiet()})
	if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "choose another directory") {
		t.Errorf("error %v does not name %s and the cure", err, dir)
	}
}

func TestDirectoryBelongsToOneServer(t *testing.T) {
	dir := t.TempDir()
	s, err := Start(Options{Dir: dir, Port: RandomPort, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Start(Options{Dir: dir, Port: RandomPort, Logger: quiet()}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second server on the same directory: %v", err)
	}
	s.Shutdown()
	again, err := Start(Options{Dir: dir, Port: RandomPort, Logger: quiet()})
	if err != nil {
		t.Fatalf("after shutdown: %v", err)
	}
	again.Shutdown()
}

func TestUsersAreHeldToTheirSubjects(t *testing.T) {
	s, err := Start(Options{Dir: t.TempDir(), Port: RandomPort, Logger: quiet(), Users: []User{
		{Name: "service", Password: "s"},
		{Name: "frontend", Password: "f", Publish: []string{"_INBOX.>"}, Subscribe: []string{"lotse.>", "_INBOX.>"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shutdown()
	if _, err := nats.Connect(s.URL()); err == nil {
		t.Error("connected without a name")
	}
	denied := make(chan error, 1)
	nc, err := nats.Connect(s.URL(), nats.UserInfo("frontend", "f"), nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { denied <- err }))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if err := nc.Publish("lotse.booking.slots-changed.v1.x", nil); err != nil {
		t.Fatal(err)
	}
	if err := <-denied; !strings.Contains(strings.ToLower(err.Error()), "permissions violation") {
		t.Errorf("got %v", err)
	}
}
