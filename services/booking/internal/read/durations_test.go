package read

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

func TestEstimatesMoveFromTheCatalogueToWhatIsMeasured(t *testing.T) {
	m := NewHowLong()
	serve := func(n, seconds int) {
		for range n {
			m.Apply(eventlog.Event{}, booking.TicketServed{TicketStep: booking.TicketStep{Centre: "altona", Service: "passport", ServedSeconds: seconds}})
		}
	}
	want := func(when string, minutes day.Minutes) {
		t.Helper()
		if got := m.Minutes("altona", "passport", 15); got != minutes {
			t.Errorf("%s: %d minutes, want %d", when, got, minutes)
		}
	}
	want("nothing measured", 15)
	serve(1, 45*60)
	want("one that took long", 16) // (20·15 + 45) / 21 = 16.4
	m = NewHowLong()
	serve(20, 5*60)
	want("as many as the catalogue counts", 10)
	serve(380, 5*60)
	want("many", 5) // (300 + 2000) / 420 = 5.5, rounded down
	serve(400, 25*60)
	want("a change of practice is followed", 20) // (300 + 3000 + 5000) / 420 = 19.8
	m = NewHowLong()
	serve(50, 5)
	serve(50, 3*60*60)
	want("buttons pressed by mistake", 15)
	m.Apply(eventlog.Event{}, booking.AppointmentKept{AppointmentEnded: booking.AppointmentEnded{Place: booking.Place{Centre: "altona"}, Service: "passport", Parts: []booking.Part{{}, {}}}, ServedSeconds: 3600})
	want("a visit of several services", 15)
	if got := m.Minutes("wandsbek", "passport", 15); got != 15 {
		t.Errorf("another centre: %d", got)
	}
}
