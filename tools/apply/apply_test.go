package apply

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// server keeps what it is sent, as the three services do, and answers repeats of
// a key from memory.
type server struct {
	t     *testing.T
	parts map[string]json.RawMessage // path → newest body
	keys  map[string][]byte          // idempotency key → body
	calls []string
	// before may answer instead.
	before func(w http.ResponseWriter, r *http.Request) bool
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	s.calls = append(s.calls, r.Method+" "+r.URL.Path)
	if s.before != nil && s.before(w, r) {
		return
	}
	if r.Method != http.MethodGet {
		key := r.Header.Get("Idempotency-Key")
		if old, seen := s.keys[key]; key == "" || seen && !bytes.Equal(old, body) {
			s.t.Errorf("%s: key %q is empty or was used for another body", r.URL.Path, key)
		}
		s.keys[key] = body
		s.parts[r.URL.Path] = body
		w.Header().Set("Lotse-Position", "1-7")
		w.WriteHeader(http.StatusOK)
		if r.URL.Path == networkPath {
			io.WriteString(w, `{"changed":[],"removed":[],"kept":[{"field":"automatic.max_moves","from":"2","to":"4"}]}`)
		}
		return
	}
	var part json.RawMessage
	switch r.URL.Path {
	case networkPath:
		if part = s.parts[networkPath]; part == nil {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"title":"Not Found","status":404,"detail":"no network yet"}`)
			return
		}
	case employeesPath:
		part = s.page(staffPath, "employees", r)
	case vacanciesPath:
		part = bytes.ReplaceAll(s.page(openPath, "vacancies", r), []byte(`"from"`), []byte(`"vacant_from"`))
	}
	w.Write(part)
}

// page answers two entries a time.
func (s *server) page(from, list string, r *http.Request) json.RawMessage {
	body := map[string]json.RawMessage{}
	if s.parts[from] != nil {
		if err := json.Unmarshal(s.parts[from], &body); err != nil {
			s.t.Error(err)
		}
	}
	var all []json.RawMessage
	if body[list] != nil {
		if err := json.Unmarshal(body[list], &all); err != nil {
			s.t.Error(err)
		}
	}
	begin := len(r.URL.Query().Get("cursor"))
	end := min(begin+2, len(all))
	out := map[string]any{list: all[begin:end]}
	if end < len(all) {
		out["next_cursor"] = strings.Repeat("x", end)
	}
	raw, err := json.Marshal(out)
	if err != nil {
		s.t.Error(err)
	}
	return raw
}

func serve(t *testing.T) (*server, *httptest.Server) {
	s := &server{t: t, parts: map[string]json.RawMessage{}, keys: map[string][]byte{}}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return s, h
}

func tiny(t *testing.T) *network.Network {
	t.Helper()
	n, err := network.LoadFS(os.DirFS("../../deploy/networks/tiny"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestApplyBringsAllAndThenNothing(t *testing.T) {
	s, h := serve(t)
	n := tiny(t)
	have, err := Present(t.Context(), h.Client(), h.URL)
	if err != nil {
		t.Fatal(err)
	}
	if before := Changes(have, n); len(before) < len(n.Centres)+len(n.Districts) {
		t.Errorf("an empty Lotse lacks only %d things: %v", len(before), before)
	}
	s.calls = nil
	parts, err := Apply(t.Context(), h.Client(), h.URL+"/", n)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"GET " + vacanciesPath, "PUT " + networkPath, "POST " + staffPath, "POST " + openPath}; !slices.Equal(s.calls, want) {
		t.Errorf("calls are %v, want %v", s.calls, want)
	}
	if k := parts[0].Kept; len(k) != 1 || k[0] != (Kept{"automatic.max_moves", "2", "4"}) || parts[1].Kept != nil {
		t.Errorf("kept %+v", parts)
	}
	for _, p := range parts {
		if p.Status != 200 || p.Position != "1-7" || p.Repeats != 0 || p.Millis <= 0 {
			t.Errorf("part is %+v", p)
		}
	}
	have, err = Present(t.Context(), h.Client(), h.URL)
	if err != nil {
		t.Fatal(err)
	}
	if after := Changes(have, n); len(after) > 0 {
		t.Errorf("after it was applied there still differ %v", after)
	}
	if len(s.keys) != 3 {
		t.Errorf("%d keys for three parts", len(s.keys))
	}
	if _, err := Apply(t.Context(), h.Client(), h.URL, n); err != nil {
		t.Fatal(err)
	}
	if len(s.keys) != 6 {
		t.Errorf("the second run shares keys with the first: %d", len(s.keys))
	}
}

func TestAVacantPostThatIsTakenIsFilled(t *testing.T) {
	today := day.Date(2026, 12, 1)
	at := func(offset int) *day.Day { d := today + day.Day(offset); return &d }
	n := &network.Network{
		Employees: []network.Employee{{ID: "e-1"}, {ID: "e-2", From: at(30)}},
		Posts:     []network.Post{{ID: "p-1", Employee: "e-1"}, {ID: "p-2", Employee: "e-2"}, {ID: "p-3", VacantFrom: at(0)}, {ID: "p-4", Employee: "e-1"}},
	}
	vacant := []network.Post{{ID: "p-1", VacantFrom: at(-9)}, {ID: "p-2", VacantFrom: at(3)}, {ID: "p-3", VacantFrom: at(0)}, {ID: "p-5", VacantFrom: at(0)}}
	got := fills(vacant, n, today)
	want := []step{
		{"post p-1", "POST", "/absence/v1/vacancies/p-1/fill", filled{"e-1", today}},
		{"post p-2", "POST", "/absence/v1/vacancies/p-2/fill", filled{"e-2", *at(30)}},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if late := fills(vacant[1:2], n, today+60); late[0].body != (filled{"e-2", today + 60}) {
		t.Errorf("the start lies in the past: %v", late)
	}

	s, h := serve(t)
	if _, err := Apply(t.Context(), h.Client(), h.URL, &network.Network{Posts: vacant}); err != nil {
		t.Fatal(err)
	}
	s.calls = nil
	parts, err := Apply(t.Context(), h.Client(), h.URL, n)
	if err != nil || len(parts) != 5 || !slices.Contains(s.calls, "POST /absence/v1/vacancies/p-2/fill") {
		t.Errorf("%v: %v, %v", err, parts, s.calls)
	}
}

func TestBusyAndLostAnswersAreAskedForAgainWithTheSameKey(t *testing.T) {
	s, h := serve(t)
	var keys []string
	var waits []time.Duration
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != networkPath {
			return false
		}
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		switch len(keys) {
		case 1:
			w.Header().Set("Retry-After", "3")
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
			}
			conn.Close()
		default:
			return false
		}
		return true
	}
	// net/http would ask again by itself on a connection used before
	c, err := connect(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, h.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.pause = func(_ context.Context, _ int, wait time.Duration) error { waits = append(waits, wait); return nil }
	part, err := c.send(t.Context(), steps(tiny(t))[0], "k1")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(keys, []string{"k1", "k1", "k1"}) || part.Repeats != 2 {
		t.Errorf("keys %v, part %+v", keys, part)
	}
	if !slices.Equal(waits, []time.Duration{3 * time.Second, 0}) {
		t.Errorf("waits %v", waits)
	}
}

func TestBusyForEverEnds(t *testing.T) {
	s, h := serve(t)
	s.before = func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "starting", http.StatusServiceUnavailable)
		return true
	}
	c, err := connect(h.Client(), h.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.pause = func(context.Context, int, time.Duration) error { return nil }
	_, err = c.send(t.Context(), steps(tiny(t))[1], "k")
	if err == nil || !strings.Contains(err.Error(), "POST "+staffPath+" answers 503 Service Unavailable: starting") || len(s.calls) != tries {
		t.Errorf("after %d calls: %v", len(s.calls), err)
	}
}

func TestRefusalNamesEveryField(t *testing.T) {
	s, h := serve(t)
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != staffPath {
			return false
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		io.WriteString(w, `{"type":"https://lotse.example/problems/invalid-field","title":"Unprocessable Entity","status":422,
			"detail":"2 fields are wrong","errors":[
			{"message":"is not a centre","location":"body.employees[3].home","value":"altonna"},
			{"message":"must not be empty","location":"body.employees[4]","value":{"a":1}}]}`)
		return true
	}
	parts, err := Apply(t.Context(), h.Client(), h.URL, tiny(t))
	const want = `staff: POST /staffing/v1/imports/staff answers 422 Unprocessable Entity: 2 fields are wrong
  body.employees[3].home: is not a centre (is "altonna")
  body.employees[4]: must not be empty`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if len(parts) != 1 || parts[0].Name != "network" {
		t.Errorf("parts done before are %+v", parts)
	}
	var p *Problem
	if !errors.As(err, &p) || p.Status != 422 || len(p.Errors) != 2 {
		t.Errorf("the problem is not to be had: %+v", p)
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	l.Close()
	_, err = Present(t.Context(), nil, address)
	var u *Unreachable
	if !errors.As(err, &u) || !strings.Contains(err.Error(), address) || !strings.Contains(err.Error(), "lotse up") ||
		!strings.Contains(err.Error(), "connection refused") {
		t.Errorf("err = %v", err)
	}
	for _, bad := range []string{"", "127.0.0.1:8080", "ftp://x", "http://"} {
		if _, err := Apply(t.Context(), nil, bad, tiny(t)); err == nil || !strings.Contains(err.Error(), "write it as http://") {
			t.Errorf("server %q: %v", bad, err)
		}
	}
}

func TestForeignAnswersAreSaid(t *testing.T) {
	s, h := serve(t)
	s.before = func(w http.ResponseWriter, _ *http.Request) bool { io.WriteString(w, "<html>"); return true }
	if _, err := Present(t.Context(), h.Client(), h.URL); err == nil || !strings.Contains(err.Error(), "read "+networkPath) {
		t.Errorf("err = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Present(ctx, h.Client(), h.URL); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want the cancellation", err)
	}
}
