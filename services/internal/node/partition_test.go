package node

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

// silent is a way to a server that can be made to carry nothing, with its
// connections open, as a network does that drops what it is given.
func silent(t *testing.T, url string) (address string, cut *atomic.Bool) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	cut = &atomic.Bool{}
	carry := func(from, to net.Conn) {
		defer func() { _, _ = from.Close(), to.Close() }()
		buf := make([]byte, 32<<10)
		for {
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			for cut.Load() && t.Context().Err() == nil {
				pause(t.Context(), 10*time.Millisecond)
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
	}
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", strings.TrimPrefix(url, "nats://"))
			if err != nil {
				_ = from.Close()
				continue
			}
			go carry(from, to)
			go carry(to, from)
		}
	}()
	return "nats://" + l.Addr().String(), cut
}

func eventually(t *testing.T, what string, limit time.Duration, is func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !is(); pause(t.Context(), 10*time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// A replica whose packets to a real server go nowhere is followed in good time,
// though its connection still takes itself for one.
func TestAReplicaCutOffFromTheBusIsFollowed(t *testing.T) {
	server := bustest.Start(t)
	way, cut := silent(t, server.URL())
	store := memory.New()
	run := func(n *Node, conn *bus.Conn) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- n.Run(ctx, conn) }()
		t.Cleanup(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
	conn, err := bus.Connect(t.Context(), bus.Options{URL: way, Logger: bustest.Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	a, b := replica(store), replica(store)
	run(a, conn)
	eventually(t, "the first leads", 10*time.Second, a.Leads)
	run(b, server.Connect(t))
	eventually(t, "both reach the bus", 10*time.Second, func() bool { return a.Health(t.Context()).Bus && b.Health(t.Context()).Bus })
	began := time.Now()
	cut.Store(true)
	eventually(t, "the second leads, and its relay has looked at the stream", 9*time.Second, func() bool {
		w := b.way.Load()
		return b.Leads() && w != nil && w.out.Stats().Syncs > 0
	})
	t.Logf("followed after %v", time.Since(began).Round(10*time.Millisecond))
	if a.Leads() || a.Health(t.Context()).Bus || !conn.NATS().IsConnected() {
		t.Errorf("the first leads: %t, reaches the bus: %t, is connected: %t", a.Leads(), a.Health(t.Context()).Bus, conn.NATS().IsConnected())
	}
	cut.Store(false)
	eventually(t, "the first reaches the bus again", 10*time.Second, func() bool { return a.Health(t.Context()).Bus })
	if a.Leads() || !b.Leads() {
		t.Error("the lease stays where it is")
	}
}
