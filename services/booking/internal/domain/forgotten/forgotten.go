// Package forgotten is the aggregate of one personal-data key that is destroyed:
// it says why, and by the event's meta data who wanted it and when. Whose data it
// was nobody can tell from it.
package forgotten

import "github.com/lotse-hamburg/lotse/services/internal/decider"

// Why a key was destroyed.
const (
	Asked     = "asked"     // by the citizen, or by who speaks for them
	Retention = "retention" // it was kept as long as the policy says
)

// Forget destroys a key.
type Forget struct{ Key, Why string }

// KeyForgotten is private: the key is destroyed in the same unit.
type KeyForgotten struct {
	Key string `json:"key"`
	Why string `json:"why"`
}

// EventType is the event's name in the log.
func (KeyForgotten) EventType() string { return "booking.key-forgotten.v1" }

// State reports whether it is forgotten.
type State struct{ Gone bool }

// Decider of one key.
var Decider = decider.Decider[State, Forget]{
	Initial: func() State { return State{} },
	Decide: func(s State, c Forget) ([]decider.Event, error) {
		if s.Gone {
			return nil, nil
		}
		return []decider.Event{KeyForgotten(c)}, nil
	},
	Evolve: func(State, decider.Event) State { return State{Gone: true} },
}

// Events lists what the streams may hold.
func Events() []decider.Event { return []decider.Event{KeyForgotten{}} }
