package promise

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

// board is the city against its promise.
type board struct {
	Today, First day.Day
	Goal, Limit  int
	Districts    []district
	Groups       []capacity.ServiceGroup
	Closures     []read.MeasureOfMonth
}

type district struct {
	capacity.District
	Gauges []gauge // one for each group, in their order
}

// gauge is one service group in one district.
type gauge struct {
	Group    capacity.ServiceGroup
	Measured bool
	Now      int // days to the third next available; -1: none on offer
	Kept     bool
	GoalMet  bool
	Budget   promise.Budget
	Booked   read.Booked // of the window
}

// broken are the gauges of a district in which the promise is not kept.
func (d district) broken() (all []gauge) {
	for _, g := range d.Gauges {
		if g.Measured && !g.Kept {
			all = append(all, g)
		}
	}
	return all
}

func (d district) measured() bool {
	return slices.ContainsFunc(d.Gauges, func(g gauge) bool { return g.Measured })
}

// budget of the whole district: days times groups.
func (d district) budget() (b promise.Budget) {
	for _, g := range d.Gauges {
		b.Measured, b.Kept, b.Lost, b.Allowed = b.Measured+g.Budget.Measured, b.Kept+g.Budget.Kept, b.Lost+g.Budget.Lost, b.Allowed+g.Budget.Allowed
	}
	if b.Allowed > 0 {
		b.Used = float64(b.Lost) / b.Allowed
	}
	return b
}

func (d *desk) board() board {
	return of(d, &d.views, "board", func() board {
		c, h := d.app.City, d.app.History
		b := board{Today: h.Today, First: h.First(), Goal: c.Policy.GoalDays, Limit: c.Policy.LimitDays, Groups: c.Catalogue.Groups}
		for _, r := range c.Policy.Districts {
			row := district{District: r}
			for _, g := range c.Catalogue.Groups {
				row.Gauges = append(row.Gauges, gaugeOf(c, h, r.ID, g))
			}
			b.Districts = append(b.Districts, row)
		}
		b.Closures = closures(c, h.Today)
		return b
	}, same)
}

func gaugeOf(c *read.City, h *read.History, r id.District, g capacity.ServiceGroup) gauge {
	at := read.Gauge{District: r, Skill: g.Skill}
	v := gauge{Group: g, Budget: h.Budget(at, h.Today+1), Booked: h.BookingsIn(at, h.Today-promise.Window, h.Today)}
	if s, ok := c.LeadTimes[at]; ok && s.Measured {
		v.Measured, v.Now = true, s.Last.Days
		v.Kept, v.GoalMet = !promise.Broken(v.Now, s.Last.Limit), !promise.Broken(v.Now, s.Last.Goal)
	}
	return v
}

// soon is how far ahead measures are told to the public.
const soon = 90

// closures are the measures that citizens should know of: now or soon.
func closures(c *read.City, today day.Day) (all []read.MeasureOfMonth) {
	for _, m := range c.Measures {
		state := read.StateOf(m, today)
		if m.Kind == capacity.MeasureReserve || state != read.MeasureInForce && (state != read.MeasurePlanned || m.From > today+soon) {
			continue
		}
		all = append(all, read.MeasureOfMonth{Measure: m.Measure, CentreName: c.Centres[m.Centre].Name, State: state})
	}
	slices.SortFunc(all, func(a, b read.MeasureOfMonth) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID))
	})
	return all
}
