package glance

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/asked"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
)

// forecast asks how each district's lead times go on over the horizon.
func (r *Raw) forecast() {
	c := &r.city
	if c.Days == 0 || len(c.Groups) == 0 {
		return
	}
	set := demand.Of(r.policy.Planning)
	q := forecast.Question{Days: c.Days, Horizon: c.Days, MinLead: r.policy.MinLeadDays, Dispersion: set.DemandDispersion, Choice: r.policy.GoalDays}
	for _, g := range c.Groups {
		q.Minutes = append(q.Minutes, asked.Minutes(r.catalogue, g.Skill))
		q.Any = append(q.Any, make([]float64, c.Days))
	}
	ask, sick := r.asked.Requests(r.policy), r.asked.Sickness(r.policy)
	q.AnySickness = sick("")
	closed := func(d day.Day) bool { return network.PublicHoliday(r.policy.Holidays, d) }
	for i, d := range r.policy.Districts {
		own, beyond := make([][]float64, len(c.Groups)), make([][]float64, len(c.Groups))
		for g, group := range c.Groups {
			own[g], beyond[g] = make([]float64, c.Days), r.asked.Beyond(d.ID, group.Skill)
			l := &c.Districts[i].Leads[g]
			l.Requests = make([]outlook.Day, c.Days)
			for t := range c.Days {
				all := ask(d, group.Skill, c.Today+day.Day(t))
				own[g][t] = all * (1 - d.AnyShare)
				q.Any[g][t] += all * d.AnyShare
				l.Requests[t], l.Learned = r.asked.Appointments(d, group.Skill, c.Today+day.Day(t))
			}
		}
		q.Own, q.Beyond, q.Sickness = append(q.Own, own), append(q.Beyond, beyond), append(q.Sickness, sick(d.ID))
		x := &c.Districts[i]
		x.Missed.Share, x.Missed.Counted = r.asked.NoShow(d.ID)
		x.Absent.Share, x.Absent.Counted = r.asked.Absent(d.ID)
		s := r.supply(i, q.Minutes)
		q.Earliest = append(q.Earliest, s.TakeEarliest(q.MinLead, q.Choice))
		q.Supply = append(q.Supply, s.Extend(c.Today, c.Days, closed, q.Minutes))
	}
	q.AnyEarliest = forecast.Together(q.Supply).TakeEarliest(q.MinLead, q.Choice)
	for i, bands := range forecast.Ahead(q) {
		for g := range bands {
			c.Districts[i].Leads[g].Ahead = bands[g]
		}
		wanted := func(g int) bool { return c.Districts[i].Leads[g].Demand }
		c.Districts[i].Ahead = forecast.Worst(bands, wanted)
	}
}

// supply is what a district offers. What is left of a day is known by group only:
// it is at least what the group could have that could have most, and no more
// than is not booked.
func (r *Raw) supply(i int, minutes []float64) forecast.Supply {
	c := &r.city
	s := forecast.Supply{Offered: make([]float64, c.Days), Left: make([]float64, c.Days), Free: make([][]float64, len(c.Groups))}
	for g, group := range c.Groups {
		s.Free[g] = make([]float64, c.Days)
		for t, n := range r.free[i][group.Skill] {
			s.Free[g][t] = float64(n)
			s.Left[t] = max(s.Left[t], float64(n)*minutes[g])
		}
	}
	for t, x := range c.Districts[i].Days {
		s.Offered[t] = float64(x.Offered)
		if unbooked := float64(x.Offered - x.Booked); s.Left[t] > 0 && unbooked > s.Left[t] {
			s.Left[t] = unbooked
		}
	}
	return s
}

// judge names the worst group, and the worst of each day behind.
func (d *District) judge() {
	by := map[day.Day]int{}
	for g, l := range d.Leads {
		if !l.Measured || !l.Demand {
			continue
		}
		if d.Worst < 0 || forecast.Longer(l.Days, d.Leads[d.Worst].Days) != d.Leads[d.Worst].Days {
			d.Worst = g
		}
		for _, p := range l.Past {
			if was, known := by[p.Day]; known {
				by[p.Day] = forecast.Longer(was, p.Days)
			} else {
				by[p.Day] = p.Days
			}
		}
	}
	for x, n := range by {
		d.Past = append(d.Past, Past{x, n})
	}
	slices.SortFunc(d.Past, func(a, b Past) int { return int(a.Day - b.Day) })
}
