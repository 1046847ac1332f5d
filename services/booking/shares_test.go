package booking

import (
	"errors"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
)

// A share that is kept for the telephone is not offered online, nor given, and
// flows back: what the search offers is what the writer gives.
func TestChannelsAndRelease(t *testing.T) {
	w := newWorld(t, nil).city()
	w.hear(capacity.PolicyChanged{Version: 2, Policy: capacity.Policy{LimitDays: 14, HorizonDays: 60, MinLeadDays: 1, HoldMinutes: 10, Booking: &capacity.BookingPolicy{
		Channels: map[string]capacity.ChannelShare{"telephone": {Share: 0.5, FlowDays: 2}},
		Release:  []capacity.ReleaseStage{{DaysBefore: 7, At: day.Clock(7, 0), Share: 0.5}, {DaysBefore: 7, At: day.Clock(10, 0), Share: 1}}}}})
	w.pass(time.Second)
	search := func(channel string) int {
		t.Helper()
		f, err := w.service.Search(w.ctx, Search{Service: "passport", Channel: channel, Until: ptr(monday + 1), Centres: []centre{"altona"}})
		w.ok(err)
		return len(f.Offers)
	}
	if n := search(booking.Online); n != 4 { // a quarter of an hour: each start could be the one
		t.Fatalf("%d offers online", n)
	}
	if s := slotsOf(w, "altona", monday); s.Open["online"] != 15 || s.Open["telephone"] != 30 || s.FreeSlots["pass"] != 2 {
		t.Fatalf("%+v", s)
	}
	c := w.booked("altona", monday, nine, Contact{})
	if n := search(booking.Online); n != 0 {
		t.Fatalf("%d offers online beyond its share", n)
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine+15)); !errors.Is(err, centreday.ErrShareSpent) {
		t.Fatal(err)
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday+1, nine)); !errors.Is(err, centreday.ErrNotReleased) {
		t.Fatal(err)
	}
	if _, _, err := w.service.app.Move(w.ctx, "", c.Appointment, app.Proof{Secret: c.Code}, app.NewPlace{Centre: "altona", Day: monday, At: nine + 30}); err != nil {
		t.Fatalf("within the day a move takes nothing from anybody: %v", err)
	}
	if _, _, err := w.service.app.Move(w.ctx, "", c.Appointment, app.Proof{Secret: c.Code}, app.NewPlace{Centre: "altona", Day: monday + 1, At: nine}); !errors.Is(err, centreday.ErrNotReleased) {
		t.Fatal(err)
	}
	if n := search(booking.Telephone); n != 3 {
		t.Fatalf("%d offers by telephone", n)
	}
	// The second hour of release comes by itself, without any other event.
	before := len(said[booking.SlotsChanged](w))
	w.pass(3 * time.Hour)
	if s := slotsOf(w, "altona", monday); len(said[booking.SlotsChanged](w)) == before || s.Open["online"] != 15 || s.Open["telephone"] != 45 {
		t.Fatalf("after ten: %+v", s)
	}
	// So does the flow.
	w.pass(6 * 24 * time.Hour)
	if s := slotsOf(w, "altona", monday); s.Open["online"] != 30 {
		t.Fatalf("a day before: %+v", s)
	}
}

func slotsOf(w *world, c centre, d day.Day) (newest booking.SlotsChanged) {
	for _, s := range said[booking.SlotsChanged](w) {
		if s.Centre == c && s.Day == d {
			newest = s
		}
	}
	return newest
}

// A release opens to the minute on the city's clock, also on the days on which the
// clocks change: a time that is missing opens when the clocks have passed it, one
// that comes twice opens the first time and stays open.
func TestReleasesOpenToTheMinute(t *testing.T) {
	instant := func(d day.Day, at day.TimeOfDay, more time.Duration) time.Time { return d.At(at, berlin).Add(more) }
	for name, c := range map[string]struct {
		d      day.Day // on which it opens, five days before the day
		at     day.TimeOfDay
		closed []time.Time
		open   []time.Time
	}{
		"winter": {day.Date(2026, time.December, 3), day.Clock(7, 0), []time.Time{instant(day.Date(2026, time.December, 3), day.Clock(6, 59), 59*time.Second)},
			[]time.Time{instant(day.Date(2026, time.December, 3), day.Clock(7, 0), 0), instant(day.Date(2026, time.December, 4), 0, 0)}},
		"summer time begins": {spring, day.Clock(7, 0), []time.Time{instant(spring, day.Clock(6, 59), 0)}, []time.Time{instant(spring, day.Clock(7, 0), 0)}},
		"summer time ends":   {autumn, day.Clock(7, 0), []time.Time{instant(autumn, day.Clock(6, 59), 0)}, []time.Time{instant(autumn, day.Clock(7, 0), 0)}},
		"a missing time": {spring, day.Clock(2, 30), []time.Time{instant(spring, day.Clock(1, 59), 59*time.Second)},
			[]time.Time{instant(spring, day.Clock(1, 59), time.Minute), instant(spring, day.Clock(3, 0), 0)}},
		"a doubled time": {autumn, day.Clock(2, 30), []time.Time{instant(autumn, day.Clock(1, 59), 30*time.Minute)}, // 02:29, for the first time
			[]time.Time{instant(autumn, day.Clock(1, 59), 31*time.Minute), instant(autumn, day.Clock(1, 59), 71*time.Minute), // 02:10, for the second time
				instant(autumn, day.Clock(1, 59), 91*time.Minute), instant(autumn, day.Clock(3, 0), 0)}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.clock.Set(c.d.At(0, berlin).AddDate(0, 0, -1))
			w.city()
			w.hear(capacity.PolicyChanged{Version: 2, Policy: capacity.Policy{LimitDays: 14, HorizonDays: 60, MinLeadDays: 1, HoldMinutes: 10,
				Booking: &capacity.BookingPolicy{Release: []capacity.ReleaseStage{{DaysBefore: 20, At: 0, Share: 0.25}, {DaysBefore: 5, At: c.at, Share: 1}}}}})
			w.offer("altona", c.d+5, false, line(9, 10, "pass"))
			w.booked("altona", c.d+5, nine, Contact{}) // the share that is open early
			for _, at := range c.closed {
				w.clock.Set(at)
				if _, err := w.service.Hold(w.ctx, "", w.wish("altona", c.d+5, nine+15)); !errors.Is(err, centreday.ErrShareSpent) {
					t.Errorf("%s: %v", at, err)
				}
			}
			for i, at := range c.open {
				w.clock.Set(at)
				h, err := w.service.Hold(w.ctx, "", w.wish("altona", c.d+5, nine+15))
				if err != nil {
					t.Errorf("%d, %s: %v", i, at, err)
					continue
				}
				_, err = w.service.app.Release(w.ctx, "", h.Hold)
				w.ok(err)
			}
		})
	}
}
