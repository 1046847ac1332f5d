package main

import (
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
)

// naive says that a day will be as the same weekday was a season ago, the last one
// that was counted; its interval is made of the errors that this had, on a scale
// that counts of different sizes share: |y − f| against √f.
type naive struct {
	season         int
	low, mid, high [bands]float64
}

// value is the count of the same weekday a whole number of seasons before; where it
// was not counted, of the season before that.
func value(counts []float64, season, at int) (float64, bool) {
	t := at - season
	for t >= len(counts) {
		t -= season
	}
	for ; t >= 0; t -= season {
		if counts[t] >= 0 {
			return counts[t], true
		}
	}
	return 0, false
}

func newNaive(all []outlook.Series, season, origin, learned, ahead int) naive {
	n := naive{season: season}
	var errors [bands][]float64
	for from := max(season, origin-learned); from < origin; from += 3 {
		for _, s := range all {
			for h := 1; h <= ahead && from-1+h < origin; h += 1 + h/8 {
				y := s.Counts[from-1+h]
				f, ok := value(s.Counts[:from], season, from-1+h)
				if y >= 0 && ok {
					errors[bandOf(h)] = append(errors[bandOf(h)], (y-f)/math.Sqrt(f+1))
				}
			}
		}
	}
	for b := range errors[:bands-1] {
		if len(errors[b]) < 20 && b > 0 {
			n.low[b], n.mid[b], n.high[b] = n.low[b-1], n.mid[b-1], n.high[b-1]
			continue
		}
		slices.Sort(errors[b])
		at := func(q float64) float64 {
			if len(errors[b]) == 0 {
				return math.Sqrt2 * math.Erfinv(2*q-1) * math.Sqrt2 // two counts' chance
			}
			return errors[b][int(q*float64(len(errors[b])-1)+.5)]
		}
		n.low[b], n.mid[b], n.high[b] = at(outlook.Low), at(.5), at(outlook.High)
	}
	return n
}

func (n naive) day(counts []float64, origin, ahead int) (outlook.Day, bool) {
	f, ok := value(counts, n.season, origin-1+ahead)
	root, b := math.Sqrt(f+1), bandOf(ahead)
	at := func(z float64) float64 { return max(0, f+z*root) }
	return outlook.Day{Mean: f, Low: at(n.low[b]), Median: at(n.mid[b]), High: at(n.high[b])}, ok
}
