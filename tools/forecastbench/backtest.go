package main

import (
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
)

// trial is a history that is forecast again and again: from each origin, a number
// of days counted, so many days ahead, from what was counted until then.
type trial struct {
	name    string
	history outlook.History
	origins []int
	ahead   int
	// seasons of the naive forecasts: the same weekday so many days ago.
	seasons []int
	// learned are the days that a naive forecast takes its errors from.
	learned int
}

// score sums up quantile forecasts.
type score struct {
	pinball      float64 // of the three quantiles, mean
	below, above int     // how many counts were outside of the interval
	absolute     float64 // errors of the median
	counted, n   float64
}

// pinball is the loss of a quantile forecast (Koenker and Bassett 1978).
func pinball(q, forecast, y float64) float64 {
	return max(q*(y-forecast), (q-1)*(y-forecast))
}

func (s *score) add(f outlook.Day, y float64) {
	s.pinball += (pinball(outlook.Low, f.Low, y) + pinball(.5, f.Median, y) + pinball(outlook.High, f.High, y)) / 3
	if y < f.Low {
		s.below++
	}
	if y > f.High {
		s.above++
	}
	s.absolute += math.Abs(y - f.Median)
	s.counted += y
	s.n++
}

func (s score) loss() float64 { return s.pinball / s.n }

// coverage is the share of counts within the interval, its edges included.
func (s score) coverage() float64 { return 1 - float64(s.below+s.above)/s.n }

// result of a trial: by days ahead, of the forecast and of each naive one.
type result struct {
	trial
	ours  [bands]score
	naive [][bands]score // by season
	sums  [3]sums        // of sumsOver
}

// bands of days ahead: the first week, until the fourth, later; and all.
const bands = 4

var bandNames = [bands]string{"1–7", "8–28", "29–60", "all"}

func bandOf(ahead int) int {
	switch {
	case ahead <= 7:
		return 0
	case ahead <= 28:
		return 1
	}
	return 2
}

// best is the naive forecast with the least loss over all days.
func (r result) best() int {
	best := 0
	for i := range r.naive {
		if r.naive[i][bands-1].loss() < r.naive[best][bands-1].loss() {
			best = i
		}
	}
	return best
}

// gain is by which share the loss is below that of the better naive forecast.
func (r result) gain(band int) float64 {
	return 1 - r.ours[band].loss()/r.naive[r.best()][band].loss()
}

// play forecasts from each origin. Days are scored that every naive forecast has an
// answer for, too.
func (t trial) play() result {
	r := result{trial: t, naive: make([][bands]score, len(t.seasons))}
	for _, origin := range t.origins {
		until := t.history
		until.Series = slices.Clone(until.Series)
		for i, s := range until.Series {
			until.Series[i].Counts = s.Counts[:origin]
		}
		model := outlook.Learn(until, t.ahead)
		naive := make([]naive, len(t.seasons))
		for k, season := range t.seasons {
			naive[k] = newNaive(until.Series, season, origin, t.learned, t.ahead)
		}
		for i, s := range t.history.Series {
			for k, days := range sumsOver {
				r.sums[k].add(model, i, days, s.Counts[min(origin, len(s.Counts)):])
			}
			for h := 1; h <= t.ahead && origin-1+h < len(s.Counts); h++ {
				y := s.Counts[origin-1+h]
				if y < 0 {
					continue
				}
				others := make([]outlook.Day, len(naive))
				all := true
				for k := range naive {
					var ok bool
					others[k], ok = naive[k].day(s.Counts[:origin], origin, h)
					all = all && ok
				}
				if !all {
					continue
				}
				for _, b := range []int{bandOf(h), bands - 1} {
					r.ours[b].add(model.Day(i, h), y)
					for k := range others {
						r.naive[k][b].add(others[k], y)
					}
				}
			}
		}
	}
	return r
}
