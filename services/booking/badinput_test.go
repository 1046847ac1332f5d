package booking

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
)

// The days on which the clocks change, and a winter's and a summer's.
var (
	spring = day.Date(2027, time.March, 28)
	autumn = day.Date(2026, time.October, 25)
)

// byNight is a city whose offices are open all night, four weeks before a day, so
// that the hour that a change of clocks skips or doubles is on offer if it can be.
func byNight(t *testing.T, d day.Day) *world {
	w := newWorld(t, nil)
	w.clock.Set((d - 28).At(nine, berlin))
	w.city()
	for x := d - 1; x <= d+1; x++ {
		w.offer("altona", x, false, line(0, 10, "pass", "car"), line(0, 10, "pass", "car"))
	}
	return w
}

// bad is one mistake of a client, and how it is answered.
type bad struct {
	name, method, path, body string
	status                   int
	kind                     string // of the problem; with zms of its error
	says                     string // part of the English text
}

func (w *world) mistakes(all []bad) {
	w.Helper()
	before := must(w.store.Head(w.ctx)).Position
	for i, b := range all {
		for lang, word := range map[string]string{"de": "", "en": b.says} {
			rec := httptest.NewRecorder()
			r := httptest.NewRequest(b.method, b.path, strings.NewReader(b.body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept-Language", lang)
			r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", i)
			w.handler().ServeHTTP(rec, r)
			if strings.HasPrefix(b.path, "/zms/") {
				var p struct {
					Errors []struct{ ErrorCode, ErrorMessage string }
				}
				if json.Unmarshal(rec.Body.Bytes(), &p) != nil || rec.Code != b.status || len(p.Errors) == 0 || p.Errors[0].ErrorCode != b.kind || !strings.Contains(p.Errors[0].ErrorMessage, word) {
					w.Errorf("%s: want %d %s, got %d %s", b.name, b.status, b.kind, rec.Code, rec.Body)
				}
				continue
			}
			var p told
			if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
				w.Fatalf("%s: %d %s", b.name, rec.Code, rec.Body)
			}
			if rec.Code != b.status || p.Status != b.status || !strings.HasSuffix(p.Type, "/problems/"+b.kind) || !strings.Contains(p.Say["en"], word) || p.Say["de"] == "" || p.Say["de"] == p.Say["en"] ||
				rec.Header().Get("Content-Type") != "application/problem+json" {
				w.Errorf("%s: want %d %s, got %d %s", b.name, b.status, b.kind, rec.Code, rec.Body)
			}
		}
	}
	if after := must(w.store.Head(w.ctx)).Position; after != before {
		w.Errorf("mistakes wrote %d events", after-before)
	}
}

func TestBadInput(t *testing.T) {
	w := newWorld(t, nil).city()
	office, service := w.zmsCity()
	c := w.booked("altona", monday, nine, Contact{Name: "Erika"})
	expired := must(w.service.Hold(w.ctx, "", w.wish("altona", monday, nine+15)))
	w.pass(11 * time.Minute)
	kept := must(w.service.Hold(w.ctx, "", w.wish("altona", monday, nine+30)))
	hold := func(service, centre, d, at string) string {
		return fmt.Sprintf(`{"service":%q,"centre":%q,"day":%q,"at":%q}`, service, centre, d, at)
	}
	move := func(centre, d, at string) string {
		return fmt.Sprintf(`{"code":%q,"centre":%q,"day":%q,"at":%q}`, c.Code, centre, d, at)
	}
	mon, far := monday.String(), (today + 61).String()
	ap := "/v1/appointments/" + string(c.Appointment)
	reserve := func(office, service int64, at any) string {
		return fmt.Sprintf(`{"officeId":%d,"serviceId":%d,"timestamp":%v}`, office, service, at)
	}
	passport, altona := service["passport"], office["Altona"]
	w.mistakes([]bad{
		{"search, unknown service", "GET", "/v1/slots?service=nonsense", "", 404, "unknown-service", "GET /v1/services"},
		{"search, unknown centre", "GET", "/v1/slots?service=passport&centre=nonsense", "", 404, "unknown-centre", "GET /v1/centres"},
		{"search, unknown district", "GET", "/v1/slots?service=passport&district=nonsense", "", 404, "unknown-district", "GET /v1/centres"},
		{"search, no date", "GET", "/v1/slots?service=passport&day=1.12.2026", "", 422, "invalid-field", "2026-12-01"},
		{"search, no such date", "GET", "/v1/slots?service=passport&from=2026-02-30", "", 422, "invalid-field", "2026-12-01"},
		{"search, an instant for a date", "GET", "/v1/slots?service=passport&until=2026-12-01T09:00:00Z", "", 422, "invalid-field", "2026-12-01"},
		{"search, past", "GET", "/v1/slots?service=passport&day=2020-01-01", "", 422, "past", "passed"},
		{"search, beyond the horizon", "GET", "/v1/slots?service=passport&from=" + far, "", 422, "too-far", "horizon"},
		{"search, days the wrong way round", "GET", "/v1/slots?service=passport&from=2026-12-02&until=2026-12-01", "", 422, "invalid-field", "not after from"},
		{"search, time with an offset", "GET", "/v1/slots?service=passport&times=09:00%2B01:00-10:00%2B01:00", "", 422, "invalid-field", "without an offset"},
		{"search, no service", "GET", "/v1/slots", "", 422, "invalid-request", ""},
		{"hold, unknown service", "POST", "/v1/holds", hold("nonsense", "altona", mon, "09:00"), 404, "unknown-service", ""},
		{"hold, unknown centre", "POST", "/v1/holds", hold("passport", "nonsense", mon, "09:00"), 404, "unknown-centre", ""},
		{"hold, no date", "POST", "/v1/holds", hold("passport", "altona", "tomorrow", "09:00"), 422, "invalid-request", ""},
		{"hold, past", "POST", "/v1/holds", hold("passport", "altona", "2026-11-01", "09:00"), 422, "past", ""},
		{"hold, too soon", "POST", "/v1/holds", hold("passport", "altona", today.String(), "09:00"), 422, "too-soon", ""},
		{"hold, beyond the horizon", "POST", "/v1/holds", hold("passport", "altona", far, "09:00"), 422, "too-far", ""},
		{"hold, closed", "POST", "/v1/holds", hold("passport", "altona", mon, "06:00"), 409, "closed", ""},
		{"hold, taken", "POST", "/v1/holds", hold("passport", "altona", mon, "09:00"), 409, "slot-taken", ""},
		{"hold, off the grid", "POST", "/v1/holds", hold("passport", "altona", mon, "09:01"), 422, "off-grid", ""},
		{"hold, summer's offset in winter", "POST", "/v1/holds", hold("passport", "altona", mon, "09:15+02:00"), 422, "wrong-offset", "without an offset"},
		{"hold, UTC", "POST", "/v1/holds", hold("passport", "altona", mon, "09:15Z"), 422, "wrong-offset", ""},
		{"hold, another zone", "POST", "/v1/holds", hold("passport", "altona", mon, "09:15 Europe/London"), 422, "invalid-request", ""},
		{"confirm, expired hold", "POST", "/v1/holds/" + string(expired.Hold) + "/confirm", `{}`, 410, "hold-expired", ""},
		{"confirm, foreign hold", "POST", "/v1/holds/altona." + mon + ".0123456789abcdef/confirm", `{}`, 410, "hold-expired", ""},
		{"confirm, no hold at all", "POST", "/v1/holds/nonsense/confirm", `{}`, 410, "hold-expired", ""},
		{"confirm, no address", "POST", "/v1/holds/" + string(kept.Hold) + "/confirm", `{"email":"erika.example.org"}`, 422, "invalid-field", ""},
		{"confirm, two addresses", "POST", "/v1/holds/" + string(kept.Hold) + "/confirm", `{"email":"e@example.org, f@example.org"}`, 422, "invalid-field", ""},
		{"confirm, a header", "POST", "/v1/holds/" + string(kept.Hold) + "/confirm", `{"name":"E\r\nBcc: f@example.org","email":"e@example.org"}`, 422, "invalid-field", ""},
		{"wait, no address", "POST", "/v1/waiting", `{"service":"passport","contact":{"email":"erika@"}}`, 422, "invalid-field", ""},
		{"opt in, foreign hold", "POST", "/v1/holds/" + string(kept.Hold) + "/opt-in", `{"code":"x"}`, 403, "wrong-code", ""},
		{"move, unknown centre", "POST", ap + "/move", move("nonsense", mon, "09:15"), 404, "unknown-centre", ""},
		{"move, past", "POST", ap + "/move", move("altona", "2026-11-01", "09:15"), 422, "past", ""},
		{"move, beyond the horizon", "POST", ap + "/move", move("altona", far, "09:15"), 422, "too-far", ""},
		{"move, UTC", "POST", ap + "/move", move("altona", mon, "08:15Z"), 422, "wrong-offset", ""},
		{"move, slot just went", "POST", ap + "/move", move("altona", mon, "09:30"), 409, "slot-taken", "choose another"},
		{"move, wrong code", "POST", ap + "/move", `{"code":"x","centre":"altona","day":"` + mon + `","at":"09:15"}`, 403, "wrong-code", ""},
		{"show, wrong code", "GET", ap + "?code=x", "", 403, "wrong-code", ""},
		{"show, unknown appointment", "GET", "/v1/appointments/altona." + mon + ".00?code=x", "", 403, "wrong-code", ""},
		{"show, no appointment at all", "GET", "/v1/appointments/x?code=x", "", 403, "wrong-code", ""},
		{"wait, past", "POST", "/v1/waiting", `{"service":"passport","until":"2020-01-01","contact":{"email":"e@example.org"}}`, 422, "invalid-field", ""},
		{"waiting list, wrong code", "GET", "/v1/waiting/waiting.00?code=x", "", 403, "wrong-code", ""},
		{"half a body", "POST", "/v1/holds", `{"service":`, 400, "invalid-request", ""},
		{"a field that there is not", "POST", "/v1/holds", `{"service":"passport","centre":"altona","day":"` + mon + `","at":"09:15","reason":"x"}`, 422, "invalid-request", ""},
		{"staff's, without a token", "GET", "/v1/at-risk", "", 401, "not-authenticated", ""},
		{"zms, unknown office", "POST", "/zms/reserve-appointment/", reserve(99, passport, monday.At(nine+15, berlin).Unix()), 400, "invalidOfficeId", "offices-and-services"},
		{"zms, unknown service", "POST", "/zms/reserve-appointment/", reserve(altona, 99, monday.At(nine+15, berlin).Unix()), 400, "invalidServiceId", "offices-and-services"},
		{"zms, milliseconds", "POST", "/zms/reserve-appointment/", reserve(altona, passport, monday.At(nine+15, berlin).UnixMilli()), 400, "invalidTimestamp", "seconds"},
		{"zms, past", "POST", "/zms/reserve-appointment/", reserve(altona, passport, 1_500_000_000), 400, "invalidTimestamp", "future"},
		{"zms, half a minute", "POST", "/zms/reserve-appointment/", reserve(altona, passport, monday.At(nine+15, berlin).Unix()+30), 400, "invalidTimestamp", ""},
		{"zms, wall clock as if it were UTC", "POST", "/zms/reserve-appointment/", reserve(altona, passport, monday.At(nine+45, time.UTC).Unix()), 404, "appointmentNotAvailable", ""},
		{"zms, beyond the horizon", "POST", "/zms/reserve-appointment/", reserve(altona, passport, (today+61).At(nine, berlin).Unix()), 404, "appointmentNotAvailable", ""},
		{"zms, no date", "GET", fmt.Sprintf("/zms/available-appointments/?date=x&officeId=%d&serviceId=%d", altona, passport), "", 400, "invalidDate", "2026-12-01"},
		{"zms, wrong key", "POST", "/zms/cancel-appointment/", `{"processId":1,"authKey":"x"}`, 404, "appointmentNotFound", ""},
	})
	if s := w.shows(c); s.Centre != "altona" || s.At != "09:00" || s.State != "booked" {
		t.Fatalf("%+v", s)
	}
}

// Times in the hour that is missing, or comes twice, are refused wherever one can
// name them, and never offered; those beside it are booked as always.
func TestTheHourThatTheClocksSkipOrDouble(t *testing.T) {
	for d, kind := range map[day.Day]string{spring: "missing-hour", autumn: "doubled-hour", day.Date(2027, time.October, 31): "doubled-hour"} {
		w := byNight(t, d)
		office, service := w.zmsCity()
		hold := func(d day.Day, at string) string {
			return fmt.Sprintf(`{"service":"passport","centre":"altona","day":%q,"at":%q}`, d, at)
		}
		rec, _ := w.from("192.0.2.99", "POST", "/v1/holds", hold(d-1, "02:30")) // the day before has that hour
		if rec.Code != http.StatusCreated {
			t.Fatalf("%s: %d %s", d-1, rec.Code, rec.Body)
		}
		c := w.booked("altona", d, nine, Contact{})
		move := func(at string) string {
			return fmt.Sprintf(`{"code":%q,"centre":"altona","day":%q,"at":%q}`, c.Code, d, at)
		}
		all := []bad{
			{"hold within", "POST", "/v1/holds", hold(d, "02:30"), 422, kind, "clocks are put"},
			{"hold with an offset", "POST", "/v1/holds", hold(d, "02:30+01:00"), 422, kind, ""},
			{"hold with the other offset", "POST", "/v1/holds", hold(d, "02:30+02:00"), 422, kind, ""},
			{"hold in UTC", "POST", "/v1/holds", hold(d, "02:30Z"), 422, kind, ""},
			{"hold into it", "POST", "/v1/holds", hold(d, "01:50"), 422, kind, ""},
			{"hold after it, by the offset before", "POST", "/v1/holds", hold(d, map[string]string{"missing-hour": "03:30+01:00", "doubled-hour": "03:30+02:00"}[kind]), 422, "wrong-offset", ""},
			{"move", "POST", "/v1/appointments/" + string(c.Appointment) + "/move", move("02:00"), 422, kind, ""},
			{"move with an offset", "POST", "/v1/appointments/" + string(c.Appointment) + "/move", move("02:45+01:00"), 422, kind, ""},
			{"search from", "GET", "/v1/slots?service=passport&day=" + d.String() + "&times=02:30-05:00", "", 422, kind, ""},
			{"search to", "GET", "/v1/slots?service=passport&day=" + d.String() + "&times=00:00-02:30", "", 422, kind, ""},
		}
		if kind == "doubled-hour" { // both of them; in spring no instant lies there
			for i, at := range []time.Time{d.At(day.Clock(1, 30), berlin).Add(time.Hour), d.At(day.Clock(1, 30), berlin).Add(2 * time.Hour)} {
				all = append(all, bad{fmt.Sprint("zms ", i), "POST", "/zms/reserve-appointment/", fmt.Sprintf(`{"officeId":%d,"serviceId":%d,"timestamp":%d}`, office["Altona"], service["passport"], at.Unix()),
					404, "appointmentNotAvailable", ""})
			}
		}
		w.mistakes(all)
		var report struct {
			Booked  int
			Refused []struct {
				Type string
				Say  map[string]string
			}
		}
		w.call("POST", "/v1/imports/appointments", "", fmt.Sprintf(`{"appointments":[{"external_id":"1","service":"passport","centre":"altona","day":%q,"at":"02:30"},
			{"external_id":"2","service":"passport","centre":"altona","day":%q,"at":"04:00"},{"external_id":"3","service":"nonsense","centre":"altona","day":%q,"at":"04:00"}]}`, d, d, d), &report)
		if report.Booked != 1 || len(report.Refused) != 2 || report.Refused[0].Type != kind || report.Refused[0].Say["de"] == "" || report.Refused[1].Type != "unknown-service" {
			t.Errorf("%+v", report)
		}
		if rec := w.call("POST", "/v1/imports/appointments", "", fmt.Sprintf(`{"appointments":[{"external_id":"1","service":"passport","centre":"altona","day":%q,"at":"04:00+01:00"}]}`, d), nil); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "appointments[0].at") {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
		var free struct{ Offers []struct{ At string } }
		w.call("GET", "/v1/slots?limit=500&service=licence&day="+d.String(), "", "", &free)
		for _, o := range free.Offers {
			if o.At > "01:50" && o.At < "03:00" {
				t.Errorf("%s offers %s", d, o.At)
			}
		}
		if len(free.Offers) < 30 {
			t.Errorf("%s: %d offers", d, len(free.Offers))
		}
		for _, at := range []string{"01:45", "03:00", "03:15" + map[string]string{"missing-hour": "+02:00", "doubled-hour": "+01:00"}[kind]} { // right before it, right after it
			if rec, _ := w.from("192.0.2.98", "POST", "/v1/holds", hold(d, at)); rec.Code != http.StatusCreated {
				t.Errorf("%s at %s: %d %s", d, at, rec.Code, rec.Body)
			}
		}
		stamp := d.At(day.Clock(3, 30), berlin).Unix() // the instant after it is that of the new offset
		if rec, _ := w.from("192.0.2.97", "POST", "/zms/reserve-appointment/", fmt.Sprintf(`{"officeId":%d,"serviceId":%d,"timestamp":%d}`, office["Altona"], service["passport"], stamp)); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), fmt.Sprintf(`"timestamp":"%d"`, stamp)) {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	}
}

