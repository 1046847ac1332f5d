// Package relocation is what is done for one appointment at risk: other slots
// are kept for its citizen for a time, and they are told, by letter or by
// telephone. The slots themselves are holds of their centre-days, placed and ended
// in the same units.
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
	// NoteCall says what became of a telephone call.
	NoteCall struct {
		Appointment id.Appointment
		Outcome     Outcome
		At          time.Time
	}
)

func (Offer) command()    {}
func (Close) command()    {}
func (NoteCall) command() {}

// Outcome of a telephone call.
type Outcome string

// Outcomes.
const (
	Calling    Outcome = "calling"     // somebody is at it: nobody else calls meanwhile
	NotReached Outcome = "not-reached" // to be tried again
	Reached    Outcome = "reached"     // told, and thinking about what is kept
	Declined   Outcome = "declined"    // told, and wants none of it
	Accepted   Outcome = "accepted"    // told, and took one
)

// Outcomes in the order of a call.
var Outcomes = []Outcome{Calling, NotReached, Reached, Declined, Accepted}

// callFor is how long a caller has, and callAgain when to try again who was not
// reached, twice as long after each try up to callAgainMost.
const (
	callFor       = 10 * time.Minute
	callAgain     = 30 * time.Minute
	callAgainMost = 4 * time.Hour
)

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

// CallNoted is what became of a call. Retry says before when nobody calls.
type CallNoted struct {
	Appointment id.Appointment `json:"appointment"`
	Outcome     Outcome        `json:"outcome"`
	Tries       int            `json:"tries"`
	At          time.Time      `json:"at"`
	Retry       *time.Time     `json:"retry,omitempty"`
}

func (CallNoted) EventType() string        { return "booking.relocation-call-noted.v1" }
func (SlotsOffered) EventType() string     { return "booking.relocation-offered.v1" }
func (RelocationClosed) EventType() string { return "booking.relocation-closed.v1" }

// Events lists what the streams may hold.
func Events() []decider.Event {
	return []decider.Event{SlotsOffered{}, RelocationClosed{}, CallNoted{}}
}

// State of one appointment's relocation.
type State struct {
	Round int // of offers since it became at risk; 0: none
	Slots []Slot
	Last  CallNoted // zero: nobody has called
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
			if s.Round == 0 && s.Last.Outcome == "" {
				return nil, nil
			}
			return []decider.Event{RelocationClosed(c)}, nil
		case NoteCall:
			return s.noteCall(c), nil
		}
		return nil, errors.New("relocation: unknown command")
	},
	Evolve: func(s State, e decider.Event) State {
		switch e := e.(type) {
		case SlotsOffered:
			return State{e.Round, e.Slots, s.Last}
		case CallNoted:
			s.Last = e
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

// noteCall counts tries; the same outcome at the same moment is a repeat.
func (s State) noteCall(c NoteCall) []decider.Event {
	if s.Last.Outcome == c.Outcome && s.Last.At.Equal(c.At) {
		return nil
	}
	e := CallNoted{Appointment: c.Appointment, Outcome: c.Outcome, Tries: s.Last.Tries, At: c.At}
	var retry time.Time
	switch c.Outcome {
	case Calling:
		retry = c.At.Add(callFor)
	case NotReached:
		retry = c.At.Add(min(callAgain<<min(e.Tries, 8), callAgainMost))
		e.Tries++
	default:
		e.Tries++
	}
	if !retry.IsZero() {
		e.Retry = &retry
	}
	return []decider.Event{e}
}
