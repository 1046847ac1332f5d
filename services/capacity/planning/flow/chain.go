package flow

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// chain is one stream of requests of one skill: own citizens of a district, or
// (district none) those who accept any centre.
type chain struct {
	district, skill int
	days            []int // days of service
	nodes           []int32
	steps           [][]int32 // by day of service: indices in Network.late
	fixed           fixed
}

// fixed is what is overdue whatever the flow: promise in days × slots, the
// others likewise with each day times its seasonal factor.
type fixed struct{ promise, dearGoal, dearPromise float64 }

// lateArc is one step of the convex price of a backlog: goal and promise count
// the days on which a minute on it is overdue.
type lateArc struct {
	arc      int32
	district int32 // none for pooled
	skill    int32
	overdue
}

// overdue counts days: promise as they are, the others each times its seasonal
// factor.
type overdue struct {
	promise               int32
	dearGoal, dearPromise float64
}

// breach is what a slot that long overdue costs, in points, fairness apart.
func (o *overdue) breach(w *planning.Weights) float64 { return o.dearPromise * w.BreachSlotDay }

// short is likewise for the goal.
func (o *overdue) short(w *planning.Weights) float64 { return o.dearGoal * w.GoalSlotDay }

func (o *overdue) add(promise bool, factor float64) {
	if !promise {
		o.dearGoal += factor
		return
	}
	o.promise++
	o.dearPromise += factor
}

// demand of a chain by request day.
func (w *Network) demand(q *chain) []int {
	if q.district == none {
		return w.In.DemandAny[q.skill]
	}
	return w.In.DemandOwn[q.district][q.skill]
}

// chainArcs lays the backlog of one chain: a minute served on the next day of
// service for a request of before is a unit of flow back in time, and the
// promise and the goal are the break points of its convex price. The demand is
// answered, so that the caller may balance it.
func (w *Network) chainArcs(q *chain) (total int64) {
	g := w.g
	asked := w.asked(q)
	q.fixed = w.unserved(q, asked)
	q.steps = make([][]int32, len(q.days))
	for j, t := range q.days {
		due := w.due(q, j, asked)
		g.SetSupply(int(q.nodes[j]), -due)
		total += due
		if q.district == none {
			for r := range w.R {
				if i := (r*w.S+q.skill)*w.T + t; w.open[i] != none {
					w.pooled = append(w.pooled, tied{int32(i), q.nodes[j]})
				}
			}
		} else if i := (q.district*w.S+q.skill)*w.T + t; w.open[i] != none {
			w.serve[i] = int32(g.AddArc(int(w.open[i]), int(q.nodes[j]), mincostflow.Infinite, 0))
		}
		for _, p := range w.backlog(q, j, asked) {
			w.addLate(q, j, p)
		}
	}
	return total
}

// asked answers what a chain was asked for up to and including a day.
func (w *Network) asked(q *chain) func(t int) int64 { return until(w.demand(q)) }

// until answers the sum of a row up to and including a day.
func until(row []int) func(t int) int64 {
	sum := make([]int64, len(row)+1)
	for t, m := range row {
		sum[t+1] = sum[t] + int64(m)
	}
	return func(t int) int64 { return sum[max(0, min(len(row), t+1))] }
}

// due is what was asked for early enough for the j-th day of service and too
// late for the one before.
func (w *Network) due(q *chain, j int, asked func(int) int64) int64 {
	sum := asked(q.days[j] - w.In.MinLeadDays)
	if j > 0 {
		sum -= asked(q.days[j-1] - w.In.MinLeadDays)
	}
	return sum
}

// unserved is what is overdue on days before the first day of service, and what
// is overdue although it was asked for too late to be served at all.
func (w *Network) unserved(q *chain, asked func(int) int64) (f fixed) {
	slot := w.In.SlotMinutes[q.skill]
	ownLate, ownGoal := w.In.OwnFactors(q.district)
	first := w.T
	if len(q.days) > 0 {
		first = q.days[0]
	}
	add := func(t int, late, goal int64) {
		factor := w.In.LateFactor(q.skill, t)
		f.promise += float64(late) / slot
		f.dearPromise += factor * ownLate * float64(late) / slot
		f.dearGoal += factor * ownGoal * float64(goal) / slot
	}
	for t := range first {
		add(t, asked(t-w.In.PromiseDays), asked(t-w.In.GoalDays))
	}
	for j, t := range q.days {
		due := asked(t - w.In.MinLeadDays)
		for d := t; d < w.next(q, j); d++ {
			add(d, max(0, asked(d-w.In.PromiseDays)-due), max(0, asked(d-w.In.GoalDays)-due))
		}
	}
	return f
}

// next is the day of service after the j-th, or the end.
func (w *Network) next(q *chain, j int) int {
	if j+1 < len(q.days) {
		return q.days[j+1]
	}
	return w.T
}

// lateStep is a piece of the price of a backlog: so many minutes, overdue on so
// many days.
type lateStep struct {
	minutes int64
	overdue
}

// backlog is the price of what waits after the j-th day of service: a backlog of
// more than certain amounts is overdue on one more day.
func (w *Network) backlog(q *chain, j int, asked func(int) int64) (pieces []lateStep) {
	t := q.days[j]
	due := asked(t - w.In.MinLeadDays)
	type step struct {
		at      int64
		promise bool
		factor  float64
	}
	var steps []step
	ownLate, ownGoal := w.In.OwnFactors(q.district)
	for d := t; d < w.next(q, j); d++ {
		factor := w.In.LateFactor(q.skill, d)
		for _, s := range []step{{asked(d - w.In.PromiseDays), true, factor * ownLate}, {asked(d - w.In.GoalDays), false, factor * ownGoal}} {
			if s.at > 0 {
				s.at = max(0, due-s.at)
				steps = append(steps, s)
			}
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return int(a.at - b.at) })
	var l lateStep
	from := int64(0)
	for i := 0; i <= len(steps); i++ {
		to := int64(mincostflow.Infinite)
		if i < len(steps) {
			to = steps[i].at
		}
		if to > from {
			l.minutes = to - from
			if to == mincostflow.Infinite {
				l.minutes = to
			}
			pieces = append(pieces, l)
			from = to
		}
		if i < len(steps) {
			l.add(steps[i].promise, steps[i].factor)
		}
	}
	return pieces
}

// addLate lays one piece of a backlog's price.
func (w *Network) addLate(q *chain, j int, p lateStep) {
	next := w.outside
	if j+1 < len(q.nodes) {
		next = int(q.nodes[j+1])
	}
	a := w.g.AddArc(next, int(q.nodes[j]), p.minutes, 0)
	q.steps[j] = append(q.steps[j], int32(len(w.late)))
	w.late = append(w.late, lateArc{int32(a), int32(q.district), int32(q.skill), p.overdue})
}

// sumFixed adds up what no flow changes.
func (w *Network) sumFixed() {
	w.constGoal, w.constBreach = 0, 0
	w.constLate = make([]float64, w.R)
	for i := range w.chains {
		q := &w.chains[i]
		w.constGoal += w.In.Weights.GoalSlotDay * q.fixed.dearGoal
		w.constBreach += w.In.Weights.BreachSlotDay * q.fixed.dearPromise
		if q.district != none {
			w.constLate[q.district] += q.fixed.promise
		}
	}
}
