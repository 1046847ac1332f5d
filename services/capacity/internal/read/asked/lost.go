package asked

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
)

// foundNothing is how many requests a search in vain counts for: about as many search
// again on another day, or take an appointment elsewhere after all and are counted
// there, as give up.
const foundNothing = .5

// lost adds who found nothing: at most as many a day as the policy expects to ask.
// Those who would have gone anywhere are from all districts alike. Sums are in order,
// so that the same counts are the same expectation bit by bit.
func (x *Expected) lost(c *Counts, s Setting, days day.Period) {
	if len(c.lost) == 0 {
		return
	}
	series := make([]gauge, len(x.history.Series))
	for g, i := range x.at {
		series[i] = g
	}
	extra := make([][]float64, len(series))
	for i := range extra {
		extra[i] = make([]float64, days.Days())
	}
	for _, k := range slices.SortedFunc(maps.Keys(c.lost), func(a, b searched) int {
		return cmp.Or(cmp.Compare(a.skill, b.skill), cmp.Compare(a.district, b.district), cmp.Compare(a.centre, b.centre))
	}) {
		district := k.district
		if k.centre != "" {
			district = s.Centres[k.centre].District
		}
		of, sum := []int{}, 0.0
		for i, g := range series {
			if g.skill == k.skill && (district == "" || g.district == district) {
				of, sum = append(of, i), sum+x.history.Series[i].Prior
			}
		}
		for on, n := range c.lost[k] {
			for _, i := range of {
				if days.Contains(on) {
					extra[i][on-days.From] += foundNothing * float64(n) * x.history.Series[i].Prior / sum
				}
			}
		}
	}
	for i, of := range extra {
		for t, n := range of {
			x.history.Series[i].Counts[t] += math.Round(min(n, x.history.Series[i].Prior))
		}
	}
}
