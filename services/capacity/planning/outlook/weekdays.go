package outlook

import "math"

// How much weekdays are expected to differ, as standard deviations: the city's from
// what is usual, a group's from the city's, a series' from its group's; and noise, by
// how much one day differs from another.
const (
	cityDiffers, groupDiffers = .3, .1
	noise                     = .1
	// Series differ as much as is seen, within these.
	leastDiffer, mostDiffer = .03, .3
)

// tally of the days of one weekday.
type tally struct{ y, e, days float64 }

func (a *tally) add(b tally) { a.y, a.e = a.y+b.y, a.e+b.e }

// toward is the ratio of a tally, shrunk to what is expected of it the more, the
// less it differs as a rule and the less was counted.
func (a tally) toward(expected, differs float64) float64 {
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
	groups, city := make([][7]tally, d.groups), [7]tally{}
	for i, s := range d.Series {
		own := f.week[i]
		for t := range until {
			if c, w := d.count(i, t), d.weekday[t]; c >= 0 && d.kind[t] != Public {
				x := &of[i][w]
				x.y, x.e, x.days = x.y+c, x.e+d.expected(f, i, t)*level[s.Group][t]/own[w], x.days+1
			}
		}
		for w, x := range of[i] {
			for _, sum := range []*tally{&groups[s.Group][w], &city[w]} {
				sum.add(x)
				sum.days = max(sum.days, x.days) // the days that they have in common
			}
		}
	}
	common := usualWeek
	for w := range common {
		common[w] = city[w].toward(usualWeek[w], cityDiffers)
	}
	for g := range d.of {
		group := common
		for w := range group {
			group[w] = groups[g][w].toward(common[w], groupDiffers)
		}
		sum := 0.0
		for _, x := range group {
			sum += x
		}
		for w := range group {
			group[w] *= 5.04 / sum // a week is five working days
		}
		differs := d.differ(g, of, group)
		for _, i := range d.of[g] {
			for w, x := range of[i] {
				f.week[i][w] = max(.001, x.toward(group[w], differs*group[w]))
			}
		}
	}
}

// differ is by which share the weekdays of a group's series differ from the
// group's: what of the squared differences is not chance.
func (d *data) differ(g int, of [][7]tally, group [7]float64) float64 {
	square, n := 0.0, 0.0
	for _, i := range d.of[g] {
		for w, x := range of[i] {
			if mean := x.e * group[w]; mean >= 5 {
				off := x.y/mean - 1
				square, n = square+off*off-1/mean-noise*noise/x.days, n+1
			}
		}
	}
	if n == 0 {
		return leastDiffer
	}
	return min(mostDiffer, math.Sqrt(max(leastDiffer*leastDiffer, square/n)))
}
