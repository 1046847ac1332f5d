package demand

import (
	"cmp"
	"fmt"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
)

// Settings are capacity.Planning with nothing missing.
type Settings struct {
	DemandQuantile, DemandDispersion, ExpectedSickness float64
	LeastGain                                          float64 // points
	Hysteresis, ReoptimiseGain, Drift                  float64 // shares
	NightlyAt                                          day.TimeOfDay
	NightlyRounds                                      int
	Seasons                                            []capacity.Season
	DemandLearned                                      bool
	MaxAwayPerHalfYear, SaturdaysInFourWeeks           int // days
}

// Of fills in the defaults.
func Of(p *capacity.Planning) Settings {
	s := Settings{DemandQuantile: .7, DemandDispersion: 1.5, ExpectedSickness: .04, LeastGain: 1, Hysteresis: .1,
		ReoptimiseGain: .001, Drift: .03, NightlyAt: day.Clock(2, 30), NightlyRounds: 24,
		MaxAwayPerHalfYear: 40, SaturdaysInFourWeeks: 1}
	if p == nil {
		return s
	}
	s.DemandLearned = p.DemandLearned
	set(&s.DemandQuantile, p.DemandQuantile)
	set(&s.DemandDispersion, p.DemandDispersion)
	set(&s.LeastGain, p.LeastGain)
	set(&s.Drift, p.Drift)
	set(&s.NightlyRounds, p.NightlyRounds)
	given(&s.ExpectedSickness, p.ExpectedSickness)
	given(&s.Hysteresis, p.Hysteresis)
	given(&s.ReoptimiseGain, p.ReoptimiseGain)
	given(&s.NightlyAt, p.NightlyAt)
	given(&s.MaxAwayPerHalfYear, p.MaxAwayPerHalfYear)
	given(&s.SaturdaysInFourWeeks, p.SaturdaysInFourWeeks)
	for _, x := range p.Seasons {
		set(&x.Weight, cmp.Or(x.Weight, 1))
		s.Seasons = append(s.Seasons, x)
	}
	return s
}

func set[T comparable](to *T, v T) {
	var none T
	if v != none {
		*to = v
	}
}

func given[T any](to *T, v *T) {
	if v != nil {
		*to = *v
	}
}

// Check validates settings; field is their path.
func Check(field string, p *capacity.Planning) error {
	s := Of(p)
	for _, x := range []struct {
		name      string
		v, lo, hi float64
	}{
		{"demand_quantile", s.DemandQuantile, .5, .99}, {"demand_dispersion", s.DemandDispersion, 1, 20},
		{"expected_sickness", s.ExpectedSickness, 0, .3}, {"least_gain", s.LeastGain, .1, 1000}, {"hysteresis", s.Hysteresis, 0, 1},
		{"reoptimise_gain", s.ReoptimiseGain, 0, 1}, {"drift", s.Drift, .005, 1}, {"nightly_rounds", float64(s.NightlyRounds), 1, 500},
		{"nightly_at", float64(s.NightlyAt), 0, 24*60 - 1}, {"max_days_away_per_half_year", float64(s.MaxAwayPerHalfYear), 0, 183},
		{"saturdays_in_four_weeks", float64(s.SaturdaysInFourWeeks), 0, 4},
	} {
		if !(x.v >= x.lo && x.v <= x.hi) {
			return &events.FieldError{Field: field + "." + x.name, Value: fmt.Sprint(x.v), Reason: fmt.Sprintf("must lie between %v and %v", x.lo, x.hi)}
		}
	}
	for i, x := range s.Seasons {
		f := fmt.Sprintf("%s.seasons[%d]", field, i)
		switch {
		case x.Skill == "":
			return &events.FieldError{Field: f + ".skill", Reason: "is missing: name a service group's skill"}
		case x.Days() == 0:
			return &events.FieldError{Field: f + ".until", Value: x.Until.String(), Reason: "is not after from " + x.From.String() + ": name the day after the last one"}
		case !(x.Factor >= 0 && x.Factor <= 5):
			return &events.FieldError{Field: f + ".factor", Value: fmt.Sprint(x.Factor), Reason: "must lie between 0 and 5: 1.4 is two fifths more"}
		case !(x.Weight >= .1 && x.Weight <= 10):
			return &events.FieldError{Field: f + ".weight", Value: fmt.Sprint(x.Weight), Reason: "must lie between 0.1 and 10: 1 changes nothing"}
		}
	}
	return nil
}
