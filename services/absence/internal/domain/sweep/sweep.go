// Package sweep decides over the full lists of absences that a source sends now
// and then, because some HR systems never say that an absence was cancelled.
package sweep

import (
	"errors"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// ErrOlder: a newer sweep of the source was taken in.
var ErrOlder = errors.New("a newer sweep of this source was taken in: send the list as it is now")

// Take notes that a sweep was taken in as a whole.
type Take Taken

// Taken: a sweep was taken in. What the source said before AsOf of absences in
// the window counts no longer.
type Taken struct {
	Source    string   `json:"source"`
	AsOf      int64    `json:"as_of_us"`
	From      day.Day  `json:"from"`
	Until     *day.Day `json:"until,omitempty"` // first day that it does not list; absent: it lists all
	Named     int      `json:"named"`
	Added     int      `json:"added"`
	Changed   int      `json:"changed"`
	Cancelled int      `json:"cancelled"`
	Kept      int      `json:"kept"`
}

// EventType names the private fact.
func (Taken) EventType() string { return "absence.sweep-taken.v1" }

// State is the newest sweep of a source.
type State struct{ Last Taken }

// Decider of one source's sweeps.
func Decider() decider.Decider[State, Take] {
	return decider.Decider[State, Take]{Initial: func() State { return State{} }, Decide: decide, Evolve: evolve}
}

// Events lists examples of all events, for the codec.
func Events() []decider.Event { return []decider.Event{Taken{}} }

// Check refuses a sweep that is older than the last.
func (s State) Check(asOf int64) error {
	if asOf < s.Last.AsOf {
		return fmt.Errorf("as of %s, and one is known as of %s: %w", when(asOf), when(s.Last.AsOf), ErrOlder)
	}
	return nil
}

func when(us int64) string { return time.UnixMicro(us).UTC().Format(time.RFC3339) }

func decide(s State, c Take) ([]decider.Event, error) {
	if err := s.Check(c.AsOf); err != nil || c.AsOf == s.Last.AsOf {
		return nil, err
	}
	return []decider.Event{Taken(c)}, nil
}

func evolve(s State, e decider.Event) State {
	if t, ok := e.(Taken); ok {
		s.Last = t
	}
	return s
}

// Overtakes reports whether a word of that moment about such an absence was
// considered by the newest sweep already. A word of an unknown moment was not.
func (s State) Overtakes(said int64, x absence.Extent) bool {
	return said != 0 && said <= s.Last.AsOf && Touches(x, s.Last.From, s.Last.Until)
}

// Touches reports whether an absence has a day in a window.
func Touches(x absence.Extent, from day.Day, until *day.Day) bool {
	return (until == nil || x.From < *until) && (x.Until == nil || *x.Until > from)
}
