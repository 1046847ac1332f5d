package search

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// Names in planning.Unsolved that are no rules: as many were sent as were lost;
// every allowed move costs more than it mends; nobody is present elsewhere.
const (
	WayHeads  = "heads"
	WayPrice  = "price"
	WayNobody = "nobody"
)

// unsolved lists what stays uncovered or below the minimum within a region, the
// costliest first, with the rule in the way.
func (p *Planner) unsolved(r Region, days []int) (all []planning.Unsolved) {
	s := p.s
	for _, t := range days {
		for c := range s.in.Centres {
			if r.Heads != nil {
				if _, named := r.Heads[planning.Spot{Centre: c, Day: t}]; !named {
					continue
				}
			} else if len(r.Centres) > 0 && !slices.Contains(r.Centres, c) {
				continue
			}
			minutes, heads := s.lost(c, t), int(s.short(c, t))
			if minutes == 0 && heads == 0 {
				continue
			}
			points := float64(s.net.LostUnits(c, t)+s.missing*int64(heads)) / flow.Unit
			if k := s.risks.at(c*s.in.Horizon + t); k != nil {
				points += float64(k.price*int64(max(0, k.uncovered(s)-s.net.Lost(c, t)))) / flow.Unit
			}
			all = append(all, planning.Unsolved{Centre: c, Day: t, Minutes: minutes, Heads: heads, Points: points, Rule: p.inTheWay(c, t)})
		}
	}
	slices.SortStableFunc(all, func(a, b planning.Unsolved) int { return -cmp.Compare(a.Points, b.Points) })
	return all
}

// inTheWay is the rule that forbids most of those who are present elsewhere to
// come; reach counts only where it forbids everybody.
func (p *Planner) inTheWay(c, t int) string {
	s := p.s
	cell := c*s.in.Horizon + t
	full := int(s.heads[cell]) >= int(s.ceiling[cell]) && (s.in.Duties != nil || int(s.heads[cell]) < s.in.Centres[c].Counters)
	count, allowed, present := map[rule.Name]int{}, false, false
	for e := range s.in.Staff {
		from := s.x[e][t]
		if from == planning.Nowhere || from == c {
			continue
		}
		present = true
		if name := p.forbids(e, t, c); name == "" {
			allowed = true
		} else {
			count[name]++
		}
	}
	switch {
	case !present:
		return WayNobody
	case full:
		return WayHeads
	case allowed:
		return WayPrice
	}
	best := rule.Reach
	for _, q := range rule.Rules {
		if q.Name != rule.Reach && count[q.Name] > 0 && (best == rule.Reach || count[q.Name] > count[best]) {
			best = q.Name
		}
	}
	return string(best)
}

// forbids is the first rule that a person's change to a centre on a day breaks as
// the plan stands, "" if none does.
func (p *Planner) forbids(e, t, c int) rule.Name {
	s := p.s
	if name := s.book.Place(e, t, c); name != "" {
		return name
	}
	from, home := s.x[e][t], s.in.Staff[e].Home
	if w := e*s.weeks + int(s.week[t]); c != home && from == home && s.away[w] >= s.limit[w] {
		return rule.WeeklyCap
	}
	if s.personal.is(e) {
		s.x[e][t] = c
		_, broken := s.book.Row(e, s.x[e])
		s.x[e][t] = from
		if broken != "" && broken != s.personal.broken[e] {
			return broken
		}
	}
	cell := c*s.in.Horizon + t
	if s.personal.listed == nil && int(s.heads[cell]) >= s.in.Centres[c].Counters {
		return rule.Counters
	}
	if s.personal.listed != nil {
		if come := slices.Sorted(slices.Values(append(slices.Clone(s.personal.present[cell]), e))); int32(s.book.Over(c, t, come)) > s.personal.over[cell] {
			return rule.Counters
		}
	}
	if s.headsBy(from, t, e, -1) > 0 {
		return rule.Minimum
	}
	if p.k.uncovers(from, t, e) {
		return rule.Covered
	}
	if s.in.MayLeave != nil && s.before[e][t] == from {
		gone := []int{e}
		for f := range s.x {
			if s.before[f][t] == from && s.x[f][t] != from && s.x[f][t] != planning.Nowhere {
				gone = append(gone, f)
			}
		}
		if slices.Sort(gone); !s.in.MayLeave(from, t, gone) {
			return rule.Covered
		}
	}
	return ""
}

// uncovers tells, by the cells, whether a centre has more booked minutes uncovered
// once a person has left.
func (k *cells) uncovers(c, t, e int) bool {
	s := k.s
	if !s.in.OpenOn(c, t) {
		return false
	}
	i := (c*s.net.T + t) * s.net.K
	j, m := i+s.net.Kind[e], int32(s.in.Avail[e][t])
	_, now := k.price(c, t, s.load[i:i+s.net.K])
	s.load[j] -= m
	_, then := k.price(c, t, s.load[i:i+s.net.K])
	s.load[j] += m
	return then > now
}
