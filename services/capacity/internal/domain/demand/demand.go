// Package demand says how many requests the planner plans for: more than are
// expected, by what the policy says about chance, sickness and seasons.
package demand

import (
	"math"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Count is a count with a mean above 0 at quantile q, never below 0.
//
// The count is an overdispersed Poisson: its variance is dispersion times its
// mean (McCullagh and Nelder, Generalized Linear Models, 2nd ed. 1989, 6.2.3);
// its quantile is the normal one with the first correction for skewness (Cornish
// and Fisher 1938): with z that of the standard normal,
//
//	N(q) = mean + z·√(dispersion·mean) + dispersion·(z²−1)/6
//
// against the quantiles of the Poisson this is within one request from a mean of
// 4 on.
func Count(mean, dispersion, q float64) float64 {
	if mean <= 0 {
		return 0
	}
	z := math.Sqrt2 * math.Erfinv(2*q-1)
	return max(0, mean+z*math.Sqrt(dispersion*mean)+dispersion*(z*z-1)/6)
}

// Quantile is the factor on the mean of a count at quantile q, at least 1.
func Quantile(mean, dispersion, q float64) float64 {
	if mean <= 0 {
		return 1
	}
	return max(1, Count(mean, dispersion, q)/mean)
}

// Factor is by how much a skill's daily demand is planned for beyond its mean:
// the quantile of the requests that come within a promise of so many days, since
// within it a quiet day makes good for a busy one; and as much more as sickness
// is expected to take away of the time that serves them: who plans D with
// capacity C·(1−s) plans D/(1−s) with C.
func Factor(p Settings, dailySlots float64, days int) float64 {
	return Quantile(dailySlots*float64(days), p.DemandDispersion, p.DemandQuantile) / (1 - p.ExpectedSickness)
}

// Season is the factor of the seasons on a skill's demand on a day; where several
// hold, they multiply.
func Season(all []capacity.Season, s id.Skill, d day.Day) float64 {
	f := 1.0
	for _, x := range all {
		if x.Skill == s && x.Contains(d) {
			f *= x.Factor
		}
	}
	return f
}
