// Package fetch decides over one absence whose current state is to be fetched:
// the HR system said that it changed, and not how.
package fetch

import (
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Command is what can be asked.
type Command interface{ command() }

// Owe says that the current state must be fetched.
type Owe Owed

// Settle says that the state which was owed for the Count-th time was fetched.
type Settle Settled

func (Owe) command()    {}
func (Settle) command() {}

// Private facts.
type (
	// Owed: the state must be fetched, once for all that was said so far.
	Owed struct {
		Absence id.Absence `json:"absence"`
		Source  string     `json:"source"`
		System  string     `json:"system"`
		Name    string     `json:"name"`         // the source's id of the absence
		At      string     `json:"at,omitempty"` // where, as the message says
	}
	// Settled: it was fetched.
	Settled struct {
		Absence id.Absence `json:"absence"`
		Count   int        `json:"count"`
	}
)

// EventType names the fact.
func (Owed) EventType() string { return "absence.fetch-owed.v1" }

// EventType names the fact.
func (Settled) EventType() string { return "absence.fetch-settled.v1" }

// State is what is owed; Count counts how often it was.
type State struct {
	Open  bool
	Count int
	Owed  Owed
}

// Decider of one absence's fetches.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{Initial: func() State { return State{} }, Decide: decide, Evolve: Evolve}
}

// Events lists examples of all events, for the codec.
func Events() []decider.Event { return []decider.Event{Owed{}, Settled{}} }

func decide(s State, c Command) ([]decider.Event, error) {
	switch c := c.(type) {
	case Owe:
		// Also when it is owed already: the fetch may be under way.
		return []decider.Event{Owed(c)}, nil
	case Settle:
		if s.Open && s.Count == c.Count {
			return []decider.Event{Settled(c)}, nil
		}
	}
	return nil, nil
}

// Evolve folds one event.
func Evolve(s State, e decider.Event) State {
	switch e := e.(type) {
	case Owed:
		s.Open, s.Count, s.Owed = true, s.Count+1, e
	case Settled:
		s.Open = false
	}
	return s
}
