package search

import (
	"cmp"
	"slices"
)

// part is steps that hang together: they share a centre on a day or a person's
// week. By the cells, parts do not touch each other.
type part struct {
	steps []step
	floor int64
}

// parts splits steps; parts that gain nothing by the cells are left out, the
// best come first.
func (k *cells) parts(steps []step) []part {
	s := k.s
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
			if ea == eb && s.week[ta] == s.week[tb] || ta == tb && (fa == fb || fa == pb || pa == fb || pa == pb) {
				root[find(a)] = find(b)
			}
		}
	}
	var all []part
	for r := range n {
		if find(r) != r {
			continue
		}
		var p part
		for i := range n {
			if find(i) == r {
				p.steps = append(p.steps, steps[i])
			}
		}
		if p.floor = k.floor(p.steps); p.floor < 0 {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b part) int { return cmp.Compare(a.floor, b.floor) })
	return all
}

// improve walks on a window of days and tries what it finds exactly: part by
// part, then step by step where a part is dearer than it looked. It answers
// whether the staffing became better.
func (k *cells) improve(c schedule, d *dice, stop stopper) bool {
	s := k.s
	steps, floor := k.walk(c, d)
	if floor >= 0 {
		return false
	}
	better := false
	for _, p := range k.parts(steps) {
		if stop() {
			break
		}
		if _, kept := s.try(p.steps, 0); kept {
			better = true
		}
	}
	if better {
		k.recount()
		k.refresh()
	}
	return better
}
