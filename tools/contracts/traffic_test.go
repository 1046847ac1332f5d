package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/lotse"
)

// An HR system, planners, citizens, agents and a desk go about their work with
// prism between them and the services: whatever is asked and answered, errors
// too, is as the documents say. Then all that the services said to each other
// is held to its schemas.
//
// Not asked: GET /v1/events/slots, whose answer does not end, which prism waits
// for (docs/integrate-frontend.md reads it). The links in mails are pages for
// people and stand in no document.
func TestPrismFindsNoViolation(t *testing.T) {
	node(t)
	c := start(t, nil)
	p := proxy(t, c, published(t, "", "", ""), lotse.Services[:]...)
	monday := (day.Of(time.Now(), time.UTC) + 7).Monday()
	p.hrSystem(monday)
	p.staffList()
	p.planners(monday)
	p.citizens()
	p.desk(monday)
	p.parkedMessages()
	if len(p.asked) < 70 {
		t.Errorf("only %d different requests were asked", len(p.asked))
	}
	streamsAreAsDescribed(t, c)
	said := c.bus.judge(t)
	for _, must := range []string{"lotse.absence.absence-recorded.v1", "lotse.absence.absence-changed.v1", "lotse.absence.absence-cancelled.v1", "lotse.absence.vacancy-opened.v1",
		"lotse.absence.vacancy-filled.v1", "lotse.staffing.duties-changed.v1", "lotse.capacity.centre-changed.v1", "lotse.capacity.catalogue-changed.v1",
		"lotse.capacity.policy-changed.v1", "lotse.capacity.measure-changed.v1", "lotse.capacity.offering-changed.v1", "lotse.capacity.lead-time-measured.v1",
		"lotse.booking.slots-changed.v1", "lotse.booking.load-changed.v1", "lotse.booking.appointment-booked.v1", "lotse.booking.appointment-moved.v1",
		"lotse.booking.appointment-cancelled.v1", "lotse.booking.online-taken.v1"} {
		if said[must] == 0 {
			t.Errorf("nobody said %s", must)
		}
	}
	// A document that says otherwise than the server is found out.
	liar := proxy(t, c, published(t, "openapi/booking.json", `"last_day": {`, `"last_day": {"minLength": 99,`), "booking")
	if raw, status := liar.through("GET", "booking", "/v1/slots?service=id-card"); status != 500 || !strings.Contains(string(raw), "VIOLATIONS") {
		t.Errorf("%d %s", status, raw)
	}
	t.Logf("not asked: %q", p.notAsked())
	t.Logf("%d requests of %d kinds through prism; %d types of events said", total(p.asked), len(p.asked), len(said))
}

