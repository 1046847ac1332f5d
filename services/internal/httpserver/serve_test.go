package httpserver_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// impatient has short time-outs.
func impatient() httpserver.ServerConfig {
	c := httpserver.DefaultServer()
	c.HeadersIn, c.RequestIn, c.AnswerIn, c.IdleFor = 200*time.Millisecond, 400*time.Millisecond, 600*time.Millisecond, 300*time.Millisecond
	return c
}

// serve returns the address of a server that ends with the test.
func serve(t *testing.T, c httpserver.ServerConfig, h http.Handler) string {
	t.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Serve(ctx, listen, h) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return listen.Addr().String()
}

// trickle sends first at once and then more, a byte every 20 ms, until the server
// hangs up; it returns what the server said, and after how long it hung up.
func trickle(t *testing.T, address, first, more string) (said string, took time.Duration) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	began := time.Now()
	_ = c.SetDeadline(began.Add(20 * time.Second))
	if _, err := io.WriteString(c, first); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		every := time.NewTicker(20 * time.Millisecond)
		defer every.Stop()
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-every.C:
			}
			if _, err := io.WriteString(c, more[i%len(more):i%len(more)+1]); err != nil {
				return
			}
		}
	}()
	raw, err := io.ReadAll(c)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		t.Fatalf("nobody hung up in %s", time.Since(began))
	}
	return string(raw), time.Since(began)
}

func TestSlowClientsAreCutOff(t *testing.T) {
	api := httpserver.New(slog.New(slog.DiscardHandler), "slow", "Slow", "1", "")
	accesstest.Allow("slow", "take", "GET /raw")
	huma.Register(api, huma.Operation{OperationID: "take", Method: http.MethodPost, Path: "/v1/take", BodyReadTimeout: 300 * time.Millisecond},
		func(context.Context, *struct{ Body map[string]any }) (*struct{}, error) { return nil, nil })
	broken := make(chan error, 1)
	api.Mux.HandleFunc("GET /raw", func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 64<<10)
		for range 4096 { // 256 MiB: more than any buffer between
			if _, err := w.Write(chunk); err != nil {
				broken <- err
				return
			}
		}
		broken <- nil
	})
	address := serve(t, impatient(), api.Handler())
	if said, took := trickle(t, address, "GET /openapi.json HTTP/1.1\r\nHost: x\r\n", "X-A: b\r\n"); took > 10*time.Second || strings.Contains(said, " 200 ") {
		t.Errorf("slow headers: %s %.80s", took, said)
	}
	if _, took := trickle(t, address, "G", "E"); took > 10*time.Second {
		t.Errorf("a slow first line: %s", took)
	}
	said, took := trickle(t, address, "POST /v1/take HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{", " ")
	if took > 10*time.Second || strings.Contains(said, " 200 ") || strings.Contains(said, " 204 ") {
		t.Errorf("a slow body: %s %.80s", took, said)
	}
	said, took = trickle(t, address, "POST /v1/take HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n")
	if took > 10*time.Second || strings.Contains(said, " 204 ") {
		t.Errorf("a slow body in chunks: %s %.80s", took, said)
	}
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, "GET /raw HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-broken: // and nothing was read
		if err == nil {
			t.Error("256 MiB fit into the buffers")
		}
	case <-time.After(20 * time.Second):
		t.Error("a client that does not read holds the handler up")
	}
}

// A hundred who send nothing do not keep others from being served.
func TestSilentConnectionsHoldNobodyUp(t *testing.T) {
	address := serve(t, impatient(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	for range 100 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX-"); err != nil {
			t.Fatal(err)
		}
	}
	res, err := http.Get("http://" + address)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
}

// zeros is a body without end.
type zeros struct{ read atomic.Int64 }

func (z *zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	z.read.Add(int64(len(p)))
	return len(p), nil
}

func TestLargeRequestsAreRefused(t *testing.T) {
	api := httpserver.New(slog.New(slog.DiscardHandler), "large", "Large", "1", "")
	accesstest.Allow("large", "take")
	huma.Register(api, huma.Operation{OperationID: "take", Method: http.MethodPost, Path: "/v1/take"},
		func(context.Context, *struct{ Body map[string]any }) (*struct{}, error) { return nil, nil })
	address := serve(t, httpserver.DefaultServer(), api.Handler())
	for name, length := range map[string]int64{"announced": 100 << 20, "in chunks": -1} {
		body := &zeros{}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/v1/take", io.LimitReader(body, 100<<20))
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = length
		r.Header.Set("Content-Type", "application/json")
		res, err := (&http.Client{Transport: &http.Transport{}}).Do(r)
		if err == nil { // else the server hung up while we were still writing
			_ = res.Body.Close()
			if res.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s: %d", name, res.StatusCode)
			}
		}
		if n := body.read.Load(); n > 32<<20 {
			t.Errorf("%s: %d bytes went out", name, n)
		}
	}
	for name, headers := range map[string]string{"many headers": strings.Repeat("X-Header: value\r\n", 5000), "a long header": "X-Header: " + strings.Repeat("v", 100<<10) + "\r\n"} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		go func() { _, _ = io.WriteString(c, "GET /openapi.json HTTP/1.1\r\nHost: x\r\n"+headers+"\r\n") }()
		line, _ := bufio.NewReader(c).ReadString('\n')
		_ = c.Close()
		if !strings.Contains(line, "431") {
			t.Errorf("%s: %q", name, line)
		}
	}
}

