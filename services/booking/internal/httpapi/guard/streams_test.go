package guard

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// One address does not keep the whole service busy by pages that it leaves open.
func TestStreamsOfOneClientAreLimited(t *testing.T) {
	g := New(Options{Streams: 2, Now: time.Now, Random: rand.Reader})
	begun, end := make(chan bool), make(chan bool)
	var refused error
	h := g.WrapPages(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { begun <- true; <-end }),
		func(_ http.ResponseWriter, _ *http.Request, err error) { refused = err })
	ended := make(chan bool)
	listen := func(address string, who access.Principal) {
		r := httptest.NewRequest("GET", "/book/live?visit=passport", nil)
		r.RemoteAddr = address + ":1"
		go func() {
			h.ServeHTTP(httptest.NewRecorder(), r.WithContext(access.With(r.Context(), who)))
			ended <- true
		}()
	}
	wait := func(what string, c chan bool) {
		t.Helper()
		select {
		case <-c:
		case <-time.After(10 * time.Second):
			t.Fatal(what)
		}
	}
	open := func(address string, who access.Principal) {
		t.Helper()
		listen(address, who)
		wait("is not served: "+address, begun)
	}
	open("192.0.2.1", access.Principal{})
	open("192.0.2.1", access.Principal{})
	listen("192.0.2.1", access.Principal{})
	wait("a third stream is served", ended)
	if !errors.Is(refused, ErrTooManyStreams) {
		t.Fatal(refused)
	}
	open("192.0.2.2", access.Principal{})                                                   // another client
	open("192.0.2.1", access.Principal{Subject: "a", Roles: []access.Role{access.Auditor}}) // staff share addresses
	for range 4 {
		end <- true
		wait("does not end", ended)
	}
	if len(g.streams.open) != 0 {
		t.Fatal(g.streams.open)
	}
	open("192.0.2.1", access.Principal{})
	end <- true
	wait("does not end", ended)
}
