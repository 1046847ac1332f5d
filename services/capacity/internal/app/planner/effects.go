package planner

import (
	"math"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/leadtime"
)

// effects compares two plans, for the districts where they differ.
func (r *run) effects(before, after outlook) []capacity.Effect {
	var all []capacity.Effect
	for i, d := range r.Districts {
		e := capacity.Effect{District: id.District(d), UncoveredBefore: r.unserved(before, i), UncoveredAfter: r.unserved(after, i),
			LateBefore: round(before.LateSlotDays[i]), LateAfter: round(after.LateSlotDays[i])}
		e.BeforeDays, e.AfterDays = r.leadTimes(before, after, i)
		touched := e.BeforeDays != e.AfterDays || e.UncoveredBefore != e.UncoveredAfter || e.LateBefore != e.LateAfter
		for t := range r.Horizon {
			touched = touched || before.Free[i][t] != after.Free[i][t]
		}
		if touched {
			all = append(all, e)
		}
	}
	return all
}

// leadTimes are the third next available of the district's worst skill that it
// has any demand for. Before is what booking has on offer; after is that and what
// the plan changes. Where booking has not told, the minutes that are left count.
func (r *run) leadTimes(before, after outlook, district int) (was, will int) {
	on := r.onOffer(before, after, district)
	return on.lead(0, r.MinLeadDays)
}

// onOffer are slots on offer by skill and day, before and after moves.
type onOffer struct{ had, has [][]int }

func (r *run) onOffer(before, after outlook, district int) (on onOffer) {
	offered, told := r.City.FreeByDay(id.District(r.Districts[district]))
	for s, skill := range r.skills {
		demand := 0
		for _, m := range r.DemandOwn[district][s] {
			demand += m
		}
		if demand == 0 {
			continue
		}
		had, has := make([]int, r.Horizon), make([]int, r.Horizon)
		for t := range r.Horizon {
			a, b := before.FreeSkill[district][s][t], after.FreeSkill[district][s][t]
			if told {
				had[t] = offered[skill][t]
				has[t] = max(0, had[t]+int(float64(b-a)/r.SlotMinutes[s]))
			} else {
				had[t], has[t] = int(float64(a)/r.SlotMinutes[s]), int(float64(b)/r.SlotMinutes[s])
			}
		}
		on.had, on.has = append(on.had, had), append(on.has, has)
	}
	return on
}

// lead is how long the worst skill's third next is away on a day; -1: none.
func (on onOffer) lead(t, least int) (was, will int) {
	worst := func(all [][]int) (days int) {
		for _, free := range all {
			d := leadtime.ThirdNext(free[t:], least)
			if d < 0 || days < 0 {
				days = -1
				continue
			}
			days = max(days, d)
		}
		return days
	}
	return worst(on.had), worst(on.has)
}

// unserved counts a district's booked appointments that nobody serves.
func (r *run) unserved(o outlook, district int) (n int) {
	for c, row := range o.unserved {
		if r.Centres[c].District == district {
			for _, slots := range row {
				n += int(math.Round(slots))
			}
		}
	}
	return n
}
