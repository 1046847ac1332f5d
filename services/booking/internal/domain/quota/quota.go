// Package quota is the aggregate of the open appointments of one contact in one
// month. It does not know the contact: its id is a hash with a key of that
// month, and the key is destroyed when the month is over, after which nobody
// can tell whose count it was.
package quota

import (
	"errors"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Command is one of the commands below.
type Command interface{ command() }

type (
	// Open counts an appointment.
	Open struct {
		Appointment id.Appointment
		Services    []id.Service
		Day         day.Day
	}
	// Move notes another day; an appointment that is not counted is no matter.
	Move struct {
		Appointment id.Appointment
		Day         day.Day
	}
	// Close counts it no more.
	Close struct{ Appointment id.Appointment }
)

func (Open) command()  {}
func (Move) command()  {}
func (Close) command() {}

// Private events.
type (
	// Opened: an appointment counts.
	Opened struct {
		Appointment id.Appointment `json:"appointment"`
		Services    []id.Service   `json:"services"`
		Day         day.Day        `json:"day"`
	}
	// Moved: it takes place on another day.
	Moved struct {
		Appointment id.Appointment `json:"appointment"`
		Day         day.Day        `json:"day"`
	}
	// Closed: it counts no more.
	Closed struct {
		Appointment id.Appointment `json:"appointment"`
	}
)

func (Opened) EventType() string { return "booking.quota-opened.v1" }
func (Moved) EventType() string  { return "booking.quota-moved.v1" }
func (Closed) EventType() string { return "booking.quota-closed.v1" }

// State of one contact's month; values are never changed.
type State struct{ open []Opened }

// Count is how many appointments for a service take place from today on.
func (s State) Count(service id.Service, today day.Day) (n int) {
	for _, o := range s.open {
		if o.Day >= today && slices.Contains(o.Services, service) {
			n++
		}
	}
	return n
}

func (s State) find(a id.Appointment) int {
	return slices.IndexFunc(s.open, func(o Opened) bool { return o.Appointment == a })
}

// Decider of a quota.
var Decider = decider.Decider[State, Command]{
	Initial: func() State { return State{} },
	Decide: func(s State, c Command) ([]decider.Event, error) {
		switch c := c.(type) {
		case Open:
			if s.find(c.Appointment) >= 0 {
				return nil, nil
			}
			return []decider.Event{Opened(c)}, nil
		case Move:
			if i := s.find(c.Appointment); i < 0 || s.open[i].Day == c.Day {
				return nil, nil
			}
			return []decider.Event{Moved(c)}, nil
		case Close:
			if s.find(c.Appointment) < 0 {
				return nil, nil
			}
			return []decider.Event{Closed(c)}, nil
		}
		return nil, errors.New("quota: unknown command")
	},
	Evolve: func(s State, e decider.Event) State {
		switch e := e.(type) {
		case Opened:
			s.open = append(slices.Clip(s.open), e)
		case Moved:
			if i := s.find(e.Appointment); i >= 0 {
				s.open = slices.Clone(s.open)
				s.open[i].Day = e.Day
			}
		case Closed:
			if i := s.find(e.Appointment); i >= 0 {
				s.open = slices.Delete(slices.Clone(s.open), i, i+1)
			}
		}
		return s
	},
}

// Events lists what a quota's stream may hold.
func Events() []decider.Event { return []decider.Event{Opened{}, Moved{}, Closed{}} }
