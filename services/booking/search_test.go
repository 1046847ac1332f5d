package booking

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

type offered struct {
	Offers, Elsewhere, Later, OtherTimes, Anywhere []struct {
		Centre id.Centre
		Day    day.Day
		At     day.TimeOfDay
		Travel int `json:"travel_minutes"`
	}
	Other   []struct{ Centre id.Centre } `json:"other_times"`
	Minutes int
	Parts   []booking.Part
	Online  string
	Also    []struct{ Service, Link string } `json:"online_services"`
	Unmet   bool
	Say     map[string]string
	Last    day.Day `json:"last_day"`
}

func (o offered) String() string {
	var s []string
	for _, x := range o.Offers {
		s = append(s, fmt.Sprintf("%s %d %s", x.Centre, x.Day-monday, x.At))
	}
	return strings.Join(s, ", ")
}

// saturdayCity has a Saturday, a centre with steps, and places on the map.
func saturdayCity(w *world) {
	w.city()
	hours := map[int][]day.Span{}
	for d := 1; d <= 6; d++ {
		hours[d] = []day.Span{{From: day.Clock(8, 0), To: day.Clock(18, 0)}}
	}
	w.hear(capacity.CentreChanged{Version: 2, Centre: capacity.Centre{ID: "altona", Name: "Altona", District: "altona", Lat: 53.5503, Lon: 9.9353, Hours: hours}})
	w.hear(capacity.CentreChanged{Version: 2, Centre: capacity.Centre{ID: "wandsbek", Name: "Wandsbek", District: "wandsbek", Lat: 53.5721, Lon: 10.0661, Accessible: true, Hours: hours}})
	w.offer("altona", monday+5, false, line(8, 9, "pass", "car"))
}

func TestOneQueryForEveryMix(t *testing.T) {
	w := newWorld(t, nil)
	saturdayCity(w)
	ask := func(query string) (o offered) {
		t.Helper()
		if !strings.Contains(query, "limit=") {
			query += "&limit=3"
		}
		if rec := w.call("GET", "/v1/slots?"+query, "", "", &o); rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", query, rec.Code, rec.Body)
		}
		return o
	}
	for query, want := range map[string]string{
		"service=passport":                                               "altona 0 09:00, altona 0 09:15, altona 0 09:30",
		"service=passport&per_centre=1":                                  "altona 0 09:00, wandsbek 0 10:00",
		"service=passport&centre=wandsbek":                               "wandsbek 0 10:00, wandsbek 0 10:15, wandsbek 0 10:30",
		"service=passport&centre=wandsbek,altona&times=09:40-10:20":      "altona 0 09:45, wandsbek 0 10:00, altona 1 09:45",
		"service=passport&district=altona&weekdays=6":                    "altona 5 08:00, altona 5 08:15, altona 5 08:30",
		"service=passport&day=" + (monday + 1).String() + "&limit=1":     "altona 1 09:00",
		"service=passport&accessible=true&limit=2":                       "wandsbek 0 10:00, wandsbek 0 10:15",
		"service=passport&near=53.5721,10.0661&order=distance&limit=1":   "wandsbek 0 10:00",
		"service=passport&near=53.5721,10.0661&limit=1":                  "altona 0 09:00",
		"service=passport&near=53.5721,10.0661&travel_minutes=20":        "wandsbek 0 10:00, wandsbek 0 10:15, wandsbek 0 10:30",
		"service=passport:4&centre=altona":                               "altona 0 09:00, altona 1 09:00, altona 5 08:00",
		"service=passport:3,licence&limit=2":                             "altona 0 09:00, altona 1 09:00",
		"service=licence,passport:3&limit=1&day=" + monday.String():      "altona 0 09:00",
		"service=passport&from=" + (monday + 2).String() + "&weekdays=1": "",
	} {
		if got := ask(query); got.String() != want {
			t.Errorf("%s\nfound %s\nwant  %s", query, got, want)
		}
	}
	if o := ask("service=passport&near=53.5721,10.0661&order=distance"); o.Offers[0].Travel != 10 {
		t.Fatalf("the way to where one is: %+v", o.Offers[0])
	}
	if o := ask("service=licence,passport:2"); o.Minutes != 40 || len(o.Parts) != 2 || o.Parts[0].Service != "licence" || o.Parts[1].Persons != 2 {
		t.Fatalf("%+v", o)
	}
}

func TestAlternatives(t *testing.T) {
	w := newWorld(t, nil)
	saturdayCity(w)
	ask := func(query string) (o offered) {
		t.Helper()
		if rec := w.call("GET", "/v1/slots?"+query, "", "", &o); rec.Code != http.StatusOK || len(o.Offers) != 0 {
			t.Fatalf("%s: %d %s", query, rec.Code, rec.Body)
		}
		return o
	}
	o := ask("service=licence&centre=wandsbek&day=" + monday.String())
	if len(o.Elsewhere) != 3 || o.Elsewhere[0].Centre != "altona" || !o.Unmet || !strings.Contains(o.Say["de"], "an anderen Standorten") || o.Say["en"] == "" {
		t.Fatalf("elsewhere: %+v", o)
	}
	o = ask("service=passport&centre=altona&day=" + (monday + 2).String())
	if len(o.Later) != 3 || o.Later[0].Day != monday+5 || o.Unmet || !strings.Contains(o.Say["de"], "an späteren Tagen") {
		t.Fatalf("later, and within the promise: %+v", o)
	}
	o = ask("service=passport&times=06:00-07:00&day=" + monday.String())
	if len(o.Other) != 3 || len(o.Elsewhere) != 0 {
		t.Fatalf("other times: %+v", o)
	}
	o = ask("service=licence:10&centre=wandsbek")
	if len(o.Elsewhere)+len(o.Anywhere) != 0 || !o.Unmet || o.Say["de"] == "" || o.Last != today+60 {
		t.Fatalf("nothing at all: %+v", o)
	}
	o = ask("service=move-house")
	if o.Online == "" || len(o.Also) != 1 {
		t.Fatalf("no visit needed: %+v", o)
	}
	o = ask("service=move-house,passport:3&from=" + (monday + 6).String())
	if o.Online != "" || len(o.Also) != 1 {
		t.Fatalf("a part can be spared: %+v", o)
	}
	w.pass(time.Second)
	for _, u := range said[booking.SearchUnmet](w) {
		if u.Service == "passport" && len(u.Also) == 0 {
			t.Fatalf("a kept promise was noted as unmet: %+v", u)
		}
	}
	if u := last[booking.SearchUnmet](w); u.At.IsZero() || len(said[booking.SearchUnmet](w)) < 3 {
		t.Fatalf("%+v", u)
	}
}

