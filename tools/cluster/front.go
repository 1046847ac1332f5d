package cluster

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// front is the one address, as deploy/caddy/Caddyfile has it: each API below its
// service's name, pages at their own paths; replicas that are not ready get
// nothing, and what is for operators is not reached.
type front struct {
	pools map[string]*pool
}

// pool are the replicas of one service.
type pool struct {
	name  string
	all   []*replica
	next  atomic.Uint64
	proxy http.Handler
	via   http.RoundTripper
}

type replica struct {
	at    string // host:port
	ready atomic.Bool
}

// looks is how often replicas are asked whether they are ready; tries how long a
// request waits for one.
const (
	looks = 250 * time.Millisecond
	tries = 5 * time.Second
)

// newFront makes a front of the addresses of each service's replicas,
// "http://host:port".
func newFront(services map[string][]string) (*front, error) {
	f := &front{pools: map[string]*pool{}}
	for name, addresses := range services {
		p := &pool{name: name, via: &http.Transport{DialContext: (&net.Dialer{Timeout: time.Second}).DialContext, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}}
		for _, a := range addresses {
			u, err := url.Parse(a)
			if err != nil {
				return nil, err
			}
			p.all = append(p.all, &replica{at: u.Host})
		}
		p.proxy = &httputil.ReverseProxy{Rewrite: rewrite, Transport: p, FlushInterval: -1, ErrorHandler: p.silent, ErrorLog: log.New(io.Discard, "", 0)}
		f.pools[name] = p
	}
	return f, nil
}

// rewrite names whom it speaks for. What the client says of others stays: only
// this machine reaches the front, and a load generator may speak for many.
func rewrite(r *httputil.ProxyRequest) {
	r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "replica", r.In.Host
	r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
	r.SetXForwarded()
}

// pages that are not booking's, by the first element of their paths.
var pages = map[string]string{"absences": "absence", "staff": "staffing", "desk": "capacity", "measures": "capacity", "promise": "capacity"}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/readyz") || strings.HasSuffix(r.URL.Path, "/metrics") {
		http.NotFound(w, r)
		return
	}
	first, below, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if p := f.pools[first]; p != nil && below+"/" != "/" {
		http.StripPrefix("/"+first, p.proxy).ServeHTTP(w, r)
		return
	}
	service, ok := pages[first]
	if !ok {
		service = "booking"
	}
	f.pools[service].proxy.ServeHTTP(w, r)
}

// watch asks the replicas until ctx ends.
func (f *front) watch(ctx context.Context) {
	tick := time.NewTicker(looks)
	defer tick.Stop()
	for {
		for _, p := range f.pools {
			for _, r := range p.all {
				go func() {
					ctx, cancel := context.WithTimeout(ctx, time.Second)
					defer cancel()
					r.ready.Store(ready(ctx, "http://"+r.at+"/readyz") == nil)
				}()
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// pick is the next replica that is ready; where none is, the next one.
func (p *pool) pick() *replica {
	n := p.next.Add(1)
	for i := range uint64(len(p.all)) {
		if r := p.all[(n+i)%uint64(len(p.all))]; r.ready.Load() {
			return r
		}
	}
	return p.all[n%uint64(len(p.all))]
}

var errNobody = errors.New("no replica answers")

// RoundTrip asks one replica after the other. A command is sent again only where
// nothing of it can have arrived: its connection was never made.
func (p *pool) RoundTrip(r *http.Request) (*http.Response, error) {
	body := r.Body
	defer func() {
		if body != nil {
			_ = body.Close()
		}
	}()
	until := time.Now().Add(tries)
	for {
		at := p.pick()
		again := r.Clone(r.Context())
		again.URL.Host = at.at
		if body != nil {
			again.Body = io.NopCloser(body)
		}
		res, err := p.via.RoundTrip(again)
		if err == nil {
			return res, nil
		}
		at.ready.Store(false)
		var dial *net.OpError
		unsent := errors.As(err, &dial) && dial.Op == "dial"
		repeatable := (r.Method == http.MethodGet || r.Method == http.MethodHead) && (body == nil || body == http.NoBody)
		if r.Context().Err() != nil || !unsent && !repeatable {
			return nil, err
		}
		if time.Now().After(until) {
			return nil, errors.Join(errNobody, err)
		}
		t := time.NewTimer(50 * time.Millisecond)
		select {
		case <-t.C:
		case <-r.Context().Done():
		}
		t.Stop()
	}
}

// silent answers for replicas that do not.
func (p *pool) silent(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusBadGateway // it is not known what became of a command
	if errors.Is(err, errNobody) {
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, "no replica of "+p.name+" has answered: ask again with the same Idempotency-Key", status)
}
