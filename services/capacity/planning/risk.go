package planning

import "slices"

// risk is what is known to be uncovered at one centre on one day although its
// minutes may do.
type risk struct {
	minutes int32
	skills  uint16
	price   float64 // points per minute, the mean of the skills'
}

// newRisks reads what the instance knows; nil when it knows nothing.
func newRisks(in *Instance) map[int]risk {
	var all map[int]risk
	for c, rows := range in.Uncovered {
		for s, row := range rows {
			for t, m := range row {
				if m <= 0 {
					continue
				}
				if all == nil {
					all = map[int]risk{}
				}
				k := all[c*in.Horizon+t]
				points := k.price*float64(k.minutes) + float64(m)*in.Weights.UncoveredSlot/in.SlotMinutes[s]
				k.minutes += int32(m)
				k.price = points / float64(k.minutes)
				k.skills |= 1 << s
				all[c*in.Horizon+t] = k
			}
		}
	}
	return all
}

// atRisk adds to a cell what stays at risk there when others have come.
func (b *board) atRisk(c, t int, come []int, out cell) cell {
	k, known := b.risks[c*b.T+t]
	if !known {
		return out
	}
	left := k.minutes
	switch {
	case len(come) == 0:
	case b.in.StaysUncovered != nil:
		left = int32(b.in.StaysUncovered(c, t, come))
	default:
		for _, e := range come {
			if b.profiles[b.profile[e]]&k.skills != 0 {
				left -= min(left, int32(b.in.Avail[e][t]))
			}
		}
	}
	if left > out.missing {
		out.uncovered += float64(left-out.missing) * k.price
		out.missing = left
	}
	return out
}

// before is where the previous plan has somebody who is present.
func (in *Instance) before(e, t int) int {
	if c := in.Prev[e][t]; c != Nowhere {
		return c
	}
	return in.Staff[e].Home
}

// moved notes who has left a place or come to one, against the previous plan.
func (b *board) moved(m step) {
	before, i, j := b.in.before(m.e, m.t), m.from*b.T+m.t, m.to*b.T+m.t
	if before == m.from {
		b.gone[i] = with(b.gone[i], m.e)
	} else {
		b.come[i] = without(b.come[i], m.e)
	}
	if before == m.to {
		b.gone[j] = without(b.gone[j], m.e)
	} else {
		b.come[j] = with(b.come[j], m.e)
	}
}

func with(all []int, e int) []int { return append(slices.Clip(all), e) }

func without(all []int, e int) []int {
	return slices.DeleteFunc(slices.Clone(all), func(x int) bool { return x == e })
}