// A search that waits for a command's position sees what the command did, also
// before slots-changed is said.
func TestSearchReadsWhatWasWritten(t *testing.T) {
	w := newWorld(t, nil).city()
	w.pass(time.Second)
	before := len(said[booking.SlotsChanged](w))
	rec := w.call("POST", "/v1/holds", "", fmt.Sprintf(`{"service":"passport","centre":"altona","day":%q,"at":"09:00"}`, monday), nil)
	if rec.Code != http.StatusCreated {
		t.Fatal(rec.Body)
	}
	at := rec.Header().Get("Lotse-Position")
	if rec := w.callWith("GET", "/v1/slots?service=passport&limit=1", map[string]string{"Lotse-Position": at}); rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
		t.Fatalf("nobody has folded yet, but %d %s", rec.Code, rec.Body)
	}
	w.ok(w.service.Node().Fold(w.ctx))
	rec = w.callWith("GET", "/v1/slots?service=passport&limit=1", map[string]string{"Lotse-Position": at})
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"at":"09:15"`) {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if n := len(said[booking.SlotsChanged](w)); n != before {
		t.Fatal("slots-changed was said meanwhile: this test proves nothing")
	}
}

func TestVisitIsHeldAndMovedAsOne(t *testing.T) {
	w := newWorld(t, nil).city()
	var held struct {
		Hold    string
		Minutes int
		Parts   []booking.Part
	}
	rec := w.call("POST", "/v1/holds", "", fmt.Sprintf(`{"services":[{"service":"passport","persons":2},{"service":"licence"}],"centre":"altona","day":%q,"at":"09:00"}`, monday), &held)
	if rec.Code != http.StatusCreated || held.Minutes != 40 || len(held.Parts) != 2 || held.Parts[0].Skill != "car" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var made struct{ Appointment, Code string }
	if rec = w.call("POST", "/v1/holds/"+held.Hold+"/confirm", "", `{}`, &made); rec.Code != http.StatusCreated {
		t.Fatal(rec.Body)
	}
	rec = w.call("POST", "/v1/appointments/"+made.Appointment+"/move", "", fmt.Sprintf(`{"code":%q,"centre":"altona","day":%q,"at":"09:20"}`, made.Code, monday+1), nil)
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"minutes":40`) {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if m := last[booking.AppointmentMoved](w); len(m.Parts) != 2 || m.To.Minutes != 40 {
		t.Fatalf("%+v", m)
	}
	// The whole hour of the first day is free again.
	var o offered
	w.step()
	w.call("GET", "/v1/slots?service=passport:4&centre=altona&limit=1", "", "", &o)
	if o.String() != "altona 0 09:00" {
		t.Fatal(o)
	}
}

func TestSearchRefusals(t *testing.T) {
	w := newWorld(t, nil).city()
	for query, kind := range map[string]string{
		"service=nonsense":                                  "unknown-service",
		"service=passport&centre=nowhere":                   "unknown-centre",
		"service=passport&district=nowhere":                 "unknown-district",
		"service=passport:x":                                "invalid-field",
		"service=passport:99":                               "invalid-field",
		"service=passport:20":                               "invalid-field", // five hours
		"service=passport&near=here":                        "invalid-field",
		"service=passport&near=91,0":                        "invalid-field",
		"service=passport&near=NaN,0":                       "invalid-field",
		"service=passport&order=distance":                   "invalid-field",
		"service=passport&travel_minutes=20":                "invalid-field",
		"service=passport&times=12:00-08:00":                "invalid-field",
		"service=passport&times=noon":                       "invalid-field",
		"service=passport&weekdays=8":                       "invalid-field",
		"service=passport&day=2026-02-30":                   "invalid-field",
		"service=passport&day=2026-12-01&from=2026-12-01":   "invalid-field",
		"service=passport&from=2026-12-02&until=2026-12-01": "invalid-field",
		"service=passport&limit=0":                          "invalid-request",
		"":                                                  "invalid-request",
	} {
		rec := w.call("GET", "/v1/slots?"+query, "", "", nil)
		if rec.Code < 400 || rec.Code >= 500 || !strings.Contains(rec.Body.String(), "/problems/"+kind+`"`) {
			t.Errorf("%s: %d %s", query, rec.Code, rec.Body)
		}
	}
	for _, body := range []string{`{"centre":"altona","day":"2026-11-30","at":"09:00"}`,
		`{"service":"passport","services":[{"service":"licence"}],"centre":"altona","day":"2026-11-30","at":"09:00"}`} {
		if rec := w.call("POST", "/v1/holds", "", body, nil); rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", body, rec.Code, rec.Body)
		}
	}
}
