package search

import (
	"cmp"
	"slices"
)

// stopper says when work must end.
type stopper func() bool

// descend makes single steps that help until none does, those first that could
// gain most by the cells less what they turned out dearer the last time. When no
// candidate's floor is below zero that is a proof that no single step helps. It
// answers whether anything changed.
func (k *cells) descend(from, to int, l *list, stop stopper) (better bool) {
	s := k.s
	for again := true; again; {
		again = false
		s.collect(l, 0, from, to)
		good := l.all[:0]
		for _, c := range l.all {
			if c.floor >= 0 {
				continue
			}
			c.floor, c.heads = k.single(c.step), 0
			if c.floor+s.slack[c.to]*19/20 < 0 {
				good = append(good, c)
			}
		}
		slices.SortFunc(good, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(a.floor+s.slack[a.to], b.floor+s.slack[b.to]), int(a.to-b.to))
		})
		for _, c := range good {
			if stop() {
				return better
			}
			before := s.options[s.at[c.i]].c
			cost, kept := s.try([]step{c.step}, 0)
			if !kept {
				s.slack[c.to] = max(1, cost-c.floor)
				continue
			}
			s.slack[c.to] = 0
			again, better = true, true
			k.moved(c.i, before, s.options[c.to].c)
			k.refresh()
			break
		}
	}
	return better
}
