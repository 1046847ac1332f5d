package booking

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
)

// When a day is over, it is told how far ahead was booked on it: once for each
// centre, and never of single appointments.
func TestHowFarAheadWasBookedIsToldOnceADay(t *testing.T) {
	w, _ := withMail(t, nil)
	today := day.Of(w.clock.Now(), w.clock.Now().Location())
	w.booked("altona", monday, nine, erika)
	c := w.booked("altona", monday, nine+30, erika)
	w.booked("wandsbek", monday+1, day.Clock(10, 0), erika)
	_, err := w.service.app.Cancel(w.ctx, "", c.Appointment, app.Proof{Secret: c.Code})
	w.ok(err)
	w.step()
	if n := len(said[booking.BookingsCounted](w)); n != 0 {
		t.Fatalf("%d counts of a day that is not over", n)
	}
	w.pass(24 * time.Hour)
	told := said[booking.BookingsCounted](w)
	if len(told) != 2 || told[0].Centre != "altona" || told[0].Day != today || told[1].Centre != "wandsbek" {
		t.Fatalf("%+v", told)
	}
	// The one that was cancelled was booked, too.
	if s := told[0].Skills; len(s) != 1 || len(s[0].Days) != 1 || s[0].Days[0] != int(monday-today) || s[0].Counts[0] != 2 {
		t.Errorf("%+v", s)
	}
	w.start()
	w.pass(time.Hour)
	if again := said[booking.BookingsCounted](w); len(again) != 2 {
		t.Errorf("told %d times", len(again))
	}
}
