package postgres_test

import (
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// A server that is away is told from a fault, and what was committed stays.
func TestServerAwayIsSaid(t *testing.T) {
	o := fresh(t)
	direct := open(t, o)
	u, err := url.Parse(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	address, hangUp := telephone(t, u.Host)
	u.Host = address
	o.URL = u.String()
	s := open(t, o)
	if out, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", 0)}); err != nil || out[0].Err != nil {
		t.Fatal(out, err)
	}
	hangUp()
	for range 2 {
		if _, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", 1)}); !errors.Is(err, eventlog.ErrUnreachable) {
			t.Fatalf("commit without a server: %v, want ErrUnreachable", err)
		}
		if _, err := s.After(t.Context(), 0, 10); !errors.Is(err, eventlog.ErrUnreachable) {
			t.Fatalf("read without a server: %v, want ErrUnreachable", err)
		}
	}
	if n := position(t, direct); n != 1 {
		t.Errorf("the log stands at %d, want 1", n)
	}
}

// telephone connects callers with a server until it hangs up on all of them.
func telephone(t *testing.T, to string) (address string, hangUp func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	open, over := []io.Closer{l}, false
	hangUp = func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
		closeBoth(open...)
	}
	t.Cleanup(hangUp)
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				closeBoth(client)
				continue
			}
			mu.Lock()
			if open = append(open, client, server); over {
				closeBoth(client, server)
			}
			mu.Unlock()
			for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
				go func() {
					_, _ = io.Copy(way[1], way[0])
					closeBoth(client, server)
				}()
			}
		}
	}()
	return l.Addr().String(), hangUp
}
