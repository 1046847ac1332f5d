package booking

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
)

type shown struct {
	Centre, Day, At, State string
	AtRisk                 bool `json:"at_risk"`
	Offers                 []struct{ Hold, Centre, Day, At string }
}

func (w *world) shows(c Confirmation) (s shown) {
	w.Helper()
	if rec := w.call("GET", "/v1/appointments/"+string(c.Appointment)+"?code="+c.Code, "", "", &s); rec.Code != http.StatusOK {
		w.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return s
}

// Staff go, an appointment is at risk: other slots are kept for its citizen, who
// is told and takes one with one click.
func TestWhoIsAtRiskIsOfferedOtherSlots(t *testing.T) {
	w, office := withMail(t, &capacity.BookingPolicy{AtRiskOfferHours: 6})
	c := w.booked("altona", monday, nine, erika)
	w.offer("altona", monday, false)
	if s := w.shows(c); !s.AtRisk || len(s.Offers) != 0 {
		t.Fatalf("the planner was given no time: %+v", s)
	}
	w.pass(10 * time.Minute)
	s := w.shows(c)
	if !s.AtRisk || len(s.Offers) != 2 || s.Offers[0].Centre != "wandsbek" || s.Offers[0].Day != monday.String() || s.Offers[1].Centre != "altona" || s.Offers[1].Day != (monday+1).String() {
		t.Fatalf("%+v", s)
	}
	wantLetters(t, office, "Ihr Termin am Montag", "Ihr Termin am Montag, 30. November 2026 ist gefährdet")
	l := office.Letters()[1]
	if !strings.Contains(l.Text, "Montag, 30. November 2026, 10:00 Uhr, Wandsbek") || !strings.Contains(l.Text, "Dienstag, 1. Dezember 2026, 09:00 Uhr, Altona") {
		t.Fatal(l.Text)
	}
	// What is kept is nobody else's.
	if _, err := w.service.Hold(w.ctx, "", w.wish("wandsbek", monday, 10*60)); !errors.Is(err, centreday.ErrSlotTaken) {
		t.Fatal(err)
	}
	if _, err := w.service.Confirm(w.ctx, "", HoldID(s.Offers[0].Hold), Contact{}); !errors.Is(err, centreday.ErrHoldExpired) {
		t.Fatalf("confirmed as an appointment of its own: %v", err)
	}
	stranger := w.booked("wandsbek", monday+1, 10*60, Contact{})
	if _, _, err := w.service.app.Accept(w.ctx, "", stranger.Appointment, app.Proof{Secret: stranger.Code}, HoldID(s.Offers[0].Hold)); !errors.Is(err, centreday.ErrHoldExpired) {
		t.Fatalf("accepted by a stranger: %v", err)
	}
	var link string
	for _, m := range secret.FindAllStringSubmatch(l.Text, -1) {
		if m[3] == "take" {
			link = m[1] + l.Text[strings.Index(l.Text, m[0])+len(m[0]):][:strings.Index(l.Text[strings.Index(l.Text, m[0])+len(m[0]):], "\n")]
			break
		}
	}
	if rec := w.page(http.MethodGet, link); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Wandsbek") || !strings.Contains(rec.Body.String(), "Diesen Termin nehmen") {
		t.Fatalf("%s: %d %s", link, rec.Code, rec.Body)
	}
	if s := w.shows(c); s.Centre != "altona" {
		t.Fatal("opening the link moved the appointment")
	}
	before := must(w.store.Head(w.ctx)).Position
	if rec := w.page(http.MethodPost, link); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Wandsbek") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	first, err := w.store.After(w.ctx, before, 100)
	w.ok(err)
	if n := len(first); n != 7 { // two holds ended, moved, detailed, secured, moved out, closed: one unit
		t.Fatalf("%d events", n)
	}
	w.step()
	w.pass(time.Second)
	if s := w.shows(c); s.AtRisk || s.Centre != "wandsbek" || s.At != "10:00" || len(s.Offers) != 0 {
		t.Fatalf("%+v", s)
	}
	wantLetters(t, office, "Ihr Termin", "Ihr Termin", "Neuer Termin am Montag, 30. November 2026, 10:00")
	if rec := w.page(http.MethodPost, link); rec.Code != http.StatusGone {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday+1, nine)); err != nil {
		t.Fatalf("the other slot is not free again: %v", err)
	}
	if n := len(w.open()); n != 0 {
		t.Fatalf("%d at risk", n)
	}
}

func (w *world) open() []id.Appointment {
	page, _ := w.service.app.AtRisk(w.ctx, "", 100)
	var all []id.Appointment
	for _, a := range page {
		all = append(all, a.Appointment)
	}
	return all
}

