package outlook

import (
	"math"
	"slices"
)

// classes of how far ahead a day is: within a week, three, and more.
const classes = 3

func class(ahead int) int {
	switch {
	case ahead <= 7:
		return 0
	case ahead <= 21:
		return 1
	}
	return 2
}

// spread is how far off forecasts of a class are: v of the variance mean + v·mean²,
// the quantiles of the errors on a normal scale, and the days ahead that v was
// learned from, beyond which it grows with the days. Where no year is known whose
// season could be told, it grows by the square of wander a day, too.
type spread struct {
	v, wander      float64
	low, mid, high float64
	until          int
}

// A series is as wide as others are for so many days, and never less or more than
// these shares of it.
const (
	likeOthers        = 6
	narrowest, widest = .25, 4
)

// usualV is the v of who has counted nothing: two of three days within a fourth of
// the mean.
const usualV = .06

// unknownSeason is how far a season wanders a day that nobody has seen before: a
// standard deviation of likeOne in a quarter.
const unknownSeason = likeOne / 91

// normal is the quantile High of the standard normal.
var normal = math.Sqrt2 * math.Erfinv(2*High-1)

func usualSpread() (all [classes]spread) {
	for c := range all {
		all[c] = spread{v: usualV, wander: unknownSeason, low: -normal, high: normal, until: 1 << 20}
	}
	return all
}

// of a series that is wider or narrower than others.
func (s spread) of(own float64) spread {
	s.v *= own
	return s
}

// around makes the interval of a mean: the quantiles of a count with the variance
// mean + v·mean² at z, with its skewness γ = (1 + 2·v·mean)/σ:
//
//	mean + σ·(z + γ·(z²−1)/6)
func (s spread) around(mean float64, ahead int) Day {
	if mean <= 0 {
		return Day{}
	}
	v := s.beyond(ahead)
	sigma := math.Sqrt(mean + v*mean*mean)
	skew := (1 + 2*v*mean) / sigma
	at := func(z float64) float64 { return max(0, mean+sigma*(z+skew*(z*z-1)/6)) }
	out := Day{Mean: mean, Median: at(s.mid)}
	out.Low, out.High = min(out.Median, at(s.low)), max(out.Median, at(s.high))
	return out
}

// beyond is v of a day so many ahead.
func (s spread) beyond(ahead int) float64 {
	return s.v*max(1, float64(ahead)/float64(s.until)) + s.wander*s.wander*float64(ahead*ahead)
}

// measure learns spreads from the errors of the last days, and how much wider or
// narrower each series' own is.
func (d *data) measure(e [][]float64, rules []rule, judged int) ([classes]spread, []float64) {
	type miss struct {
		i       int
		y, mean float64
	}
	width := make([]scatter, len(d.Series))
	seen := make([]map[int]bool, len(d.Series))
	for i := range seen {
		seen[i] = map[int]bool{}
	}
	var all [classes][]miss
	var days [classes]map[int]bool
	out, sure := usualSpread(), [classes]float64{}
	for c := range out {
		out[c].until, days[c] = 1, map[int]bool{}
	}
	for g, r := range rules {
		d.errors(e, g, r, judged, func(i, ahead, t int, y, mean float64) {
			if c := class(ahead); mean > 0 {
				all[c] = append(all[c], miss{i, y, mean})
				seen[i][t] = true
				days[c][t] = true
				out[c].until = max(out[c].until, ahead)
			}
		})
	}
	for c := range out {
		s := &out[c]
		if len(all[c]) == 0 { // as the class before it
			if c > 0 {
				*s = out[c-1]
			} else {
				*s = usualSpread()[c]
			}
			continue
		}
		over, square := 0.0, 0.0
		for _, m := range all[c] {
			over, square = over+((m.y-m.mean)*(m.y-m.mean)-m.mean), square+m.mean*m.mean
		}
		if d.known >= enough {
			s.wander = 0
		}
		// Errors of a day have much in common: as many are known as there are days.
		sure[c] = float64(len(days[c])) / float64(len(days[c])+shrinks)
		s.v = max(.0005, min(1, sure[c]*over/square+(1-sure[c])*usualV))
		for _, m := range all[c] {
			expected := s.v * m.mean * m.mean
			off := min((m.y-m.mean)*(m.y-m.mean), 9*(m.mean+expected))
			width[m.i].over, width[m.i].square = width[m.i].over+off-m.mean, width[m.i].square+expected
		}
	}
	own := make([]float64, len(width))
	for i, w := range width {
		own[i] = 1
		if w.square > 0 {
			n := float64(len(seen[i]))
			own[i] = max(narrowest, min(widest, (n*max(0, w.over/w.square)+likeOthers)/(n+likeOthers)))
		}
	}
	for c := range out {
		s, sure := &out[c], sure[c]
		if len(all[c]) == 0 {
			if c > 0 {
				*s = out[c-1]
			}
			continue
		}
		z := make([]float64, 0, len(all[c]))
		for _, m := range all[c] {
			v := s.v * own[m.i]
			sigma := math.Sqrt(m.mean + v*m.mean*m.mean)
			skew := (1 + 2*v*m.mean) / sigma
			u := min((m.y-m.mean)/sigma, 3/skew) // beyond it the correction turns back
			z = append(z, u-skew*(u*u-1)/6)
		}
		slices.Sort(z)
		// Quantiles stay within what errors of any kind have.
		s.low = min(-.3, max(-2.5, sure*quantile(z, Low)-(1-sure)*normal))
		s.mid = min(.5, max(-.5, sure*quantile(z, .5)))
		s.high = max(.3, min(2.5, sure*quantile(z, High)+(1-sure)*normal))
	}
	return out, own
}

// quantile of what is sorted, between the two next to it.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	k := int(at)
	if k+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[k] + (at-float64(k))*(sorted[k+1]-sorted[k])
}
