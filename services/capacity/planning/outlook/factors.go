package outlook

// factors are what days have in common.
type factors struct {
	week   [][7]float64 // by series
	kind   [kinds]float64
	season [][weeks]float64 // by group
}

const (
	weeks = 53
	// year of whole weeks; a season is told from a level when a year and some weeks
	// are known.
	year   = 364
	enough = year + 28
	// fresh weeks say what level there is, not what season: they count for that only
	// where nothing else does.
	fresh = 63
	// passes over the factors, each fitted with the others as they are.
	passes = 4
	// around is how many days before and after a day its level is taken from, where
	// weekdays and kinds are judged.
	around = 14
	// likeUsual is how many days' requests a kind of day's usual factor is worth.
	likeUsual = 2
	// likeOne is the standard deviation of a season's week from 1 that is expected.
	likeOne = .15
)

// fit learns factors from the first days.
func (d *data) fit(until int) *factors {
	f := &factors{kind: usual, week: make([][7]float64, len(d.Series)), season: make([][weeks]float64, d.groups)}
	for i := range f.week {
		f.week[i] = usualWeek
	}
	for g := range f.season {
		for w := range f.season[g] {
			f.season[g][w] = 1
		}
	}
	for range passes {
		level := make([][]float64, d.groups)
		for g := range d.of {
			level[g] = d.local(f, g, until)
		}
		d.weekdays(f, level, until)
		d.kinds(f, level, until)
		if until >= enough {
			for g := range d.of {
				d.seasons(f, g, until)
			}
		}
	}
	return f
}

// expected of a series on a day at level 1.
func (d *data) expected(f *factors, i, t int) float64 {
	g := d.Series[i].Group
	return d.base[i] * d.factor[g][t] * f.week[i][d.weekday[t]] * f.kind[d.kind[t]] * f.season[g][d.week[t]]
}

// sums of a group's counts and of what was expected, up to each day.
func (d *data) sums(f *factors, g, until int) (y, e []float64) {
	y, e = make([]float64, until+1), make([]float64, until+1)
	for t := range until {
		y[t+1], e[t+1] = y[t], e[t]
		for _, i := range d.of[g] {
			if c := d.count(i, t); c >= 0 {
				y[t+1] += c
				e[t+1] += d.expected(f, i, t)
			}
		}
	}
	return y, e
}

// local is a group's level around each day.
func (d *data) local(f *factors, g, until int) []float64 {
	y, e := d.sums(f, g, until)
	out := make([]float64, until)
	for t := range out {
		a, b := max(0, t-around), min(until, t+around+1)
		out[t] = ratio(y[b]-y[a], e[b]-e[a])
	}
	return out
}

func ratio(y, e float64) float64 {
	if e <= 0 || y <= 0 {
		return 1
	}
	return y / e
}

// kinds of days, over all series.
func (d *data) kinds(f *factors, level [][]float64, until int) {
	var y, e, days [kinds]float64
	for i, s := range d.Series {
		for t := range until {
			if c := d.count(i, t); c >= 0 {
				k := d.kind[t]
				one := d.expected(f, i, t) / f.kind[k] * level[s.Group][t]
				y[k], e[k], days[k] = y[k]+c, e[k]+one, days[k]+1
			}
		}
	}
	for k := School; k < kinds; k++ {
		f.kind[k] = usual[k]
		if days[k] > 0 {
			like := likeUsual * e[k] / days[k] * float64(len(d.Series))
			f.kind[k] = (y[k] + usual[k]*like) / (e[k] + like)
		}
	}
}

// seasons of a group: what each week had of its year.
func (d *data) seasons(f *factors, g, until int) {
	y, e := d.sums(f, g, until)
	var sum, n [weeks]float64
	var counted, times [weeks]float64
	for t := 0; t+7 <= until; t++ {
		if d.weekday[t] != 0 {
			continue
		}
		if t+7 > until-fresh && n[d.week[t]] > 0 {
			continue
		}
		a := min(max(0, t+3-year/2), until-year)
		is, was := y[t+7]-y[t], e[t+7]-e[t]
		if was <= 0 {
			continue
		}
		w := d.week[t]
		sum[w], n[w] = sum[w]+f.season[g][w]*is/(was*ratio(y[a+year]-y[a], e[a+year]-e[a])), n[w]+1
		counted[w], times[w] = counted[w]+is, times[w]+1
	}
	for w := range weeks {
		if n[w] == 0 {
			f.season[g][w] = 1
			continue
		}
		uncertain := 1/max(1, counted[w]) + usualNoise*usualNoise/(7*times[w])
		sure := likeOne * likeOne / (likeOne*likeOne + uncertain)
		f.season[g][w] = 1 + sure*(sum[w]/n[w]-1)
	}
	if n[weeks-1] == 0 {
		f.season[g][weeks-1] = (f.season[g][weeks-2] + f.season[g][0]) / 2
	}
}
