package read

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"slices"
)

// byDay groups duties.
func byDay(duties []observed.Duty) map[day.Day][]observed.Duty {
	m := make(map[day.Day][]observed.Duty, len(duties))
	for _, d := range duties {
		m[d.Day] = append(m[d.Day], d)
	}
	return m
}

func minutes(duties []observed.Duty) (m day.Minutes) {
	for _, d := range duties {
		m += d.Minutes()
	}
	return m
}

// duties takes in an employee's new duties: places that change are touched,
// presence lost or regained is noted with its cause.
func (c *City) duties(stored eventlog.Event, e observed.DutiesObserved) {
	old, known := c.Duties[e.Employee]
	c.Duties[e.Employee] = e
	was, is := byDay(old.Duties), byDay(e.Duties)
	other := !slices.Equal(old.Skills, e.Skills)
	days := make([]day.Day, 0, len(is)+len(was))
	for d := range was {
		days = append(days, d)
	}
	for d := range is {
		if _, twice := was[d]; !twice {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	cause := stored.Meta.CorrelationID
	for _, d := range days {
		if !e.Horizon.Contains(d) && len(is[d]) == 0 {
			continue // rolled out of the horizon, not taken off duty
		}
		if !other && slices.EqualFunc(was[d], is[d], sameDuty) {
			continue
		}
		named := ""
		if known {
			named = cause
		}
		for _, x := range was[d] {
			p := Place{Centre: x.Centre, Day: d}
			if delete(c.At[p], e.Employee); len(c.At[p]) == 0 {
				delete(c.At, p)
			}
			c.touch(p, stored.Meta, named)
		}
		for _, x := range is[d] {
			p := Place{Centre: x.Centre, Day: d}
			if c.At[p] == nil {
				c.At[p] = map[id.Employee][]observed.Duty{}
			}
			c.At[p][e.Employee] = append(c.At[p][e.Employee], x)
			c.touch(p, stored.Meta, named)
		}
		for _, x := range was[d] {
			c.left(Place{Centre: x.Centre, Day: d}, e.Employee)
		}
		if known {
			c.compare(stored, e.Employee, was[d], is[d])
		}
	}
}

func sameDuty(a, b observed.Duty) bool {
	return a.Centre == b.Centre && a.Span == b.Span && a.Deployment == b.Deployment && slices.Equal(a.Breaks, b.Breaks)
}

// compare notes what one day of one employee loses or regains. Whoever works
// as long elsewhere is moved, not lost.
func (c *City) compare(stored eventlog.Event, e id.Employee, was, is []observed.Duty) {
	before, after := minutes(was), minutes(is)
	if after < before {
		p := Place{Centre: was[0].Centre, Day: was[0].Day}
		if c.Losses[p] == nil {
			c.Losses[p] = map[id.Employee]Lost{}
		}
		if _, already := c.Losses[p][e]; !already {
			c.Losses[p][e] = Lost{stored.Meta.CorrelationID, was[0], c.Today}
		}
		c.Causes[stored.Meta.CorrelationID] = stored.Meta
		c.need(p, stored.Meta.CorrelationID, stored.Position)
		c.recheck("", stored.Position, p, e)
		return
	}
	if after == before {
		if home := c.Duties[e].Home; len(was) > 0 && len(is) > 0 && is[0].Centre == home && was[0].Centre != home {
			c.free(is[0].Day, stored.Position)
		}
		return
	}
	c.free(is[0].Day, stored.Position)
	for _, x := range is {
		for p, lost := range c.lossesOf(e, x.Day) {
			if after < lost.Duty.Minutes() {
				continue
			}
			delete(c.Losses[p], e)
			if len(c.Losses[p]) == 0 {
				delete(c.Losses, p)
			}
			if n := c.Needs[p]; n != nil && !c.stillLost(p, lost.Cause) {
				if delete(n, lost.Cause); len(n) == 0 {
					delete(c.Needs, p)
				}
			}
			c.Regained[lost.Cause] = stored.Position
		}
	}
}

func (c *City) stillLost(p Place, cause string) bool {
	for _, l := range c.Losses[p] {
		if l.Cause == cause {
			return true
		}
	}
	return false
}

// lossesOf finds where an employee is missed on a day.
func (c *City) lossesOf(e id.Employee, d day.Day) map[Place]Lost {
	found := map[Place]Lost{}
	for k := range c.Centres {
		p := Place{Centre: k, Day: d}
		if l, ok := c.Losses[p][e]; ok {
			found[p] = l
		}
	}
	return found
}

func (c *City) need(p Place, cause string, position int64) {
	if p.Day < c.Today {
		return
	}
	if c.Needs[p] == nil {
		c.Needs[p] = map[string]int64{}
	}
	c.Needs[p][cause] = position
}