// Offers end with their reason: the staff come back, or time runs out, and then
// others are offered.
func TestOffersEnd(t *testing.T) {
	w, office := withMail(t, &capacity.BookingPolicy{AtRiskOfferHours: 6, AtRiskOffers: 1})
	c := w.booked("altona", monday, nine, erika)
	w.offer("altona", monday, false)
	if s := w.shows(c); !s.AtRisk || len(s.Offers) != 0 {
		t.Fatalf("the planner was given no time: %+v", s)
	}
	w.pass(10 * time.Minute)
	kept := w.shows(c).Offers
	if len(kept) != 1 {
		t.Fatalf("%+v", kept)
	}
	w.pass(6*time.Hour + time.Second)
	again := w.shows(c).Offers
	if len(again) != 1 || again[0].Hold == kept[0].Hold {
		t.Fatalf("first %+v, then %+v", kept, again)
	}
	wantLetters(t, office, "Ihr Termin", "Ihr Termin", "Ihr Termin")
	w.offer("altona", monday, false, line(9, 10, "pass", "car"))
	w.pass(time.Second)
	if s := w.shows(c); s.AtRisk || len(s.Offers) != 0 || s.Centre != "altona" {
		t.Fatalf("%+v", s)
	}
	if !strings.Contains(subjects(office)[3], "findet statt") {
		t.Fatalf("%q", subjects(office))
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("wandsbek", monday, 10*60)); err != nil {
		t.Fatalf("what was kept is not free again: %v", err)
	}
	head := must(w.store.Head(w.ctx)).Position
	w.start()
	w.ok(w.service.Node().Fold(w.ctx))
	w.pass(11 * time.Minute)
	for _, e := range must(w.store.After(w.ctx, head, 100)) {
		if strings.HasPrefix(e.Type, "booking.relocation") {
			t.Fatalf("a restart says %s", e.Type)
		}
	}
}

// Two replicas that see the same appointment at risk keep slots for it once.
func TestTwoReplicasOfferOnce(t *testing.T) {
	w := newWorld(t, nil).city()
	first := w.service
	w.start()
	c := w.booked("altona", monday, nine, Contact{})
	w.ok(first.Node().Fold(w.ctx))
	w.position++
	e := capacity.OfferingChanged{Centre: "altona", Day: monday, Version: 2}
	w.deliver(e, w.position)
	w.ok(w.service.Node().Fold(w.ctx))
	w.ok(first.Node().Fold(w.ctx))
	w.clock.Advance(10 * time.Minute)
	for _, s := range []*Service{first, w.service} { // neither has seen what the other does
		_, err := s.app.Relocate(w.ctx)
		w.ok(err)
	}
	w.step()
	if s := w.shows(c); len(s.Offers) != 2 {
		t.Fatalf("%+v", s)
	}
	n := 0
	for _, e := range must(w.store.After(w.ctx, 0, 1000)) {
		if e.Type == "booking.relocation-offered.v1" {
			n++
		}
	}
	if n != 1 {
		t.Fatalf("offered %d times", n)
	}
}

// Once the day has passed nothing is looked for any more, and nothing is kept.
func TestNothingIsOfferedAfterTheDay(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{})
	w.offer("altona", monday, false)
	for d := range day.Day(4) {
		w.offer("wandsbek", monday+2+d, false, line(10, 11, "pass"))
	}
	w.pass(8 * 24 * time.Hour) // the day after
	w.pass(25 * time.Hour)
	if s := w.shows(c); len(s.Offers) != 0 {
		t.Fatalf("%+v", s)
	}
	head := must(w.store.Head(w.ctx)).Position
	for range 3 {
		w.pass(time.Hour)
	}
	if now := must(w.store.Head(w.ctx)).Position; now != head {
		t.Fatalf("the log grew from %d to %d", head, now)
	}
}

// Where nothing can be found the citizen is told so once, and again when there
// is something.
func TestNothingToOffer(t *testing.T) {
	w, office := withMail(t, nil)
	for _, d := range []struct {
		c centre
		d day.Day
	}{{"altona", 1}, {"wandsbek", 0}, {"wandsbek", 1}} {
		w.offer(d.c, monday+d.d, false)
	}
	c := w.booked("altona", monday, nine, erika)
	other := w.booked("altona", monday, nine+15, Contact{})
	w.offer("altona", monday, false)
	w.pass(10 * time.Minute)
	if s := w.shows(c); !s.AtRisk || len(s.Offers) != 0 {
		t.Fatalf("%+v", s)
	}
	wantLetters(t, office, "Ihr Termin", "Ihr Termin")
	if text := office.Letters()[1].Text; !strings.Contains(text, "Sobald wir einen anderen Termin") {
		t.Fatal(text)
	}
	for range 3 {
		w.pass(15 * time.Minute)
	}
	wantLetters(t, office, "Ihr Termin", "Ihr Termin")
	w.offer("wandsbek", monday+1, false, line(10, 11, "pass"))
	w.pass(15 * time.Minute)
	if s := w.shows(c); len(s.Offers) != 2 {
		t.Fatalf("%+v", s)
	}
	if s := w.shows(other); len(s.Offers) != 2 || s.Offers[0].At != "10:30" {
		t.Fatalf("%+v", s)
	}
	wantLetters(t, office, "Ihr Termin", "Ihr Termin", "Ihr Termin")
	var list struct {
		AtRisk []struct {
			Appointment string
			Offers      int
		} `json:"at_risk"`
	}
	w.call("GET", "/v1/at-risk", "", "", &list)
	if len(list.AtRisk) != 2 || list.AtRisk[0].Offers != 2 {
		t.Fatalf("%+v", list)
	}
	for _, a := range []Confirmation{c, other} {
		w.call("POST", "/v1/appointments/"+string(a.Appointment)+"/cancel", "", fmt.Sprintf(`{"code":%q}`, a.Code), nil)
	}
	w.step()
	if f := slotsOf(w, "wandsbek", monday+1); f.FreeSlots["pass"] != 4 {
		w.pass(time.Second)
		if f = slotsOf(w, "wandsbek", monday+1); f.FreeSlots["pass"] != 4 {
			t.Fatalf("what was kept for a cancelled appointment is not free: %+v", f)
		}
	}
	if n := len(said[booking.AppointmentCancelled](w)); n != 2 {
		t.Fatal(n)
	}
}
