package search

import (
	"cmp"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// priced is what steps cost, exactly, by part. The plan stays as it is; ok is
// false where a rule forbids them.
func (s *state) priced(steps []step) (cost int64, parts planning.Parts, ok bool) {
	old, _ := s.net.Parts()
	return s.pricedFrom(&old, steps)
}

// pricedFrom is priced for who knows the parts of the present mix; with nil parts
// are not looked at.
func (s *state) pricedFrom(old *planning.Parts, steps []step) (cost int64, parts planning.Parts, ok bool) {
	units := s.net.Units()
	var room [8]step
	move, change, row := s.places(steps)
	staffing, ok, undo := s.apply(steps, room[:0])
	m, ch, r := s.places(undo)
	err := s.moveAll(undo)
	risk := s.risks.price(s) - s.risks.cost
	cost = staffing + s.net.Units() - units + risk
	var now planning.Parts
	if old != nil {
		now, _ = s.net.Parts()
	}
	s.net.Restore(&s.keep)
	s.apply(undo, nil)
	if old == nil {
		return cost, parts, ok && err == nil
	}
	parts = now.Minus(*old)
	parts.Uncovered += float64(risk) / flow.Unit
	parts.Move, parts.Change = m-move+r-row, ch-change
	parts.MissingHead = float64(staffing)/flow.Unit - parts.Move - parts.Change
	if math.Abs(parts.MissingHead) < 1e-6 {
		parts.MissingHead = 0
	}
	parts.Fairness = 0
	parts.Fairness = float64(cost)/flow.Unit - parts.Sum()
	if math.Abs(parts.Fairness) < 1e-6 {
		parts.Fairness = 0
	}
	return cost, parts, ok && err == nil
}

// places sums what the places of person-days cost, and the rows of their people.
func (s *state) places(steps []step) (move, change, row float64) {
	seen := -1
	for _, p := range steps {
		e, t := s.person(p.i)
		m, c := flow.PlaceCost(s.in, e, t, s.x[e][t])
		move, change = move+m, change+c
		if s.personal.is(e) && e != seen {
			row += float64(s.personal.points[e]) / flow.Unit
			seen = e
		}
	}
	return move, change, row
}

func negative(p planning.Parts) planning.Parts { return planning.Parts{}.Minus(p) }

// takeBack takes back the moves since a plan without which less than least would
// be lost, alone or together with those that hang together with them, and lists
// the others.
func (p *Planner) takeBack(begin []int32, least float64) []planning.Move {
	s := p.s
	floor := int64(math.Ceil(max(least, 1e-6) * flow.Unit))
	for {
		var moves []planning.Move
		var weak []step
		var how []int64
		all := s.since(begin)
		mix, _ := s.net.Parts()
		for _, q := range all {
			cost, parts, _ := s.pricedFrom(&mix, []step{q})
			moves = append(moves, s.move(q, cost, parts))
			if cost < floor {
				weak, how = append(weak, q), append(how, cost)
			}
		}
		back := s.weakGroups(all, floor)
		if len(back) == 0 {
			order := make([]int, len(weak))
			for j := range order {
				order[j] = j
			}
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(how[a], how[b]) })
			for _, j := range order {
				back = append(back, []step{weak[j]})
			}
		}
		taken := false
		for _, steps := range back {
			// Others may have gone since.
			if cost, _, ok := s.pricedFrom(nil, steps); ok && cost < floor*int64(len(steps)) {
				if _, kept := s.try(steps, math.MaxInt64); kept {
					taken = true
				}
			}
		}
		if !taken {
			slices.SortStableFunc(moves, func(a, b planning.Move) int { return -cmp.Compare(a.Gain, b.Gain) })
			p.k.recount()
			p.k.refresh()
			return moves
		}
	}
}

// since lists the steps back to an earlier plan.
func (s *state) since(begin []int32) (steps []step) {
	for i, o := range begin {
		if o != s.at[i] {
			steps = append(steps, step{int32(i), o})
		}
	}
	return steps
}

// weakGroups are steps back that hang together and would cost less than floor
// each.
func (s *state) weakGroups(all []step, floor int64) (weak [][]step) {
	for _, g := range s.groups(all) {
		if len(g) < 2 {
			continue
		}
		if cost, _, ok := s.pricedFrom(nil, g); ok && cost < floor*int64(len(g)) {
			weak = append(weak, g)
		}
	}
	return weak
}

// move describes a step taken, from what it would cost to take it back.
func (s *state) move(back step, cost int64, parts planning.Parts) planning.Move {
	e, t := s.person(back.i)
	to := s.x[e][t]
	return planning.Move{Employee: e, Day: t, From: int(s.options[back.to].c), To: to, TravelMinutes: s.in.Travel[s.in.Staff[e].Home][to],
		Gain: float64(cost) / flow.Unit, Split: parts}
}
