package dice_test

import (
	"math"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/simulation/dice"
)

func TestStreamsAreOfTheirSeedAndName(t *testing.T) {
	a, again := dice.Of(1, "citizens", "altona"), dice.Of(1, "citizens", "altona")
	others := []dice.Dice{dice.Of(2, "citizens", "altona"), dice.Of(1, "citizens", "harburg"), dice.Of(1, "citizensaltona"), dice.Of(1, "staff", "altona")}
	same := make([]int, len(others))
	for range 100 {
		n := a.Uint64()
		if n != again.Uint64() {
			t.Fatal("the same stream gives other numbers")
		}
		for i, o := range others {
			if o.Uint64() == n {
				same[i]++
			}
		}
	}
	for i, n := range same {
		if n > 0 {
			t.Errorf("stream %d shares %d of 100 numbers", i, n)
		}
	}
}

// Means and variances lie within four standard errors of what they should be.
func TestDistributionsHaveTheirMoments(t *testing.T) {
	const n = 200_000
	d := dice.Of(7, "moments")
	for _, c := range []struct {
		name           string
		draw           func() float64
		mean, variance float64
		kurtosis       float64 // of the distribution, for the error of the variance
	}{
		{"poisson 0.8", func() float64 { return float64(d.Poisson(.8)) }, .8, .8, 3 + 1/.8},
		{"poisson 12", func() float64 { return float64(d.Poisson(12)) }, 12, 12, 3 + 1./12},
		{"poisson 95", func() float64 { return float64(d.Poisson(95)) }, 95, 95, 3 + 1./95},
		{"poisson 0", func() float64 { return float64(d.Poisson(0)) }, 0, 0, 3},
		{"after 15 min", func() float64 { return d.After(15 * time.Minute).Minutes() }, 15, 225, 9},
		{"between", func() float64 { return d.Between(2, 8) }, 5, 3, 1.8},
		{"log-normal", func() float64 { return math.Log(d.LogNormal(10, .5)) }, math.Log(10), .25, 3},
		{"chance", func() float64 {
			if d.Chance(.3) {
				return 1
			}
			return 0
		}, .3, .21, 1/.21 - 3},
		{"pick", func() float64 { return float64(d.Pick([]float64{0, 1, 3, -1})) }, 1.75, .1875, 1/.1875 - 3},
	} {
		var sum, squares float64
		for range n {
			x := c.draw()
			sum, squares = sum+x, squares+(x-c.mean)*(x-c.mean)
		}
		mean, variance := sum/n, squares/n
		if e := 4 * math.Sqrt(c.variance/n); math.Abs(mean-c.mean) > e+1e-12 {
			t.Errorf("%s: mean %.4f, want %.4f ± %.4f", c.name, mean, c.mean, e)
		}
		if e := 4 * c.variance * math.Sqrt((c.kurtosis-1)/n); math.Abs(variance-c.variance) > e+1e-12 {
			t.Errorf("%s: variance %.4f, want %.4f ± %.4f", c.name, variance, c.variance, e)
		}
	}
	if i := d.Pick([]float64{0, -1}); i != -1 {
		t.Errorf("nothing has a weight, and %d was picked", i)
	}
}
