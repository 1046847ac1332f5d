package search

import (
	"cmp"
	"math/bits"
	"slices"
)

// nothing is up to what difference, in units, two plans cost the same: a millionth
// of a point.
const nothing = 1000

// trip is one person's days from one centre to another.
type trip struct {
	e        int
	from, to int32
	days     []int
}

// spareTheRare changes who goes among those who cost the same: whoever leaves a
// centre should be easily done without there, see missed. A colleague takes over
// all of a person's days at the same place, or else those of a week. The objective
// does not grow.
func (p *Planner) spareTheRare(begin []int32, stop stopper) {
	s := p.s
	p.k.recount()
	p.k.refresh()
	for _, weekly := range []bool{false, true} {
		for _, x := range s.trips(begin, weekly) {
			if stop() {
				return
			}
			for _, steps := range s.substitutes(x) {
				if p.k.floor(steps) > nothing {
					continue
				}
				if _, kept := s.try(steps, nothing+1); kept {
					p.k.recount()
					p.k.refresh()
					break
				}
			}
		}
	}
}

// trips since a plan, by person and day; weekly ones end with the week.
func (s *state) trips(begin []int32, weekly bool) (all []trip) {
	for _, q := range s.since(begin) {
		e, t := s.person(q.i)
		x := trip{e, s.options[q.to].c, s.options[s.at[q.i]].c, []int{t}}
		if int(x.to) == s.in.Staff[e].Home {
			continue // coming home sends nobody
		}
		j := slices.IndexFunc(all, func(y trip) bool {
			return y.e == e && y.from == x.from && y.to == x.to && (!weekly || s.week[y.days[0]] == s.week[t])
		})
		if j < 0 {
			all = append(all, x)
		} else {
			all[j].days = append(all[j].days, t)
		}
	}
	return all
}

// substitutes are the steps by which others go in somebody's place who would be
// missed less, the least missed first.
func (s *state) substitutes(x trip) [][]step {
	type substitute struct {
		missed missed
		steps  []step
	}
	own := s.missedOn(x, x.e)
	var all []substitute
next:
	for f := range s.in.Staff {
		if f == x.e || s.in.Staff[f].Home != s.in.Staff[x.e].Home {
			continue
		}
		var steps []step
		for _, t := range x.days {
			i, j := int32(x.e*s.in.Horizon+t), int32(f*s.in.Horizon+t)
			if s.at[j] < 0 || s.options[s.at[j]].c != x.from || !s.mayGoAlone(j) {
				continue next
			}
			home, away := s.option(i, int(x.from)), s.option(j, int(x.to))
			if home < 0 || away < 0 {
				continue next
			}
			steps = append(steps, step{i, home}, step{j, away})
		}
		if m := s.missedOn(x, f); m.compare(own) < 0 {
			all = append(all, substitute{m, steps})
		}
	}
	slices.SortStableFunc(all, func(a, b substitute) int { return a.missed.compare(b.missed) })
	out := make([][]step, len(all))
	for j, a := range all {
		out[j] = a.steps
	}
	return out
}

// missed is how much somebody's skills would be missed where they leave: the
// largest part, of all minutes there of one of their skills, that is theirs, and
// how many skills they have.
type missed struct {
	part   float64
	skills int
}

func (m missed) compare(n missed) int {
	return cmp.Or(cmp.Compare(m.part, n.part), cmp.Compare(m.skills, n.skills))
}

// missedOn is that of a person who would leave instead of the one who does, on the
// worst of the days.
func (s *state) missedOn(x trip, f int) missed {
	set := s.net.Kinds[s.net.Kind[f]]
	m := missed{0, bits.OnesCount32(set)}
	for _, t := range x.days {
		load := s.load[(int(x.from)*s.in.Horizon+t)*s.net.K:][:s.net.K]
		for rest := set; rest != 0; rest &= rest - 1 {
			skill := rest & -rest
			all := int32(0)
			for kind, minutes := range load {
				if s.net.Kinds[kind]&skill != 0 {
					all += minutes
				}
			}
			if s.net.Kinds[s.net.Kind[x.e]]&skill != 0 {
				all += int32(s.in.Avail[x.e][t]) // as if nobody had left
			}
			if own := s.in.Avail[f][t]; all > 0 {
				m.part = max(m.part, float64(own)/float64(all))
			}
		}
	}
	return m
}
