// Package suggestion notes what else would help beyond moving people, and which
// of it a planner has taken up. Lotse itself never does any of it.
package suggestion

import (
	"errors"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Type names in the log.
const (
	TypeMade     = "capacity.suggestion-made.v1"
	TypeAccepted = "capacity.suggestion-accepted.v1"
)

type (
	// Made: a planning run suggests something. On is the day of the run.
	Made struct {
		capacity.Suggestion
		On day.Day `json:"on"`
		// Run is the overhaul, or the cause, that it was found for.
		Run string `json:"run"`
	}
	// Accepted: a planner does it. Measure is the one entered for it, if any.
	Accepted struct {
		ID      string     `json:"id"`
		Note    string     `json:"note,omitempty"`
		Measure id.Measure `json:"measure,omitempty"`
	}
)

// EventType names it in the log.
func (Made) EventType() string { return TypeMade }

// EventType names it in the log.
func (Accepted) EventType() string { return TypeAccepted }

// Command is Made or Accept.
type Command interface{ command() }

// Accept takes a suggestion up, today.
type Accept struct {
	Accepted
	Today day.Day
}

func (Made) command()   {}
func (Accept) command() {}

// State of one suggestion.
type State struct {
	Made     Made
	Accepted *Accepted
}

// Over tells whether its last day is before today or today.
func (s State) Over(today day.Day) bool {
	for _, d := range s.Made.Days {
		if d > today {
			return false
		}
	}
	return true
}

// Refusals.
var (
	ErrUnknown = errors.New("there is no such suggestion")
	ErrOver    = errors.New("the days of the suggestion are over or have begun")
	ErrTaken   = errors.New("the suggestion was taken up before, with another note")
)

// Decider of one suggestion.
var Decider = decider.Decider[State, Command]{
	Initial: func() State { return State{} },
	Decide: func(s State, c Command) ([]decider.Event, error) {
		switch c := c.(type) {
		case Made:
			if s.Made.ID == "" {
				return []decider.Event{c}, nil
			}
		case Accept:
			switch {
			case s.Made.ID == "":
				return nil, ErrUnknown
			case s.Accepted != nil && *s.Accepted == c.Accepted:
				return nil, nil
			case s.Accepted != nil:
				return nil, ErrTaken
			case s.Over(c.Today):
				return nil, ErrOver
			}
			return []decider.Event{c.Accepted}, nil
		}
		return nil, nil
	},
	Evolve: func(s State, e decider.Event) State {
		switch e := e.(type) {
		case Made:
			s.Made = e
		case Accepted:
			s.Accepted = &e
		}
		return s
	},
}

// Measure is the measure that carries a suggestion out, if there is a command for
// it: other hours on its days, or a closure. Overtime and walk-in reserve are
// arranged with people.
func Measure(s capacity.Suggestion, saturday map[int][]day.Span, reason string) (m capacity.Measure, ok bool) {
	if len(s.Days) == 0 {
		return m, false
	}
	m = capacity.Measure{ID: id.Measure("suggested-" + s.ID), District: s.District, Centre: s.Centre, Reason: reason,
		Period: day.Period{From: s.Days[0], Until: s.Days[len(s.Days)-1] + 1}}
	switch s.Kind {
	case "saturday-opening":
		m.Kind, m.Hours = capacity.MeasureHours, saturday
	case "close-for-a-day":
		m.Kind = capacity.MeasureClosure
	case "shorter-hours":
		if s.Hours == nil {
			return m, false
		}
		m.Kind, m.Hours = capacity.MeasureHours, map[int][]day.Span{}
		for _, d := range s.Days {
			m.Hours[int(d-d.Monday())+1] = []day.Span{*s.Hours}
		}
	default:
		return m, false
	}
	return m, true
}
