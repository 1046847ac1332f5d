// Package waiting is one place on the waiting list: a citizen who found nothing
// early enough, or has an appointment and wants an earlier one. A slot that
// fits is kept for a short time; who does not take it passes, and after a few
// passes the place is given up. The slot itself is a hold of its centre-day,
// placed and taken in the same units.
package waiting

import (
	"errors"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Refusals.
var (
	ErrNotWaiting = errors.New("there is no such place on the waiting list, or it has ended")
	ErrNoOffer    = errors.New("nothing is kept for you at present: wait for the next message")
)

// ID names a place on the list.
type ID string

// Wish is what somebody waits for. Empty lists: any.
type Wish struct {
	Parts      []booking.Part `json:"parts"`
	Centres    []id.Centre    `json:"centres,omitempty"`
	Districts  []id.District  `json:"districts,omitempty"`
	Accessible bool           `json:"accessible,omitempty"`
	Weekdays   []int          `json:"weekdays,omitempty"`
	Times      []day.Span     `json:"times,omitempty"`
	From       day.Day        `json:"from"`
	Until      day.Day        `json:"until"` // first day that is not wanted any more
}

// Slot is what is kept.
type Slot struct {
	Hold    centreday.HoldID `json:"hold"`
	Place   booking.Place    `json:"place"`
	Expires time.Time        `json:"expires"`
}

// Why a place ended.
const (
	Taken  = "taken"
	Left   = "left"
	Over   = "over"   // the days have passed, or the appointment is over
	Passed = "passed" // too many offers were not taken
)

// MaxPasses is how many offers may be left before the place is given up.
const MaxPasses = 3

// Command is one of the commands below.
type Command interface{ command() }

type (
	// Ask takes a place. Appointment is the one to be replaced, if any.
	Ask struct {
		Waiting     ID
		Wish        Wish
		Channel     string
		Appointment id.Appointment
		Detail      centreday.Detail
	}
	// Offer keeps a slot.
	Offer struct {
		Waiting ID
		Slot    Slot
	}
	// Pass notes that a slot was not taken in time, or is gone.
	Pass struct {
		Waiting ID
		Hold    centreday.HoldID
	}
	// End gives the place up.
	End struct {
		Waiting ID
		Why     string
	}
)

func (Ask) command()   {}
func (Offer) command() {}
func (Pass) command()  {}
func (End) command()   {}

// Private events.
type (
	// WaitingAsked: somebody waits for an earlier slot.
	WaitingAsked struct {
		Waiting     ID             `json:"waiting"`
		Wish        Wish           `json:"wish"`
		Channel     string         `json:"channel"`
		Appointment id.Appointment `json:"appointment,omitempty"`
		centreday.Detail
	}
	// WaitingOffered: a slot is kept for them.
	WaitingOffered struct {
		Waiting ID   `json:"waiting"`
		Slot    Slot `json:"slot"`
	}
	// WaitingPassed: it was not taken.
	WaitingPassed struct {
		Waiting ID               `json:"waiting"`
		Hold    centreday.HoldID `json:"hold"`
	}
	// WaitingEnded: the place is given up; the contact's key goes with it, and
	// Quota counts it no more.
	WaitingEnded struct {
		Waiting    ID     `json:"waiting"`
		Why        string `json:"why"`
		ContactKey string `json:"contact_key,omitempty"`
		Quota      string `json:"quota,omitempty"`
	}
)

func (WaitingAsked) EventType() string   { return "booking.waiting-asked.v1" }
func (WaitingOffered) EventType() string { return "booking.waiting-offered.v1" }
func (WaitingPassed) EventType() string  { return "booking.waiting-passed.v1" }
func (WaitingEnded) EventType() string   { return "booking.waiting-ended.v1" }

// Events lists what the streams may hold.
func Events() []decider.Event {
	return []decider.Event{WaitingAsked{}, WaitingOffered{}, WaitingPassed{}, WaitingEnded{}}
}

// State of one place.
type State struct {
	Asked  WaitingAsked // zero: nobody has asked
	Offer  *Slot
	Passes int
	Ended  string // why; empty: it has not
}

// Waits reports whether the place is held.
func (s State) Waits() bool { return s.Asked.Waiting != "" && s.Ended == "" }

// Decider of one place.
var Decider = decider.Decider[State, Command]{Initial: func() State { return State{} }, Decide: decide, Evolve: evolve}

func decide(s State, c Command) ([]decider.Event, error) {
	switch c := c.(type) {
	case Ask:
		if s.Asked.Waiting != "" {
			return nil, nil
		}
		return []decider.Event{WaitingAsked{c.Waiting, c.Wish, c.Channel, c.Appointment, c.Detail}}, nil
	case Offer:
		switch {
		case !s.Waits():
			return nil, ErrNotWaiting
		case s.Offer != nil:
			return nil, nil
		}
		return []decider.Event{WaitingOffered(c)}, nil
	case Pass:
		if !s.Waits() || s.Offer == nil || s.Offer.Hold != c.Hold {
			return nil, nil
		}
		say := []decider.Event{WaitingPassed(c)}
		if s.Passes+1 >= MaxPasses {
			say = append(say, s.ended(Passed))
		}
		return say, nil
	case End:
		if !s.Waits() {
			return nil, nil
		}
		return []decider.Event{s.ended(c.Why)}, nil
	}
	return nil, errors.New("waiting: unknown command")
}

func (s State) ended(why string) WaitingEnded {
	return WaitingEnded{s.Asked.Waiting, why, s.Asked.ContactKey, s.Asked.Quota}
}

func evolve(s State, e decider.Event) State {
	switch e := e.(type) {
	case WaitingAsked:
		s.Asked = e
	case WaitingOffered:
		s.Offer = &e.Slot
	case WaitingPassed:
		s.Offer = nil
		s.Passes++
	case WaitingEnded:
		s.Ended, s.Offer = e.Why, nil
	}
	return s
}
