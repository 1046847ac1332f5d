package search

import (
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// Present is the plan as it stands.
func (p *Planner) Present() planning.Plan {
	x := make([][]int, len(p.s.x))
	for e := range x {
		x[e] = slices.Clone(p.s.x[e])
	}
	return planning.Plan{X: x}
}

// Objective is the present plan's at the present multipliers: a lower bound of
// the exact one, and equal to it after Price, Solve and Improve. Points.
func (p *Planner) Objective() float64 {
	return float64(p.s.cost+p.s.risks.cost)/flow.Unit + p.s.net.Objective()
}

func (p *Planner) uncovered() (all []Uncovered) {
	p.s.net.Uncovered(func(c, skill, t int, minutes int64) { all = append(all, Uncovered{c, skill, t, minutes}) })
	return all
}

// Price prices the present plan without changing it: the start of a Planner that
// is to repair a plan rather than search one.
func (p *Planner) Price() error {
	if err := p.start(); err != nil {
		return err
	}
	p.value = math.Inf(1)
	return p.settle()
}

// start prices the present plan at the present multipliers.
func (p *Planner) start() error {
	s := p.s
	s.net.Staff(s.x)
	if err := s.net.Optimise(); err != nil {
		return err
	}
	s.mark()
	p.k.recount()
	p.k.refresh()
	p.best, p.value, p.priced = append(p.best[:0], s.at...), math.Inf(1), true
	return nil
}

// Result prices the present plan exactly, with the fairness term and with what is
// left for new appointments.
func (p *Planner) Result() (planning.Result, error) {
	if !p.priced {
		if err := p.start(); err != nil {
			return planning.Result{}, err
		}
	}
	r, err := p.s.net.Result(p.s.x)
	if err != nil {
		return planning.Result{}, err
	}
	p.s.mark()
	p.k.refresh()
	return r, nil
}
