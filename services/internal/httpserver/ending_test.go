package httpserver_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// When the server ends, a command that was begun is finished with its context
// alive, who listens to a stream is told that it is over, and nobody new is let in.
func TestTheEndOfAServer(t *testing.T) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun, streaming := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /book", func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		select { // longer than reads are given
		case <-time.After(time.Second):
			_, _ = io.WriteString(w, "booked")
		case <-r.Context().Done():
			http.Error(w, "cut off", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "first\n")
		_ = http.NewResponseController(w).Flush()
		close(streaming)
		<-r.Context().Done()
		_, _ = io.WriteString(w, "over\n")
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- httpserver.Serve(ctx, listen, mux) }()
	at := "http://" + listen.Addr().String()
	answers := make(chan string, 2)
	ask := func(method, path string) {
		req, _ := http.NewRequest(method, at+path, nil)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			answers <- err.Error()
			return
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			body = append(body, err.Error()...)
		}
		answers <- string(body)
	}
	go ask("POST", "/book")
	go ask("GET", "/stream")
	<-begun
	<-streaming
	stop()
	all := <-answers + " " + <-answers
	if !strings.Contains(all, "booked") || !strings.Contains(all, "first\nover\n") || strings.Contains(all, "cut off") {
		t.Errorf("%q", all)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get(at + "/stream"); err == nil {
		t.Error("after the end somebody is served")
	}
}

// Ready says 200 only to who serves and is well.
func TestReady(t *testing.T) {
	well, ill := node.Health{Service: "booking", Ready: true, Database: true}, node.Health{Service: "capacity", Lag: -1}
	of := func(h node.Health) func(context.Context) node.Health {
		return func(context.Context) node.Health { return h }
	}
	for _, c := range []struct {
		state  string
		health []node.Health
		status int
		says   string
	}{
		{httpserver.Serving, []node.Health{well}, 200, `{"ready":true,"state":"serving","services":[{"service":"booking","ready":true,"database":true,"bus":false,"lag":0,"leads":false}]}`},
		{httpserver.Serving, []node.Health{well, ill}, 503, `"ready":false,"state":"serving"`},
		{httpserver.Starting, []node.Health{well}, 503, `{"ready":false,"state":"starting","services":[]}`},
		{httpserver.Ending, []node.Health{well}, 503, `"ready":false,"state":"ending"`},
	} {
		var asked []func(context.Context) node.Health
		for _, h := range c.health {
			asked = append(asked, of(h))
		}
		address := serve(t, httpserver.DefaultServer(), httpserver.Ready(func() string { return c.state }, asked...))
		res, err := http.Get("http://" + address)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != c.status || !strings.Contains(string(body), c.says) || res.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", c.state, res.StatusCode, body)
		}
	}
}
