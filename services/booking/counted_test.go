package booking

import (
	"errors"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
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

// Whoever names a district is counted there, wherever the appointment is.
func TestTheDistrictThatWasWantedIsTold(t *testing.T) {
	w := newWorld(t, nil).city()
	book := func(channel string, at day.TimeOfDay, wanted id.District) error {
		wish := Wish{Service: "passport", Centre: "altona", Day: monday, At: at, Channel: channel, Wanted: wanted}
		if channel == booking.Telephone {
			_, err := w.service.Book(w.ctx, "", wish, Contact{})
			return err
		}
		h, err := w.service.Hold(w.ctx, "", wish)
		if err == nil {
			_, err = w.service.Confirm(w.ctx, "", h.Hold, Contact{})
		}
		return err
	}
	w.ok(book(booking.Online, nine, "wandsbek"))
	w.ok(book(booking.Telephone, nine+30, "wandsbek"))
	if err := book(booking.Online, nine, "atlantis"); !errors.Is(err, app.ErrUnknownDistrict) {
		t.Errorf("a district that there is not: %v", err)
	}
	w.step()
	if b := said[booking.AppointmentBooked](w); len(b) != 2 || b[0].Wanted != "wandsbek" || b[1].Wanted != "wandsbek" {
		t.Fatalf("%+v", b)
	}
	w.pass(24 * time.Hour)
	told := said[booking.BookingsCounted](w)
	if len(told) != 1 || len(told[0].Skills[0].Wanted) != 1 || told[0].Skills[0].Wanted["wandsbek"] != 2 || told[0].Skills[0].Counts[0] != 2 {
		t.Errorf("%+v", told)
	}
}
