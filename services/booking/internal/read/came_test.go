package read

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Who came and who did not is told with the bookings of the day, also where nobody
// booked on it, and again when somebody came after all or was noted late.
func TestWhoCameIsToldWithTheDay(t *testing.T) {
	m, today := NewHowFarAhead(), day.Day(20800)
	say := func(e decider.Event) { m.Apply(eventlog.Event{Stream: DayCategory + "-altona/" + today.String()}, e) }
	at := booking.AppointmentEnded{Place: booking.Place{Centre: "altona", Day: today}}
	say(bookedAhead(today-3, 3, "id"))
	told := func(now day.Day, kept, missed int) {
		t.Helper()
		for _, u := range m.Untold(now, 9) {
			if u.Day == today && (u.Kept != kept || u.Missed != missed || u.Skills == nil) {
				t.Errorf("told %+v, %d were kept and %d missed", u, kept, missed)
			}
			say(u)
		}
		if u := m.Untold(now, 9); len(u) != 0 {
			t.Errorf("told twice: %+v", u)
		}
	}
	told(today, 0, 0)
	for range 3 {
		say(booking.AppointmentKept{AppointmentEnded: at})
	}
	say(booking.AppointmentMissed{AppointmentEnded: at})
	say(booking.AppointmentMissed{AppointmentEnded: at})
	if u := m.Untold(today, 9); len(u) != 0 {
		t.Fatalf("a day that is not over was told: %+v", u)
	}
	say(centreday.CameLate{})
	if u := m.Untold(today+1, 9); len(u) != 1 || u[0].Kept != 3 || u[0].Missed != 1 {
		t.Fatalf("told %+v", u)
	}
	told(today+1, 3, 1)
	say(booking.AppointmentMissed{AppointmentEnded: at}) // noted in the evening's tidying, after midnight
	if u := m.Untold(today+1, 9); len(u) != 1 || u[0].Missed != 2 {
		t.Fatalf("what was noted late is not told: %+v", u)
	}
	told(today+1, 3, 2)
	say(bookedAhead(today+aheadDays, 1, "id"))
	say(booking.AppointmentKept{AppointmentEnded: at})
	if len(m.came) != 0 || len(m.Untold(today+aheadDays, 9)) != 0 {
		t.Error("a day long over is counted anew, which would overwrite what was told")
	}
}