// Where there is no log-in, the link to it leads to a page that says so.
func TestAProcessWithoutLogIn(t *testing.T) {
	front, err := access.NewFront(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := httpserver.Process(front, nil, httpserver.Watched{}, pages.NewHome(pages.HomeOptions{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/auth/login?back=%2F", nil)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 404 || !strings.Contains(w.Body.String(), "No log-in is set up on this server") {
		t.Error(w.Code, w.Body)
	}
}

// What stands around services is gated, too, and answers tell browsers what not
// to do with them.
func TestTheProcessItself(t *testing.T) {
	front, err := access.NewFront(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "figures") })
	api := httpserver.New(slog.New(slog.DiscardHandler), "capacity", "Capacity", "1", "")
	h, err := httpserver.Process(front, nil, httpserver.Watched{Metrics: metrics}, pages.NewHome(pages.HomeOptions{}), map[string]http.Handler{"/": api.Handler()})
	if err != nil {
		t.Fatal(err)
	}
	address := serve(t, httpserver.DefaultServer(), h)
	for path, status := range map[string]int{"/healthz": 200, "/metrics": 401, "/openapi.json": 200, "/none": 404, "/auth/login": 404, "/metrics/": 404, "/debug/pprof/": 404} {
		res, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != status || strings.Contains(string(raw), "figures") {
			t.Errorf("%s: %d %s", path, res.StatusCode, raw)
		}
		for header, must := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "frame-ancestors 'none'", "Referrer-Policy": "no-referrer"} {
			if got := res.Header.Get(header); !strings.Contains(got, must) || strings.Contains(got, "unsafe") {
				t.Errorf("%s: %s: %q", path, header, got)
			}
		}
	}
}

func TestServersThatCannotBeMeant(t *testing.T) {
	for want, change := range map[string]func(*httpserver.ServerConfig){
		"LOTSE_HTTP_HEADERS_IN":             func(c *httpserver.ServerConfig) { c.HeadersIn = 0 },
		"LOTSE_HTTP_ANSWER_IN":              func(c *httpserver.ServerConfig) { c.AnswerIn = 48 * time.Hour },
		"LOTSE_HTTP_CONNECTIONS_PER_CLIENT": func(c *httpserver.ServerConfig) { c.PerClient = -1 },
		"LOTSE_CLIENT_CA":                   func(c *httpserver.ServerConfig) { c.ClientCA = "/none" },
		"LOTSE_TLS_CERT":                    func(c *httpserver.ServerConfig) { c.TLSCert, c.TLSKey = "/none", "/none" },
	} {
		c := httpserver.DefaultServer()
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := httpserver.DefaultServer().Validate(); err != nil {
		t.Error(fmt.Errorf("the defaults: %w", err))
	}
}

// TestBrowsersReadPages has refusals answered as whoever asks can read them.
func TestBrowsersReadPages(t *testing.T) {
	front, err := access.NewFront(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	api := httpserver.New(slog.New(slog.DiscardHandler), "capacity", "Capacity", "1", "")
	h, err := httpserver.Process(front, nil, httpserver.Watched{}, pages.NewHome(pages.HomeOptions{}), map[string]http.Handler{"/": api.Handler()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		target, accept, token string
		status                int
		page                  bool
	}{
		{"/", "text/html", "", 200, true}, {"/about/accessibility", "*/*", "", 200, true}, {"/none", "text/html,*/*;q=0.8", "", 404, true}, {"/none", "*/*", "", 404, false},
		{"/v1/none", "text/html", "", 404, false}, {"/openapi.json", "text/html", "", 200, false}, {"/none", "text/html", "wrong", 401, true}, {"/none", "", "wrong", 401, false},
	} {
		r := httptest.NewRequest(http.MethodGet, c.target, nil)
		r.Header.Set("Accept", c.accept)
		if c.token != "" {
			r.Header.Set("Authorization", "Bearer "+c.token)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if page := strings.Contains(w.Body.String(), "<html lang="); w.Code != c.status || page != c.page {
			t.Errorf("%+v: %d %.200s", c, w.Code, w.Body)
		}
	}
}
