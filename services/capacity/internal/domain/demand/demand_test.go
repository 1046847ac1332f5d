package demand_test

import (
	"errors"
	"math"
	"testing"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
)

// poisson is the smallest n with at least q of the probability up to it, by
// summing.
func poisson(mean, q float64) float64 {
	p := math.Exp(-mean)
	sum, n := p, 0.0
	for sum < q {
		n++
		p *= mean / n
		sum += p
	}
	return n
}

func TestQuantileAgainstThePoissonSummedUp(t *testing.T) {
	for _, mean := range []float64{4, 10, 37.5, 120, 400} {
		for _, q := range []float64{.5, .7, .9, .99} {
			got, want := Quantile(mean, 1, q)*mean, max(mean, poisson(mean, q))
			if math.Abs(got-want) > 1 {
				t.Errorf("mean %v at %v: %.2f, by summing %v", mean, q, got, want)
			}
		}
	}
	if Quantile(0, 1, .9) != 1 {
		t.Error("nothing is asked for, and more is planned for")
	}
}

func TestFactor(t *testing.T) {
	calm := Of(&capacity.Planning{DemandQuantile: .5, ExpectedSickness: new(float64)})
	if f := Factor(calm, 40, 14); f != 1 {
		t.Errorf("the mean without sickness is planned for as it is, not %v", f)
	}
	s := Of(nil)
	few, many := Factor(s, 2, 14), Factor(s, 40, 14)
	if !(few > many && many > 1/(1-s.ExpectedSickness)) {
		t.Errorf("few requests vary more: %v, many %v", few, many)
	}
	s.DemandQuantile = .9
	if f := Factor(s, 40, 14); f <= many {
		t.Errorf("at the quantile .9 %v, at .7 %v", f, many)
	}
}

func TestSeasonsMultiply(t *testing.T) {
	d := day.Date(2027, 6, 1)
	all := []capacity.Season{
		{Skill: "passport", Period: day.Period{From: d, Until: d + 30}, Factor: 1.5},
		{Skill: "passport", Period: day.Period{From: d + 10, Until: d + 11}, Factor: 2},
		{Skill: "id", Period: day.Period{From: d, Until: d + 30}, Factor: 3}}
	for x, want := range map[day.Day]float64{d - 1: 1, d: 1.5, d + 10: 3, d + 29: 1.5, d + 30: 1} {
		if f := Season(all, "passport", x); f != want {
			t.Errorf("%s: %v, want %v", x, f, want)
		}
	}
}

func TestCheckNamesTheField(t *testing.T) {
	if err := Check("policy.planning", nil); err != nil {
		t.Fatal(err)
	}
	much, late := .5, day.TimeOfDay(24*60)
	d := day.Date(2027, 6, 1)
	season := func(edit func(*capacity.Season)) *capacity.Planning {
		s := capacity.Season{Skill: "id", Period: day.Period{From: d, Until: d + 1}, Factor: 1}
		edit(&s)
		return &capacity.Planning{Seasons: []capacity.Season{s}}
	}
	for field, p := range map[string]*capacity.Planning{
		"demand_quantile": {DemandQuantile: 1}, "demand_dispersion": {DemandDispersion: .5}, "expected_sickness": {ExpectedSickness: &much},
		"nightly_at": {NightlyAt: &late}, "nightly_rounds": {NightlyRounds: -1}, "drift": {Drift: 2},
		"least_gain":        {LeastGain: math.NaN()},
		"seasons[0].skill":  season(func(s *capacity.Season) { s.Skill = "" }),
		"seasons[0].until":  season(func(s *capacity.Season) { s.Until = d }),
		"seasons[0].weight": season(func(s *capacity.Season) { s.Weight = 11 }),
		"seasons[0].factor": season(func(s *capacity.Season) { s.Factor = -1 }),
	} {
		var f *events.FieldError
		if err := Check("policy.planning", p); !errors.As(err, &f) || f.Field != "policy.planning."+field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
