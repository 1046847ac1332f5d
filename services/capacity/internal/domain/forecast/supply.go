package forecast

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
)

// Supply is what one district can still give, by day from today on.
type Supply struct {
	// Offered counter minutes for appointments, and Left of them: of all groups
	// together.
	Offered, Left []float64
	// Free appointments of each group, if no other took any: [group][day].
	Free [][]float64
}

// week is the length of the rhythm in which offers repeat.
const week = 7

// Extend appends so many days: each as the same weekdays before it are offered,
// their median where there is any offer, with nothing booked; those that are
// closed offer nothing. today is index 0.
func (s Supply) Extend(today day.Day, days int, closed func(day.Day) bool, minutes []float64) Supply {
	known := len(s.Offered)
	out := Supply{Offered: slices.Clone(s.Offered), Left: slices.Clone(s.Left), Free: make([][]float64, len(s.Free))}
	for g := range s.Free {
		out.Free[g] = slices.Clone(s.Free[g])
	}
	for t := known; t < known+days; t++ {
		offered, whole := 0.0, make([]float64, len(s.Free))
		if !closed(today + day.Day(t)) {
			var all []float64
			groups := make([][]float64, len(s.Free))
			for u := t % week; u < known; u += week {
				if s.Offered[u] <= 0 {
					continue
				}
				all = append(all, s.Offered[u])
				for g := range s.Free {
					if s.Left[u] > 0 { // as many as could be had were the day empty
						groups[g] = append(groups[g], min(s.Offered[u]/minutes[g], s.Free[g][u]*s.Offered[u]/s.Left[u]))
					}
				}
			}
			offered = median(all)
			for g := range groups {
				whole[g] = median(groups[g])
			}
		}
		out.Offered, out.Left = append(out.Offered, offered), append(out.Left, offered)
		for g := range out.Free {
			out.Free[g] = append(out.Free[g], whole[g])
		}
	}
	return out
}

// median is 0 of none.
func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}
