package outlook

import "math"

// How much weekdays are expected to differ, as standard deviations: the city's from
// what is usual, a group's from the city's, a series' from its group's.
const (
	cityDiffers, groupDiffers = .3, .1
	// noise, by how much one day differs from another, is as much as is seen, within
	// these; and usualNoise where nothing was.
	leastNoise, usualNoise, mostNoise = .03, .1, .6
	// Series differ as much as is seen, within these.
	leastDiffer, mostDiffer = .03, .3
	// fewExpected are too few to tell from.
	fewExpected = 5
)

// tally of the days of one weekday.
type tally struct{ y, e, days float64 }

func (a *tally) add(b tally) { a.y, a.e, a.days = a.y+b.y, a.e+b.e, a.days+b.days }

// toward is the ratio of a tally, shrunk to what is expected of it the more, the
// less it differs as a rule and the less was counted.
func (a tally) toward(expected, differs, noise float64) float64 {
	if a.e <= 0 || a.days == 0 {
		return expected
	}
	is := a.y / a.e
	uncertain := max(is, .05)/a.e + max(is, .05)*noise*noise/a.days
	return expected + (is-expected)*differs*differs/(differs*differs+uncertain)
}

// weekdays of the city, of its groups and of their series.
func (d *data) weekdays(f *factors, level [][]float64, until int) {
	of := make([][7]tally, len(d.Series))
	halves := [2][][7]tally{make([][7]tally, len(of)), make([][7]tally, len(of))}
	noises := d.noises(f, level, until)
	groups, city := make([][7]tally, d.groups), [7]tally{}
	for i, s := range d.Series {
		own := f.week[i]
		for t := range until {
			if c, w := d.count(i, t), d.weekday[t]; c >= 0 && d.kind[t] != Public {
				one := tally{c, d.expected(f, i, t) * level[s.Group][t] / own[w], 1}
				of[i][w].add(one)
				halves[t/7%2][i][w].add(one)
			}
		}
		for w, x := range of[i] {
			for _, sum := range []*tally{&groups[s.Group][w], &city[w]} {
				days := max(sum.days, x.days) // the days that they have in common
				sum.add(x)
				sum.days = days
			}
		}
	}
	common := usualWeek
	for w := range common {
		common[w] = city[w].toward(usualWeek[w], cityDiffers, noises.city)
	}
	for g := range d.of {
		group := common
		for w := range group {
			group[w] = groups[g][w].toward(common[w], groupDiffers, noises.group[g])
		}
		sum := 0.0
		for _, x := range group {
			sum += x
		}
		for w := range group {
			group[w] *= 5.04 / sum // a week is five working days
		}
		differs := d.differ(g, halves, group)
		for _, i := range d.of[g] {
			for w, x := range of[i] {
				f.week[i][w] = max(.001, x.toward(group[w], differs*group[w], noises.series[g]))
			}
		}
	}
}

// differ is by which share the weekdays of a group's series differ from the
// group's: what of the differences in every other week is there in the weeks
// between them, too.
func (d *data) differ(g int, halves [2][][7]tally, group [7]float64) float64 {
	both, n := 0.0, 0.0
	for _, i := range d.of[g] {
		for w := range group {
			even, odd := halves[0][i][w], halves[1][i][w]
			if even.e*group[w] >= fewExpected && odd.e*group[w] >= fewExpected {
				both, n = both+(even.y/(even.e*group[w])-1)*(odd.y/(odd.e*group[w])-1), n+1
			}
		}
	}
	if n == 0 {
		return leastDiffer
	}
	return min(mostDiffer, math.Sqrt(max(leastDiffer*leastDiffer, both/n)))
}

// noises is by how much one day differs from another beyond chance: all days of
// the city, of a group, and of one series of a group.
type noises struct {
	city          float64
	group, series []float64
}

// scatter sums up squared differences from what was expected.
type scatter struct{ over, square float64 }

func (s *scatter) see(y, mean float64) {
	if mean < 1 {
		return
	}
	off := min((y-mean)*(y-mean), 9*(mean+mostNoise*mostNoise*mean*mean)) // of outliers, no more
	s.over, s.square = s.over+off-mean, s.square+mean*mean
}

func (s scatter) noise() float64 {
	if s.square == 0 {
		return usualNoise
	}
	return min(mostNoise, math.Sqrt(max(leastNoise*leastNoise, s.over/s.square)))
}

func (d *data) noises(f *factors, level [][]float64, until int) noises {
	out := noises{group: make([]float64, d.groups), series: make([]float64, d.groups)}
	y, e := make([]float64, until), make([]float64, until)
	var city scatter
	for g, of := range d.of {
		var group, series scatter
		for t := range until {
			var is, was float64
			for _, i := range of {
				if c := d.count(i, t); c >= 0 {
					mean := d.expected(f, i, t) * level[g][t]
					series.see(c, mean)
					is, was = is+c, was+mean
				}
			}
			group.see(is, was)
			y[t], e[t] = y[t]+is, e[t]+was
		}
		out.group[g], out.series[g] = group.noise(), series.noise()
	}
	for t := range until {
		city.see(y[t], e[t])
	}
	out.city = city.noise()
	return out
}
