package httpserver_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

// Whoever streams does not hold the server up when it stops.
func TestServeEndsWithAStreamOpen(t *testing.T) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- httpserver.Serve(ctx, listen, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "first\n")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}))
	}()
	res, err := http.Get("http://" + listen.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if line, err := bufio.NewReader(res.Body).ReadString('\n'); line != "first\n" {
		t.Fatalf("%q, %v", line, err)
	}
	began := time.Now()
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("stopping took %s", took)
	}
}

// The operator reads what the client must not.
func TestWhatFailsInsideIsLogged(t *testing.T) {
	var log bytes.Buffer
	api := httpserver.New(slog.New(slog.NewTextHandler(&log, nil)), "test", "Test", "1", "")
	type answer struct{}
	huma.Get(api, "/v1/broken", func(context.Context, *struct{}) (*answer, error) {
		return nil, problem.Table{}.From(errors.New("no space left on device"))
	})
	huma.Get(api, "/v1/busy", func(context.Context, *struct{}) (*answer, error) {
		return nil, problem.Table{}.From(node.ErrNotYet)
	})
	ask := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		api.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec
	}
	if rec := ask("/v1/busy"); rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") != "1" || log.Len() > 0 {
		t.Errorf("%d %v %s, logged %q", rec.Code, rec.Header(), rec.Body, log.String())
	}
	rec := ask("/v1/broken")
	if rec.Code != http.StatusInternalServerError || rec.Header().Get("Content-Type") != "application/problem+json" || strings.Contains(rec.Body.String(), "space") {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	if !strings.Contains(log.String(), "no space left on device") {
		t.Errorf("logged %q", log.String())
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listen.Close()
	if err := httpserver.Serve(t.Context(), listen, http.NotFoundHandler()); !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
}
