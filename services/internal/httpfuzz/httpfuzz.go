// Package httpfuzz fuzzes all operations of a service's HTTP API at once: paths,
// queries, headers and bodies.
package httpfuzz

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/parsertest"
)

// Seed is a request that ought to be understood. Route is "POST /v1/holds/{id}";
// Params fill its braces, a line each; Header is lines of "Name: value".
type Seed struct{ Route, Params, Query, Header, Body string }

// Target is a service to be asked anything.
type Target struct {
	Handler http.Handler
	// Settle lets the service react to what it was told.
	Settle func(ctx context.Context) error
	// Header is sent with every request: who asks.
	Header map[string]string
	// More are routes that the API's own description does not list.
	More []string
}

// mostAnswered is the longest answer that is right, in bytes.
const mostAnswered = 8 << 20

// Run fuzzes a service. Whatever is asked, it answers, and never that something
// failed inside (500) or was not meant to be (a panic), allocating no more than
// parsertest allows. At least half of the seeds must be understood, else nothing
// behind the door was tried.
func Run(f *testing.F, make func(t testing.TB) Target, seeds ...Seed) {
	routes := routesOf(f, make(f))
	understood, refused := 0, ""
	target := make(f)
	for _, s := range seeds {
		i := slices.Index(routes, s.Route)
		if i < 0 {
			f.Fatalf("there is no route %s; there are\n%s", s.Route, strings.Join(routes, "\n"))
		}
		if status, answer := target.ask(f, routes[i], s); status < 300 {
			understood++
		} else {
			refused += fmt.Sprintf("\n%s: %d %.200s", s.Route, status, answer)
		}
		f.Add(uint16(i), s.Params, s.Query, s.Header, s.Body)
	}
	if 2*understood < len(seeds) {
		f.Fatalf("only %d of %d seeds were understood:%s", understood, len(seeds), refused)
	}
	for i := range routes {
		f.Add(uint16(i), "x\n2026-12-01", "limit=1&cursor=eA", "Lotse-Position: 0\nIdempotency-Key: k", "{}")
	}
	count := 0
	f.Fuzz(func(t *testing.T, route uint16, params, query, header, body string) {
		if count++; count%1000 == 0 {
			target = make(t) // what was understood is not kept for ever
		}
		r := routes[int(route)%len(routes)]
		parsertest.Bounded(t, len(params)+len(query)+len(header)+len(body), func() {
			status, answer := target.ask(t, r, Seed{r, params, query, header, body})
			switch {
			case status == http.StatusInternalServerError || status > 503:
				t.Errorf("%s is answered with %d %.300s", r, status, answer)
			case len(answer) > mostAnswered:
				t.Errorf("%s is answered with %d bytes", r, len(answer))
			}
		})
	})
}

// routesOf reads what the API says of itself.
func routesOf(f *testing.F, t Target) []string {
	rec := httptest.NewRecorder()
	t.Handler.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	var doc struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || len(doc.Paths) == 0 {
		f.Fatalf("the API does not say what it understands: %d, %v", rec.Code, err)
	}
	routes := slices.Clone(t.More)
	for path, methods := range doc.Paths {
		for method := range methods {
			routes = append(routes, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(routes)
	return routes
}

var (
	braces = regexp.MustCompile(`\{[^}]*\}`)
	token  = regexp.MustCompile(`^[A-Za-z0-9-]{1,40}$`)
)

func (g Target) ask(t testing.TB, route string, s Seed) (status int, answer []byte) {
	method, path, _ := strings.Cut(route, " ")
	params := strings.Split(s.Params, "\n")
	i := -1
	path = braces.ReplaceAllStringFunc(path, func(string) string {
		i++
		return url.PathEscape(params[min(i, len(params)-1)])
	})
	u := &url.URL{Path: "/", RawQuery: s.Query}
	if p, err := url.PathUnescape(path); err == nil {
		u.Path, u.RawPath = p, path
	}
	ctx := context.Background()
	if strings.Contains(path, "/events/") && method == http.MethodGet { // listens until its client goes
		gone, cancel := context.WithCancel(ctx)
		cancel()
		ctx = gone
	}
	r := (&http.Request{Method: method, URL: u, Host: "localhost", RequestURI: u.RequestURI(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: http.NoBody, ContentLength: int64(len(s.Body)), RemoteAddr: sender()}).WithContext(ctx)
	if s.Body != "" {
		r.Body = readCloser{strings.NewReader(s.Body)}
	}
	for k, v := range g.Header {
		r.Header.Set(k, v)
	}
	for line := range strings.SplitSeq(s.Header, "\n") {
		if k, v, ok := strings.Cut(line, ": "); ok && token.MatchString(k) {
			r.Header.Set(k, v)
		}
	}
	rec := httptest.NewRecorder()
	g.Handler.ServeHTTP(rec, r)
	if method != http.MethodGet && rec.Code < 300 {
		if err := g.Settle(context.Background()); err != nil {
			t.Fatalf("%s: %v", route, err)
		}
	}
	return rec.Code, rec.Body.Bytes()
}

var asked uint32

// sender is somebody else each time, so that no bound on one of them holds.
func sender() string {
	asked++
	return fmt.Sprintf("10.%d.%d.%d:1234", byte(asked>>16), byte(asked>>8), byte(asked))
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
