package planner

import (
	"errors"
	"reflect"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

// PolicyIf is what a policy would be: all of it that changes a plan, or how a plan is
// judged. What is nil stays.
type PolicyIf struct {
	GoalDays   *int `json:"goal_days,omitempty" doc:"Aim, in days."`
	LimitDays  *int `json:"limit_days,omitempty" doc:"Promise, in days."`
	MinLead    *int `json:"min_lead_days,omitempty" doc:"Days before a slot can be booked online."`
	NoticeDays *int `json:"notice_days,omitempty" doc:"Days of notice before an ordinary employee is moved."`

	MaxAwayWeek     *int `json:"max_days_away_per_week,omitempty" doc:"Most days in a week that one person is sent elsewhere."`
	MaxAwayHalfYear *int `json:"max_days_away_per_half_year,omitempty" doc:"Most days within half a year that one person is sent elsewhere."`
	MaxTravel       *int `json:"max_travel_minutes,omitempty" doc:"Longest way to work elsewhere, in minutes."`
	Saturdays       *int `json:"saturdays_in_four_weeks,omitempty" doc:"Most Saturdays in four weeks that one person is sent elsewhere."`

	WalkInShare *float64 `json:"walk_in_share,omitempty" doc:"Share of counters kept for walk-ins, 0 to 1."`
	Express     *int     `json:"express_counters,omitempty" doc:"Express counters per centre."`

	LeastGain *float64 `json:"least_gain,omitempty" doc:"Points that a move must bring to be proposed."`
	Quantile  *float64 `json:"demand_quantile,omitempty" doc:"Quantile of requests that is planned for, 0.5 to 0.99."`
	Sickness  *float64 `json:"expected_sickness,omitempty" doc:"Share of rostered time expected to be lost, 0 to 0.3."`

	Automatic *GuardrailsIf `json:"automatic,omitempty" doc:"Guardrails of automatic approval."`
}

// GuardrailsIf as they would be. What is nil stays.
type GuardrailsIf struct {
	Enabled    *bool    `json:"enabled,omitempty" doc:"Something may be approved without a planner."`
	MaxMoves   *int     `json:"max_moves,omitempty" doc:"Most moves of one proposal."`
	MaxTravel  *int     `json:"max_travel_minutes,omitempty" doc:"Longest way, in minutes."`
	MinGain    *float64 `json:"min_gain,omitempty" doc:"Least points per move."`
	MobileOnly *bool    `json:"mobile_only,omitempty" doc:"Only mobile teams are moved without review."`
}

// Empty: the policy stays.
func (p PolicyIf) Empty() bool {
	if p.Automatic != nil && *p.Automatic == (GuardrailsIf{}) {
		p.Automatic = nil
	}
	return p == PolicyIf{}
}

// over is a policy with what would be another.
func (p PolicyIf) over(was capacity.Policy) capacity.Policy {
	is := was
	put(&is.GoalDays, p.GoalDays)
	put(&is.LimitDays, p.LimitDays)
	put(&is.MinLeadDays, p.MinLead)
	put(&is.NoticeDays, p.NoticeDays)
	put(&is.MaxDaysAwayPerWeek, p.MaxAwayWeek)
	put(&is.MaxTravelMinutes, p.MaxTravel)
	put(&is.WalkInShare, p.WalkInShare)
	put(&is.ExpressCounters, p.Express)
	if g := p.Automatic; g != nil {
		put(&is.Automatic.Enabled, g.Enabled)
		put(&is.Automatic.MaxMoves, g.MaxMoves)
		put(&is.Automatic.MaxTravelMinutes, g.MaxTravel)
		put(&is.Automatic.MinGain, g.MinGain)
		put(&is.Automatic.MobileOnly, g.MobileOnly)
	}
	var set capacity.Planning
	if was.Planning != nil {
		set = *was.Planning
	}
	put(&set.LeastGain, p.LeastGain)
	put(&set.DemandQuantile, p.Quantile)
	given(&set.ExpectedSickness, p.Sickness)
	given(&set.MaxAwayPerHalfYear, p.MaxAwayHalfYear)
	given(&set.SaturdaysInFourWeeks, p.Saturdays)
	if was.Planning != nil || !reflect.ValueOf(set).IsZero() {
		is.Planning = &set
	}
	return is
}

func put[T any](to *T, v *T) {
	if v != nil {
		*to = *v
	}
}

func given[T any](to **T, v *T) {
	if v != nil {
		*to = v
	}
}

// rule puts another policy into force.
func (f *Fork) rule(p PolicyIf) error {
	for _, x := range []struct {
		field string
		v     *float64
	}{{"least_gain", p.LeastGain}, {"demand_quantile", p.Quantile}} {
		if x.v != nil && *x.v == 0 { // in a policy it says: the default
			return &events.FieldError{Field: "policy." + x.field, Value: "0", Reason: "must be above 0"}
		}
	}
	was := f.City.Policy.Policy
	is := p.over(was)
	if err := network.CheckPolicy(is); err != nil {
		var field *events.FieldError
		if errors.As(err, &field) { // what is supposed has no room of its own for planning
			field.Field = flat(field.Field)
		}
		return err
	}
	f.City.Policy.Policy = is
	if is.WalkInShare != was.WalkInShare || is.ExpressCounters != was.ExpressCounters {
		for k := range f.Centres {
			for d := f.Today; d < f.Horizon().Until; d++ {
				f.touch(read.Place{Centre: k, Day: d})
			}
		}
	}
	return nil
}

func flat(field string) string {
	const inner = "policy.planning."
	if len(field) > len(inner) && field[:len(inner)] == inner {
		return "policy." + field[len(inner):]
	}
	return field
}
