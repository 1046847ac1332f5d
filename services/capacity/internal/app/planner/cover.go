package planner

import (
	"encoding/binary"
	"hash/fnv"
	"maps"
	"runtime"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// cover answers whether a centre keeps what is booked covered at every moment of
// a day when people leave it: it makes the offering that capacity would then
// say, and compares it with the counters that booking says are in use. It belongs
// to one planning run; what it has worked out is remembered beyond it.
type cover struct {
	city    *read.City
	problem *problem
	present map[read.Place][]offering.Presence // who is on duty
	places  map[[2]int]*giver
	memory  memory
}

// memory has what was worked out about places, as long as nothing there changes.
type memory map[read.Place]*remembered

type remembered struct {
	sum     uint64 // of all that the answers depend on
	answers map[string]bool
}

// giver is one centre on one day.
type giver struct {
	staying []offering.Presence // without those whom given moves take away
	at      map[int]int         // who stays, by employee, in the order of here
	here    []offering.Presence // as offered now
	before  []capacity.Line     // of here, once it is asked for
	answers map[string]bool
}

func newCover(c *read.City, p *problem, m memory) *cover {
	return &cover{c, p, nil, map[[2]int]*giver{}, m}
}

// mayLeave is planning.Instance.MayLeave. Where booking has not told what is in
// use, the day's minutes decide alone.
func (v *cover) mayLeave(c, t int, gone []int) bool {
	if keep := v.city.Reserve(v.place(c, t)); keep > 0 && v.leaves(c, t, gone) < keep {
		return false
	}
	use := v.city.Loads[v.place(c, t)].InUse
	if use == nil {
		return true
	}
	g := v.giver(c, t)
	var room [8]int
	who := room[:0]
	for _, e := range gone {
		if k, here := g.at[e]; here {
			who = append(who, k)
		}
	}
	slices.Sort(who)
	var key []byte
	for _, k := range who {
		key = binary.AppendUvarint(key, uint64(k))
	}
	if answer, asked := g.answers[string(key)]; asked {
		return answer
	}
	if g.before == nil {
		g.before = v.lines(c, t, g.here)
	}
	left := slices.DeleteFunc(slices.Clone(g.staying), func(p offering.Presence) bool {
		e, known := v.problem.staffAt[p.Employee]
		return known && slices.Contains(gone, e)
	})
	runtime.Gosched() // whoever closes slots goes first
	answer := offering.KeepsCovered(g.before, v.lines(c, t, left), *use)
	g.answers[string(key)] = answer
	return answer
}

// leaves counts who is there when these have gone.
func (v *cover) leaves(c, t int, gone []int) int {
	g := v.giver(c, t)
	n := len(g.staying)
	for _, e := range gone {
		if _, here := g.at[e]; here {
			n--
		}
	}
	return n
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
	g := &giver{at: map[int]int{}}
	load := v.city.Loads[place]
	var seen []byte
	number := func(all ...int64) {
		for _, n := range all {
			seen = binary.AppendVarint(seen, n)
		}
	}
	spans := func(all []day.Span) {
		number(int64(len(all)))
		for _, x := range all {
			number(int64(x.From), int64(x.To))
		}
	}
	number(v.city.Policy.Version, v.city.Catalogue.Version)
	if use := load.InUse; use != nil {
		number(int64(use.From), int64(use.Step), int64(len(use.Counters)))
		for _, n := range use.Counters {
			number(int64(n))
		}
		for _, k := range slices.Sorted(maps.Keys(use.Skills)) {
			seen = append(append(seen, k...), 0)
			for _, n := range use.Skills[k] {
				number(int64(n))
			}
		}
	}
	spans(v.problem.opening[c][t])
	for _, p := range v.onDuty(place) {
		if _, withdrawn := v.city.Withdrawn[place][p.Employee]; withdrawn {
			continue
		}
		e, known := v.problem.staffAt[p.Employee]
		stays := !known || v.problem.Prev[e][t] == c || v.problem.Prev[e][t] == planning.Nowhere
		seen = append(append(seen, p.Employee...), 0)
		number(int64(p.From), int64(p.To), int64(len(p.Skills)))
		spans(p.Breaks)
		for _, k := range p.Skills {
			seen = append(append(seen, k...), 0)
		}
		if stays {
			seen = append(seen, 1)
			g.staying = append(g.staying, p)
			if known {
				g.at[e] = len(g.here)
			}
		}
		g.here = append(g.here, p)
	}
	sum := fnv.New64a()
	_, _ = sum.Write(seen)
	was := v.memory[place]
	if was == nil || was.sum != sum.Sum64() {
		was = &remembered{sum.Sum64(), map[string]bool{}}
		v.memory[place] = was
	}
	g.answers = was.answers
	v.places[at] = g
	return g
}

// onDuty lists a place's duties, by employee.
func (v *cover) onDuty(place read.Place) []offering.Presence {
	if v.present == nil {
		v.present = map[read.Place][]offering.Presence{}
		for _, e := range slices.Sorted(maps.Keys(v.city.Duties)) {
			d := v.city.Duties[e]
			for _, x := range d.Duties {
				p := read.Place{Centre: x.Centre, Day: x.Day}
				v.present[p] = append(v.present[p], offering.Presence{Employee: e, Span: x.Span, Breaks: x.Breaks, Skills: d.Skills})
			}
		}
	}
	return v.present[place]
}

func (v *cover) lines(c, t int, present []offering.Presence) []capacity.Line {
	return offering.Lines(present, v.problem.opening[c][t], v.city.Rules())
}
