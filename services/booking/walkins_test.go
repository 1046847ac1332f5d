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

// office is a day with one counter for walk-ins, one for express services and
// one for appointments, at nine in the morning.
func office(t *testing.T) *world {
	w := newWorld(t, nil).city()
	w.hear(capacity.PolicyChanged{Version: 2, Policy: capacity.Policy{LimitDays: 14, HorizonDays: 60, HoldMinutes: 10,
		Booking: &capacity.BookingPolicy{WalkInWaitMinutes: 20, ExpressWaitMinutes: 5}}})
	w.hear(capacity.CatalogueChanged{Version: 2, Services: []capacity.ServiceType{{ID: "passport", Skill: "pass", Minutes: 15, Share: 1},
		{ID: "licence", Skill: "car", Minutes: 10, Share: 1}, {ID: "pickup", Skill: "pass", Minutes: 5, Express: true}}})
	walkIn, express := line(9, 12, "pass", "car"), line(9, 12, "pass")
	walkIn.Use, express.Use = capacity.ForWalkIns, capacity.ForExpress
	w.offer("altona", today, false, line(9, 12, "pass"), walkIn, express)
	w.clock.Set(time.Date(2026, time.November, 23, 9, 0, 0, 0, berlin))
	return w
}

func (w *world) ticket(service string) (t booking.TicketStep) {
	w.Helper()
	if rec := w.call("POST", "/v1/tickets", "", fmt.Sprintf(`{"centre":"altona","service":%q}`, service), &t); rec.Code != http.StatusCreated {
		w.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.step()
	return t
}

func (w *world) next(use string) (t booking.TicketStep, status int) {
	w.Helper()
	rec := w.call("POST", "/v1/tickets/next", "", fmt.Sprintf(`{"centre":"altona","use":%q}`, use), &t)
	w.step()
	return t, rec.Code
}

func (w *world) do(t id.Ticket, step string) {
	w.Helper()
	if rec := w.call("POST", "/v1/tickets/"+string(t)+"/"+step, "", `{}`, nil); rec.Code != http.StatusNoContent {
		w.Fatalf("%s: %d %s", step, rec.Code, rec.Body)
	}
	w.step()
}

// queue is "1 passport called 0, 2 …".
func (w *world) queue() string {
	w.Helper()
	var q struct {
		Tickets []struct {
			Number         int
			Service, State string
			Wait           int `json:"wait_minutes"`
		}
	}
	if rec := w.call("GET", "/v1/centres/altona/queue", "", "", &q); rec.Code != http.StatusOK {
		w.Fatal(rec.Body)
	}
	var all []string
	for _, t := range q.Tickets {
		all = append(all, fmt.Sprintf("%d %s %s %d", t.Number, t.Service, t.State, t.Wait))
	}
	return strings.Join(all, ", ")
}

func TestADayOfWalkIns(t *testing.T) {
	w := office(t)
	if _, status := w.next(""); status != http.StatusConflict {
		t.Fatalf("nobody waits, but %d", status)
	}
	// All appointments of the morning are taken, so that only the counters set
	// aside serve walk-ins.
	for at := nine; at < day.Clock(12, 0); at += 15 {
		w.booked("altona", today, at, Contact{})
	}
	a, b := w.ticket("passport"), w.ticket("passport")
	x := w.ticket("pickup")
	if a.Number != 1 || b.Number != 2 || !x.Express {
		t.Fatalf("%+v %+v %+v", a, b, x)
	}
	if q := w.queue(); q != "1 passport waiting 0, 2 passport waiting 15, 3 pickup waiting 0" {
		t.Fatal(q)
	}
	if _, status := w.next("appointments"); status != http.StatusConflict {
		t.Fatalf("a counter that appointments need took a walk-in: %d", status)
	}
	if n, _ := w.next("express"); n.Ticket != x.Ticket {
		t.Fatalf("%+v", n)
	}
	if n, _ := w.next("walk-in"); n.Ticket != a.Ticket {
		t.Fatalf("%+v", n)
	}
	w.pass(10 * time.Minute)
	if q := w.queue(); q != "1 passport called 0, 2 passport waiting 5, 3 pickup called 0" {
		t.Fatal(q)
	}
	w.do(x.Ticket, "serve")
	w.do(b.Ticket, "park")
	w.do(a.Ticket, "recall")
	w.pass(20 * time.Minute)
	w.do(a.Ticket, "serve")
	if q := w.queue(); q != "2 passport parked -1" {
		t.Fatal(q)
	}
	w.do(b.Ticket, "resume")
	if n, _ := w.next(""); n.Ticket != b.Ticket || n.WaitedSeconds != 30*60 {
		t.Fatalf("%+v", n)
	}
	w.do(b.Ticket, "miss")
	if rec := w.call("POST", "/v1/tickets/"+string(b.Ticket)+"/serve", "", `{}`, nil); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "ticket-over") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if e := last[booking.TicketServed](w); e.ServedSeconds != 20*60 {
		t.Fatalf("%+v", e)
	}
	if e := last[booking.TicketMissed](w); e.Ticket != b.Ticket {
		t.Fatalf("%+v", e)
	}
	w.start() // measured from the log
	var m struct {
		Centres []struct {
			Express                        bool
			Issued, Called, Served, Missed int
			Mean                           int `json:"mean_seconds"`
			Kept                           float64
		}
	}
	w.call("GET", fmt.Sprintf("/v1/waiting-times?from=%s&until=%s", today, today+1), "", "", &m)
	if len(m.Centres) != 2 || m.Centres[0].Issued != 2 || m.Centres[0].Called != 2 || m.Centres[0].Missed != 1 || m.Centres[0].Mean != 15*60 || m.Centres[0].Kept != 0.5 ||
		!m.Centres[1].Express || m.Centres[1].Kept != 1 || m.Centres[1].Served != 1 {
		t.Fatalf("%+v", m)
	}
}

