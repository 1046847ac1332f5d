package booking

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// BenchmarkHTTPSearch asks through the API, without the network: 20 centres,
// 60 days.
func BenchmarkHTTPSearch(b *testing.B) {
	w := newWorld(b, nil)
	bigCity(w, 20, 6, 60)
	for _, q := range []struct{ name, query string }{
		{"one day at all centres", "service=pass15&limit=100&from=" + monday.String() + "&until=" + (monday + 1).String()},
		{"14 days at all centres", "service=pass15&limit=500&until=" + (today + 15).String()},
		{"nothing free in 60 days", "service=wedding"}} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				if rec := w.call("GET", "/v1/slots?"+q.query, "", "", nil); rec.Code != 200 {
					b.Fatal(rec.Body)
				}
			}
		})
	}
}

// BenchmarkListeners measures how long a change takes from the command until
// the last of 1,000 listeners on loopback has it; they share the cores.
func BenchmarkListeners(b *testing.B) {
	const listeners = 1000
	w := newWorld(b, nil).city()
	server := httptest.NewServer(w.handler())
	defer server.Close()
	var ready, got sync.WaitGroup
	ready.Add(listeners)
	for range listeners {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET /v1/events/slots HTTP/1.1\r\nHost: x\r\n\r\n")
		go func() {
			lines := bufio.NewScanner(conn)
			for n := 0; lines.Scan(); {
				if bytes.HasPrefix(lines.Bytes(), []byte("data: ")) {
					if n++; n == 4 { // the snapshot
						ready.Done()
					} else if n > 4 {
						got.Done()
					}
				}
			}
		}()
	}
	ready.Wait()
	for b.Loop() {
		h, err := func() (Held, error) {
			got.Add(listeners)
			h, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine))
			w.step()
			got.Wait()
			return h, err
		}()
		b.StopTimer()
		if err != nil {
			b.Fatal(err)
		}
		w.clock.Advance(time.Second)
		got.Add(listeners)
		if _, err := w.service.app.Release(w.ctx, "", h.Hold); err != nil {
			b.Fatal(err)
		}
		w.step()
		got.Wait()
		w.clock.Advance(time.Second)
		b.StartTimer()
	}
}
