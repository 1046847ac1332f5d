package planner

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// curveDays bounds how far curves reach; nearer to the end of the horizon there is
// too little behind a day for a lead time to be told.
const curveDays = 42

// curves are what moves do to the districts of effects, day by day.
func (r *run) curves(before, after outlook, moves []planning.Move, effects []capacity.Effect) (all []proposal.Curve) {
	n := max(1, min(curveDays, r.Horizon-r.PromiseDays))
	for i, d := range r.Districts {
		if !slices.ContainsFunc(effects, func(e capacity.Effect) bool { return e.District == id.District(d) }) {
			continue
		}
		c := proposal.Curve{District: id.District(d), From: r.from}
		had := r.supply(i, n)
		has := slices.Clone(had)
		for _, m := range moves {
			if m.Day >= n {
				continue
			}
			if r.Centres[m.From].District == i {
				has[m.Day] -= r.Avail[m.Employee][m.Day]
			}
			if r.Centres[m.To].District == i {
				has[m.Day] += r.Avail[m.Employee][m.Day]
			}
		}
		on := r.onOffer(before, after, i)
		for t := range n {
			was, will := on.lead(t, r.MinLeadDays)
			c.Before.Lead, c.After.Lead = append(c.Before.Lead, was), append(c.After.Lead, will)
			booked := r.booked(i, t)
			c.Before.Fill, c.After.Fill = append(c.Before.Fill, percent(booked, had[t])), append(c.After.Fill, percent(booked, has[t]))
			c.Before.Uncovered = append(c.Before.Uncovered, r.uncovered(before, i, t))
			c.After.Uncovered = append(c.After.Uncovered, r.uncovered(after, i, t))
		}
		all = append(all, c)
	}
	return all
}

func percent(part, whole int) int {
	if whole <= 0 {
		return -1
	}
	return (100*part + whole/2) / whole
}

// supply are the minutes of those who are in a district by the plan as it stands.
func (r *run) supply(district, days int) []int {
	out := make([]int, days)
	for e, row := range r.Prev {
		for t := range days {
			if c := row[t]; c != planning.Nowhere && r.Centres[c].District == district {
				out[t] += r.Avail[e][t]
			}
		}
	}
	return out
}

func (r *run) booked(district, t int) (minutes int) {
	for c := range r.Centres {
		if r.Centres[c].District == district {
			for s := range r.skills {
				minutes += r.Booked[c][s][t]
			}
		}
	}
	return minutes
}

func (r *run) uncovered(o outlook, district, t int) (minutes int) {
	for c, row := range o.UncoveredMinutes {
		if r.Centres[c].District == district {
			minutes += row[t]
		}
	}
	return minutes
}
