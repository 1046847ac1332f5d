package booking

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
)

type place struct {
	Waiting, Code, Ended string
	Before               int
	Offer                *struct{ Hold, Centre, Day, At string }
}

func (w *world) waits(body string) (p place) {
	w.Helper()
	if rec := w.call("POST", "/v1/waiting", "", body, &p); rec.Code != http.StatusCreated {
		w.Fatalf("%s: %d %s", body, rec.Code, rec.Body)
	}
	w.step()
	return p
}

func (w *world) onList(p place) (now place) {
	w.Helper()
	if rec := w.call("GET", "/v1/waiting/"+p.Waiting+"?code="+p.Code, "", "", &now); rec.Code != http.StatusOK {
		w.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return now
}

// full books every passport slot of the city but leaves Altona's first one to
// the caller.
func full(w *world) Confirmation {
	w.Helper()
	first := w.booked("altona", monday, nine, Contact{})
	for _, d := range []day.Day{monday, monday + 1} {
		for at := nine; at < day.Clock(10, 0); at += 15 {
			if d > monday || at > nine {
				w.booked("altona", d, at, Contact{})
			}
		}
		for at := day.Clock(10, 0); at < day.Clock(12, 0); at += 15 {
			w.booked("wandsbek", d, at, Contact{})
		}
	}
	return first
}

func contactOf(name string) string { return fmt.Sprintf(`"contact":{"email":"%s@example.org"}`, name) }

// Freed slots are offered in order, held for a while, and passed on.
func TestWaitingListIsFair(t *testing.T) {
	w, office := withMail(t, nil)
	freed := full(w)
	first := w.waits(`{"service":"passport",` + contactOf("first") + `}`)
	other := w.waits(`{"service":"passport","centres":["wandsbek"],` + contactOf("other") + `}`)
	second := w.waits(`{"service":"passport","centres":["altona"],` + contactOf("second") + `}`)
	if first.Before != 0 || w.onList(second).Before != 2 || w.onList(first).Offer != nil {
		t.Fatalf("%+v %+v", first, w.onList(second))
	}
	w.pass(2 * time.Second)
	_, err := w.service.app.Cancel(w.ctx, "", freed.Appointment, app.Proof{Secret: freed.Code})
	w.ok(err)
	w.pass(time.Second) // the list is gone through once a second at most
	if o := w.onList(first).Offer; o == nil || o.Centre != "altona" || o.At != "09:00" {
		t.Fatalf("%+v", o)
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine)); err == nil {
		t.Fatal("what is kept was given to somebody else")
	}
	wantLetters(t, office, "Früherer Termin frei: Montag, 30. November 2026, 09:00 Uhr")
	if l := office.Letters()[0]; l.To != "first@example.org" {
		t.Fatalf("%+v", l)
	}
	// The first lets it pass; it goes to the next whom it suits.
	w.pass(61 * time.Minute)
	w.pass(time.Second)
	if w.onList(first).Offer != nil || w.onList(other).Offer != nil {
		t.Fatalf("%+v %+v", w.onList(first), w.onList(other))
	}
	if o := w.onList(second).Offer; o == nil || o.At != "09:00" {
		t.Fatalf("%+v", w.onList(second))
	}
	link := linkIn(t, office.Letters()[1], "earlier")
	if rec := w.page(http.MethodGet, link); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Diesen Termin nehmen") || len(said[booking.AppointmentBooked](w)) != 24 {
		t.Fatalf("%d %d %s", len(said[booking.AppointmentBooked](w)), rec.Code, rec.Body)
	}
	for _, words := range []string{"Ihr Termin ist gebucht", "gehört Ihnen"} { // pressed twice
		if rec := w.page(http.MethodPost, link); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), words) {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	w.step()
	if n := said[booking.AppointmentBooked](w); len(n) != 25 || n[24].At != nine {
		t.Fatalf("%d booked", len(n))
	}
	wantLetters(t, office, "Früherer", "Früherer", "Ihr Termin am Montag, 30. November 2026, 09:00 Uhr")
	if w.onList(second).Ended != "taken" {
		t.Fatalf("%+v", w.onList(second))
	}
	// Who leaves is forgotten.
	if rec := w.call("DELETE", "/v1/waiting/"+first.Waiting+"?code="+first.Code, "", "", nil); rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if _, err := w.store.PersonalKey(w.ctx, "contact/"+first.Waiting); err == nil {
		t.Fatal("the contact of who has left is still there")
	}
	if rec := w.call("GET", "/v1/waiting/"+other.Waiting+"?code=WRONG", "", "", nil); rec.Code != http.StatusForbidden {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

// Who has an appointment is offered earlier ones only, and moves in one unit.
func TestEarlierThanTheOwnAppointment(t *testing.T) {
	w, office := withMail(t, nil)
	freed := full(w)
	w.offer("wandsbek", monday+2, false, line(10, 11, "pass"))
	c := w.booked("wandsbek", monday+2, 10*60, erika)
	p := w.waits(fmt.Sprintf(`{"appointment":%q,"code":%q}`, c.Appointment, c.Code))
	if o := w.onList(p).Offer; o != nil {
		t.Fatalf("%+v is not earlier", o)
	}
	w.pass(2 * time.Second)
	_, err := w.service.app.Cancel(w.ctx, "", freed.Appointment, app.Proof{Secret: freed.Code})
	w.ok(err)
	w.pass(time.Second)
	if rec := w.call("POST", "/v1/waiting/"+p.Waiting+"/take", "k", fmt.Sprintf(`{"code":%q}`, p.Code), nil); rec.Code != http.StatusCreated || !strings.Contains(rec.Body.String(), string(c.Appointment)) {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.step()
	if s := w.shows(c); s.Centre != "altona" || s.At != "09:00" || s.Day != monday.String() {
		t.Fatalf("%+v", s)
	}
	wantLetters(t, office, "Ihr Termin", "Früherer Termin frei", "Neuer Termin am Montag")
	if rec := w.call("POST", "/v1/waiting", "", fmt.Sprintf(`{"appointment":%q,"code":"WRONG"}`, c.Appointment), nil); rec.Code != http.StatusForbidden {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("POST", "/v1/waiting", "", `{"service":"passport"}`, nil); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "mail-needed") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

// A place whose appointment is over, or whose days have passed, ends by itself.
func TestPlacesEnd(t *testing.T) {
	w, _ := withMail(t, nil)
	full(w)
	w.offer("wandsbek", monday+2, false, line(10, 11, "pass"))
	c := w.booked("wandsbek", monday+2, 10*60, erika)
	mine := w.waits(fmt.Sprintf(`{"appointment":%q,"code":%q}`, c.Appointment, c.Code))
	days := w.waits(fmt.Sprintf(`{"service":"passport","until":%q,%s}`, monday+1, contactOf("x")))
	_, err := w.service.app.Cancel(w.ctx, "", c.Appointment, app.Proof{Secret: c.Code})
	w.ok(err)
	w.pass(2 * time.Second)
	if w.onList(mine).Ended != "over" || w.onList(days).Ended != "" {
		t.Fatalf("%+v %+v", w.onList(mine), w.onList(days))
	}
	w.pass(8 * 24 * time.Hour)
	if w.onList(days).Ended != "over" {
		t.Fatalf("%+v", w.onList(days))
	}
}
