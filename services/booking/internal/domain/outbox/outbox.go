// Package outbox is the aggregate of one appointment's letters: which are being
// sent, were sent, or could not be. What is owed follows from the appointment's
// events; this stream only says what became of it. A letter is claimed before
// it is sent, so that of two replicas one sends it. If that one dies on the way
// the claim runs out and another sends it again, with the same message id: at
// least once, and once where nothing breaks.
package outbox

import (
	"errors"
	"maps"
	"time"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// ErrClaimed: somebody else is sending it.
var ErrClaimed = errors.New("the letter is being sent by another replica")

// Command is one of the commands below. Letter names a letter within its
// appointment: "confirmation-1", "reminder-24-2026-12-01T09:00".
type Command interface{ command() }

type (
	// Claim begins to send; By names who does.
	Claim struct {
		Appointment id.Appointment
		Letter      string
		By          string
		Until       time.Time
		At          time.Time
	}
	// NoteSent ends a letter well.
	NoteSent struct {
		Appointment id.Appointment
		Letter      string
		At          time.Time
	}
	// NoteFailed gives a letter back, to be tried again at Retry, or for good
	// when Retry is zero. Reason names neither person nor address.
	NoteFailed struct {
		Appointment id.Appointment
		Letter      string
		Reason      string
		Retry       time.Time
	}
)

func (Claim) command()      {}
func (NoteSent) command()   {}
func (NoteFailed) command() {}

// Private events.
type (
	// LetterClaimed: it is being sent.
	LetterClaimed struct {
		Appointment id.Appointment `json:"appointment"`
		Letter      string         `json:"letter"`
		By          string         `json:"by"`
		Until       time.Time      `json:"until"`
	}
	// LetterSent: the mail server took it.
	LetterSent struct {
		Appointment id.Appointment `json:"appointment"`
		Letter      string         `json:"letter"`
	}
	// LetterFailed: it is tried again, or given up when Retry is missing.
	LetterFailed struct {
		Appointment id.Appointment `json:"appointment"`
		Letter      string         `json:"letter"`
		Reason      string         `json:"reason"`
		Tries       int            `json:"tries"`
		Retry       *time.Time     `json:"retry,omitempty"`
	}
)

func (LetterClaimed) EventType() string { return "booking.letter-claimed.v1" }
func (LetterSent) EventType() string    { return "booking.letter-sent.v1" }
func (LetterFailed) EventType() string  { return "booking.letter-failed.v1" }

// Events lists what the streams may hold.
func Events() []decider.Event {
	return []decider.Event{LetterClaimed{}, LetterSent{}, LetterFailed{}}
}

type letter struct {
	over  bool // sent or given up
	by    string
	until time.Time
	tries int
}

// State of one appointment's letters.
type State struct{ letters map[string]letter }

// Tries is how often a letter has failed.
func (s State) Tries(l string) int { return s.letters[l].tries }

// Decider of one appointment's letters.
var Decider = decider.Decider[State, Command]{Initial: func() State { return State{} }, Decide: decide, Evolve: evolve}

func decide(s State, c Command) ([]decider.Event, error) {
	switch c := c.(type) {
	case Claim:
		switch l := s.letters[c.Letter]; {
		case l.over, l.by == c.By && l.until.Equal(c.Until):
			return nil, nil
		case l.by != "" && c.At.Before(l.until):
			return nil, ErrClaimed
		}
		return []decider.Event{LetterClaimed{c.Appointment, c.Letter, c.By, c.Until}}, nil
	case NoteSent:
		if s.letters[c.Letter].over {
			return nil, nil
		}
		return []decider.Event{LetterSent{c.Appointment, c.Letter}}, nil
	case NoteFailed:
		l := s.letters[c.Letter]
		if l.over || l.by == "" {
			return nil, nil
		}
		failed := LetterFailed{c.Appointment, c.Letter, c.Reason, l.tries + 1, nil}
		if !c.Retry.IsZero() {
			failed.Retry = &c.Retry
		}
		return []decider.Event{failed}, nil
	}
	return nil, errors.New("outbox: unknown command")
}

func evolve(s State, e decider.Event) State {
	change := func(name string, f func(letter) letter) State {
		all := maps.Clone(s.letters)
		if all == nil {
			all = map[string]letter{}
		}
		all[name] = f(all[name])
		return State{all}
	}
	switch e := e.(type) {
	case LetterClaimed:
		return change(e.Letter, func(l letter) letter { l.by, l.until = e.By, e.Until; return l })
	case LetterSent:
		return change(e.Letter, func(l letter) letter { l.over = true; return l })
	case LetterFailed:
		return change(e.Letter, func(l letter) letter {
			return letter{over: e.Retry == nil, tries: e.Tries}
		})
	}
	return s
}
