package search

import (
	"cmp"
	"math"
	"slices"
)

// part is steps that hang together: they share a centre on a day or a person's
// week. By the cells, parts do not touch each other.
type part struct {
	steps []step
	floor int64
}

// groups splits steps into those that hang together: they share a centre on a day
// or a person's week, or all days of a person whose row has a price.
func (s *state) groups(steps []step) (all [][]step) {
	n := len(steps)
	root := make([]int, n)
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for a := range n {
		ea, ta := s.person(steps[a].i)
		fa, pa := s.options[s.at[steps[a].i]].c, s.options[steps[a].to].c
		for b := range a {
			eb, tb := s.person(steps[b].i)
			fb, pb := s.options[s.at[steps[b].i]].c, s.options[steps[b].to].c
			if ea == eb && (s.week[ta] == s.week[tb] || s.personal.is(ea)) || ta == tb && (fa == fb || fa == pb || pa == fb || pa == pb) {
				root[find(a)] = find(b)
			}
		}
	}
	for r := range n {
		if find(r) != r {
			continue
		}
		var g []step
		for i := range n {
			if find(i) == r {
				g = append(g, steps[i])
			}
		}
		all = append(all, g)
	}
	return all
}

// parts are the groups of steps; those that cost limit or more by the cells are
// left out, the best come first.
func (k *cells) parts(steps []step, limit func() int64) (all []part) {
	for _, g := range k.s.groups(steps) {
		if floor := k.floor(g); floor < limit() {
			all = append(all, part{g, floor})
		}
	}
	slices.SortStableFunc(all, func(a, b part) int { return cmp.Compare(a.floor, b.floor) })
	return all
}

// forbidden is the penalty, in units, of a part that some rule forbids.
const forbidden = 5e9

// improve walks on a window of days and tries what it finds exactly: part by
// part, then step by step where a part is dearer than it looked.
func (k *cells) improve(c schedule, d *dice, l *list, stop stopper) {
	s := k.s
	steps, floor := k.walk(c, d)
	if len(steps) == 0 || floor >= 0 && c.worse == 0 {
		return
	}
	limit := func() int64 {
		if c.worse == 0 {
			return 0
		}
		return int64(-c.worse * math.Log(d.unit()) * 1e9)
	}
	better, failed := false, false
	for _, p := range k.parts(steps, limit) {
		if stop() {
			break
		}
		tries := s.tries
		cost, kept := s.try(p.steps, max(0, min(limit(), p.floor+1e8)))
		if kept {
			better = true
			for _, q := range p.steps {
				k.penalty[q.to] = 0
			}
			continue
		}
		if s.tries == tries { // a rule forbids it
			cost = p.floor + forbidden
		}
		k.blame(p, cost)
		if c.worse == 0 && len(p.steps) > 1 {
			failed = true
		}
	}
	if better {
		k.recount()
		k.refresh()
	}
	if failed && !stop() {
		k.descend(c.from, c.to, l, stop)
	}
}
