// Package intake is the aggregate of how to reach a citizen whose hold is not
// confirmed yet: some clients send name and address one step before they
// confirm. It waits sealed, with a key of its own that is destroyed when the
// hold is confirmed, given back or has run out.
package intake

import (
	"bytes"
	"errors"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Command is one of the commands below.
type Command interface{ command() }

type (
	// Note keeps a contact, in place of an earlier one.
	Note struct {
		Hold       centreday.HoldID
		Expires    time.Time // no later than the hold
		ContactKey string
		Contact    []byte // sealed
	}
	// Settle ends the wait; nothing noted is no matter.
	Settle struct{ Hold centreday.HoldID }
)

func (Note) command()   {}
func (Settle) command() {}

// Private events.
type (
	// Noted: a contact waits.
	Noted struct {
		Hold       centreday.HoldID `json:"hold"`
		Expires    time.Time        `json:"expires"`
		ContactKey string           `json:"contact_key"`
		Contact    []byte           `json:"contact"`
	}
	// Settled: it waits no more, and its key is destroyed.
	Settled struct {
		Hold       centreday.HoldID `json:"hold"`
		ContactKey string           `json:"contact_key"`
	}
)

func (Noted) EventType() string   { return "booking.intake-noted.v1" }
func (Settled) EventType() string { return "booking.intake-settled.v1" }

// State of one intake. ContactKey is empty while nothing waits; Count is how
// often a contact was noted.
type State struct {
	Expires    time.Time
	ContactKey string
	Contact    []byte
	Count      int
}

// Decider of an intake.
var Decider = decider.Decider[State, Command]{
	Initial: func() State { return State{} },
	Decide: func(s State, c Command) ([]decider.Event, error) {
		switch c := c.(type) {
		case Note:
			if s.ContactKey == c.ContactKey && bytes.Equal(s.Contact, c.Contact) {
				return nil, nil
			}
			return []decider.Event{Noted(c)}, nil
		case Settle:
			if s.ContactKey == "" {
				return nil, nil
			}
			return []decider.Event{Settled{c.Hold, s.ContactKey}}, nil
		}
		return nil, errors.New("intake: unknown command")
	},
	Evolve: func(s State, e decider.Event) State {
		switch e := e.(type) {
		case Noted:
			return State{e.Expires, e.ContactKey, e.Contact, s.Count + 1}
		case Settled:
			return State{Count: s.Count}
		}
		return s
	},
}

// Events lists what an intake's stream may hold.
func Events() []decider.Event { return []decider.Event{Noted{}, Settled{}} }
