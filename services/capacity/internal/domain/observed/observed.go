// Package observed has what capacity has heard from others and wrote down: the
// duties of each employee (from staffing) and the load of each centre-day (from
// booking). The newest version wins; an older one or a repeat changes nothing.
package observed

import (
	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Type names in the log.
const (
	TypeDuties = "capacity.duties-observed.v1"
	TypeLoad   = "capacity.load-observed.v1"
)

// Duty is one day of one employee at one centre.
type Duty struct {
	Day    day.Day   `json:"day"`
	Centre id.Centre `json:"centre"`
	day.Span
	Breaks     []day.Span    `json:"breaks,omitempty"`
	Deployment id.Deployment `json:"deployment,omitempty"`
}

// Minutes at the counter: the span without its breaks.
func (d Duty) Minutes() day.Minutes { return WithoutBreaks(d.Span, d.Breaks) }

// WithoutBreaks is the length of a span without what breaks take of it.
func WithoutBreaks(s day.Span, breaks []day.Span) day.Minutes {
	m := s.Minutes()
	for _, b := range breaks {
		m -= s.Meet(b).Minutes()
	}
	return max(0, m)
}

// DutiesObserved carries all duties of an employee over a horizon. The causes
// of a change stand in the event's meta data.
type DutiesObserved struct {
	Employee           id.Employee `json:"employee"`
	Epoch              int64       `json:"epoch,omitempty"` // of staffing's log
	Version            int64       `json:"version"`
	Home               id.Centre   `json:"home"`
	Skills             []id.Skill  `json:"skills"`
	Mobile             bool        `json:"mobile,omitempty"`
	Volunteer          bool        `json:"volunteer,omitempty"`
	Deployable         bool        `json:"deployable"`
	MaxDaysAwayPerWeek int         `json:"max_days_away_per_week"`
	Horizon            day.Period  `json:"horizon"`
	Duties             []Duty      `json:"duties"`
}

// EventType names it in the log.
func (DutiesObserved) EventType() string { return TypeDuties }

// LoadObserved carries what is booked at one centre-day.
type LoadObserved struct {
	Centre          id.Centre                `json:"centre"`
	Day             day.Day                  `json:"day"`
	Epoch           int64                    `json:"epoch,omitempty"` // of booking's log
	Version         int64                    `json:"version"`
	OfferingVersion int64                    `json:"offering_version"`
	Booked          map[id.Skill]day.Minutes `json:"booked,omitempty"`
	Uncovered       map[id.Skill]day.Minutes `json:"uncovered,omitempty"`
	Free            map[id.Skill]int         `json:"free,omitempty"`
	Appointments    int                      `json:"appointments"`
	AtRisk          int                      `json:"at_risk"`
	InUse           *InUse                   `json:"in_use,omitempty"` // nil: booking has not told
}

// InUse is the greatest number of appointments at the same moment, step by
// step: Counters[i] in the Step minutes from From + i×Step on, all skills
// together; Skills for each alone.
type InUse struct {
	From     day.TimeOfDay      `json:"from"`
	Step     day.Minutes        `json:"step_minutes"`
	Counters []int              `json:"counters"`
	Skills   map[id.Skill][]int `json:"skills"`
	// Uncovered minutes of each step, by skill.
	Uncovered map[id.Skill][]int `json:"uncovered,omitempty"`
}

// EventType names it in the log.
func (LoadObserved) EventType() string { return TypeLoad }

// BookedMinutes sums over skills.
func (l LoadObserved) BookedMinutes() day.Minutes {
	var m day.Minutes
	for _, v := range l.Booked {
		m += v
	}
	return m
}

// UncoveredMinutes sums over skills.
func (l LoadObserved) UncoveredMinutes() day.Minutes {
	var m day.Minutes
	for _, v := range l.Uncovered {
		m += v
	}
	return m
}

// Duties keeps the newest duties of one employee.
var Duties = decider.Decider[DutiesObserved, DutiesObserved]{
	Initial: func() DutiesObserved { return DutiesObserved{} },
	Decide: func(s, c DutiesObserved) ([]decider.Event, error) {
		if !events.Newer(c.Epoch, c.Version, s.Epoch, s.Version) {
			return nil, nil
		}
		return []decider.Event{c}, nil
	},
	Evolve: func(s DutiesObserved, e decider.Event) DutiesObserved {
		if e, ok := e.(DutiesObserved); ok {
			return e
		}
		return s
	},
}

// Load keeps the newest load of one centre-day.
var Load = decider.Decider[LoadObserved, LoadObserved]{
	Initial: func() LoadObserved { return LoadObserved{} },
	Decide: func(s, c LoadObserved) ([]decider.Event, error) {
		if !events.Newer(c.Epoch, c.Version, s.Epoch, s.Version) {
			return nil, nil
		}
		return []decider.Event{c}, nil
	},
	Evolve: func(s LoadObserved, e decider.Event) LoadObserved {
		if e, ok := e.(LoadObserved); ok {
			return e
		}
		return s
	},
}
