// Package calendar notes that a day of service began: what is on offer reaches
// one day further.
package calendar

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// TypeBegan is the name in the log.
const TypeBegan = "capacity.day-began.v1"

// Began says which day it is.
type Began struct {
	Day day.Day `json:"day"`
}

// EventType names it in the log.
func (Began) EventType() string { return TypeBegan }

// Decider lets a day begin once; each has its own stream.
var Decider = decider.Decider[Began, Began]{
	Initial: func() Began { return Began{} },
	Decide: func(s, c Began) ([]decider.Event, error) {
		if c.Day <= s.Day {
			return nil, nil
		}
		return []decider.Event{c}, nil
	},
	Evolve: func(s Began, e decider.Event) Began {
		if e, ok := e.(Began); ok {
			return e
		}
		return s
	},
}
