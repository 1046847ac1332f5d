package outlook_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	. "github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
)

func TestSharesLieBetweenTheCityAndTheDistrict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "districts")
		prior := Prior{rapid.Float64Range(.01, .5).Draw(t, "prior"), rapid.Float64Range(1, 500).Draw(t, "its worth")}
		worth, halfLife := rapid.Float64Range(1, 500).Draw(t, "worth"), rapid.Float64Range(1, 90).Draw(t, "half-life")
		days := make([][]Tally, rapid.IntRange(1, 60).Draw(t, "days"))
		hits, of := make([]float64, n), make([]float64, n)
		for i := range days {
			days[i] = make([]Tally, n)
			w := math.Pow(.5, float64(len(days)-1-i)/halfLife)
			for d := range n {
				x := rapid.IntRange(0, 50).Draw(t, "of")
				days[i][d] = Tally{float64(rapid.IntRange(0, x).Draw(t, "hits")), float64(x)}
				hits[d], of[d] = hits[d]+w*days[i][d].Hits, of[d]+w*days[i][d].Of
			}
		}
		shares, city := Shares(days, prior, worth, halfLife)
		between := func(name string, x, a, b float64) {
			if x < min(a, b)-1e-9 || x > max(a, b)+1e-9 {
				t.Errorf("%s: %v is not between %v and %v", name, x, a, b)
			}
		}
		h, o := 0.0, 0.0
		for d := range n {
			h, o = h+hits[d], o+of[d]
			own := city
			if of[d] > 0 {
				own = hits[d] / of[d]
			} else if math.Abs(shares[d]-city) > 1e-12 {
				t.Errorf("nothing was counted in %d, and it is %v, the city %v", d, shares[d], city)
			}
			between("district", shares[d], own, city)
		}
		if o > 0 {
			between("city", city, h/o, prior.Share)
		}
		// The same shares of twice as many are closer to what was counted.
		twice := make([][]Tally, len(days))
		for i := range days {
			for _, x := range days[i] {
				twice[i] = append(twice[i], Tally{2 * x.Hits, 2 * x.Of})
			}
		}
		_, more := Shares(twice, prior, worth, halfLife)
		if o > 0 && math.Abs(more-h/o) > math.Abs(city-h/o)+1e-9 {
			t.Errorf("twice as many say %v instead of %v, %v was counted", more, city, h/o)
		}
	})
}

func TestSharesOfManyAreTheirOwnAndTheLastCountMost(t *testing.T) {
	day := func(a, b float64) []Tally { return []Tally{{Hits: a, Of: 100}, {Hits: b, Of: 100}, {}} }
	prior := Prior{.1, 200}
	shares, city := Shares(slices.Repeat([][]Tally{day(5, 25)}, 200), prior, 300, 56)
	for i, want := range []float64{.05, .25, city} {
		if math.Abs(shares[i]-want) > .02 {
			t.Errorf("district %d: %.3f, want %.3f", i, shares[i], want)
		}
	}
	rose := append(slices.Repeat([][]Tally{day(5, 5)}, 100), slices.Repeat([][]Tally{day(15, 15)}, 56)...)
	fell := append(slices.Repeat([][]Tally{day(15, 15)}, 56), slices.Repeat([][]Tally{day(5, 5)}, 100)...)
	up, _ := Shares(rose, prior, 300, 56)
	down, _ := Shares(fell, prior, 300, 56)
	if up[0] < .09 || down[0] > .08 || up[0] <= down[0]+.02 {
		t.Errorf("the last weeks hardly count: %.3f and %.3f", up[0], down[0])
	}
	if none, all := Shares(nil, prior, 300, 56); len(none) != 0 || all != .1 {
		t.Errorf("nothing was counted: %v %v", none, all)
	}
}
