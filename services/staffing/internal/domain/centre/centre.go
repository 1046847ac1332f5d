// Package centre keeps what staffing must know of a centre: how far the others
// are, whose it is, and what it is called.
package centre

import (
	"maps"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Command is what can be asked.
type Command interface{ command() }

// Note sets the minutes of travel, one way, to other centres, and the district.
type Note struct {
	Centre        id.Centre
	TravelMinutes map[id.Centre]int
	District      id.District
	Name          string
}

func (Note) command() {}

// Noted carries all minutes of travel from one centre, and its district and name,
// which older events do not have.
type Noted struct {
	Centre        id.Centre         `json:"centre"`
	TravelMinutes map[id.Centre]int `json:"travel_minutes"`
	District      id.District       `json:"district,omitempty"`
	Name          string            `json:"name,omitempty"`
}

// EventType is private.
func (Noted) EventType() string { return "staffing.centre-noted.v1" }

// State is what was noted last.
type State = Noted

// Decider of one centre.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Initial: func() State { return State{} },
		Decide: func(s State, c Command) ([]decider.Event, error) {
			n, ok := c.(Note)
			if !ok || maps.Equal(s.TravelMinutes, n.TravelMinutes) && s.District == n.District && s.Name == n.Name {
				return nil, nil
			}
			return []decider.Event{Noted(n)}, nil
		},
		Evolve: func(s State, e decider.Event) State {
			if n, ok := e.(Noted); ok {
				return n
			}
			return s
		},
	}
}
