package booking

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/overbook"
)

// What did not come in the past is what later days are overbooked by, once the
// policy says how much may be risked; not before.
func TestOverbookingFollowsTheNoShows(t *testing.T) {
	w := newWorld(t, nil).city()
	var lines []capacity.Line
	for range 10 {
		lines = append(lines, line(9, 17, "pass"))
	}
	w.offer("altona", monday, false, lines...)
	var all []ImportAppointment
	for i := range 260 {
		all = append(all, ImportAppointment{External: fmt.Sprint(i), Service: "passport", Centre: "altona", Day: monday, At: nine + 15*day.TimeOfDay(i/10), Channel: "desk"})
	}
	report, err := w.service.Import(w.ctx, all)
	w.ok(err)
	if report.Booked != 260 {
		t.Fatalf("%+v", report)
	}
	w.pass(7*24*time.Hour + 12*time.Hour)
	for i, b := range said[booking.AppointmentBooked](w) {
		a := b.Appointment
		if i%4 == 0 {
			_, err = w.service.app.Miss(w.ctx, "", a)
		} else {
			_, err = w.service.app.Keep(w.ctx, "", a)
		}
		w.ok(err)
	}
	w.pass(24 * time.Hour)
	later := monday + 10
	room := func() (n int) {
		t.Helper()
		w.offer("altona", later, false, lines...)
		for {
			_, err := w.service.Hold(w.ctx, "", w.wish("altona", later, nine))
			if errors.Is(err, centreday.ErrSlotTaken) {
				w.pass(11 * time.Minute)
				return n
			}
			w.ok(err)
			n++
		}
	}
	if n := room(); n != 10 {
		t.Fatalf("%d appointments at ten counters without a policy", n)
	}
	w.hear(capacity.PolicyChanged{Version: 2, Policy: capacity.Policy{LimitDays: 14, HorizonDays: 60, MinLeadDays: 1, HoldMinutes: 10, Booking: &capacity.BookingPolicy{OverbookRisk: 0.1}}})
	rate := overbook.Rate(65, 260)
	want := overbook.Extra(10, rate, 0.1)
	if n := room(); n != 10+want || want < 1 {
		t.Fatalf("%d appointments at ten counters, want %d more", n, want)
	}
	var o app.Overbooking
	w.call("GET", "/v1/overbooking", "", "", &o)
	if x := o.Extra[9]; o.Kept != 195 || o.Missed != 65 || o.NoShow != rate || x.Counters != 10 || x.Extra != want || x.Risk > 0.1 || x.Risk != overbook.Risk(10, 10+want, rate) {
		t.Fatalf("%+v", o)
	}
}
