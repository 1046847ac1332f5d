package absence

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/mapping"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
)

const secret = "a-secret-of-the-house"

// post sends a signed message as a system does; sent is when.
func (w *world) post(source, system, body, secret string, sent time.Time, change func(h map[string]string)) (int, string) {
	w.t.Helper()
	scheme, ok := mapping.Signs(system)
	if !ok {
		scheme, _ = mapping.Signs(mapping.CloudEvents)
	}
	stamp := strconv.FormatInt(sent.Unix(), 10)
	h := map[string]string{"Content-Type": "application/json", scheme.Header: scheme.Sign([]byte(secret), []byte(body), stamp)}
	if scheme.Timestamp != "" {
		h[scheme.Timestamp] = stamp
	}
	if change != nil {
		change(h)
	}
	req := httptest.NewRequest("POST", "/v1/hr/"+source+"/webhooks/"+system, strings.NewReader(body))
	for k, v := range h {
		if v != "" {
			req.Header.Set(k, v)
		}
	}
	rec := httptest.NewRecorder()
	accesstest.Staff(w.Handler()).ServeHTTP(rec, req)
	if err := w.Node().Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return rec.Code, rec.Body.String()
}

func signed(t *testing.T, sources ...string) *world {
	dir := t.TempDir()
	for _, s := range sources {
		if err := os.WriteFile(filepath.Join(dir, s), []byte("the-old-secret-of-the-house\n"+secret+"\n\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := DefaultConfig()
	c.WebhookSecrets = dir
	return startWith(t, c)
}

func fixture(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile("internal/hr/mapping/testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// Every system's message, signed as it signs, is recorded once, and its reasons
// go nowhere.
func TestWebhooks(t *testing.T) {
	for system, name := range map[string]string{"frappe": "approved", "successfactors": "approved", "bamboohr": "approved-hours",
		"personio": "v2-halves", "hibob": "request"} {
		t.Run(system, func(t *testing.T) {
			w := signed(t, "hr")
			body := fixture(t, system+"/"+name)
			for i, want := range []string{`"status":"recorded"`, `"status":"duplicate"`} {
				status, says := w.post("hr", system, body, secret, w.Node().Now(), nil)
				if status != 202 || !strings.Contains(says, want) || strings.Contains(strings.ToLower(says), "geheim") {
					t.Fatalf("message %d: %d %s", i, status, says)
				}
			}
			if off := w.WhoIsOff(day.Date(2026, 12, 1)); len(off) != 1 {
				t.Fatalf("off: %+v", off)
			}
			if reasons, _ := w.Stripped(); reasons["hr"] < 2 {
				t.Fatalf("dropped: %v", reasons)
			}
			for _, e := range w.events() {
				if bytes.Contains(bytes.ToLower(e.Data), []byte("geheim")) {
					t.Fatalf("the log holds a secret: %s", e.Data)
				}
			}
		})
	}
	t.Run("cloudevents", func(t *testing.T) {
		w := signed(t, "hr")
		body := `{"specversion":"1.0","id":"ev-1","source":"x","type":"hr.absence.reported.v1","data":` + sick + `}`
		status, says := w.post("hr", mapping.CloudEvents, body, secret, w.Node().Now(), func(h map[string]string) { h["Content-Type"] = events.StructuredContentType })
		if status != 202 || !strings.Contains(says, `"status":"recorded"`) {
			t.Fatal(status, says)
		}
	})
	// What a recorded message means must not be changed where no signature is.
	t.Run("cloudevents by headers", func(t *testing.T) {
		w := signed(t, "hr")
		status, says := w.post("hr", mapping.CloudEvents, sick, secret, w.Node().Now(), func(h map[string]string) {
			h["Content-Type"], h["Ce-Specversion"], h["Ce-Id"], h["Ce-Source"], h["Ce-Type"] = "application/json", "1.0", "ev-2", "x", "hr.absence.cancelled.v1"
		})
		if status != 400 || len(w.events()) != 0 {
			t.Fatal(status, says)
		}
	})
	t.Run("nothing decided", func(t *testing.T) {
		w := signed(t, "hr")
		if status, says := w.post("hr", "frappe", fixture(t, "frappe/open"), secret, w.Node().Now(), nil); status != 202 || !strings.Contains(says, `"receipts":[]`) || len(w.events()) != 0 {
			t.Fatal(status, says)
		}
	})
	t.Run("the old secret while it changes", func(t *testing.T) {
		w := signed(t, "hr")
		if status, says := w.post("hr", "frappe", fixture(t, "frappe/approved"), "the-old-secret-of-the-house", w.Node().Now(), nil); status != 202 {
			t.Fatal(status, says)
		}
	})
}

// A forgery, a replay and a stranger are refused alike, without a word why, and
// nothing is kept of them.
func TestWebhookForgeries(t *testing.T) {
	frappe, bamboo := fixture(t, "frappe/approved"), fixture(t, "bamboohr/approved-hours")
	answers := map[string]bool{}
	for _, c := range []struct {
		name, source, system, body, secret string
		late                               time.Duration
		change                             func(h map[string]string)
	}{
		{"wrong secret", "hr", "frappe", frappe, "another-secret-of-the-house", 0, nil},
		{"short secret", "hr", "frappe", frappe, "short", 0, nil},
		{"empty secret", "hr", "frappe", frappe, "", 0, nil},
		{"no signature", "hr", "frappe", frappe, secret, 0, func(h map[string]string) { h["X-Frappe-Webhook-Signature"] = "" }},
		{"garbled signature", "hr", "frappe", frappe, secret, 0, func(h map[string]string) { h["X-Frappe-Webhook-Signature"] = "!" }},
		{"another's scheme", "hr", "frappe", frappe, secret, 0, func(h map[string]string) {
			scheme, _ := mapping.Signs("hibob")
			h["X-Frappe-Webhook-Signature"] = scheme.Sign([]byte(secret), []byte(frappe), "")
		}},
		{"unknown source", "other", "frappe", frappe, secret, 0, nil},
		{"no source", "a.b", "frappe", frappe, secret, 0, nil},
		{"unknown system", "hr", "paisy", frappe, secret, 0, nil},
		{"too old", "hr", "bamboohr", bamboo, secret, mapping.Window + time.Second, nil},
		{"from the future", "hr", "bamboohr", bamboo, secret, -mapping.Window - time.Second, nil},
		{"time exchanged", "hr", "bamboohr", bamboo, secret, time.Hour, func(h map[string]string) { h["X-BambooHR-Timestamp"] = "1796109120" }},
		{"no time", "hr", "bamboohr", bamboo, secret, 0, func(h map[string]string) { h["X-BambooHR-Timestamp"] = "" }},
		{"own scheme too old", "hr", "successfactors", fixture(t, "successfactors/approved"), secret, time.Hour, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := signed(t, "hr")
			status, says := w.post(c.source, c.system, c.body, c.secret, w.Node().Now().Add(-c.late), c.change)
			answers[says] = true
			parked, err := w.store.ParkedRecords(t.Context(), true, 10)
			if status != 401 || len(w.events()) != 0 || len(parked) != 0 || err != nil {
				t.Fatalf("%d %s, %d events, %d parked, %v", status, says, len(w.events()), len(parked), err)
			}
		})
	}
	if len(answers) != 1 {
		t.Fatalf("%d different answers tell how near a forgery came: %v", len(answers), answers)
	}
	w := signed(t, "hr")
	if status, _ := w.post("hr", "bamboohr", bamboo, secret, w.Node().Now().Add(-mapping.Window+time.Second), nil); status != 202 {
		t.Fatalf("within the window: %d", status)
	}
}

// What is signed and wrong is parked once, without its content.
func TestWebhookRefusals(t *testing.T) {
	w := signed(t, "hr")
	for i, c := range []struct {
		system, body, says string
		status             int
	}{
		{"frappe", fixture(t, "frappe/bad-date"), "from_date", 422},
		{"frappe", fixture(t, "frappe/bad-date"), "from_date", 422},
		{"frappe", `{"geheim`, "is not JSON", 400},
		{"frappe", fixture(t, "frappe/unknown-state"), "status", 422},
		{"hibob", fixture(t, "hibob/webhook-approved"), "not how", 422},
		{"frappe", `"` + strings.Repeat("geheim", hr.MaxBytes/6+1) + `"`, "64 KiB", 400},
		{"frappe", `"` + strings.Repeat("geheim", 1<<18) + `"`, "", 413},
		{"frappe", "", "is not JSON", 400},
	} {
		status, says := w.post("hr", c.system, c.body, secret, w.Node().Now(), nil)
		if status != c.status || !strings.Contains(says, c.says) || strings.Contains(strings.ToLower(says), "geheim") {
			t.Fatalf("message %d: %d %s", i, status, says)
		}
	}
	parked, err := w.store.ParkedRecords(t.Context(), true, 10)
	if err != nil || len(parked) != 6 {
		t.Fatalf("%d parked, want 6: %v", len(parked), err)
	}
	if kept := fmt.Sprintf("%+v %s", parked, w.log); strings.Contains(strings.ToLower(kept), "geheim") {
		t.Fatalf("a secret is parked or logged: %s", kept)
	}
}

// A secret may be bound to one system's form; what cannot be a secret is refused
// at the start.
func TestSecretsAreBoundAndLong(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) Config {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c := DefaultConfig()
		c.WebhookSecrets = dir
		return c
	}
	w := startWith(t, write("hr.frappe", secret+"\n"))
	if status, says := w.post("hr", "frappe", fixture(t, "frappe/approved"), secret, w.Node().Now(), nil); status != 202 {
		t.Fatalf("its own form: %d %s", status, says)
	}
	if status, _ := w.post("hr", "personio", fixture(t, "personio/v2-halves"), secret, w.Node().Now(), nil); status != 401 {
		t.Fatalf("another system's form: %d", status)
	}
	for name, c := range map[string]struct{ text, says string }{
		"hr2":        {secret + "\nshort\n", "line 2: the secret has 5 bytes: give at least 16"},
		"hr.nothing": {secret, "with a system of bamboohr"},
		"h r":        {secret, "name it like a source"},
	} {
		c2 := write(name, c.text)
		if err := c2.Validate(); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	// Changed for the worse while it runs: nothing passes, and the sender is told to come again.
	write("hr.frappe", "short\n")
	if status, _ := w.post("hr", "frappe", fixture(t, "frappe/approved"), "short", w.Node().Now(), nil); status != 500 {
		t.Errorf("with a short secret: %d", status)
	}
}
