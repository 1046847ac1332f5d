package search

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// Coming is somebody who is elsewhere on a day and might come to a centre.
type Coming struct {
	Employee, From int
	// Rule that forbids it as the plan stands, "" if none does.
	Rule rule.Name
	// Hope is what it gains at most by the prices of the moment, in points,
	// minimum staff apart; 0 where a rule forbids it.
	Hope float64
}

// Come asks of everybody who is elsewhere on a day whether they may come to a
// centre: first those who may, the most hopeful first. The planner is left as it
// was.
func (p *Planner) Come(c, t int) ([]Coming, error) {
	if !p.priced {
		if err := p.Price(); err != nil {
			return nil, err
		}
	}
	s := p.s
	var all []Coming
	for e := range s.in.Staff {
		from := s.x[e][t]
		if from < 0 || from == c {
			continue
		}
		k := Coming{Employee: e, From: from, Rule: p.forbids(e, t, c)}
		if i := int32(e*s.in.Horizon + t); k.Rule == "" {
			if o := s.option(i, c); o >= 0 {
				k.Hope = -float64(s.floor(step{i, o})) / flow.Unit
			}
		}
		all = append(all, k)
	}
	slices.SortStableFunc(all, func(a, b Coming) int {
		switch {
		case (a.Rule == "") != (b.Rule == ""):
			if a.Rule == "" {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Hope, a.Hope)
	})
	return all, nil
}

// InTheWay is the rule that forbids most of those who are present elsewhere to
// come to a centre on a day; WayHeads, WayPrice or WayNobody where none does.
func (p *Planner) InTheWay(c, t int) string { return p.inTheWay(c, t) }
