package postgres_test

import (
	"bytes"
	"net"
	"sync/atomic"
	"testing"
)

// proxy stands between a store and its server. Armed, it lets the pipeline
// that writes events through (or not) and then cuts the connection, so that
// the answer is lost.
type proxy struct {
	target  string
	arrives bool
	armed   atomic.Int32
}

func (p *proxy) listen(t *testing.T) (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeBoth(l) })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", p.target)
			if err != nil {
				closeBoth(client)
				return
			}
			var cut atomic.Bool
			answered := make(chan struct{}, 1)
			go p.questions(client, server, &cut, answered)
			go p.answers(client, server, &cut, answered)
		}
	}()
	return l.Addr().String()
}

// questions passes on what the store asks.
func (p *proxy) questions(client, server net.Conn, cut *atomic.Bool, answered <-chan struct{}) {
	defer closeBoth(client, server)
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		// The event's data stands in the pipeline that writes.
		if bytes.Contains(buffer[:n], []byte(`{"x":1}`)) && p.armed.CompareAndSwap(1, 0) {
			if !p.arrives {
				return
			}
			cut.Store(true)
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
		if cut.Load() {
			<-answered // the server has committed
			return
		}
	}
}

// answers passes on what the server says, until the connection is cut.
func (p *proxy) answers(client, server net.Conn, cut *atomic.Bool, answered chan<- struct{}) {
	defer closeBoth(client, server)
	buffer := make([]byte, 1<<16)
	var said []byte
	for {
		n, err := server.Read(buffer)
		if err != nil {
			answered <- struct{}{}
			return
		}
		if cut.Load() {
			if said = append(said, buffer[:n]...); bytes.Contains(said, []byte("COMMIT\x00")) {
				answered <- struct{}{}
				return
			}
			continue
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}
