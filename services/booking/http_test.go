package booking

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
)

type answer struct {
	Hold, Appointment, Code, Link, Type, Centre, State, Ticket, At string
	Offers                                                         []struct{ Centre, Day, At string }
	Services, Centres                                              []struct{ ID string }
	AtRisk                                                         any `json:"at_risk"`
	Booked, Number                                                 int
	Contact                                                        struct{ Name string }
}

func TestAPI(t *testing.T) {
	w := newWorld(t, nil).city()
	at := `"service":"passport","centre":"altona","day":"` + monday.String() + `"`
	var a answer
	steps := []struct {
		name, method, path, key, body string
		status                        int
		check                         func() bool
	}{
		{"services", "GET", "/v1/services", "", "", 200, func() bool { return len(a.Services) == 3 }},
		{"centres", "GET", "/v1/centres", "", "", 200, func() bool { return len(a.Centres) == 2 && a.Centres[0].ID == "altona" }},
		{"search", "GET", "/v1/slots?service=passport&limit=2", "", "", 200, func() bool { return len(a.Offers) == 2 && a.Offers[0].At == "09:00" }},
		{"search at a day", "GET", "/v1/slots?service=passport&district=wandsbek&from=" + (monday + 1).String(), "", "", 200, func() bool { return a.Offers[0].Centre == "wandsbek" }},
		{"bad date", "GET", "/v1/slots?service=passport&from=1.12.2026", "", "", 422, nil},
		{"unknown service", "GET", "/v1/slots?service=nonsense", "", "", 404, nil},
		{"hold", "POST", "/v1/holds", "h", "{" + at + `,"at":"09:00"}`, 201, func() bool { return a.Hold != "" }},
		{"hold again", "POST", "/v1/holds", "h", "{" + at + `,"at":"09:00"}`, 201, func() bool { return a.Hold != "" }},
		{"key reused", "POST", "/v1/holds", "h", "{" + at + `,"at":"09:15"}`, 422, nil},
		{"taken", "POST", "/v1/holds", "", "{" + at + `,"at":"09:00"}`, 409, nil},
		{"past", "POST", "/v1/holds", "", `{"service":"passport","centre":"altona","day":"2020-01-01","at":"09:00"}`, 422, nil},
		{"confirm", "POST", "/v1/holds/{hold}/confirm", "c", `{"name":"Erika"}`, 201, func() bool { return a.Code != "" && strings.Contains(a.Link, "?code=") }},
		{"show", "GET", "/v1/appointments/{appointment}?code={code}", "", "", 200, func() bool { return a.Contact.Name == "Erika" && a.State == "booked" }},
		{"wrong code", "GET", "/v1/appointments/{appointment}?code=x", "", "", 403, nil},
		{"foreign hold", "POST", "/v1/holds/altona.2026-12-01.abc/confirm", "", `{}`, 410, nil},
		{"no id at all", "POST", "/v1/holds/nonsense/confirm", "", `{}`, 410, nil},
		{"move", "POST", "/v1/appointments/{appointment}/move", "m", `{"code":"{code}","centre":"wandsbek","day":"` + monday.String() + `","at":"10:30"}`, 200,
			func() bool { return a.Centre == "wandsbek" && a.At == "10:30" }},
		{"at risk", "GET", "/v1/at-risk", "", "", 200, func() bool { return len(a.AtRisk.([]any)) == 0 }},
		{"hardship", "POST", "/v1/appointments/{appointment}/hardship", "", `{"hardship":true}`, 204, nil},
		{"check in", "POST", "/v1/appointments/{appointment}/check-in", "", "", 204, nil},
		{"keep", "POST", "/v1/appointments/{appointment}/keep", "", "", 204, nil},
		{"miss what was kept", "POST", "/v1/appointments/{appointment}/miss", "", "", 409, nil},
		{"cancel what was kept", "POST", "/v1/appointments/{appointment}/cancel", "", `{"code":"{code}"}`, 409, nil},
		{"book", "POST", "/v1/appointments", "b", "{" + at + `,"at":"09:15","channel":"telephone","contact":{"phone":"1"}}`, 201, func() bool { return a.Code != "" }},
		{"cancel", "POST", "/v1/appointments/{appointment}/cancel", "x", `{"code":"{code}"}`, 204, nil},
		{"unknown appointment", "POST", "/v1/appointments/altona.2026-12-01.ff/keep", "", "", 404, nil},
		{"import", "POST", "/v1/imports/appointments", "", `{"appointments":[{"external_id":"1",` + at + `,"at":"09:30","channel":"online","booked_on":"2026-11-20"}]}`, 200, func() bool { return a.Booked == 1 }},
		{"ticket", "POST", "/v1/tickets", "t", `{"centre":"altona","service":"licence"}`, 201, func() bool { return a.Number == 1 }},
		{"serve before call", "POST", "/v1/tickets/{ticket}/serve", "", "", 409, nil},
		{"nobody for passports", "POST", "/v1/tickets/next", "", `{"centre":"altona","services":["passport"]}`, 409, nil},
		{"call", "POST", "/v1/tickets/next", "n", `{"centre":"altona"}`, 200, func() bool { return a.Number == 1 }},
		{"serve", "POST", "/v1/tickets/{ticket}/serve", "", "", 204, nil},
		{"unknown field", "POST", "/v1/holds", "", "{" + at + `,"at":"09:00","reason":"x"}`, 422, nil},
		{"bad time", "POST", "/v1/holds", "", "{" + at + `,"at":"9 o'clock"}`, 422, nil},
		{"openapi", "GET", "/openapi.json", "", "", 200, nil},
	}
	for _, s := range steps {
		fill := strings.NewReplacer("{hold}", a.Hold, "{appointment}", a.Appointment, "{code}", a.Code, "{ticket}", a.Ticket)
		var out any = &a
		a.AtRisk, a.Number, a.Booked = nil, 0, 0
		if s.check == nil {
			out = nil
		}
		rec := w.call(s.method, fill.Replace(s.path), s.key, fill.Replace(s.body), out)
		if rec.Code != s.status || s.check != nil && !s.check() {
			t.Fatalf("%s: %d %s", s.name, rec.Code, rec.Body)
		}
		if s.status >= 400 {
			var p struct{ Type, Detail string }
			if json.Unmarshal(rec.Body.Bytes(), &p) != nil || p.Detail == "" {
				t.Fatalf("%s: not a problem document: %s", s.name, rec.Body)
			}
		}
		if s.method == "POST" && s.status < 300 && rec.Header().Get("Lotse-Position") == "" {
			t.Fatalf("%s: no position", s.name)
		}
		w.pass(time.Second)
	}
}

