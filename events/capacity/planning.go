package capacity

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Planning are the planner's settings. What is missing has the default that is
// named; points are the planner's (one slot one day late is one point).
type Planning struct {
	// DemandQuantile of the requests of a promise's length that is planned for,
	// 0.5 to 0.99; default 0.7. 0.5 plans for the mean.
	DemandQuantile float64 `json:"demand_quantile,omitempty"`
	// DemandDispersion is the variance of a day's requests against their mean, 1
	// (Poisson) to 20; default 1.5.
	DemandDispersion float64 `json:"demand_dispersion,omitempty"`
	// DemandLearned: what is planned for is what the bookings counted so far let
	// expect, once four weeks of them are known, with as much sickness as absences so
	// far let expect; else it is the districts' daily demand and ExpectedSickness.
	DemandLearned bool `json:"demand_learned,omitempty"`
	// ExpectedSickness is the share of rostered time that nobody knows yet to be
	// lost, 0 to 0.3; default 0.04. New requests are planned for with as much less.
	ExpectedSickness *float64 `json:"expected_sickness,omitempty"`
	// Seasons change the daily demand in periods.
	Seasons []Season `json:"seasons,omitempty"`
	// LeastGain in points that a move must bring to be proposed, 0.1 to 1000;
	// default 1.
	LeastGain float64 `json:"least_gain,omitempty"`
	// Hysteresis is the share by which a new proposal must gain more than an open
	// one to replace it, 0 to 1; default 0.1.
	Hysteresis *float64 `json:"hysteresis,omitempty"`
	// ReoptimiseGain is the share of what can be gained on the present plan's
	// points that a global re-optimisation must bring to be proposed, 0 to 1;
	// default 0.001.
	ReoptimiseGain *float64 `json:"reoptimise_gain,omitempty"`
	// Drift is the share by which the plan may have become worse since the last
	// global optimisation before the next one begins at once, 0.005 to 1; default
	// 0.03.
	Drift float64 `json:"drift,omitempty"`
	// NightlyAt is when the whole city is optimised; default 02:30.
	NightlyAt *day.TimeOfDay `json:"nightly_at,omitempty"`
	// NightlyRounds bound it, 1 to 500 rounds through the horizon; default 24.
	NightlyRounds int `json:"nightly_rounds,omitempty"`
	// MaxAwayPerHalfYear is the most days that one person may be sent elsewhere
	// within any half year, 0 to 183; default 40. A hard stop: more of them may
	// be a transfer, which the staff council has a say in (§ 88 (1) HmbPersVG).
	MaxAwayPerHalfYear *int `json:"max_days_away_per_half_year,omitempty"`
	// SaturdaysInFourWeeks is the most Saturdays that one person may be sent
	// elsewhere within any four weeks, 0 to 4; default 1. Below it only mobile
	// teams and volunteers are.
	SaturdaysInFourWeeks *int `json:"saturdays_in_four_weeks,omitempty"`
}

// Season changes what is asked of a skill in a period, in all districts.
type Season struct {
	// Name as planners say it.
	Name  string   `json:"name"`
	Skill id.Skill `json:"skill"`
	day.Period
	// Factor on the daily demand, 0 to 5: 1.4 is two fifths more.
	Factor float64 `json:"factor"`
	// Weight on the price of lateness, 0.1 to 10, so that the mix of services
	// leans to the skill; default 1.
	Weight float64 `json:"weight,omitempty"`
}

// Suggestion is something that a planner might do beside moving people, with its
// price. Lotse never does it by itself.
type Suggestion struct {
	// ID names it in POST /v1/suggestions/{id}/accept.
	ID string `json:"id"`
	// Kind is "release-walk-in", "overtime", "saturday-opening",
	// "close-for-a-day" or "shorter-hours".
	Kind     string      `json:"kind"`
	Centre   id.Centre   `json:"centre"`
	District id.District `json:"district"`
	// Skill that gains most, if one does.
	Skill id.Skill  `json:"skill,omitempty"`
	Days  []day.Day `json:"days"`
	// Hours that shorter hours leave.
	Hours *day.Span `json:"hours,omitempty"`
	// Minutes at the counter that it is about, People whom it takes.
	Minutes day.Minutes `json:"minutes"`
	People  int         `json:"people,omitempty"`
	// Gain in points, and what it costs in minutes of people beyond the plan.
	Gain         float64     `json:"gain"`
	StaffMinutes day.Minutes `json:"staff_minutes"`
	// Exact: nothing is touched that only the moments of a day tell.
	Exact bool `json:"exact"`
	// Why in a few sentences, per language ("de", "en").
	Why map[string]string `json:"why"`
}
