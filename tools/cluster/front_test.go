package cluster

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// behind makes a front of servers that say who they are and what they were asked.
func behind(t *testing.T, services ...string) (*front, map[string]*httptest.Server) {
	t.Helper()
	servers, addresses := map[string]*httptest.Server{}, map[string][]string{}
	for _, name := range services {
		service, _, _ := strings.Cut(name, "-")
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %s %s for %s", name, r.Method, r.URL.Path, body, r.Header.Get("X-Forwarded-For"))
		}))
		t.Cleanup(s.Close)
		servers[name], addresses[service] = s, append(addresses[service], s.URL)
	}
	f, err := newFront(addresses)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.pools {
		for _, r := range p.all {
			r.ready.Store(true)
		}
	}
	return f, servers
}

func ask(f http.Handler, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w
}

// The front's routes are those of the Caddyfile.
func TestRoutes(t *testing.T) {
	f, _ := behind(t, "absence-1", "staffing-1", "capacity-1", "booking-1")
	for path, want := range map[string]string{
		"/absence/v1/absences": "absence-1 GET /v1/absences", "/staffing/v1/posts": "staffing-1 GET /v1/posts",
		"/capacity/v1/promise": "capacity-1 GET /v1/promise", "/booking/v1/slots": "booking-1 GET /v1/slots",
		"/absences/": "absence-1 GET /absences/", "/staff/posts": "staffing-1 GET /staff/posts", "/desk/": "capacity-1 GET /desk/",
		"/measures/": "capacity-1 GET /measures/", "/promise/": "capacity-1 GET /promise/", "/book/": "booking-1 GET /book/", "/": "booking-1 GET /",
	} {
		if w := ask(f, "GET", path, ""); !strings.HasPrefix(w.Body.String(), want+" ") || !strings.Contains(w.Body.String(), "for 192.0.2.1") {
			t.Errorf("%s: %q, wanted %q", path, w.Body, want)
		}
	}
	for _, path := range []string{"/readyz", "/metrics", "/booking/readyz", "/capacity/metrics"} {
		if w := ask(f, "GET", path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s is for operators and answers %d", path, w.Code)
		}
	}
}

// Who is dead gets nothing more, and what was sent to it goes to another, with
// its body.
func TestADeadReplica(t *testing.T) {
	f, servers := behind(t, "booking-1", "booking-2")
	servers["booking-1"].Close()
	for i := range 6 {
		if w := ask(f, "POST", "/booking/v1/holds", fmt.Sprint("body", i)); w.Code != 200 || !strings.Contains(w.Body.String(), fmt.Sprintf("booking-2 POST /v1/holds body%d ", i)) {
			t.Errorf("%d %q", w.Code, w.Body)
		}
	}
}

// A command whose connection broke after it was sent is not sent again.
func TestACommandIsNotSentTwice(t *testing.T) {
	var commands atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			commands.Add(1)
		}
		panic(http.ErrAbortHandler)
	}))
	defer s.Close()
	f, err := newFront(map[string][]string{"booking": {s.URL, s.URL}})
	if err != nil {
		t.Fatal(err)
	}
	if w := ask(f, "POST", "/booking/v1/holds", "{}"); w.Code != http.StatusBadGateway || commands.Load() != 1 {
		t.Errorf("answer %d, and it came %d times", w.Code, commands.Load())
	}
}

func TestNobodyThere(t *testing.T) {
	f, servers := behind(t, "booking-1")
	servers["booking-1"].Close()
	began := time.Now()
	w := ask(f, "GET", "/booking/v1/slots", "")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || time.Since(began) < tries {
		t.Errorf("%d after %s: %s", w.Code, time.Since(began), w.Body)
	}
}

// Replicas are asked whether they are ready.
func TestReadiness(t *testing.T) {
	var ready atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !ready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer s.Close()
	f, err := newFront(map[string][]string{"booking": {s.URL}})
	if err != nil {
		t.Fatal(err)
	}
	go f.watch(t.Context())
	one := f.pools["booking"].all[0]
	for _, now := range []bool{true, false, true} {
		ready.Store(now)
		within(t, fmt.Sprint("readiness ", now), func() bool { return one.ready.Load() == now })
	}
}

// within waits for something, ten seconds at most.
func within(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); !is(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("%s: not within ten seconds", what)
		}
	}
}