func TestListeners(t *testing.T) {
	w := newWorld(t, nil).city()
	server := httptest.NewServer(w.handler())
	defer server.Close()
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Second)
	defer cancel()
	listen := func(after string) (next func() (id string, s booking.SlotsChanged)) {
		r := must(http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1/events/slots", nil))
		if after != "" {
			r.Header.Set("Last-Event-ID", after)
		}
		res, err := http.DefaultClient.Do(r)
		w.ok(err)
		t.Cleanup(func() { res.Body.Close() })
		lines := bufio.NewScanner(res.Body)
		return func() (id string, s booking.SlotsChanged) {
			for lines.Scan() {
				if v, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
					id = v
				}
				if v, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
					w.ok(json.Unmarshal([]byte(v), &s))
					return id, s
				}
			}
			t.Fatal("the line ended: ", lines.Err())
			return
		}
	}
	next := listen("")
	seen := map[string]bool{}
	var id string
	for range 4 {
		var s booking.SlotsChanged
		id, s = next()
		seen[string(s.Centre)+s.Day.String()] = true
	}
	if len(seen) != 4 {
		t.Fatalf("a snapshot of %v", seen)
	}
	w.booked("altona", monday, nine, Contact{})
	_, s := next()
	if s.FreeSlots["pass"] != 3 {
		t.Fatalf("%+v", s)
	}
	resumed, s2 := listen(id)()
	if s2.Version != s.Version || resumed == id {
		t.Fatalf("resumed after %s with %s %+v", id, resumed, s2)
	}
	if _, s := listen("999999")(); s.Version != 1 {
		t.Fatalf("who knows more than was said begins with %+v", s)
	}
}
