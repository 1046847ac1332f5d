package search

import (
	"fmt"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// Damage is what an event does to the present plan before anything is mended,
// with the best mix, at the present fairness multipliers.
type Damage struct {
	// Points by which the objective rises.
	Points float64
	// Uncovered are booked minutes that are uncovered now and were not before.
	Uncovered []Uncovered
}

// Uncovered are booked minutes without staff.
type Uncovered struct {
	Centre, Skill, Day int
	Minutes            int64
}

// Present is the plan as it stands.
func (p *Planner) Present() planning.Plan {
	x := make([][]int, len(p.s.x))
	for e := range x {
		x[e] = slices.Clone(p.s.x[e])
	}
	return planning.Plan{X: x}
}

// Objective is the present plan's at the present multipliers: a lower bound of
// the exact one, and equal to it after Solve and Improve. Points.
func (p *Planner) Objective() float64 {
	return float64(p.s.cost)/flow.Unit + p.s.net.Objective()
}

// Absent takes an employee out on days from..to-1 and answers the damage, exact
// for the best mix. The plan must be solved or priced.
func (p *Planner) Absent(e, from, to int) (Damage, error) {
	s, T := p.s, p.s.in.Horizon
	if e < 0 || e >= len(s.in.Staff) || from < 0 || to > T || from > to {
		return Damage{}, fmt.Errorf("absence of employee %d on days %d to %d: give an employee below %d and days of 0 to %d",
			e, from, to, len(s.in.Staff), T)
	}
	before, had := p.Objective(), p.uncovered()
	var moves []flow.Step
	for t := from; t < to; t++ {
		i := e*T + t
		if s.at[i] < 0 {
			continue
		}
		c := s.x[e][t]
		moves = append(moves, flow.Step{E: e, T: t, From: c, To: planning.Nowhere})
		s.cost += s.headCost(c, t, s.heads[c*T+t]-1) - s.headCost(c, t, s.heads[c*T+t]) - s.options[s.at[i]].cost
		s.heads[c*T+t]--
		s.load[(c*T+t)*s.net.K+s.net.Kind[e]] -= int32(s.in.Avail[e][t])
		if c != s.in.Staff[e].Home {
			s.away[e*s.weeks+int(s.week[t])]--
		}
		p.k.gone(int32(i), s.options[s.at[i]].c)
		s.at[i], s.x[e][t] = -1, planning.Nowhere
	}
	if err := s.net.Move(moves...); err != nil {
		return Damage{}, err
	}
	for t := from; t < to; t++ {
		s.in.Avail[e][t] = 0
	}
	p.best, p.value = append(p.best[:0], s.at...), math.Inf(1)
	s.mark()
	p.k.refresh()
	d := Damage{Points: p.Objective() - before}
	for _, u := range p.uncovered() {
		for _, h := range had {
			if h.Centre == u.Centre && h.Skill == u.Skill && h.Day == u.Day {
				u.Minutes -= h.Minutes
			}
		}
		if u.Minutes > 0 {
			d.Uncovered = append(d.Uncovered, u)
		}
	}
	return d, nil
}

// Back takes an absence back on days from..to-1: whom Absent took out is at home
// again, with the minutes of the instance the planner was made for. It answers
// the points by which the objective falls. Days on which that instance has the
// employee absent stay so: they need a new planner.
func (p *Planner) Back(e, from, to int) (points float64, err error) {
	s, T := p.s, p.s.in.Horizon
	if e < 0 || e >= len(s.in.Staff) || from < 0 || to > T || from > to {
		return 0, fmt.Errorf("return of employee %d on days %d to %d: give an employee below %d and days of 0 to %d",
			e, from, to, len(s.in.Staff), T)
	}
	before := p.Objective()
	home := s.in.Staff[e].Home
	var moves []flow.Step
	for t := from; t < to; t++ {
		i := e*T + t
		o := s.first[i]
		for o < s.first[i+1] && int(s.options[o].c) != home {
			o++
		}
		if s.at[i] >= 0 || s.first[i] == s.first[i+1] {
			continue
		}
		if o == s.first[i+1] { // bound to a place by notice
			o = s.first[i]
		}
		c := int(s.options[o].c)
		s.in.Avail[e][t] = p.minutes[e][t]
		moves = append(moves, flow.Step{E: e, T: t, From: planning.Nowhere, To: c})
		s.cost += s.headCost(c, t, s.heads[c*T+t]+1) - s.headCost(c, t, s.heads[c*T+t]) + s.options[o].cost
		s.heads[c*T+t]++
		s.load[(c*T+t)*s.net.K+s.net.Kind[e]] += int32(s.in.Avail[e][t])
		if c != home {
			s.away[e*s.weeks+int(s.week[t])]++
		}
		s.at[i], s.x[e][t] = o, c
	}
	if err := s.net.Move(moves...); err != nil {
		return 0, err
	}
	p.best, p.value = append(p.best[:0], s.at...), math.Inf(1)
	s.mark()
	p.k.recount()
	p.k.refresh()
	return before - p.Objective(), nil
}

func (p *Planner) uncovered() (all []Uncovered) {
	p.s.net.Uncovered(func(c, skill, t int, minutes int64) { all = append(all, Uncovered{c, skill, t, minutes}) })
	return all
}

// Price prices the present plan without changing it: the start of a Planner that
// is to repair a plan rather than search one.
func (p *Planner) Price() error {
	p.s.net.Staff(p.s.x)
	if err := p.s.net.Optimise(); err != nil {
		return err
	}
	p.value = math.Inf(1)
	return p.settle()
}

// Repair mends the plan around days from..to-1 after an event: steps that help,
// one by one, then a short walk over each week that the days touch. Steps keep
// to the rules, and the rest of the plan stays. It answers the points gained.
func (p *Planner) Repair(from, to int, o Options) (gain float64) {
	s, k := p.s, p.k
	stop := o.Stop
	if stop == nil {
		stop = func() bool { return false }
	}
	before := s.total()
	var l list
	d := newDice(o.Seed)
	first := max(0, from-from%7)
	for a := first; a < to && !stop(); a += 7 {
		b := min(s.in.Horizon, a+7)
		k.descend(a, b, &l, stop)
		c := schedule{hot: 3, cold: coolest, limit: 15, tries: 4, most: repairTries, from: a, to: b}
		for range 1 + o.Rounds {
			if stop() {
				break
			}
			k.improve(c, d, &l, stop)
		}
	}
	// The plan at hand is the one to keep from here on.
	p.best, p.value = append(p.best[:0], s.at...), math.Inf(1)
	return float64(before-s.total()) / flow.Unit
}

const repairTries = 20_000
