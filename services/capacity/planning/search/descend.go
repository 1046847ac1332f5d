package search

import (
	"cmp"
	"slices"
)

// stopper says when work must end.
type stopper func() bool

// patience is how many steps may fail in a row before descend gives up.
const patience = 30

// descend makes single steps that help, those first that could gain most by the
// cells less what they turned out dearer the last time; many at once where they
// hardly touch. It ends when no candidate's floor is below zero, which proves
// that no single step helps, or when patience is lost.
func (k *cells) descend(from, to int, l *list, stop stopper) {
	s := k.s
	size, fails := 64, 0
	for again := true; again; {
		again = false
		s.collect(l, 0, from, to)
		good := l.all[:0]
		for _, c := range l.all {
			to := int(s.options[c.to].c)
			if _, t := s.person(c.i); c.floor >= 0 || s.heads[to*s.net.T+t] >= s.ceiling[to*s.net.T+t] {
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
		if !stop() {
			if batch, most := k.batch(good, size); len(batch) > 3 {
				froms := make([]int32, len(batch))
				for j, p := range batch {
					froms[j] = s.options[s.at[p.i]].c
				}
				if _, kept := s.try(batch, most/2); kept {
					for j, p := range batch {
						k.moved(p.i, froms[j], s.options[p.to].c)
					}
					k.refresh()
					again = true
					size = min(64, 2*size)
					continue
				}
			}
			size = max(4, size/2)
		}
		for _, c := range good {
			if stop() {
				return
			}
			before := s.options[s.at[c.i]].c
			cost, kept := s.try([]step{c.step}, 0)
			if !kept {
				s.slack[c.to] = max(1, cost-c.floor)
				if fails++; fails == patience {
					return
				}
				continue
			}
			s.slack[c.to] = 0
			fails = 0
			again = true
			k.moved(c.i, before, s.options[c.to].c)
			k.refresh()
			break
		}
	}
}

// batch takes the first of the candidates that do not share a district in a
// week, size at most: they hardly touch each other, so that one exact pricing
// serves all. most is what they should cost together.
func (k *cells) batch(good []candidate, size int) (batch []step, most int64) {
	s := k.s
	taken := make([]bool, s.net.R*s.weeks)
	for _, c := range good {
		if len(batch) == size {
			break
		}
		_, t := s.person(c.i)
		w := int(s.week[t])
		a := s.in.Centres[s.options[s.at[c.i]].c].District*s.weeks + w
		b := s.in.Centres[s.options[c.to].c].District*s.weeks + w
		if taken[a] || taken[b] {
			continue
		}
		taken[a], taken[b] = true, true
		batch = append(batch, c.step)
		most += c.floor + s.slack[c.to]
	}
	return batch, most
}
