package absence

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/mapping"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// A thin message is remembered until its absence was fetched: through failures,
// later and later, and through a restart. A secret goes to the source only.
func TestThinMessagesAreFetched(t *testing.T) {
	answer, asked, stray := http.StatusInternalServerError, 0, 0
	hr := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != "/v1/timeoff/employees/3312/requests/1101" || r.Header.Get("Authorization") != "Basic the-token" {
			t.Errorf("asked for %s with %q", r.URL, r.Header.Get("Authorization"))
		}
		w.WriteHeader(answer)
		fmt.Fprint(w, fixture(t, "hibob/request"))
	}))
	defer hr.Close()
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stray++ }))
	defer other.Close()
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	token := write("token", "the-token\n")
	write("hr.json", `{"url":"`+hr.URL+`/v1/timeoff/employees/3312/requests/{id}","below":"`+hr.URL+`/v1/","header":"Authorization","prefix":"Basic ","secret_file":"`+token+`"}`)
	write("webhooks/hr", secret)
	c := DefaultConfig()
	c.WebhookSecrets, c.Connectors = filepath.Join(dir, "webhooks"), dir
	w := startWith(t, c)
	thin := func(kind, at string) string {
		return strings.ReplaceAll(strings.ReplaceAll(fixture(t, "hibob/webhook-"+kind), "https://api.hibob.com", at), "07:12:00.123", w.clock.Format("15:04:05.000"))
	}
	post := func(body string) {
		t.Helper()
		if status, says := w.post("hr", "hibob", body, secret, w.clock, nil); status != 202 || !strings.Contains(says, `"status":"recorded"`) {
			t.Fatal(status, says)
		}
	}
	off := func() int { return len(w.WhoIsOff(day.Date(2026, 12, 1))) }

	post(thin("approved", hr.URL))
	if n, since := w.app.Owing("hr"); n != 1 || !since.Equal(w.clock) {
		t.Fatalf("%d are owed since %s", n, since)
	}
	if asked != 1 || off() != 0 {
		t.Fatalf("asked %d times, %d off", asked, off())
	}
	step := func(later time.Duration) {
		t.Helper()
		w.clock = w.clock.Add(later)
		if err := w.Node().Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i, later := range []time.Duration{500 * time.Millisecond, 500 * time.Millisecond, time.Second, time.Second} {
		step(later)
		if want := []int{1, 2, 2, 3}[i]; asked != want {
			t.Fatalf("after %d waits asked %d times, want %d", i+1, asked, want)
		}
	}
	// A restart does not forget it.
	s, err := New(Deps{Node: node.Deps{Store: w.store, Now: func() time.Time { return w.clock }}, Config: c})
	if err != nil {
		t.Fatal(err)
	}
	w.Service = s
	if err := s.Node().Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	answer = http.StatusOK
	step(0)
	if asked != 4 || off() != 1 {
		t.Fatalf("asked %d times, %d off", asked, off())
	}
	if n, _ := w.app.Owing("hr"); n != 0 {
		t.Fatalf("%d are owed", n)
	}
	step(time.Hour)
	if asked != 4 {
		t.Fatal("asked again for what is settled")
	}
	// Elsewhere is not followed, and what is gone is cancelled.
	answer = http.StatusGone
	post(thin("updated", other.URL))
	if asked != 5 || stray != 0 || off() != 0 {
		t.Fatalf("asked %d times and %d elsewhere, %d off", asked, stray, off())
	}
	for _, e := range w.events() {
		if strings.Contains(strings.ToLower(string(e.Data)), "geheim") {
			t.Fatalf("the log holds a secret: %s", e.Data)
		}
	}
}

func TestConnectorsThatCannotWork(t *testing.T) {
	for _, text := range []string{`{`, `{"url":"https://x/"}`, `{"url":"https://x/{id}","below":"https://x"}`, `{"url":"https://x/{id}","secret":"x"}`,
		`{"url":"https://x/{id}","oauth":{"client_id":"c"}}`, `{"url":"https://x/{id}","secret_file":"s","oauth":{"client_id":"c","token_url":"https://x/","secret_file":"s"}}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "hr.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c := DefaultConfig()
		c.Connectors = dir
		if _, err := New(Deps{Node: node.Deps{Store: memory.New(memory.WithClock(time.Now)), Now: time.Now}, Config: c}); err == nil || !strings.Contains(err.Error(), "hr.json") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A source that does not answer holds up no other.
func TestAHangingSourceHoldsUpNoOther(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	hangs := make(chan struct{})
	hung := make(chan struct{}, 100)
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		hung <- struct{}{}
		select {
		case <-hangs:
		case <-r.Context().Done():
		}
	}))
	defer slow.Close()
	defer close(hangs)
	quick := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, fixture(t, "hibob/request")) }))
	defer quick.Close()
	dir := t.TempDir()
	c := DefaultConfig()
	c.WebhookSecrets, c.Connectors = filepath.Join(dir, "webhooks"), dir
	if err := os.Mkdir(c.WebhookSecrets, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a.json": `{"url":"` + slow.URL + `/{id}"}`, "b.json": `{"url":"` + quick.URL + `/{id}"}`, "webhooks/a": secret, "webhooks/b": secret} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := newService(t, memory.New(), c, time.Now, slog.New(slog.DiscardHandler))
	server := bustest.Start(t)
	ran := make(chan error, 1)
	conn := connection(t, server)
	go func() { ran <- s.Node().Run(ctx, conn) }()
	defer func() { stop(); <-ran }()
	scheme, _ := mapping.Signs("hibob")
	body := []byte(fixture(t, "hibob/webhook-approved"))
	for _, source := range []string{"a", "b"} {
		if _, err := s.app.Webhook(ctx, source, "hibob", map[string][]string{scheme.Header: {scheme.Sign([]byte(secret), body, "")}}, body); err != nil {
			t.Fatal(err)
		}
		if source == "a" {
			<-hung
		}
	}
	woken, end := s.Node().Log().Watch()
	defer end()
	for len(s.WhoIsOff(day.Date(2026, 12, 1))) == 0 {
		select {
		case <-woken:
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal("b is not fetched while a hangs")
		}
	}
	if n, _ := s.app.Owing("a"); n != 1 {
		t.Fatalf("a owes %d", n)
	}
}
