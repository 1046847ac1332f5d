package search

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// risks are centre-days of which it is known that what is booked cannot be
// served at its moment. They cost what stays uncovered there beyond what the mix
// leaves uncovered.
type risks struct {
	all  []risk
	of   []int32 // c·T+t: index in all, −1; nil if there are none
	cost int64   // at the last mark
}

type risk struct {
	flow.Risk
	price int64 // units per minute
	come  []int // who is there and is not in the previous plan
	set   uint64
	stays map[uint64]int // minutes uncovered with those of a fingerprint, once asked
}

func (s *state) newRisks() {
	s.risks = risks{}
	found := flow.Risks(s.in)
	if found == nil {
		return
	}
	s.risks.of = make([]int32, s.net.C*s.net.T)
	for i := range s.risks.of {
		s.risks.of[i] = -1
	}
	for j, r := range found {
		s.risks.all = append(s.risks.all, risk{Risk: r, price: units(r.Points), stays: map[uint64]int{}})
		s.risks.of[r.Centre*s.net.T+r.Day] = int32(j)
	}
}

func (r *risks) empty() {
	for j := range r.all {
		r.all[j].come, r.all[j].set = nil, 0
	}
}

// at is the risk of a cell, nil if there is none.
func (r *risks) at(cell int) *risk {
	if r.of == nil || r.of[cell] < 0 {
		return nil
	}
	return &r.all[r.of[cell]]
}

// count keeps who has come.
func (r *risks) count(s *state, e, t, c int, sign int32) {
	k := r.at(c*s.net.T + t)
	if k == nil || s.before[e][t] == c {
		return
	}
	if at, found := slices.BinarySearch(k.come, e); sign > 0 && !found {
		k.come = slices.Insert(k.come, at, e)
		k.set ^= fingerprint(e)
	} else if sign < 0 && found {
		k.come = slices.Delete(k.come, at, at+1)
		k.set ^= fingerprint(e)
	}
}

func (k *risk) uncovered(s *state) int {
	return k.staysWith(s, k.set, func() []int { return k.come })
}

// staysWith asks once for each set of people: walks come back to the same over and
// over.
func (k *risk) staysWith(s *state, set uint64, come func() []int) int {
	n, asked := k.stays[set]
	if !asked {
		n = k.Stays(s.in, come())
		k.stays[set] = n
	}
	return n
}

// price of all risks with the present flow, in units.
func (r *risks) price(s *state) (sum int64) {
	for j := range r.all {
		k := &r.all[j]
		sum += k.price * int64(max(0, k.uncovered(s)-s.net.Lost(k.Centre, k.Day)))
	}
	return sum
}

// most is what a person who arrives can gain at most by covering a risk.
func (r *risks) most(s *state, e, t, c int) int64 {
	k := r.at(c*s.net.T + t)
	if k == nil || s.before[e][t] == c {
		return 0
	}
	return k.price * int64(min(s.in.Avail[e][t], k.uncovered(s)))
}

// cell is what a risk costs where the cells leave so many minutes uncovered,
// with a person more (sign 1), less (−1) or as it is (0).
func (k *risk) cell(s *state, lost int32, e int, sign int32) int64 {
	stays := 0
	switch at, found := slices.BinarySearch(k.come, e); {
	case sign > 0 && !found && s.before[e][k.Day] != k.Centre:
		stays = k.staysWith(s, k.set^fingerprint(e), func() []int { return slices.Insert(slices.Clone(k.come), at, e) })
	case sign < 0 && found:
		stays = k.staysWith(s, k.set^fingerprint(e), func() []int { return slices.Delete(slices.Clone(k.come), at, at+1) })
	default:
		stays = k.uncovered(s)
	}
	return k.price * int64(max(0, stays-int(lost)))
}
