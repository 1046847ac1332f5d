package main

import (
	"math"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
	"github.com/lotse-hamburg/lotse/tools/network"
	"github.com/lotse-hamburg/lotse/tools/simulate"
)

// What the report promises holds for some origins of the year.
func TestTheYearIsForecastBetterThanNaively(t *testing.T) {
	n, err := network.Load("../../deploy/networks/hamburg")
	if err != nil {
		t.Fatal(err)
	}
	s, err := simulate.Scenario("../../deploy/scenarios", "year")
	if err != nil {
		t.Fatal(err)
	}
	r := years("year", simulated(n, s, 2, before), s.Days, 75).play()
	all := r.ours[bands-1]
	t.Logf("%.0f forecasts: loss %.3f, %.1f %% below the better naive one, %.1f %% within", all.n, all.loss(), 100*r.gain(bands-1), 100*all.coverage())
	if all.n < 5000 || r.gain(bands-1) < .15 {
		t.Errorf("%.0f forecasts are %.1f %% below the better naive one, at least 15 %% are aimed at", all.n, 100*r.gain(bands-1))
	}
	if c := all.coverage(); c < .75 || c > .85 {
		t.Errorf("%.1f %% lie within the interval, 75 to 85 %% are aimed at", 100*c)
	}
}

func TestWarsawIsForecastBetterThanNaively(t *testing.T) {
	h, err := warsaw("../../services/capacity/planning/outlook/testdata/warsaw-2020-01.csv")
	if err != nil {
		t.Fatal(err)
	}
	r := january("Warsaw", h).play()
	if c := r.ours[bands-1].coverage(); r.gain(bands-1) < .05 || c < .75 || c > .85 {
		t.Errorf("%.1f %% below last week's weekday, %.1f %% within", 100*r.gain(bands-1), 100*c)
	}
}

func TestScores(t *testing.T) {
	var s score
	s.add(outlook.Day{Low: 8, Median: 10, High: 13}, 10) // .1·2, 0, .1·3
	s.add(outlook.Day{Low: 8, Median: 10, High: 13}, 16) // .1·8, .5·6, .9·3
	s.add(outlook.Day{Low: 8, Median: 10, High: 13}, 8)  // 0, .5·2, .1·5
	if want := (.2 + .3 + .8 + 3 + 2.7 + 1 + .5) / 9; math.Abs(s.loss()-want) > 1e-9 || s.above != 1 || s.below != 0 || math.Abs(s.coverage()-2./3) > 1e-9 {
		t.Errorf("loss %v, want %v; %+v", s.loss(), want, s)
	}
}

func TestNaiveIsTheSameWeekdayBefore(t *testing.T) {
	counts := []float64{1, 2, 3, 4, 5, 6, 7, 11, -1, 13}
	for at, want := range map[int]float64{10: 4, 14: 11, 15: 2, 16: 13, 21: 11, 22: 2} {
		if got, ok := value(counts, 7, at); !ok || got != want {
			t.Errorf("day %d: %v %v, want %v", at, got, ok, want)
		}
	}
	if _, ok := value(counts[:2], 7, 4); ok {
		t.Error("nothing is known of that weekday")
	}
}
