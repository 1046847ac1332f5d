package search

import (
	"math"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// keepRelated takes back moves since a plan that do not hang together with a
// place at which the region asks for help: an exchange elsewhere may gain, but it
// is no part of mending what happened here.
func (p *Planner) keepRelated(begin []int32, r Region) {
	if r.Heads == nil {
		return
	}
	s := p.s
	for _, g := range s.groups(s.since(begin)) {
		related := false
		for _, q := range g {
			e, t := s.person(q.i)
			_, named := r.Heads[planning.Spot{Centre: s.x[e][t], Day: t}]
			related = related || named
		}
		if !related {
			s.try(g, math.MaxInt64)
		}
	}
}
