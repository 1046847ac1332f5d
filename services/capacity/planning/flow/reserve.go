package flow

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// Minutes of a kind of staff at a centre on a day; below 0 they are taken away.
type Minutes struct{ Centre, Kind, Day, Minutes int }

// Give puts minutes on top of the staffing, all at once, and re-optimises. What
// a centre cannot use, since it is closed or nobody of the kind may be there, is
// left out. Only what was given may be taken away.
func (w *Network) Give(all ...Minutes) error {
	w.shifts = w.shifts[:0]
	for _, m := range all {
		if v := w.staff[(m.Centre*w.K+m.Kind)*w.T+m.Day]; v != none && m.Minutes != 0 {
			w.shifts = append(w.shifts, mincostflow.Shift{From: w.outside, To: int(v), Amount: int64(m.Minutes)})
		}
	}
	return w.g.MoveSupplies(w.shifts...)
}

// holding is up to which share of the price of the cheapest minute of a booked
// appointment a reserve that is held may cost.
const holding = .99

// HoldWalkins makes each minute held for walk-ins at a centre on a day so much
// dearer that no new appointment takes it, but booked ones do; or, with hold
// false, gives it back its price. It is dearer by the same amount everywhere, so
// that as few minutes as can be are given up, and the cheapest ones. The next
// Optimise is warm.
func (w *Network) HoldWalkins(c, t int, hold bool) {
	more := 0.0
	if hold {
		more = w.dearer()
	}
	for s := range w.S {
		at := w.lostAt[((c*w.S+s)*w.T+t)*2+1]
		if at == none {
			continue
		}
		w.g.SetCost(int(w.lost[at].arc), cost(w.walkinPrice(s, t)+more))
	}
}

// walkinPrice is points per minute.
func (w *Network) walkinPrice(s, t int) float64 {
	return w.In.WalkinPrice(s, t) / w.In.SlotMinutes[s]
}

// dearer is by how much, in points per minute, a minute is that is held.
func (w *Network) dearer() float64 {
	booked, walkin := 0.0, 0.0
	for s, slot := range w.In.SlotMinutes {
		if v := w.In.Weights.UncoveredSlot / slot; s == 0 || v < booked {
			booked = v
		}
		for t := range w.T {
			walkin = max(walkin, w.walkinPrice(s, t))
		}
	}
	return max(0, holding*booked-walkin)
}

// WalkinsLost are the minutes held for walk-ins that the present flow gives up,
// and beyond the points that they are charged above their price because of
// HoldWalkins.
func (w *Network) WalkinsLost(f func(c, s, t int, minutes int64)) (beyond float64) {
	for _, l := range w.lost {
		m := w.g.Flow(int(l.arc))
		if l.booked || m == 0 {
			continue
		}
		f(int(l.c), int(l.s), int(l.t), m)
		price := cost(w.walkinPrice(int(l.s), int(l.t)))
		beyond += float64(w.g.CostOf(int(l.arc))-price) / Unit * float64(m)
	}
	return beyond
}

// Overdue calls f for every district (−1: those who accept any centre), skill and
// day with minutes that are later than promised, with first come first served:
// all of them, and those of them that are so since that day. The sum of minutes
// by slot is the slot-days late, that of fresh ones the slots late.
func (w *Network) Overdue(f func(district, skill, day int, minutes, fresh int64)) {
	for i := range w.chains {
		q := &w.chains[i]
		asked, demand := w.asked(q), w.demand(q)
		late := func(t int, minutes int64) {
			if minutes > 0 {
				fresh := int64(0)
				if t >= w.In.PromiseDays {
					fresh = min(minutes, int64(demand[t-w.In.PromiseDays]))
				}
				f(q.district, q.skill, t, minutes, fresh)
			}
		}
		first := w.T
		if len(q.days) > 0 {
			first = q.days[0]
		}
		for t := range first {
			late(t, asked(t-w.In.PromiseDays))
		}
		for j, t := range q.days {
			backlog := int64(0)
			for _, l := range q.steps[j] {
				backlog += w.g.Flow(int(w.late[l].arc))
			}
			served := asked(t-w.In.MinLeadDays) - backlog
			for d := t; d < w.next(q, j); d++ {
				late(d, asked(d-w.In.PromiseDays)-served)
			}
		}
	}
}