// A slot that just went: the appointment stays, and the answer has others.
func TestASlotThatJustWentIsAnsweredWithOthers(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{})
	w.booked("wandsbek", monday, 10*60+15, Contact{})
	var p struct {
		told
		Alternatives []struct{ Centre, Day, At string }
	}
	for path, body := range map[string]string{
		"/v1/appointments/" + string(c.Appointment) + "/move": fmt.Sprintf(`{"code":%q,"centre":"wandsbek","day":%q,"at":"10:15"}`, c.Code, monday),
		"/v1/holds": fmt.Sprintf(`{"service":"passport","centre":"wandsbek","day":%q,"at":"10:15"}`, monday)} {
		rec := w.callAs("192.0.2.1", "POST", path, body)
		w.ok(json.Unmarshal(rec.Body.Bytes(), &p))
		w.refusedAs(p.told, http.StatusConflict, "slot-taken")
		if len(p.Alternatives) != 3 || p.Alternatives[0].Centre != "wandsbek" || p.Alternatives[0].At != "10:00" || p.Alternatives[1].At != "10:30" {
			t.Errorf("%s: %s", path, rec.Body)
		}
	}
	if s := w.shows(c); s.Centre != "altona" || s.At != "09:00" || s.State != "booked" {
		t.Fatalf("%+v", s)
	}
	rec := w.callAs("192.0.2.1", "POST", "/v1/appointments/"+string(c.Appointment)+"/move", fmt.Sprintf(`{"code":"x","centre":"wandsbek","day":%q,"at":"10:15"}`, monday))
	if rec.Code != http.StatusForbidden || strings.Contains(rec.Body.String(), "alternatives") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

