package read

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// shortNotice is how many days before a duty its loss counts as unexpected: two weeks,
// for which rosters are published. What is known longer before is leave.
const shortNotice = 14

// countAbsent counts what was lost at short notice of the days from..until-1, which lie
// behind from now on: where somebody was to be on duty and was not. It knows no reasons.
func (c *City) countAbsent(from, until day.Day) {
	type minutes struct{ lost, of day.Minutes }
	days := map[Place]minutes{}
	behind := func(p Place) bool { return from <= p.Day && p.Day < until }
	for p, present := range c.At {
		if !behind(p) {
			continue
		}
		m := days[p]
		for _, duties := range present {
			for _, d := range duties {
				m.of += d.Minutes()
			}
		}
		days[p] = m
	}
	for p, all := range c.Losses {
		if !behind(p) {
			continue
		}
		m := days[p]
		for e, l := range all {
			if gone := l.Duty.Minutes() - c.presentFor(p, e); gone > 0 && l.On >= p.Day-shortNotice {
				m.lost, m.of = m.lost+gone, m.of+gone
			}
		}
		days[p] = m
	}
	for p, m := range days {
		c.counts.Absent(p.Centre, p.Day, m.lost, m.of)
	}
}

func (c *City) presentFor(p Place, e id.Employee) (m day.Minutes) {
	for _, d := range c.At[p][e] {
		m += d.Minutes()
	}
	return m
}
