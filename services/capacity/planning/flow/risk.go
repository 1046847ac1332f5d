package flow

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Risk is what is known to be uncovered at one centre on one day although its
// minutes may do: the previous plan has nobody there at that moment
// (planning.Instance.Uncovered).
type Risk struct {
	Centre, Day, Minutes int
	// Skills of these minutes as bits.
	Skills uint32
	// Points per minute, the mean of the skills'.
	Points float64
}

// Risks of an instance, by centre and day; nil when it knows of none.
func Risks(in *planning.Instance) (all []Risk) {
	for c, rows := range in.Uncovered {
		for t := range in.Horizon {
			r := Risk{Centre: c, Day: t}
			for s, row := range rows {
				if m := row[t]; m > 0 {
					r.Minutes += m
					r.Skills |= 1 << s
					r.Points += float64(m) * in.Weights.UncoveredSlot / in.SlotMinutes[s]
				}
			}
			if r.Minutes > 0 {
				r.Points /= float64(r.Minutes)
				all = append(all, r)
			}
		}
	}
	return all
}

// Stays is how many of the minutes nobody serves when all of come are there, who
// do not work there in the previous plan.
func (r *Risk) Stays(in *planning.Instance, come []int) int {
	switch {
	case len(come) == 0:
		return r.Minutes
	case in.StaysUncovered != nil:
		return in.StaysUncovered(r.Centre, r.Day, come)
	}
	left := r.Minutes
	for _, e := range come {
		for _, s := range in.Staff[e].Skills {
			if r.Skills>>s&1 == 1 {
				left -= min(left, in.Avail[e][r.Day])
				break
			}
		}
	}
	return left
}

// Lost are the booked minutes that the present flow leaves uncovered at a centre
// on a day.
func (w *Network) Lost(c, t int) (minutes int) {
	for s := range w.S {
		if l := w.lostAt[((c*w.S+s)*w.T+t)*2]; l != none {
			minutes += int(w.g.Flow(int(w.lost[l].arc)))
		}
	}
	return minutes
}

// addRisks puts into a result what stays uncovered at its moment where that is
// more than the flow leaves uncovered.
func (w *Network) addRisks(x [][]int, out *planning.Result) {
	risks := Risks(w.In)
	if risks == nil {
		return
	}
	before := w.In.Previous().X
	for _, r := range risks {
		var come []int
		for e := range x {
			if x[e][r.Day] == r.Centre && before[e][r.Day] != r.Centre {
				come = append(come, e)
			}
		}
		if over := r.Stays(w.In, come) - out.UncoveredMinutes[r.Centre][r.Day]; over > 0 {
			out.UncoveredMinutes[r.Centre][r.Day] += over
			out.Parts.Uncovered += float64(over) * r.Points
			out.Objective += float64(over) * r.Points
		}
	}
}

// LostUnits is what Lost costs, in units of 1/Unit points.
func (w *Network) LostUnits(c, t int) (units int64) {
	for s := range w.S {
		if l := w.lostAt[((c*w.S+s)*w.T+t)*2]; l != none {
			a := int(w.lost[l].arc)
			units += w.g.Flow(a) * w.g.CostOf(a)
		}
	}
	return units
}
