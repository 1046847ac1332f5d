// Package overhaul notes when the whole city is planned anew and what came of
// it: every night, or when the plan has drifted too far from the last optimum.
package overhaul

import (
	"errors"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Type names in the log.
const (
	TypeBegan = "capacity.overhaul-began.v1"
	TypeEnded = "capacity.overhaul-ended.v1"
)

// Reasons why an overhaul begins.
const (
	Nightly = "nightly"
	Drift   = "drift"
	// Measure: a district has closed a centre, or opened it otherwise.
	Measure = "measure"
)

type (
	// Began: the planner owes an overhaul.
	Began struct {
		ID     string  `json:"id"`
		Day    day.Day `json:"day"`
		Reason string  `json:"reason"`
	}
	// Ended: it was made, or given up because the day was over.
	Ended struct {
		ID string `json:"id"`
		// Before and After are the plan's points without and with what is proposed.
		Before float64 `json:"before"`
		After  float64 `json:"after"`
		// Best is the best plan's points over the whole horizon, Bound what no plan
		// can go below; 0: not known.
		Best   float64 `json:"best,omitempty"`
		Bound  float64 `json:"bound,omitempty"`
		Rounds int     `json:"rounds"`
		// Proposal drafted, none if it gains too little.
		Proposal id.Proposal `json:"proposal,omitempty"`
		// Outcome in a word: "proposed", "too-little" or "given-up".
		Outcome string `json:"outcome"`
	}
)

// Outcomes.
const (
	Proposed  = "proposed"
	TooLittle = "too-little"
	GivenUp   = "given-up"
)

// EventType names it in the log.
func (Began) EventType() string { return TypeBegan }

// EventType names it in the log.
func (Ended) EventType() string { return TypeEnded }

// Command is Began or Ended.
type Command interface{ command() }

func (Began) command() {}
func (Ended) command() {}

// State of one overhaul.
type State struct {
	Began Began
	Ended *Ended
}

// ErrNotBegun: one that has not begun cannot end.
var ErrNotBegun = errors.New("this overhaul has not begun")

// Decider of one overhaul.
var Decider = decider.Decider[State, Command]{
	Initial: func() State { return State{} },
	Decide: func(s State, c Command) ([]decider.Event, error) {
		switch c := c.(type) {
		case Began:
			if s.Began.ID == "" {
				return []decider.Event{c}, nil
			}
		case Ended:
			if s.Began.ID == "" {
				return nil, ErrNotBegun
			}
			if s.Ended == nil {
				return []decider.Event{c}, nil
			}
		}
		return nil, nil
	},
	Evolve: func(s State, e decider.Event) State {
		switch e := e.(type) {
		case Began:
			s.Began = e
		case Ended:
			s.Ended = &e
		}
		return s
	},
}
