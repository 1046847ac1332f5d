package verify

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// replica serves a service folded of the logs; spoil may change what it says.
func replica(t *testing.T, logs Logs, service string, spoil func(path string, body []byte) []byte) string {
	t.Helper()
	folds, err := fold(t.Context(), logs, nil)
	if err != nil {
		t.Fatal(err)
	}
	one := folds[service]
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/events/slots" {
			one.Handler().ServeHTTP(w, r)
			return
		}
		if err := one.Node().Fold(r.Context()); err != nil {
			t.Error(err)
		}
		said := httptest.NewRecorder()
		one.Handler().ServeHTTP(said, r.WithContext(access.With(r.Context(), access.Principal{Subject: "s", Roles: access.Roles[1:],
			Districts: []string{access.Any}, Centres: []string{access.Any}, Sources: []string{access.Any}})))
		body := said.Body.Bytes()
		if spoil != nil {
			body = spoil(r.URL.Path, body)
		}
		w.WriteHeader(said.Code)
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// check runs one of an audit's.
func check(t *testing.T, o Options, name string) Check {
	t.Helper()
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %q", name)
	return Check{}
}

func TestReplicas(t *testing.T) {
	logs := emptyLogs()
	for service := range asked {
		if service == "capacity" { // without a network it answers nothing
			continue
		}
		t.Run(service, func(t *testing.T) {
			o := Options{Logs: logs, Patience: time.Nanosecond, Replicas: []Replica{{service + "-1", service, replica(t, logs, service, nil)}}}
			c := check(t, o, "replicas")
			wants(t, c, "")
			if c.Looked == 0 {
				t.Error("nothing was asked")
			}
			path := strings.SplitN(asked[service][0], "?", 2)[0]
			o.Replicas[0].URL = replica(t, logs, service, func(p string, body []byte) []byte {
				if p == path {
					return []byte(`{"more": 1}`)
				}
				return body
			})
			wants(t, check(t, o, "replicas"), "a fresh fold has")
			o.Replicas[0].URL = "http://127.0.0.1:1"
			wants(t, check(t, o, "replicas"), "refused")
		})
	}
}

// A replica's stream of slots must end where the log does.
func TestStreams(t *testing.T) {
	tomorrow := monday + 36500
	frame := func(free string) string {
		return fmt.Sprintf("id: 1\nevent: slots-changed\ndata: {\"centre\":\"altona\",\"day\":%q,\"version\":1%s}\n\n", tomorrow, free)
	}
	logs := emptyLogs()
	say(t, logs["booking"], "day-altona/"+tomorrow.String(), 0, booking.SlotsChanged{Centre: "altona", Day: tomorrow, Version: 1})
	var want newest = map[string]Slots{}
	if _, err := scan(t.Context(), logs["booking"], want.apply); err != nil {
		t.Fatal(err)
	}
	var right string
	for _, s := range want {
		right = fmt.Sprintf(": listening\n\nid: %d\nevent: slots-changed\ndata: %s\n\n", s.Position, s.Data)
	}
	for name, c := range map[string]struct{ want, said string }{
		"right":      {"", right},
		"silent":     {"the slots of altona." + tomorrow.String() + " are missing", ": listening\n\n"},
		"other data": {"differ from those", frame(`,"free":[{"skill":"pass"}]`)},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, c.said)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}))
			defer s.Close()
			told, err := listen(t.Context(), s.Client(), s.URL, "", want, 300*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			var check Check
			want.judge(&check, "booking-1", told, monday)
			wants(t, check, c.want)
		})
	}
}

func TestBucket(t *testing.T) {
	o := Options{Logs: emptyLogs(), Patience: time.Nanosecond, Bucket: func(context.Context) (map[string]Slots, error) {
		return map[string]Slots{"altona.2026-11-30": {1, []byte(`{}`)}}, nil
	}}
	wants(t, check(t, o, "bucket"), "are not in the log")
}
