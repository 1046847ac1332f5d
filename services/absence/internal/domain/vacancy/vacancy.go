// Package vacancy decides over one post: vacant from a day on, or filled.
package vacancy

import (
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Refusals.
var (
	ErrUnknownPost = errors.New("the post is not known as vacant: open its vacancy first")
	ErrFilled      = errors.New("the post is filled by somebody else: open its vacancy again first")
	ErrTooEarly    = errors.New("the post was not vacant yet on that day: give a later one")
)

// Command is what can be asked of a post.
type Command interface{ command() }

// Open says that a post has nobody from a day on.
type Open struct {
	Post   id.Post
	Centre id.Centre
	From   day.Day
}

// Fill says who serves on the post from a day on.
type Fill struct {
	Post     id.Post
	Employee id.Employee
	From     day.Day
}

func (Open) command() {}
func (Fill) command() {}

// State of one post; Opened is the last vacancy, Filled what ended it.
type State struct {
	Known  bool
	Opened absence.VacancyOpened
	Filled *absence.VacancyFilled
}

// Decider of one post.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{Initial: func() State { return State{} }, Decide: decide, Evolve: evolve}
}

// Events lists examples of all events of a post, for the codec.
func Events() []decider.Event {
	return []decider.Event{absence.VacancyOpened{}, absence.VacancyFilled{}}
}

func decide(s State, c Command) ([]decider.Event, error) {
	switch c := c.(type) {
	case Open:
		// Also when the post is filled by now: a list that is imported again
		// tells of a vacancy that is over.
		opened := absence.VacancyOpened(c)
		if s.Known && s.Opened == opened {
			return nil, nil
		}
		return []decider.Event{opened}, nil
	case Fill:
		filled := absence.VacancyFilled{Post: c.Post, Centre: s.Opened.Centre, Employee: c.Employee, From: c.From}
		switch {
		case !s.Known:
			return nil, fmt.Errorf("post %q: %w", c.Post, ErrUnknownPost)
		case s.Filled != nil && *s.Filled == filled:
			return nil, nil
		case s.Filled != nil && s.Filled.Employee != c.Employee:
			return nil, fmt.Errorf("post %q: %w", c.Post, ErrFilled)
		case c.From < s.Opened.From:
			return nil, fmt.Errorf("post %q is vacant from %s, not on %s: %w", c.Post, s.Opened.From, c.From, ErrTooEarly)
		}
		return []decider.Event{filled}, nil
	}
	return nil, nil
}

func evolve(s State, e decider.Event) State {
	switch e := e.(type) {
	case absence.VacancyOpened:
		return State{Known: true, Opened: e}
	case absence.VacancyFilled:
		s.Filled = &e
	}
	return s
}
