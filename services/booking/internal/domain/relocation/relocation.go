// Package relocation is what is done for one appointment at risk: other slots
// are kept for its citizen for a time, and they are told. The slots themselves
// are holds of their centre-days, placed and ended in the same units.
package relocation

import (
	"errors"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Command is one of the commands below.
type Command interface{ command() }

type (
	// Offer tells the citizen of slots that are kept; none, when nothing was
	// found, is told once.
	Offer struct {
		Appointment id.Appointment
		Slots       []Slot
	}
	// Close ends what was offered: the appointment is not at risk any more.
	Close struct{ Appointment id.Appointment }
)

func (Offer) command() {}
func (Close) command() {}

// Slot is a slot that is kept.
type Slot struct {
	Hold    centreday.HoldID `json:"hold"`
	Place   booking.Place    `json:"place"`
	Expires time.Time        `json:"expires"`
}

// Private events.
type (
	// SlotsOffered: they are kept for the citizen of an appointment at risk.
	SlotsOffered struct {
		Appointment id.Appointment `json:"appointment"`
		Round       int            `json:"round"`
		Slots       []Slot         `json:"slots,omitempty"`
	}
	// RelocationClosed: nothing is kept any more.
	RelocationClosed struct {
		Appointment id.Appointment `json:"appointment"`
	}
)

func (SlotsOffered) EventType() string     { return "booking.relocation-offered.v1" }
func (RelocationClosed) EventType() string { return "booking.relocation-closed.v1" }

// Events lists what the streams may hold.
func Events() []decider.Event { return []decider.Event{SlotsOffered{}, RelocationClosed{}} }

// State of one appointment's relocation.
type State struct {
	Round int // of offers since it became at risk; 0: none
	Slots []Slot
}

// Decider of one relocation.
var Decider = decider.Decider[State, Command]{
	Initial: func() State { return State{} },
	Decide: func(s State, c Command) ([]decider.Event, error) {
		switch c := c.(type) {
		case Offer:
			if same(s, c.Slots) {
				return nil, nil
			}
			return []decider.Event{SlotsOffered{c.Appointment, s.Round + 1, c.Slots}}, nil
		case Close:
			if s.Round == 0 {
				return nil, nil
			}
			return []decider.Event{RelocationClosed(c)}, nil
		}
		return nil, errors.New("relocation: unknown command")
	},
	Evolve: func(s State, e decider.Event) State {
		switch e := e.(type) {
		case SlotsOffered:
			return State{e.Round, e.Slots}
		case RelocationClosed:
			return State{}
		}
		return s
	},
}

// same reports whether the citizen has been told of just these.
func same(s State, slots []Slot) bool {
	if s.Round == 0 || len(s.Slots) != len(slots) {
		return false
	}
	for i, x := range slots {
		if s.Slots[i].Hold != x.Hold {
			return false
		}
	}
	return true
}
