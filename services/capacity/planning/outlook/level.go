package outlook

import (
	"math"
	"slices"
)

// rule is how a group's level is followed: what it remembers of yesterday, what
// shares do, and how much of the trend goes on.
type rule struct{ level, share, trend float64 }

var (
	usualRule = rule{level: .95, share: .99}
	levels    = []float64{.8, .87, .92, .95, .97, .985, .995}
	shares    = []float64{.95, .98, .995}
	trends    = []float64{0, .5, 1}
)

const (
	// worth is how many days the prior counts for a level and a share.
	worthLevel, worthShare = 4, 10
	// back is over how many days a trend is taken, and damped what is left of it the
	// day after; steepest is the most it may be a day.
	back, damped, steepest = 28, .95, .02
	// The last weeks are judged, at most so many days and a part of the history, from
	// every few days on, for some days ahead; a history is short up to so many days.
	judgedMost, judgedEvery, shortHistory = 140, 4, 42
	// fewDays are too few for each group to be judged by itself.
	fewDays = 28
	// shrinks says how many days' errors the usual spread is worth.
	shrinks = 3
)

var judgedAhead = []int{1, 2, 3, 4, 5, 6, 7, 10, 14, 18, 22, 28, 35, 41, 48, 54, 60}

// followed is a group's level at a day.
type followed struct {
	level, trend float64
	share        []float64 // by series of the group
	g            int
	t            int // days that it has seen
	tail         []float64
	rule         rule
}

// mean of a series of the group so many days after.
func (f *followed) mean(d *data, e [][]float64, k, ahead int) float64 {
	i := d.of[f.g][k]
	t := f.t - 1 + ahead
	return e[i][t] * f.level * f.share[k] * f.tail[min(ahead, len(f.tail))-1]
}

// exposure is what is expected of each series and day at level 1.
func (d *data) exposure(f *factors) [][]float64 {
	out := make([][]float64, len(d.Series))
	for i := range out {
		out[i] = make([]float64, d.all)
		for t := range out[i] {
			out[i][t] = d.expected(f, i, t)
		}
	}
	return out
}

// filter follows a group through all days; at is called after each, if given.
func (d *data) filter(e [][]float64, g int, r rule, at func(*followed)) *followed {
	n := len(d.of[g])
	f := &followed{level: 1, share: make([]float64, n), g: g, rule: r, tail: make([]float64, d.all-d.known)}
	a, b := make([]float64, n), make([]float64, n)
	var y, x float64
	for k, i := range d.of[g] {
		f.share[k] = 1
		a[k], b[k] = worthShare*d.base[i], worthShare*d.base[i]
		y += worthLevel * d.base[i]
	}
	x = y
	past := make([]float64, 0, d.known)
	var weeks watch
	for t := range d.known {
		sum, expected := 0.0, 0.0
		for k, i := range d.of[g] {
			if c := d.count(i, t); c >= 0 {
				sum, expected = sum+c, expected+e[i][t]*f.share[k]
			}
		}
		if expected > 0 {
			y, x = r.level*y+sum, r.level*x+expected
			if is, was, hasBroken := weeks.see(sum, expected, f.level); hasBroken {
				y, x, past = is, was, past[:0]
			}
			f.level = y / x
			for k, i := range d.of[g] {
				if c := d.count(i, t); c >= 0 && e[i][t] > 0 {
					a[k], b[k] = r.share*a[k]+c, r.share*b[k]+e[i][t]*f.level
					f.share[k] = max(1e-3, a[k]/b[k])
				}
			}
		}
		past = append(past, f.level)
		f.t = t + 1
		if at != nil {
			f.head(past)
			at(f)
		}
	}
	f.t = d.known
	f.head(past)
	return f
}

// head takes the trend of the levels so far.
func (f *followed) head(past []float64) {
	f.trend = 0
	if n := len(past); f.rule.trend > 0 && n > back && f.level > 0 && past[n-1-back] > 0 {
		f.trend = f.rule.trend * max(-steepest, min(steepest, math.Log(past[n-1]/past[n-1-back])/back))
	}
	sum, left := 0.0, 1.0
	for h := range f.tail {
		left *= damped
		sum += left
		f.tail[h] = 1
		if f.trend != 0 {
			f.tail[h] = math.Exp(f.trend * sum)
		}
	}
}

// judged is how many days at the end of the history are kept to learn from errors:
// a third of those counted, of a short history half.
func (d *data) judged() int {
	var counted []int
	for t := range d.known {
		if slices.ContainsFunc(d.Series, func(s Series) bool { return t < len(s.Counts) && s.Counts[t] >= 0 }) {
			counted = append(counted, t)
		}
	}
	n := len(counted)
	if n < 4 {
		return 0
	}
	keep := n / 2
	if n > shortHistory {
		keep = max(keep/2, n/3)
	}
	return d.known - counted[n-min(judgedMost, keep)]
}

// errors are told of a group's forecasts within the last days, of whole days ahead.
func (d *data) errors(e [][]float64, g int, r rule, judged int, tell func(i, ahead, t int, y, mean float64)) {
	every := judgedEvery
	if judged < 4*judgedEvery {
		every = 1
	}
	from := d.known - judged
	d.filter(e, g, r, func(f *followed) {
		if f.t < from || (f.t-from)%every != 0 {
			return
		}
		for _, h := range judgedAhead {
			if h > len(f.tail) || f.t-1+h >= d.known {
				break
			}
			for k, i := range d.of[g] {
				if y := d.count(i, f.t-1+h); y >= 0 && e[i][f.t-1+h] > 0 {
					tell(i, h, f.t-1+h, y, f.mean(d, e, k, h))
				}
			}
		}
	})
}

// choose takes the rule with the least sum of absolute errors in some groups; the
// usual one where no other is clearly better.
func (d *data) choose(e [][]float64, groups []int, judged int) rule {
	try := func(r rule) (sum float64) {
		for _, g := range groups {
			d.errors(e, g, r, judged, func(_, _, _ int, y, mean float64) { sum += math.Abs(y - mean) })
		}
		return sum
	}
	best := usualRule
	least := try(best)
	better := func(r rule, by float64) {
		if s := try(r); s < (1-by)*least {
			best, least = r, s
		}
	}
	// One after the other: they hardly depend on each other.
	for _, x := range levels {
		better(rule{x, best.share, best.trend}, .001)
	}
	for _, x := range shares {
		better(rule{best.level, x, best.trend}, .001)
	}
	for _, x := range trends {
		better(rule{best.level, best.share, x}, .02)
	}
	return best
}
