package booking

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
)

func (w *world) at(hour, minute int) {
	w.Helper()
	w.clock.Set(time.Date(2026, time.November, 23, hour, minute, 0, 0, berlin))
	w.pass(0)
}

// nextAt tells who was called: an appointment's id, a ticket's number, or why nobody.
func (w *world) nextAt(use string, services ...string) string {
	w.Helper()
	var n struct {
		Appointment string
		Ticket      *booking.TicketStep
		Type        string
	}
	list := `"` + strings.Join(services, `","`) + `"`
	if len(services) == 0 {
		list = ""
	}
	rec := w.call("POST", "/v1/centres/altona/next", "", fmt.Sprintf(`{"use":%q,"services":[%s]}`, use, list), &n)
	w.step()
	switch {
	case rec.Code == http.StatusConflict:
		body := rec.Body.String()
		body = body[strings.Index(body, "/problems/")+len("/problems/"):]
		return body[:strings.Index(body, `"`)]
	case rec.Code != http.StatusOK:
		w.Fatalf("%d %s", rec.Code, rec.Body)
	case n.Ticket != nil:
		return fmt.Sprint("ticket ", n.Ticket.Number)
	}
	return n.Appointment
}

func (w *world) stepOf(c Confirmation, word string, status int) {
	w.Helper()
	if rec := w.call("POST", "/v1/appointments/"+string(c.Appointment)+"/"+word, "", `{}`, nil); rec.Code != status {
		w.Fatalf("%s: %d %s", word, rec.Code, rec.Body)
	}
	w.step()
}

// Appointments and tickets are called in one order.
func TestOneOrderOfCalls(t *testing.T) {
	w := office(t)
	ten, quarter := w.booked("altona", today, 10*60, Contact{}), w.booked("altona", today, 10*60+15, Contact{})
	later := w.booked("altona", today, 11*60, Contact{})
	w.at(9, 50)
	first := w.ticket("licence")
	express := w.ticket("pickup")
	w.stepOf(quarter, "check-in", http.StatusNoContent)
	w.stepOf(ten, "check-in", http.StatusNoContent)
	w.stepOf(later, "check-in", http.StatusNoContent)
	if got := w.nextAt("", "passport"); got != string(ten.Appointment) { // nobody else waits for passports: early
		t.Fatal(got)
	}
	w.at(10, 20)
	var q struct {
		Appointments []struct{ Appointment, State string }
	}
	w.call("GET", "/v1/centres/altona/queue", "", "", &q)
	if len(q.Appointments) != 2 || q.Appointments[0].Appointment != string(quarter.Appointment) || q.Appointments[0].State != "due" || q.Appointments[1].State != "early" {
		t.Fatalf("%+v", q)
	}
	for i, want := range []struct{ use, who string }{
		{"express", fmt.Sprint("ticket ", express.Number)},
		{"express", "nobody-waits"},
		{"", string(quarter.Appointment)}, // its time has come
		{"", fmt.Sprint("ticket ", first.Number)},
		{"", string(later.Appointment)}, // early, and nobody else waits
		{"", "nobody-waits"},
	} {
		if got := w.nextAt(want.use); got != want.who {
			t.Fatalf("call %d: %s, want %s", i, got, want.who)
		}
	}
	w.pass(10 * time.Minute)
	w.stepOf(quarter, "keep", http.StatusNoContent) // begun when it was called
	if e := last[booking.AppointmentKept](w); e.ServedSeconds != 600 || e.WaitedSeconds != 300 {
		t.Fatalf("%+v", e)
	}
	// A counter for walk-ins takes tickets first, and helps out with appointments.
	w.at(10, 40)
	forty := w.booked("altona", today, 10*60+45, Contact{})
	w.stepOf(forty, "check-in", http.StatusNoContent)
	w.at(10, 50)
	second := w.ticket("licence")
	if got := w.nextAt("walk-in"); got != fmt.Sprint("ticket ", second.Number) {
		t.Fatal(got)
	}
	if got := w.nextAt("walk-in"); got != string(forty.Appointment) {
		t.Fatal(got)
	}
}

// Who was never checked in counts as missed after the policy's minutes, the
// counter serves a walk-in, and who comes after all is still called.
func TestWhoNeverComesIsMissedByItself(t *testing.T) {
	w := office(t)
	w.hear(capacity.PolicyChanged{Version: 3, Policy: capacity.Policy{LimitDays: 14, HorizonDays: 60, HoldMinutes: 10, Booking: &capacity.BookingPolicy{MissedAfterMinutes: 10}}})
	gone, came := w.booked("altona", today, 9*60+30, Contact{}), w.booked("altona", today, 9*60+45, Contact{})
	w.booked("altona", today, 10*60, Contact{})
	w.at(9, 39)
	w.stepOf(came, "check-in", http.StatusNoContent)
	if n := len(said[booking.AppointmentMissed](w)); n != 0 {
		t.Fatal("given up too soon")
	}
	w.at(9, 40)
	if m := said[booking.AppointmentMissed](w); len(m) != 1 || m[0].Appointment != gone.Appointment {
		t.Fatalf("%+v", m)
	}
	w.ticket("pickup")
	if got := w.nextAt("appointments", "pickup"); got != "ticket 1" { // what the no-show left
		t.Fatal(got)
	}
	w.at(9, 58)
	if n := len(said[booking.AppointmentMissed](w)); n != 1 {
		t.Fatal("who is there was missed")
	}
	w.stepOf(gone, "check-in", http.StatusNoContent)
	w.stepOf(gone, "check-in", http.StatusNoContent)
	for _, want := range []Confirmation{came, gone} { // whose time has come, then who came late
		if got := w.nextAt(""); got != string(want.Appointment) {
			t.Fatalf("%s, want %s", got, want.Appointment)
		}
	}
	w.pass(15 * time.Minute)
	w.stepOf(gone, "keep", http.StatusNoContent)
	var a struct {
		Services []struct{ Kept, Missed int }
	}
	w.call("GET", fmt.Sprintf("/v1/attendance?from=%s&until=%s", today, today+1), "", "", &a)
	if len(a.Services) != 1 || a.Services[0].Kept != 1 || a.Services[0].Missed != 1 { // the third has not come
		t.Fatalf("%+v", a)
	}
	if r := last[booking.LoadChanged](w); r.AtRisk != 0 || len(r.Uncovered) != 0 {
		t.Fatalf("%+v", r)
	}
	w.clock.Advance(24 * time.Hour)
	missed := said[booking.AppointmentMissed](w)[1]
	if rec := w.call("POST", "/v1/appointments/"+string(missed.Appointment)+"/check-in", "", `{}`, nil); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "already-over") {
		t.Fatalf("the day after: %d %s", rec.Code, rec.Body)
	}
}

// Waits are estimated by what was measured at the centre.
func TestWaitsFollowWhatIsMeasured(t *testing.T) {
	w := office(t)
	for at := nine; at < 12*60; at += 15 {
		w.booked("altona", today, at, Contact{})
	}
	for range 10 {
		x := w.ticket("licence")
		if n, _ := w.next("walk-in"); n.Ticket != x.Ticket {
			t.Fatalf("%+v", n)
		}
		w.clock.Advance(4 * time.Minute) // the catalogue says ten
		w.do(x.Ticket, "serve")
	}
	w.ticket("licence")
	w.ticket("licence")
	if q := w.queue(); q != "11 licence waiting 0, 12 licence waiting 8" { // (20·10 + 10·4) / 30
		t.Fatal(q)
	}
}
