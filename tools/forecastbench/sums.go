package main

import (
	"fmt"
	"io"
	"math"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
)

// sumsOver are the days whose sums are held against what came: lead times follow
// what is asked for until a day, not on it.
var sumsOver = []int{7, 28, 60}

// sums counts how many sums of days lie within their interval: by what the forecast
// says of days together, and as if each was as far off as counts are that have
// dispersion times the variance of chance.
type sums struct{ learned, chance, n float64 }

// dispersion of requests where the policy does not say another one.
const dispersion = 1.5

// quantile of the standard normal at outlook.High.
var quantile = math.Sqrt2 * math.Erfinv(2*outlook.High-1)

// add a forecast of a series and what came after it.
func (s *sums) add(m *outlook.Model, series, days int, came []float64) {
	if len(came) < days || days > len(m.Days(series)) {
		return
	}
	sum, mean := 0.0, 0.0
	for t, y := range came[:days] {
		if y < 0 {
			return
		}
		sum, mean = sum+y, mean+m.Day(series, t+1).Mean
	}
	within := func(variance float64) float64 {
		if math.Abs(sum-mean) <= quantile*math.Sqrt(variance) {
			return 1
		}
		return 0
	}
	s.n++
	s.learned += within(mean + m.Beyond(series, 1)[days-1]*mean*mean)
	s.chance += within(dispersion * mean)
}

func tableOfSums(w io.Writer, all []result) {
	fmt.Fprintln(w, "| counts | days together | forecasts | within | as by chance: within |")
	fmt.Fprintln(w, "| --- | ---: | ---: | ---: | ---: |")
	for _, r := range all {
		for k, days := range sumsOver {
			if s := r.sums[k]; s.n > 0 {
				fmt.Fprintf(w, "| %s | %d | %.0f | %.1f %% | %.1f %% |\n", r.name, days, s.n, 100*s.learned/s.n, 100*s.chance/s.n)
			}
		}
	}
}
