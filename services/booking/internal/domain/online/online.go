// Package online counts the visits that were spared: one stream per service,
// one event for each time that somebody took the link instead of a slot.
package online

import (
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Take says that the link was taken. Each time is one more; the caller's
// idempotency key tells a repeat from another one.
type Take struct{ booking.OnlineTaken }

// State of one service's stream; nothing is decided on it.
type State struct{}

// Decider of one service's stream.
var Decider = decider.Decider[State, Take]{
	Initial: func() State { return State{} },
	Decide:  func(_ State, c Take) ([]decider.Event, error) { return []decider.Event{c.OnlineTaken}, nil },
	Evolve:  func(s State, _ decider.Event) State { return s },
}
