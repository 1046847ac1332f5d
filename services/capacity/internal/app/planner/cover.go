package planner

import (
	"encoding/binary"
	"hash/fnv"
	"maps"
	"runtime"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
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
	present [][][]offering.Presence // who is on duty, by day and centre; nil: not listed yet
	places  map[[2]int]*giver
	memory  *memory
}

// memory has what was worked out about places and people, as long as nothing there
// changes.
type memory struct {
	places map[read.Place]*remembered
	rows   map[id.Employee]*row
}

func newMemory() *memory {
	return &memory{map[read.Place]*remembered{}, map[id.Employee]*row{}}
}

type remembered struct {
	sum     uint64 // of all that the answers depend on
	answers map[string]bool
}

// giver is one centre on one day.
type giver struct {
	here    []offering.Presence // as offered now
	at      map[int]int         // who stays, by employee, in the order of here
	away    []int               // whom given moves take away, in the order of here
	leaving *offering.Leaving   // of here, once it is asked for
	answers map[string]bool
}

func newCover(c *read.City, p *problem, m *memory) *cover {
	return &cover{c, p, make([][][]offering.Presence, p.Horizon), map[[2]int]*giver{}, m}
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
	if g.leaving == nil {
		g.leaving = offering.NewLeaving(g.here, v.problem.opening[c][t], v.city.Rules(), *use)
	}
	runtime.Gosched() // whoever closes slots goes first
	answer := g.leaving.Keeps(append(who, g.away...))
	g.answers[string(key)] = answer
	return answer
}

// leaves counts who is there when these have gone.
func (v *cover) leaves(c, t int, gone []int) int {
	g := v.giver(c, t)
	n := len(g.here) - len(g.away)
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
	for _, p := range v.onDuty(c, t) {
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
			if known {
				g.at[e] = len(g.here)
			}
		} else {
			g.away = append(g.away, len(g.here))
		}
		g.here = append(g.here, p)
	}
	sum := fnv.New64a()
	_, _ = sum.Write(seen)
	was := v.memory.places[place]
	if was == nil || was.sum != sum.Sum64() {
		was = &remembered{sum.Sum64(), map[string]bool{}}
		v.memory.places[place] = was
	}
	g.answers = was.answers
	v.places[at] = g
	return g
}

// onDuty lists a place's duties, by employee.
func (v *cover) onDuty(c, t int) []offering.Presence {
	p := v.problem
	if v.present[t] == nil {
		v.present[t] = make([][]offering.Presence, len(p.centres))
		on := p.day(t)
		for _, e := range p.everybody {
			d := v.city.Duties[e]
			for i := range d.Duties {
				if x := &d.Duties[i]; x.Day == on {
					if c, known := p.centreAt[x.Centre]; known {
						v.present[t][c] = append(v.present[t][c], offering.Presence{Employee: e, Span: x.Span, Breaks: x.Breaks, Skills: d.Skills})
					}
				}
			}
		}
	}
	return v.present[t][c]
}
