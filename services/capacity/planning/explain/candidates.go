package explain

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// candidate is somebody who might come to a place, for all who are like them:
// same centre, home, skills, minutes, hours and rules in the way.
type candidate struct {
	e, from int
	alike   int // others like them
	blocks  []rule.Name
	law     bool // one of blocks is not for a planner to waive
	// floor in points: coming costs no less, by the prices of the moment; hope
	// is what it brings at most, with minimum staff and moments at risk.
	floor, hope float64
}

func (k candidate) step(to, t int) flow.Step { return flow.Step{E: k.e, T: t, From: k.from, To: to} }

// candidates lists who is elsewhere on a day and might come to a centre, the
// cheapest first; if others is set, without those whom the proposal moves on that
// day itself. Of those whom a rule forbids to come only such as might help are
// listed.
func (p *prices) candidates(c, t int, others bool) []candidate {
	var all []candidate
	type key struct {
		from, home, kind, minutes int
		hours                     planning.Span // moments at risk are of the early ones or of the late ones
		blocks                    string
	}
	index := map[key]int{}
	relief, at := p.relief(c, t)
	for e := range p.x {
		from := p.x[e][t]
		if from == planning.Nowhere || from == c || others && p.proposed[spot{e, t}] {
			continue
		}
		k := candidate{e: e, from: from}
		k.floor = p.floor(k.step(c, t))
		k.hope = -k.floor + relief + at*float64(p.in.Avail[e][t])
		if p.inTheWay(p.book, e, t, c, nil) != "" {
			if k.hope <= leastHelp { // nobody asks why somebody does not come who is no help
				continue
			}
			k.blocks, k.law = p.blocks(e, t, c)
		}
		id := key{from: from, home: p.in.Staff[e].Home, kind: p.w.Kind[e], minutes: p.in.Avail[e][t], blocks: joined(k.blocks)}
		if p.in.Duties != nil {
			id.hours = p.in.Duties[e][t]
		}
		if i, known := index[id]; known {
			all[i].alike++
			continue
		}
		index[id] = len(all)
		all = append(all, k)
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.floor, b.floor) })
	return all
}

// relief is what somebody who comes to a place may bring beyond the mix: points
// for the minimum staff, and points per minute for moments at risk.
func (p *prices) relief(c, t int) (heads, minute float64) {
	if p.missing(c, t) > 0 {
		heads = p.in.Weights.MissingHead
	}
	for i := range p.risks {
		if r := &p.risks[i]; r.Centre == c && r.Day == t && p.stays(r) > p.w.Lost(c, t) {
			minute = r.Points
		}
	}
	return heads, minute
}

// floor is the least that a step can cost by the present prices.
func (p *prices) floor(s flow.Step) float64 {
	move, change := flow.PlaceCost(p.in, s.E, s.T, s.To)
	had, kept := flow.PlaceCost(p.in, s.E, s.T, s.From)
	return move + change - had - kept - float64(p.in.Avail[s.E][s.T])*(p.minute(s.E, s.To, s.T)-p.minute(s.E, s.From, s.T))
}

// minute is what one more minute of an employee is worth at a centre.
func (p *prices) minute(e, c, t int) (points float64) {
	if p.w.Serves(e, c, t) {
		return p.w.Worth(c, p.w.Kind[e], t)
	}
	for _, s := range p.in.Staff[e].Skills {
		points = max(points, p.w.SkillWorth(c, s, t))
	}
	return points
}
