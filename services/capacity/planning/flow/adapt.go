package flow

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// Presence is minutes of a person that a centre has on a day more than before,
// or less if negative.
type Presence struct{ E, T, C, Minutes int }

// Adapt takes over another instance and what has changed in the staffing, and
// re-optimises from the present mix. The instance must have the days, centres,
// skills, kinds of staff and weights of the one before; what is booked, held for
// walk-ins and asked for may differ anywhere. The network must be optimised.
func (w *Network) Adapt(in *planning.Instance, changed []Presence) error {
	old := w.In
	w.In, w.book = in, nil
	if w.delta == nil {
		w.delta = make([]int64, w.g.Nodes())
	}
	for _, p := range changed {
		w.give(w.place(p.E, p.C, p.T), int64(p.Minutes))
	}
	for c := range w.C {
		for s := range w.S {
			w.amounts(c, s, true, old.Booked[c][s], in.Booked[c][s])
			w.amounts(c, s, false, old.Walkin[c][s], in.Walkin[c][s])
		}
	}
	w.requests(old)
	w.shifts = w.shifts[:0]
	for _, v := range w.touched {
		if d := w.delta[v]; d != 0 {
			w.shifts = append(w.shifts, mincostflow.Shift{From: w.outside, To: int(v), Amount: d})
			w.delta[v] = 0
		}
	}
	w.touched = w.touched[:0]
	return w.g.MoveSupplies(w.shifts...)
}

// give notes supply that a node gets from outside.
func (w *Network) give(v int, amount int64) {
	if v == w.outside || amount == 0 {
		return
	}
	w.delta[v] += amount
	w.touched = append(w.touched, int32(v))
}

// amounts takes over what is booked or held for walk-ins.
func (w *Network) amounts(c, s int, booked bool, old, now []int) {
	for t, m := range now {
		if m == old[t] {
			continue
		}
		if v := w.need[(c*w.S+s)*w.T+t]; v != none {
			w.loseUpTo(c, s, t, booked, int64(m))
			w.give(int(v), int64(old[t]-m))
		}
	}
}

// requests takes over the demand of the chains for which it has changed.
func (w *Network) requests(old *planning.Instance) {
	changed := false
	for i := range w.chains {
		q := &w.chains[i]
		before := old.DemandAny[q.skill]
		if q.district != none {
			before = old.DemandOwn[q.district][q.skill]
		}
		if slices.Equal(before, w.demand(q)) {
			continue
		}
		changed = true
		w.askAnew(q, until(before))
	}
	if changed {
		w.sumFixed()
		keep := w.multiplier
		w.norms()
		w.SetMultipliers(keep)
	}
}

// askAnew lays the backlog of a chain for another demand: arcs that are there
// change what they hold, further ones are added, needless ones close.
func (w *Network) askAnew(q *chain, before func(t int) int64) {
	asked := w.asked(q)
	q.fixed = w.unserved(q, asked)
	for j := range q.days {
		v := int(q.nodes[j])
		w.give(v, w.due(q, j, before)-w.due(q, j, asked))
		pieces := w.backlog(q, j, asked)
		for n, i := range q.steps[j] {
			l := &w.late[i]
			if n < len(pieces) {
				w.g.SetCapacity(int(l.arc), pieces[n].minutes)
				l.overdue = pieces[n].overdue
			} else {
				w.g.SetCapacity(int(l.arc), 0)
			}
		}
		for n := len(q.steps[j]); n < len(pieces); n++ {
			w.addLate(q, j, pieces[n])
		}
	}
}

// Knows tells whether a person's minutes at a centre on a day would count: the
// centre is closed, or somebody of the same kind could be there when the network
// was made.
func (w *Network) Knows(e, c, t int) bool {
	return !w.In.OpenOn(c, t) || w.staff[(c*w.K+w.Kind[e])*w.T+t] != none
}
