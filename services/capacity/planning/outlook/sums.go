package outlook

import (
	"math"
	"slices"
)

// usualAlike is how much of v days have in common before it was learned; chosen
// while looking at what citizens of the scenarios ask for (docs/forecast-report.md).
const usualAlike = .3

// Beyond tells how far off the requests of a series are that come on the days from..t
// ahead, together, for each day t: V of the variance mean + V·mean², mean being their
// sum. Of the error of a day, beyond the chance of a count, the days have the share ρ in
// common, such as a level that is thought too high, and the rest each for itself:
//
//	V·(Σm)² = ρ·(Σ√v·m)² + (1−ρ)·Σv·m²
//
// with m and v of each day. ρ is learned from the errors of forecasts from the same
// day, any two of them (the intraclass correlation; Fisher 1925, in its pairwise form).
func (m *Model) Beyond(series, from int) []float64 {
	out := make([]float64, 0, len(m.days[series]))
	sum, together, apart := 0.0, 0.0, 0.0
	for a := from; a <= len(m.days[series]); a++ {
		mean := m.days[series][a-1].Mean
		v := m.spread[class(a)].of(m.own[series]).beyond(a)
		sum, together, apart = sum+mean, together+math.Sqrt(v)*mean, apart+v*mean*mean
		if sum <= 0 {
			out = append(out, v)
			continue
		}
		out = append(out, (m.alike*together*together+(1-m.alike)*apart)/(sum*sum))
	}
	return out
}

// standsFor is how many days one of judgedAhead stands for: half of those up to the
// next one on either side.
func standsFor(ahead int) float64 {
	i := slices.Index(judgedAhead, ahead)
	return float64(judgedAhead[min(i+1, len(judgedAhead)-1)]-judgedAhead[max(0, i-1)]) / 2
}

// alike learns ρ from the last days' errors; few days leave it at what is usual.
func (d *data) alike(e [][]float64, m *Model, judged int) float64 {
	// run sums up one series' forecasts from one day: errors, and what they would be if
	// days were alike, and the squares of both.
	type run struct{ off, wide, off2, wide2 float64 }
	found, expected := 0.0, 0.0
	origins := map[int]bool{}
	for g, r := range m.rules {
		runs := map[[2]int]run{}
		var order [][2]int
		d.errors(e, g, r, judged, func(i, ahead, t int, y, mean float64) {
			v := m.spread[class(ahead)].of(m.own[i]).beyond(ahead)
			most := 3 * math.Sqrt(mean+v*mean*mean)
			off, wide := standsFor(ahead)*max(-most, min(most, y-mean)), standsFor(ahead)*math.Sqrt(v)*mean
			k := [2]int{i, t - ahead}
			x, known := runs[k]
			if !known {
				order = append(order, k)
			}
			runs[k] = run{x.off + off, x.wide + wide, x.off2 + off*off, x.wide2 + wide*wide}
		})
		for _, k := range order {
			x := runs[k]
			found, expected = found+x.off*x.off-x.off2, expected+x.wide*x.wide-x.wide2
			origins[k[1]] = true
		}
	}
	if expected <= 0 {
		return usualAlike
	}
	n := float64(len(origins))
	return (n*max(0, min(1, found/expected)) + shrinks*usualAlike) / (n + shrinks)
}
