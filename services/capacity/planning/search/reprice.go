package search

import (
	"fmt"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// Reprice prices changes of the present plan, each on top of those before it: its
// exact gain, by part, and the hard rule that it breaks, or "". One that breaks a
// rule is priced but not made, nor one of somebody who is not present (rule
// "presence", no price). The planner is left as it was.
func (p *Planner) Reprice(changes []planning.Change) ([]planning.Priced, error) {
	if err := p.ask(changes); err != nil {
		return nil, err
	}
	s := p.s
	var start mincostflow.Basis
	s.net.Save(&start)
	begin, options := slices.Clone(s.at), len(s.options)
	out := make([]planning.Priced, len(changes))
	for i, c := range changes {
		out[i] = p.reprice(c)
	}
	if back := s.since(begin); len(back) > 0 {
		cost, _, _ := s.apply(back, nil)
		s.cost += cost
		s.net.Restore(&start)
		s.mark()
		p.k.recount()
		p.k.refresh()
	}
	s.options = s.options[:options]
	return out, nil
}

// Make prices changes as Reprice does and leaves those made that break no rule:
// the present plan has them until the next Update.
func (p *Planner) Make(changes []planning.Change) ([]planning.Priced, error) {
	if err := p.ask(changes); err != nil {
		return nil, err
	}
	out := make([]planning.Priced, len(changes))
	for i, c := range changes {
		out[i] = p.reprice(c)
	}
	p.best, p.value = append(p.best[:0], p.s.at...), math.Inf(1)
	return out, nil
}

// ask checks changes and makes sure that the plan has a price.
func (p *Planner) ask(changes []planning.Change) error {
	for i, c := range changes {
		for _, v := range []struct {
			name     string
			got, all int
		}{{"employee", c.Employee, len(p.s.in.Staff)}, {"day", c.Day, p.s.in.Horizon}, {"to", c.To, len(p.s.in.Centres)}} {
			if v.got < 0 || v.got >= v.all {
				return &planning.PathError{Path: fmt.Sprintf("changes[%d].%s", i, v.name), Reason: fmt.Sprintf("is %d: give 0 to %d", v.got, v.all-1)}
			}
		}
	}
	if p.priced {
		return nil
	}
	return p.Price()
}

func (p *Planner) reprice(c planning.Change) planning.Priced {
	s, k := p.s, p.k
	e, t := c.Employee, c.Day
	from := s.x[e][t]
	out := planning.Priced{Move: planning.Move{Employee: e, Day: t, From: from, To: c.To, TravelMinutes: s.in.Travel[s.in.Staff[e].Home][c.To]}}
	switch from {
	case planning.Nowhere:
		out.Rule = string(rule.Presence)
		return out
	case c.To:
		return out
	}
	i := int32(e*s.in.Horizon + t)
	o := s.option(i, c.To)
	if o < 0 { // forbidden: it has a price all the same
		move, change := flow.PlaceCost(s.in, e, t, c.To)
		s.options = append(s.options, option{int32(c.To), units(move + change)})
		o = int32(len(s.options) - 1)
	}
	out.Rule = string(p.forbids(e, t, c.To))
	cost, parts, _ := s.priced([]step{{i, o}})
	out.Gain, out.Split = -float64(cost)/flow.Unit, negative(parts)
	if out.Rule == "" {
		back := s.at[i]
		s.force([]step{{i, o}})
		s.mark()
		k.moved(i, s.options[back].c, s.options[o].c)
		k.refresh()
	}
	return out
}
