package read

import (
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
)

// OfferedWithin are the minutes for appointments that who is on duty could offer if
// the centre were open at these times.
func (c *City) OfferedWithin(p Place, open []day.Span) (sum day.Minutes) {
	var present []offering.Presence
	for e, duties := range c.At[p] {
		if _, gone := c.Withdrawn[p][e]; gone {
			continue
		}
		for _, d := range duties {
			present = append(present, offering.Presence{Employee: e, Span: d.Span, Breaks: d.Breaks, Skills: c.Duties[e].Skills})
		}
	}
	for _, l := range offering.Lines(present, open, c.Rules()) {
		if l.Use == capacity.ForAppointments {
			sum += observed.WithoutBreaks(l.Span, l.Breaks)
		}
	}
	return sum
}

// BookedOutside are the booked minutes of a place that lie outside of some times:
// all of them where booking has not told when they are.
func (c *City) BookedOutside(p Place, open []day.Span) (outside day.Minutes) {
	l := c.Loads[p]
	if l.InUse == nil {
		if len(open) == 0 {
			return l.BookedMinutes()
		}
		return 0
	}
	for i, n := range l.InUse.Counters {
		at := l.InUse.From + day.TimeOfDay(i)*day.TimeOfDay(l.InUse.Step)
		step := day.Span{From: at, To: at + day.TimeOfDay(l.InUse.Step)}
		inside := day.Minutes(0)
		for _, s := range open {
			inside += s.Meet(step).Minutes()
		}
		outside += day.Minutes(n) * (step.Minutes() - inside)
	}
	return outside
}

// Reserve is how many people stay at a place at least, by its district's measures.
func (c *City) Reserve(p Place) (people int) {
	for _, m := range c.Measures {
		if m.Kind == capacity.MeasureReserve && m.Centre == p.Centre && m.Contains(p.Day) {
			people = max(people, m.People)
		}
	}
	return people
}

// DistrictName is what citizens call it.
func (c *City) DistrictName(r id.District) string {
	for _, d := range c.Policy.Districts {
		if d.ID == r {
			return d.Name
		}
	}
	return string(r)
}