// notAsked are the operations that no request was for.
func (p *proxies) notAsked() (all []string) {
	for _, service := range lotse.Services {
		var doc struct {
			Paths map[string]map[string]struct{ OperationID string }
		}
		if err := json.Unmarshal(documents(p.t)["openapi/"+service+".json"], &doc); err != nil {
			p.t.Fatal(err)
		}
		for path, methods := range doc.Paths {
			form := regexp.MustCompile("^" + regexp.MustCompile(`\\\{[^}]*\\\}`).ReplaceAllString(regexp.QuoteMeta("/"+service+path), "[^/]+") + "$")
			for method, op := range methods {
				asked := func(a string) bool {
					verb, where, _ := strings.Cut(a, " ")
					return strings.EqualFold(verb, method) && form.MatchString(where)
				}
				if !slices.ContainsFunc(slices.Collect(maps.Keys(p.asked)), asked) {
					all = append(all, service+" "+op.OperationID)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

func total(m map[string]int) (n int) {
	for _, k := range m {
		n += k
	}
	return n
}

type m = map[string]any

func (p *proxies) hrSystem(monday day.Day) {
	from, until := monday.String(), (monday + 3).String()
	event := func(id, kind string, data m, want int) m {
		a, _ := p.ask("POST", "absence", "/v1/hr/paisy/events", with{body: data, headers: map[string]string{"ce-specversion": "1.0", "ce-id": id,
			"ce-source": "/hr/paisy", "ce-type": "hr.absence." + kind + ".v1"}}, want)
		return a
	}
	sick := m{"absence_id": "A-1", "employee": "e-000001", "from": from, "until": until, "revision": 1}
	event("1", "reported", sick, 202)
	event("1", "reported", sick, 202)
	event("2", "changed", m{"absence_id": "A-1", "employee": "e-000001", "from": from, "until": until, "to_time": "12:00", "revision": 2}, 202)
	event("3", "cancelled", m{"absence_id": "A-1", "revision": 3}, 202)
	event("4", "reported", m{"absence_id": "A-2", "employee": "e-000001", "from": until, "until": from}, 422)
	event("5", "resigned", sick, 422)
	event("6", "reported", m{"absence_id": "A-3", "employee": "e-000003", "from": from, "until": (monday + 12).String()}, 202)
	p.ask("POST", "absence", "/v1/hr/paisy/events", with{kind: "application/cloudevents+json", body: m{"specversion": "1.0", "id": "7", "source": "/hr/paisy",
		"type": "hr.absence.reported.v1", "data": m{"absence_id": "A-4", "employee": "e-000005", "from": from, "expected_until": until}}}, 202)
	p.ask("POST", "absence", "/v1/hr/paisy/events", with{body: sick, headers: map[string]string{"Authorization": "Bearer " + strings.Repeat("x", 43)}}, 401)
	p.ask("POST", "absence", "/v1/hr/paisy/webhooks/frappe", with{body: m{"name": "x"}, headers: map[string]string{"X-Frappe-Webhook-Signature": "AAAA"}}, 401)
	p.ask("POST", "absence", "/v1/absences", with{body: m{"employee": "e-000002", "from": from, "last_day": from, "planned": true}}, 202)
	p.ask("POST", "absence", "/v1/absences", with{body: m{"employee": "e-000002"}}, 422)
	p.ask("DELETE", "absence", "/v1/absences/form/e-000002-"+from, with{}, 202)
	p.ask("POST", "absence", "/v1/imports/absences?source=csv", with{kind: "text/csv", body: "absence_id,employee,from,until\nT-1,e-000003," + from + "," + until + "\n"}, 200)
	p.ask("POST", "absence", "/v1/imports/absences?source=csv", with{kind: "text/csv", body: "absence_id,employee\nT-1,e-000006\n"}, 422)
	p.ask("POST", "absence", "/v1/imports/calendar?employee=e-000003", with{kind: "text/calendar", body: strings.ReplaceAll("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:u1\nDTSTAMP:20261101T000000Z\nDTSTART;VALUE=DATE:"+
		strings.ReplaceAll(from, "-", "")+"\nEND:VEVENT\nEND:VCALENDAR\n", "\n", "\r\n")}, 200)
	p.ask("POST", "absence", "/v1/imports/calendar?employee=e-000003", with{kind: "text/calendar", body: "no calendar"}, 400, 422)
	sweep := "/v1/hr/paisy/sweeps?as_of=" + time.Now().UTC().Format("2006-01-02T15:04:05Z") + "&from=" + from
	list := "absence_id,employee,from,until\nA-3,e-000003," + from + "," + (monday + 12).String() + "\n"
	p.ask("POST", "absence", sweep+"&dry_run=true", with{kind: "text/csv", body: list}, 200)
	p.ask("POST", "absence", sweep, with{kind: "text/csv", body: list}, 200)
	p.ask("POST", "absence", strings.Replace(sweep, "as_of=2", "as_of=1", 1), with{kind: "text/csv", body: list}, 409, 422)
	first, _ := p.ask("GET", "absence", "/v1/absences?limit=1", with{}, 200)
	p.ask("GET", "absence", "/v1/absences?limit=1&cursor="+fmt.Sprint(first["next_cursor"]), with{}, 200)
	p.ask("GET", "absence", "/v1/absences?cursor=!", with{}, 422)
	p.ask("POST", "absence", "/v1/vacancies", with{body: m{"post": "p-1", "centre": "east-1", "from": from}}, 204)
	p.ask("POST", "absence", "/v1/vacancies/p-1/fill", with{body: m{"employee": "e-000009", "from": until}}, 204)
	p.ask("POST", "absence", "/v1/vacancies/p-1/fill", with{body: m{"employee": "e-000008", "from": until}}, 409)
	p.ask("POST", "absence", "/v1/vacancies/p-none/fill", with{body: m{"employee": "e-000008", "from": until}}, 404)
	p.ask("POST", "absence", "/v1/imports/vacancies", with{body: m{"vacancies": []m{{"post": "p-2", "centre": "east-1", "from": from}}}}, 200)
	p.ask("GET", "absence", "/v1/vacancies?all=true", with{}, 200)
}

func (p *proxies) staffList() {
	list, _ := p.ask("GET", "staffing", "/v1/exports/staff", with{}, 200)
	p.ask("POST", "staffing", "/v1/imports/staff", with{body: list}, 200)
	p.ask("POST", "staffing", "/v1/imports/staff", with{body: list, headers: map[string]string{"Idempotency-Key": "k1"}}, 200)
	list["horizon_days"] = 30
	p.ask("POST", "staffing", "/v1/imports/staff", with{body: list, headers: map[string]string{"Idempotency-Key": "k1"}}, 422)
	p.ask("GET", "staffing", "/v1/employees?limit=2", with{}, 200)
	p.ask("GET", "staffing", "/v1/employees/e-000001", with{}, 200)
	p.ask("GET", "staffing", "/v1/employees/e-none", with{}, 404)
	today := day.Of(time.Now(), time.UTC)
	p.ask("GET", "staffing", "/v1/roster?from="+today.String()+"&until="+(today+3).String(), with{}, 200)
	p.ask("GET", "staffing", "/v1/attendance?from="+(today-3).String()+"&until="+today.String(), with{}, 200)
	for _, path := range []string{"/v1/deployments", "/v1/unknown-employees", "/v1/posts"} {
		p.ask("GET", "staffing", path, with{}, 200)
	}
}

func (p *proxies) planners(monday day.Day) {
	network, _ := p.ask("GET", "capacity", "/v1/network", with{}, 200)
	p.ask("PUT", "capacity", "/v1/network?dry_run=true", with{body: network}, 200)
	p.ask("PUT", "capacity", "/v1/network", with{body: network}, 200)
	measure := m{"id": "m-1", "district": "east", "centre": "east-2", "kind": "closure", "from": (monday + 20).String(), "until": (monday + 21).String(), "reason": "water damage"}
	p.ask("POST", "capacity", "/v1/measures", with{body: measure}, 204)
	measure["centre"] = "atlantis"
	p.ask("POST", "capacity", "/v1/measures", with{body: measure}, 422)
	p.ask("POST", "capacity", "/v1/measures/m-1/end", with{body: m{"on": (monday + 20).String()}}, 204)
	p.ask("POST", "capacity", "/v1/measures/m-none/end", with{body: m{"on": (monday + 20).String()}}, 404)
	for _, path := range []string{"/v1/promise", "/v1/city", "/v1/offerings?limit=3", "/v1/offerings?centre=east-1&from=" + monday.String() + "&until=" + (monday + 2).String(),
		"/v1/suggestions", "/v1/damages", "/v1/decisions", "/v1/audit", "/v1/decisions", "/v1/proposals", "/v1/proposals?state=drafted"} {
		p.ask("GET", "capacity", path, with{}, 200)
	}
	p.ask("GET", "capacity", "/v1/proposals?cursor=x", with{}, 422)
	p.ask("GET", "capacity", "/v1/proposals/none", with{}, 404)
	for _, what := range []string{"reject", "undo"} {
		p.ask("POST", "capacity", "/v1/proposals/none/"+what, with{body: m{"reason": "a better idea"}}, 404)
	}
	p.ask("POST", "capacity", "/v1/proposals/none/approve", with{body: m{}}, 404)
	p.ask("POST", "capacity", "/v1/suggestions/none/accept", with{body: m{}}, 404)
	for i, one := range p.proposals(monday + 8) {
		path := "/v1/proposals/" + fmt.Sprint(one.(m)["proposal"])
		_, head := p.ask("GET", "capacity", path, with{}, 200)
		if i == 0 {
			p.ask("POST", "capacity", path+"/approve", with{body: m{}, headers: map[string]string{"If-Match": `"999"`}}, 204, 409, 412) // 204: approved by itself already
			p.ask("POST", "capacity", path+"/approve", with{body: m{}, headers: map[string]string{"If-Match": head.Get("ETag")}}, 204, 409, 412)
			p.ask("POST", "capacity", path+"/undo", with{body: m{"reason": "a better idea"}}, 204, 409)
			continue
		}
		p.ask("POST", "capacity", path+"/reject", with{body: m{"reason": "a better idea"}}, 204, 409)
	}
	p.ask("GET", "capacity", "/v1/proposals", with{}, 200)
	p.ask("GET", "capacity", "/v1/decisions", with{}, 200)
}

// proposals brings capacity to propose something: one centre's appointments of a
// day are booked, and then all who work there are off.
func (p *proxies) proposals(d day.Day) (found []any) {
	var booked []m
	for _, s := range []string{"id-card", "registration"} {
		list, _ := p.ask("GET", "booking", "/v1/slots?service="+s+"&centre=east-2&limit=500&day="+d.String(), with{nobody: true}, 200)
		offers, _ := list["offers"].([]any)
		for i, o := range offers {
			booked = append(booked, m{"external_id": fmt.Sprint(s, i), "service": s, "centre": "east-2", "day": d.String(), "at": o.(m)["at"]})
		}
	}
	if len(booked) < 20 {
		p.t.Errorf("only %d slots are free at east-2 on %s", len(booked), d)
	}
	p.ask("POST", "booking", "/v1/imports/appointments", with{body: m{"appointments": booked}}, 200)
	for i, e := range []string{"e-000007", "e-000008"} {
		p.ask("POST", "absence", "/v1/hr/paisy/events", with{body: m{"absence_id": "B-" + e, "employee": e, "from": d.String(), "until": (d + 1).String()},
			headers: map[string]string{"ce-specversion": "1.0", "ce-id": fmt.Sprint("b", i), "ce-source": "/hr/paisy", "ce-type": "hr.absence.reported.v1"}}, 202)
	}
	p.city.until("absences that hurt lead to a proposal", func() bool {
		list, _ := p.ask("GET", "capacity", "/v1/proposals", with{}, 200)
		found, _ = list["proposals"].([]any)
		return len(found) > 0
	})
	p.ask("GET", "booking", "/v1/at-risk", with{}, 200)
	p.ask("GET", "capacity", "/v1/damages", with{}, 200)
	return found
}

// offer searches for something that is free.
func (p *proxies) offer(query string) m {
	p.t.Helper()
	found, _ := p.ask("GET", "booking", "/v1/slots?"+query, with{nobody: true}, 200)
	offers, _ := found["offers"].([]any)
	if len(offers) == 0 {
		p.t.Fatalf("nothing is free for %s", query)
	}
	o := offers[0].(m)
	return m{"service": found["service"], "centre": o["centre"], "day": o["day"], "at": o["at"]}
}

func (p *proxies) citizens() {
	for _, path := range []string{"/v1/services", "/v1/centres", "/v1/captcha", "/v1/visits-spared", "/v1/waiting-times", "/v1/attendance",
		"/v1/slots?service=id-card:2,registration&weekdays=6&near=53.57,10.07", "/v1/slots?service=id-card&times=05:00-05:10"} {
		p.ask("GET", "booking", path, with{nobody: true}, 200)
	}
	p.ask("GET", "booking", "/v1/slots?service=dragon", with{nobody: true}, 404, 422)
	p.ask("GET", "booking", "/v1/slots?service=id-card", with{headers: map[string]string{"Lotse-Position": "1-999999"}}, 503)
	p.ask("POST", "booking", "/v1/services/registration/online", with{nobody: true, body: m{}}, 200, 201)
	wish := p.offer("service=id-card&limit=1")
	key := func(k string) map[string]string { return map[string]string{"Idempotency-Key": k} }
	held, _ := p.ask("POST", "booking", "/v1/holds", with{nobody: true, body: wish, headers: key("h")}, 201)
	p.ask("POST", "booking", "/v1/holds", with{nobody: true, body: wish, headers: key("h")}, 201)
	p.ask("POST", "booking", "/v1/holds", with{nobody: true, body: m{"service": "id-card", "centre": "atlantis", "day": wish["day"], "at": wish["at"]}}, 404)
	p.ask("POST", "booking", "/v1/holds", with{nobody: true, body: m{"service": "registration", "centre": wish["centre"], "day": wish["day"], "at": "09:00"}, headers: key("h")}, 422)
	booked, head := p.ask("POST", "booking", "/v1/holds/"+fmt.Sprint(held["hold"])+"/confirm", with{nobody: true, body: m{"name": "Erika Mustermann", "email": "erika@example.org"}}, 201)
	p.ask("POST", "booking", "/v1/holds/"+fmt.Sprint(held["hold"])+"x/confirm", with{nobody: true, body: m{}}, 410)
	p.ask("GET", "booking", "/v1/slots?service=id-card", with{nobody: true, headers: map[string]string{"Lotse-Position": head.Get("Lotse-Position")}}, 200)
	mine := func() string { return "/v1/appointments/" + fmt.Sprint(booked["appointment"]) }
	p.ask("GET", "booking", mine()+"?code="+fmt.Sprint(booked["code"]), with{nobody: true}, 200)
	p.ask("GET", "booking", mine()+"?code=WRONG-CODE", with{nobody: true}, 403)
	raw, status, _ := p.send("GET", "booking", mine()+"/calendar?code="+fmt.Sprint(booked["code"]), with{nobody: true})
	p.calendar(raw, status, booked)
	waiting, _ := p.ask("POST", "booking", "/v1/waiting", with{nobody: true, body: m{"appointment": booked["appointment"], "code": booked["code"]}}, 201, 404, 409, 422)
	if waiting["waiting"] != nil {
		path := "/v1/waiting/" + fmt.Sprint(waiting["waiting"])
		p.ask("GET", "booking", path+"?code="+fmt.Sprint(waiting["code"]), with{nobody: true}, 200)
		p.ask("POST", "booking", path+"/take", with{nobody: true, body: m{"code": waiting["code"]}}, 201, 404, 409)
		p.ask("DELETE", "booking", path+"?code="+fmt.Sprint(waiting["code"]), with{nobody: true}, 204)
	}
	d, err := day.Parse(fmt.Sprint(wish["day"]))
	if err != nil {
		p.t.Fatal(err)
	}
	to := p.offer("service=id-card&limit=1&from=" + (d + 1).String())
	delete(to, "service")
	to["code"] = booked["code"]
	booked, _ = p.ask("POST", "booking", mine()+"/move", with{nobody: true, body: to}, 200)
	p.ask("POST", "booking", mine()+"/accept", with{nobody: true, body: m{"code": booked["code"], "hold": "none"}}, 410)
	p.ask("POST", "booking", mine()+"/cancel", with{nobody: true, body: m{"code": booked["code"]}}, 204)
	other, _ := p.ask("POST", "booking", "/v1/holds", with{nobody: true, body: p.offer("service=registration&limit=1")}, 201)
	p.ask("POST", "booking", "/v1/holds/"+fmt.Sprint(other["hold"])+"/opt-in", with{nobody: true, body: m{"code": "nonsense"}}, 403)
	p.ask("DELETE", "booking", "/v1/holds/"+fmt.Sprint(other["hold"]), with{nobody: true}, 204)
}

// calendar has ical.js read the calendar file of an appointment.
func (p *proxies) calendar(raw []byte, status int, booked m) {
	p.t.Helper()
	out, err := program(p.t, raw, "ical.mjs")
	var read struct {
		Version, Method string
		Events          []struct {
			UID, Summary, Location, Start, Stamp string
			Minutes                              int
		}
	}
	if err != nil || status != 200 || json.Unmarshal([]byte(out), &read) != nil || len(read.Events) != 1 {
		p.t.Errorf("%d, %v: %s\n%s", status, err, out, raw)
		return
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		p.t.Fatal(err)
	}
	begins, err := time.ParseInLocation("2006-01-02 15:04", fmt.Sprint(booked["day"], " ", booked["at"]), zone)
	if err != nil {
		p.t.Fatal(err)
	}
	e := read.Events[0]
	starts, err := time.Parse(time.RFC3339, e.Start)
	if err != nil || !starts.Equal(begins) || e.Minutes != 15 || e.UID == "" || e.Summary == "" || e.Location == "" || e.Stamp == "" || read.Version != "2.0" {
		p.t.Errorf("ical.js reads %s of\n%s", out, raw)
	}
	if broken, err := program(p.t, []byte(strings.Replace(string(raw), "END:VCALENDAR", "", 1)), "ical.mjs"); err == nil {
		p.t.Errorf("a broken calendar is accepted: %s", broken)
	}
}

func (p *proxies) desk(monday day.Day) {
	wish := p.offer("service=id-card&limit=1&channel=online&from=" + monday.String())
	wish["channel"] = "telephone"
	booked, _ := p.ask("POST", "booking", "/v1/appointments", with{body: wish}, 201)
	path := "/v1/appointments/" + fmt.Sprint(booked["appointment"])
	p.ask("POST", "booking", path+"/hardship", with{body: m{"hardship": true}}, 204)
	for _, step := range []string{"check-in", "begin", "keep", "miss"} {
		p.ask("POST", "booking", path+"/"+step, with{}, 204, 404, 409, 422)
	}
	p.ask("GET", "booking", "/v1/at-risk", with{}, 200)
	for _, path := range []string{"/v1/overbooking", "/v1/call-list", "/v1/call-list?all=true", "/v1/forgotten"} {
		p.ask("GET", "booking", path, with{}, 200)
	}
	p.ask("POST", "booking", "/v1/keys/rotate", with{}, 200)
	p.ask("GET", "absence", "/v1/sweeps", with{}, 200)
	p.ask("GET", "booking", "/v1/letters/undelivered", with{}, 200)
	p.ask("GET", "booking", "/v1/centres/east-1/queue", with{}, 200)
	p.ask("GET", "booking", "/v1/centres/atlantis/queue", with{}, 404)
	issued, _ := p.ask("POST", "booking", "/v1/tickets", with{body: m{"centre": "east-1", "service": "document-pickup"}}, 201, 409, 422) // by night nobody draws one
	ticket := "/v1/tickets/" + fmt.Sprint(issued["ticket"])
	p.ask("GET", "booking", ticket, with{nobody: true}, 200, 404)
	for _, step := range []string{"park", "resume", "recall", "serve", "miss"} {
		p.ask("POST", "booking", ticket+"/"+step, with{}, 204, 404, 409, 422)
	}
	p.ask("POST", "booking", "/v1/tickets/next", with{body: m{"centre": "east-1"}}, 200, 404, 409)
}

func (p *proxies) parkedMessages() {
	refused, _ := p.ask("GET", "absence", "/v1/parked?limit=1", with{}, 200)
	list, _ := refused["parked"].([]any)
	if len(list) == 0 {
		p.t.Error("the refused HR events are not parked")
	} else {
		path := "/v1/parked/" + fmt.Sprint(list[0].(m)["id"])
		p.ask("GET", "absence", path, with{}, 200)
		p.ask("POST", "absence", path+"/discard", with{body: m{"why": "sent by mistake"}}, 204)
		p.ask("GET", "absence", path, with{}, 200, 404)
	}
	const none = "/v1/parked/01980000-0000-7000-8000-000000000000/"
	for service := range p.url {
		p.ask("GET", service, "/v1/parked", with{}, 200)
		p.ask("GET", service, "/v1/audit", with{}, 200)
		p.ask("GET", service, strings.TrimSuffix(none, "/"), with{}, 404)
		p.ask("POST", service, none+"replay", with{}, 404)
		p.ask("POST", service, none+"discard", with{body: m{"why": "sent by mistake"}}, 404)
	}
}
