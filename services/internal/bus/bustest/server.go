// Package bustest holds what judges the bus: a private NATS server that can be
// stopped, wiped and put back to an older state, the conformance suite of the
// subscriber, and watermill's own pub/sub suite set up for it.
package bustest

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/natsd"
)

// Server is a NATS server of a test's own, on a port that stays the same
// through restarts.
type Server struct {
	dir  string
	port int
	nats *natsd.Server
}

// Start runs a server with files in a directory of the test.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{dir: filepath.Join(t.TempDir(), "bus"), port: natsd.RandomPort}
	s.Resume(t)
	t.Cleanup(s.Stop)
	return s
}

// Resume starts the server again after Stop.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	n, err := natsd.Start(natsd.Options{Dir: s.dir, Port: s.port, Logger: Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	s.nats, s.port = n, n.Port()
}

// Stop ends the server; its files stay.
func (s *Server) Stop() {
	if s.nats != nil {
		s.nats.Shutdown()
		s.nats = nil
	}
}

// URL is where clients connect, the same after a restart.
func (s *Server) URL() string { return s.nats.URL() }

// NATS is the running server.
func (s *Server) NATS() *natsd.Server { return s.nats }

// Connect opens a connection over the network that ends with the test.
func (s *Server) Connect(t testing.TB) *bus.Conn {
	t.Helper()
	c, err := bus.Connect(context.Background(), bus.Options{URL: s.URL(), Name: t.Name(), Logger: Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Wipe removes the files of a stopped server.
func (s *Server) Wipe(t testing.TB) {
	t.Helper()
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
}

// Save copies the files of a stopped server and returns the copy's place.
func (s *Server) Save(t testing.TB) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "saved")
	if err := os.CopyFS(to, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// PutBack replaces the files of a stopped server by a copy.
func (s *Server) PutBack(t testing.TB, from string) {
	t.Helper()
	s.Wipe(t)
	if err := os.CopyFS(s.dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// Quiet is a logger that drops everything, unless LOTSE_TEST_LOG is set.
func Quiet() *slog.Logger {
	if os.Getenv("LOTSE_TEST_LOG") != "" {
		return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return slog.New(slog.NewTextHandler(io.Discard, nil))
}

// Eventually polls a condition until it holds, at most 20 s.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}
