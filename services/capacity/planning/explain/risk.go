package explain

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// risk is what is known to be uncovered at a centre on a day at its moment,
// although the day's minutes may do (planning.Instance.Uncovered).
type risk struct {
	minutes int
	skill   int // the one with most of it
	skills  uint32
	price   float64 // points per minute, the mean of the skills'
}

func readRisks(in *planning.Instance) map[spot]risk {
	var all map[spot]risk
	for c, rows := range in.Uncovered {
		for t := range in.Horizon {
			var r risk
			points, most := 0.0, 0
			for s := range rows {
				m := rows[s][t]
				if m <= 0 {
					continue
				}
				if m > most {
					r.skill, most = s, m
				}
				r.minutes += m
				r.skills |= 1 << s
				points += float64(m) * in.Weights.UncoveredSlot / in.SlotMinutes[s]
			}
			if r.minutes == 0 {
				continue
			}
			if all == nil {
				all = map[spot]risk{}
			}
			r.price = points / float64(r.minutes)
			all[spot{c, t}] = r
		}
	}
	return all
}

// left is what of a risk stays under the present staffing: only people who were
// not there before help.
func (p *prices) left(k spot, r risk) int {
	var come []int
	for _, e := range p.present(k.c, k.t) {
		if p.before[e][k.t] != k.c {
			come = append(come, e)
		}
	}
	switch {
	case len(come) == 0:
		return r.minutes
	case p.in.StaysUncovered != nil:
		return p.in.StaysUncovered(k.c, k.t, come)
	}
	left := r.minutes
	for _, e := range come {
		if p.w.Kinds[p.w.Kind[e]]&r.skills != 0 {
			left -= min(left, p.in.Avail[e][k.t])
		}
	}
	return left
}

// atRisk is what the risks cost beyond what the mix leaves uncovered there
// anyway, in points.
func (p *prices) atRisk() (points float64) {
	if len(p.risks) == 0 {
		return 0
	}
	missing := map[spot]int{}
	p.w.Uncovered(func(c, _, t int, minutes int64) { missing[spot{c, t}] += int(minutes) })
	for c := range p.in.Centres {
		for t := range p.in.Horizon {
			k := spot{c, t}
			if r, ok := p.risks[k]; ok {
				points += float64(max(0, p.left(k, r)-missing[k])) * r.price
			}
		}
	}
	return points
}
