package planner

import (
	"encoding/binary"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// cover answers whether a centre keeps what is booked covered at every moment of
// a day when people leave it: it makes the offering that capacity would then
// say, and compares it with the counters that booking says are in use. What it
// has worked out it remembers; it belongs to one planning run.
type cover struct {
	city    *read.City
	problem *problem
	present map[int]map[id.Centre][]offering.Presence // day → who is on duty
	places  map[[2]int]*giver
	known   map[string]bool
}

// giver is one centre on one day.
type giver struct {
	staying []offering.Presence // without those whom given moves take away
	before  []capacity.Line     // as offered now
}

func newCover(c *read.City, p *problem) *cover {
	return &cover{c, p, map[int]map[id.Centre][]offering.Presence{}, map[[2]int]*giver{}, map[string]bool{}}
}

// mayLeave is planning.Instance.MayLeave. Where booking has not told what is in
// use, the day's minutes decide alone.
func (v *cover) mayLeave(c, t int, gone []int) bool {
	use := v.city.Loads[v.place(c, t)].InUse
	if use == nil {
		return true
	}
	gone = slices.Sorted(slices.Values(gone))
	key := binary.AppendVarint(binary.AppendVarint(nil, int64(c)), int64(t))
	for _, e := range gone {
		key = binary.AppendVarint(key, int64(e))
	}
	if answer, asked := v.known[string(key)]; asked {
		return answer
	}
	g := v.giver(c, t)
	left := slices.DeleteFunc(slices.Clone(g.staying), func(p offering.Presence) bool {
		e, known := v.problem.staffAt[p.Employee]
		return known && slices.Contains(gone, e)
	})
	answer := offering.KeepsCovered(g.before, v.lines(c, t, left), *use)
	v.known[string(key)] = answer
	return answer
}

func (v *cover) place(c, t int) read.Place {
	return read.Place{Centre: v.problem.centres[c], Day: v.problem.day(t)}
}

func (v *cover) giver(c, t int) *giver {
	at := [2]int{c, t}
	if g := v.places[at]; g != nil {
		return g
	}
	place := v.place(c, t)
	here := slices.DeleteFunc(slices.Clone(v.onDuty(t)[place.Centre]), func(p offering.Presence) bool {
		_, withdrawn := v.city.Withdrawn[place][p.Employee]
		return withdrawn
	})
	g := &giver{before: v.lines(c, t, here)}
	for _, p := range here {
		if e, known := v.problem.staffAt[p.Employee]; !known || v.problem.Prev[e][t] == c || v.problem.Prev[e][t] == planning.Nowhere {
			g.staying = append(g.staying, p)
		}
	}
	v.places[at] = g
	return g
}

// onDuty lists a day's duties by centre.
func (v *cover) onDuty(t int) map[id.Centre][]offering.Presence {
	if all := v.present[t]; all != nil {
		return all
	}
	all := map[id.Centre][]offering.Presence{}
	on := v.problem.day(t)
	for e, d := range v.city.Duties {
		for _, x := range d.Duties {
			if x.Day == on {
				all[x.Centre] = append(all[x.Centre], offering.Presence{Employee: e, Span: x.Span, Breaks: x.Breaks, Skills: d.Skills})
			}
		}
	}
	v.present[t] = all
	return all
}

func (v *cover) lines(c, t int, present []offering.Presence) []capacity.Line {
	return offering.Lines(present, v.problem.opening[c][t], v.city.Rules())
}
