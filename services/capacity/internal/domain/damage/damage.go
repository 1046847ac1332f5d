// Package damage notes that a cause (an HR event) was looked at by the planner:
// which centre-days it hurt, how much, and what came of it.
package damage

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// TypeAssessed is the name in the log.
const TypeAssessed = "capacity.damage-assessed.v1"

// Place is one centre on one day.
type Place struct {
	Centre id.Centre `json:"centre"`
	Day    day.Day   `json:"day"`
}

// Assessed settles every loss of the cause noted up to a log position.
type Assessed struct {
	Cause    string  `json:"cause"`
	Position int64   `json:"position"`
	Places   []Place `json:"places,omitempty"`
	// Points that the damage costs without a move.
	Points float64 `json:"points"`
	// Uncovered booked minutes at these places.
	Uncovered day.Minutes `json:"uncovered"`
	Proposal  id.Proposal `json:"proposal,omitempty"`
	Unsolved  []string    `json:"unsolved,omitempty"`
}

// EventType names it in the log.
func (Assessed) EventType() string { return TypeAssessed }

// Decider keeps the newest assessment of a cause.
var Decider = decider.Decider[Assessed, Assessed]{
	Initial: func() Assessed { return Assessed{} },
	Decide: func(s, c Assessed) ([]decider.Event, error) {
		if c.Position <= s.Position {
			return nil, nil
		}
		return []decider.Event{c}, nil
	},
	Evolve: func(s Assessed, e decider.Event) Assessed {
		if e, ok := e.(Assessed); ok {
			return e
		}
		return s
	},
}
