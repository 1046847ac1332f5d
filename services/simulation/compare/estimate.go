// Package compare says what runs of several policies over several seeds amount to:
// means with intervals, differences on the same seeds, and whether the claim holds
// that Lotse is held against.
package compare

import (
	"encoding/json"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Confidence of all intervals.
const Confidence = .95

// Estimate is a mean over seeds: with probability Confidence that of all seeds lies
// within Mean ± Half (Student's t; Gosset 1908).
type Estimate struct {
	// Seeds that have the number. 0: Mean is NaN; 1: Half is, one number says
	// nothing about the others.
	Seeds      int
	Mean, Half float64
}

// Of numbers, one a seed; NaN are left out.
func Of(numbers []float64) Estimate {
	var known []float64
	for _, x := range numbers {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			known = append(known, x)
		}
	}
	e := Estimate{Seeds: len(known), Mean: math.NaN(), Half: math.NaN()}
	switch len(known) {
	case 0:
	case 1:
		e.Mean = known[0]
	default:
		mean, sd := stat.MeanStdDev(known, nil)
		e.Mean, e.Half = mean, quantile(len(known))*sd/math.Sqrt(float64(len(known)))
	}
	return e
}

// Ratio of two sums over the same seeds, with the interval of the ratio estimator:
// the deviations are those of a − R·b (Cochran 1977, section 6).
func Ratio(a, b []float64) Estimate {
	n := len(a)
	e := Estimate{Seeds: n, Mean: math.NaN(), Half: math.NaN()}
	sum := 0.0
	for i := range b {
		e.Mean, sum = 0, sum+b[i]
	}
	if n == 0 || sum == 0 {
		e.Mean = math.NaN()
		return e
	}
	for i := range a {
		e.Mean += a[i] / sum
	}
	if n < 2 {
		return e
	}
	rest := make([]float64, n)
	for i := range a {
		rest[i] = a[i] - e.Mean*b[i]
	}
	_, sd := stat.MeanStdDev(rest, nil)
	e.Half = quantile(n) * sd / math.Sqrt(float64(n)) / math.Abs(sum/float64(n))
	return e
}

// quantile of Student's t for an interval of a mean of n numbers.
func quantile(n int) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(.5 + Confidence/2)
}

// Known says whether there is a mean.
func (e Estimate) Known() bool { return !math.IsNaN(e.Mean) }

// Interval says whether there is one.
func (e Estimate) Interval() bool { return !math.IsNaN(e.Half) }

// Low and High are the interval's ends; the mean, where there is none.
func (e Estimate) Low() float64 { return e.end(-1) }

// High end of the interval.
func (e Estimate) High() float64 { return e.end(1) }

func (e Estimate) end(sign float64) float64 {
	if !e.Interval() {
		return e.Mean
	}
	return e.Mean + sign*e.Half
}

// MarshalJSON leaves out what is not known.
func (e Estimate) MarshalJSON() ([]byte, error) {
	out := struct {
		Seeds int      `json:"seeds"`
		Mean  *float64 `json:"mean,omitempty"`
		Low   *float64 `json:"low,omitempty"`
		High  *float64 `json:"high,omitempty"`
	}{Seeds: e.Seeds}
	if e.Known() {
		out.Mean = &e.Mean
	}
	if e.Interval() {
		low, high := e.Low(), e.High()
		out.Low, out.High = &low, &high
	}
	return json.Marshal(out)
}
