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
