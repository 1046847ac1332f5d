package read

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

func bookedAhead(on day.Day, ahead int, s id.Skill) booking.AppointmentBooked {
	return booking.AppointmentBooked{Place: booking.Place{Centre: "altona", Day: on + day.Day(ahead)}, Skill: s, BookedOn: on}
}

func TestDaysAreToldOnceWhenTheyAreOver(t *testing.T) {
	m, today := NewHowFarAhead(), day.Day(20800)
	say := func(e booking.AppointmentBooked) { m.Apply(eventlog.Event{}, e) }
	say(bookedAhead(today, 3, "id"))
	say(bookedAhead(today, 3, "id"))
	say(bookedAhead(today, 14, "id"))
	say(bookedAhead(today, 0, "move"))
	if u := m.Untold(today, 9); len(u) != 0 {
		t.Fatalf("a day that is not over was told: %v", u)
	}
	u := m.Untold(today+1, 9)
	if len(u) != 1 || len(u[0].Skills) != 2 || u[0].Skills[0].Days[1] != 14 || u[0].Skills[0].Counts[0] != 2 {
		t.Fatalf("told %+v", u)
	}
	// An import between the reading and the telling is not lost.
	say(bookedAhead(today, 5, "id"))
	m.Apply(eventlog.Event{}, u[0])
	u = m.Untold(today+1, 9)
	if len(u) != 1 || len(u[0].Skills[0].Days) != 3 {
		t.Fatalf("an import was lost: %+v", u)
	}
	m.Apply(eventlog.Event{}, u[0])
	if u = m.Untold(today+1, 9); len(u) != 0 {
		t.Fatalf("told twice: %+v", u)
	}
	say(bookedAhead(today+aheadDays, 1, "id"))
	if len(m.days) != 1 {
		t.Fatalf("%d days are remembered", len(m.days))
	}
	say(bookedAhead(today, 1, "id"))
	if len(m.days) != 1 {
		t.Fatal("a day long over is counted anew, which would overwrite what was told")
	}
}

func TestWhoNamesADistrictIsCountedThere(t *testing.T) {
	m, today := NewHowFarAhead(), day.Day(20800)
	for i, wanted := range []id.District{"harburg", "", "harburg", "nord"} {
		e := bookedAhead(today, i, "id")
		e.Wanted = wanted
		m.Apply(eventlog.Event{}, e)
	}
	u := m.Untold(today+1, 9)
	if w := u[0].Skills[0].Wanted; len(u) != 1 || len(w) != 2 || w["harburg"] != 2 || w["nord"] != 1 {
		t.Fatalf("told %+v", u)
	}
	m.Apply(eventlog.Event{}, bookedAhead(today, 1, "id"))
	if m.wanted[bookedOn{"altona", today}]["id"]["harburg"] != 2 || u[0].Skills[0].Wanted["harburg"] != 2 {
		t.Error("what was told is not a copy")
	}
	m.Apply(eventlog.Event{}, bookedAhead(today+aheadDays, 1, "id"))
	if len(m.wanted) != 0 {
		t.Errorf("%d days are remembered", len(m.wanted))
	}
}