func (w *world) callAs(address, method, path, body string) *httptest.ResponseRecorder {
	rec, _ := w.from(address, method, path, body)
	return rec
}

// flood is a body without end that may be counted while it is sent.
type flood struct{ read atomic.Int64 }

func (f *flood) Read(p []byte) (int, error) {
	f.read.Add(int64(len(p)))
	return len(p), nil
}

// A hundred megabytes over a real connection, announced or in chunks, also to
// ZMS: refused without being read.
func TestAHundredMegabytesOverTheNetwork(t *testing.T) {
	w := newWorld(t, nil)
	w.runs()
	w.city()
	server := httptest.NewServer(w.handler())
	defer server.Close()
	for _, path := range []string{"/v1/holds", "/v1/waiting", "/v1/tickets", "/zms/reserve-appointment/", "/zms/update-appointment/"} {
		for _, announced := range []bool{true, false} {
			body := &flood{}
			r := must(http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+path, io.LimitReader(body, 100<<20)))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+staffToken)
			if r.ContentLength = -1; announced {
				r.ContentLength = 100 << 20
			}
			res, err := http.DefaultClient.Do(r)
			if err != nil { // the server has closed while the client still wrote: the answer may be lost then
				if body.read.Load() > 24<<20 {
					t.Errorf("%s: %v after %d bytes", path, err, body.read.Load())
				}
				continue
			}
			answer := must(io.ReadAll(res.Body))
			w.ok(res.Body.Close())
			if res.StatusCode != http.StatusRequestEntityTooLarge || body.read.Load() > 24<<20 || !strings.Contains(string(answer), "oo large") && !strings.Contains(string(answer), "zu groß") {
				t.Errorf("%s, announced %v: %d after %d bytes: %s", path, announced, res.StatusCode, body.read.Load(), answer)
			}
		}
	}
}
