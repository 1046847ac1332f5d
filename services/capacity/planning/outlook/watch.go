package outlook

import "math"

// watch sees when a group's level has broken: when the last seven days differ from
// the level before them by far more than other weeks did from theirs. What was before
// is then forgotten (monitoring and intervention: West and Harrison, J. of the
// American Statistical Association 81, 1986).
type watch struct {
	y, e   [7]float64 // counted and expected at level 1, of the last days
	levels []float64  // before each day
	usual  float64    // mean deviation of a week, its logarithm
	weeks  int        // how many it was taken of
}

const (
	// broken is how many standard deviations off a broken level is.
	broken = 3.5
	// settled is how many weeks, each day's anew, must have been seen before; recent
	// is the weight of the newest in their mean deviation.
	settled, recent = 28, .02
	// meanDeviation of the normal distribution, in standard deviations: √(2/π).
	meanDeviation = .798
)

// see a day, and the level before it; if the level has broken it answers what was
// counted and expected in the last week.
func (w *watch) see(y, e, level float64) (is, was float64, hasBroken bool) {
	t := len(w.levels)
	w.y[t%7], w.e[t%7] = y, e
	w.levels = append(w.levels, level)
	for k := range w.y {
		is, was = is+w.y[k], was+w.e[k]
	}
	if t < 14 || is <= 0 || was <= 0 {
		return is, was, false
	}
	off, chance := math.Abs(math.Log(is/was/w.levels[t-6])), meanDeviation/math.Sqrt(is)
	if w.weeks++; w.weeks < settled {
		w.usual += (max(chance, off) - w.usual) / float64(w.weeks)
		return is, was, false
	}
	hasBroken = off > broken/meanDeviation*max(chance, w.usual)
	w.usual += recent * (min(off, 3*w.usual) - w.usual)
	return is, was, hasBroken
}
