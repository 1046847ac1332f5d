package search

import (
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Absent takes an employee out on days from..to-1, elsewhere the plan stays as it
// is, and answers the damage, exact for the best mix. The plan must be solved or
// priced.
func (p *Planner) Absent(e, from, to int) (Damage, error) {
	if err := p.checkDays("absence", e, from, to); err != nil {
		return Damage{}, err
	}
	before, had := p.Objective(), p.uncovered()
	in, x := p.withAvail(e), p.x(e)
	for t := from; t < to; t++ {
		in.Avail[e][t], x[e][t] = 0, planning.Nowhere
	}
	if err := p.adopt(in, x); err != nil {
		return Damage{}, err
	}
	return p.damage(before, had), nil
}

// Back takes an absence back on days from..to-1: whom Absent took out is at home
// again, with the minutes of the instance last given to New or Update. It answers
// the points by which the objective falls. Days on which that instance has the
// employee absent stay so: for them there is Update.
func (p *Planner) Back(e, from, to int) (points float64, err error) {
	if err := p.checkDays("return", e, from, to); err != nil {
		return 0, err
	}
	before := p.Objective()
	in, x := p.withAvail(e), p.x(e)
	for t := from; t < to; t++ {
		if in.Avail[e][t] == 0 && p.given.Avail[e][t] > 0 {
			in.Avail[e][t], x[e][t] = p.given.Avail[e][t], in.Staff[e].Home
		}
	}
	if err := p.adopt(in, x); err != nil {
		return 0, err
	}
	return before - p.Objective(), nil
}

func (p *Planner) checkDays(what string, e, from, to int) error {
	if n, T := len(p.s.in.Staff), p.s.in.Horizon; e < 0 || e >= n || from < 0 || to > T || from > to {
		return fmt.Errorf("%s of employee %d on days %d to %d: give an employee below %d and days of 0 to %d", what, e, from, to, n, T)
	}
	return nil
}

// withAvail is the present instance with a row of minutes of its own for one
// employee.
func (p *Planner) withAvail(e int) *planning.Instance {
	in := *p.s.in
	in.Avail = slices.Clone(in.Avail)
	in.Avail[e] = slices.Clone(in.Avail[e])
	return &in
}

// x is the present plan with a row of its own for one employee.
func (p *Planner) x(e int) [][]int {
	x := slices.Clone(p.s.x)
	x[e] = slices.Clone(x[e])
	return x
}
