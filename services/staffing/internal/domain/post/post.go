// Package post keeps which posts absence says are vacant.
package post

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Command is what can be asked.
type Command interface{ command() }

// Note is absence's newest word on one post; Employee is empty while vacant.
type Note struct {
	Post     id.Post     `json:"post"`
	Centre   id.Centre   `json:"centre"`
	Employee id.Employee `json:"employee,omitempty"`
	// From is the first day vacant, or the first day of service.
	From day.Day `json:"from"`
}

func (Note) command() {}

// Noted is the fact of the same content.
type Noted Note

// EventType is private.
func (Noted) EventType() string { return "staffing.post-noted.v1" }

// State is what was noted last.
type State = Noted

// Decider of one post.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Initial: func() State { return State{} },
		Decide: func(s State, c Command) ([]decider.Event, error) {
			n, ok := c.(Note)
			if !ok || s == Noted(n) {
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
