package search

import (
	"cmp"
	"slices"
)

// stopper says when work must end.
type stopper func() bool

// descend makes the best single steps until none helps: always the one that
// could gain most by prices, less what it turned out dearer the last time, priced
// exactly. When no candidate's floor is below zero that is a proof that no single
// step helps. It answers whether it came to its end.
func (s *state) descend(from, to int, l *list, stop stopper) bool {
	for {
		s.collect(l, 0, from, to)
		good := l.all[:0]
		for _, c := range l.all {
			if c.least()+s.slack[c.to]*19/20 < 0 {
				good = append(good, c)
			}
		}
		slices.SortFunc(good, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(a.least()+s.slack[a.to], b.least()+s.slack[b.to]), int(a.to-b.to))
		})
		better := false
		for _, c := range good {
			if stop() {
				return false
			}
			cost, kept := s.try([]step{c.step}, 0)
			if kept {
				s.slack[c.to] = 0
				better = true
				break
			}
			s.slack[c.to] = max(1, cost-c.least())
		}
		if !better {
			return true
		}
	}
}
