package read

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"

	"github.com/lotse-hamburg/lotse/events/id"
)

type told struct {
	*History
	zone *time.Location
	at   int64
}

func tell(t *testing.T) *told {
	zone, err := clock.Zone(clock.City)
	if err != nil {
		t.Fatal(err)
	}
	h := &told{NewHistory(zone), zone, 0}
	h.say(0, 0, capacity.PolicyChanged{Policy: capacity.Policy{GoalDays: 10, LimitDays: 14}})
	h.say(0, 0, capacity.CentreChanged{Centre: capacity.Centre{ID: "altona-1", District: "altona"}})
	return h
}

func (h *told) say(d day.Day, at day.TimeOfDay, e decider.Event) {
	h.at++
	h.Apply(eventlog.Event{Position: h.at, NewEvent: eventlog.NewEvent{Meta: eventlog.Meta{Time: d.At(at, h.zone)}}}, e)
}

func (h *told) lead(d day.Day, at day.TimeOfDay, days int) {
	h.say(d, at, capacity.LeadTimeMeasured{LeadTime: capacity.LeadTime{District: "altona", Skill: "id", On: d, Days: days}, Goal: 10, Limit: 14})
}

func (h *told) day(d day.Day) { h.say(d, 0, calendar.Began{Day: d}) }

var altona = Gauge{District: "altona", Skill: "id"}

func TestADayIsWhatItWasAtNoonAndAtWorst(t *testing.T) {
	h, d := tell(t), day.Date(2026, time.November, 23)
	h.day(d)
	h.lead(d, day.Clock(0, 1), 9)
	h.lead(d, day.Clock(9, 0), 16)
	h.lead(d, day.Clock(11, 0), 12)
	h.lead(d, day.Clock(15, 0), -1)
	h.lead(d, day.Clock(17, 0), 8)
	h.day(d + 1) // nothing changes: the eighth day is now another date
	h.day(d + 2)
	h.lead(d+2, day.Clock(0, 1), 7) // replaces yesterday's at once
	h.day(d + 5)                    // nothing was measured for two days
	h.lead(d+5, day.Clock(13, 0), 20)
	want := []Closed{
		{Day: d, Days: 12, Worst: -1, Goal: 10, Limit: 14}, {Day: d + 1, Days: 8, Worst: 8, Goal: 10, Limit: 14},
		{Day: d + 2, Days: 7, Worst: 7, Goal: 10, Limit: 14}, {Day: d + 5, Days: 20, Worst: 20, Goal: 10, Limit: 14, Open: true},
	}
	got := h.Days(altona, d, d+9)
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
	h.day(d + 6)
	if got := h.Days(altona, d+5, d+6); len(got) != 1 || got[0].Days != 7 || got[0].Worst != 20 {
		t.Errorf("at noon it was 7, at one 20: %+v", got)
	}
	if got := h.Days(altona, d+1, d+3); len(got) != 2 || got[0].Day != d+1 {
		t.Errorf("a range: %+v", got)
	}
	if h.First() != d {
		t.Errorf("first %s", h.First())
	}
}

func TestBookingsAreCorrectedNotDoubled(t *testing.T) {
	h, d := tell(t), day.Date(2026, time.November, 23)
	h.day(d)
	count := func(version int64, days, counts []int) {
		h.say(d, 0, observed.BookingsObserved{Centre: "altona-1", Day: d - 1, Version: version, Skills: []observed.Ahead{{Skill: id.Skill("id"), Days: days, Counts: counts}}})
	}
	count(1, []int{3, 14}, []int{2, 1})
	count(2, []int{3, 11, 15}, []int{2, 1, 3})
	want := Booked{Count: 6, SumDays: 6 + 11 + 45, WithinGoal: 2, WithinLast: 3}
	if got := h.Bookings(altona, d-1); got != want {
		t.Fatalf("%+v, want %+v", got, want)
	}
	if got := h.BookingsIn(altona, d-30, d); got != want {
		t.Fatalf("%+v", got)
	}
}

func TestADayOfServiceIsItsWorst(t *testing.T) {
	h, d := tell(t), day.Date(2026, time.November, 23)
	load := func(appointments, risk int, uncovered day.Minutes) {
		h.say(d, 600, observed.LoadObserved{Centre: "altona-1", Day: d, Appointments: appointments, AtRisk: risk, Uncovered: map[id.Skill]day.Minutes{"id": uncovered}})
	}
	h.day(d - 1)
	changed := h.Changed
	load(40, 0, 0)
	if h.Changed != changed {
		t.Error("a booking changes nothing on the public page")
	}
	h.day(d)
	load(41, 3, 45)
	load(20, 0, 0)
	h.day(d + 1)
	if got := h.Served("altona", d-9, d+9); len(got) != 1 || got[0] != (Served{d, 41, 3, 45}) {
		t.Fatalf("%+v", got)
	}
}
