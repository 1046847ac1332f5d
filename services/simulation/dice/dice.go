// Package dice has the chance of a simulation: streams of numbers by name, all
// from one seed. Streams do not touch each other, so policies that are compared
// on one seed meet the same citizens and the same illnesses however often each
// asks for more (common random numbers).
package dice

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// Dice is one stream.
type Dice struct{ *rand.Rand }

// Of opens the stream of a seed and a name, such as Of(1, "citizens", "altona").
func Of(seed uint64, name ...string) Dice {
	sum := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte(strings.Join(name, "\x00")), seed))
	return Dice{rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])))}
}

// Chance is true with probability p.
func (d Dice) Chance(p float64) bool { return d.Float64() < p }

// Between draws evenly from [from, to).
func (d Dice) Between(from, to float64) float64 { return from + (to-from)*d.Float64() }

// After draws an exponential waiting time with a mean.
func (d Dice) After(mean time.Duration) time.Duration {
	return time.Duration(d.ExpFloat64() * float64(mean))
}

// Poisson draws a count with a mean; a mean of 0 or less gives 0. Counts with a
// mean above 30 are sums of smaller ones, so that exp does not vanish.
func (d Dice) Poisson(mean float64) (n int) {
	for mean > 30 {
		n += d.poisson(30)
		mean -= 30
	}
	return n + d.poisson(mean)
}

// poisson multiplies until the product falls below exp(−mean) (Knuth 1969, 3.4.1).
func (d Dice) poisson(mean float64) (n int) {
	if mean <= 0 {
		return 0
	}
	for p, floor := d.Float64(), math.Exp(-mean); p > floor; n++ {
		p *= d.Float64()
	}
	return n
}

// LogNormal draws a positive number by its median and the standard deviation of
// its logarithm.
func (d Dice) LogNormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*d.NormFloat64())
}

// Pick draws an index with a chance in proportion to its weight; −1 where no weight
// is above 0.
func (d Dice) Pick(weights []float64) int {
	sum, last := 0.0, -1
	for i, w := range weights {
		if w > 0 {
			sum, last = sum+w, i
		}
	}
	at := d.Float64() * sum
	for i, w := range weights {
		if w <= 0 {
			continue
		}
		if at -= w; at < 0 {
			return i
		}
	}
	return last // rounding
}