// What appointments leave unused serves walk-ins, is booked by nobody else
// meanwhile, and goes back when it is not needed any more.
func TestUnusedAppointmentCapacity(t *testing.T) {
	w := office(t)
	w.booked("altona", today, nine+30, Contact{})
	free := func() int { w.pass(time.Second); return slotsOf(w, "altona", today).FreeSlots["pass"] }
	before := free()
	a := w.ticket("passport")
	if n, status := w.next("appointments"); status != http.StatusOK || n.Ticket != a.Ticket {
		t.Fatalf("%d %+v", status, n)
	}
	if n := free(); n != before-1 {
		t.Fatalf("%d free, before %d", n, before)
	}
	if _, err := w.service.Hold(w.ctx, "", Wish{Service: "passport", Centre: "altona", Day: today, At: nine + 5, Channel: booking.Desk}); err == nil {
		t.Fatal("the counter that serves a walk-in was given to somebody else")
	}
	w.clock.Advance(5 * time.Minute)
	w.do(a.Ticket, "serve")
	h, err := w.service.Hold(w.ctx, "", Wish{Service: "passport", Centre: "altona", Day: today, At: nine + 10, Channel: booking.Desk})
	if err != nil {
		t.Fatalf("it did not go back: %v", err)
	}
	_, err = w.service.app.Release(w.ctx, "", h.Hold)
	w.ok(err)
	w.clock.Advance(13 * time.Minute) // 9:18: until half past is not long enough
	w.ticket("passport")
	if _, status := w.next("appointments"); status != http.StatusConflict {
		t.Fatalf("a walk-in before an appointment that comes too soon: %d", status)
	}
}

func TestAttendanceIsMeasured(t *testing.T) {
	w := office(t)
	came, missed := w.booked("altona", today, nine+30, Contact{}), w.booked("altona", today, nine+45, Contact{})
	step := func(c Confirmation, word string) {
		t.Helper()
		if rec := w.call("POST", "/v1/appointments/"+string(c.Appointment)+"/"+word, "", `{}`, nil); rec.Code != http.StatusNoContent {
			t.Fatalf("%s: %d %s", word, rec.Code, rec.Body)
		}
		w.step()
	}
	w.pass(20 * time.Minute)
	step(came, "check-in")
	w.pass(12 * time.Minute)
	step(came, "begin")
	w.pass(16 * time.Minute)
	step(came, "keep")
	step(came, "keep")
	w.pass(10 * time.Minute)
	step(missed, "miss")
	if e := last[booking.AppointmentKept](w); e.WaitedSeconds != 121 && e.WaitedSeconds != 120 || e.ServedSeconds != 16*60 {
		t.Fatalf("%+v", e)
	}
	var a struct {
		Services []struct {
			Kept, Missed, Measured int
			NoShow                 float64 `json:"no_show"`
			Served                 int     `json:"mean_served_seconds"`
		}
	}
	w.call("GET", fmt.Sprintf("/v1/attendance?from=%s&until=%s", today, today+1), "", "", &a)
	if len(a.Services) != 1 || a.Services[0].Kept != 1 || a.Services[0].Missed != 1 || a.Services[0].NoShow != 0.5 || a.Services[0].Served != 16*60 {
		t.Fatalf("%+v", a)
	}
}
