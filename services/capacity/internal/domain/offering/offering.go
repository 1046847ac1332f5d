// Package offering decides what one centre can serve on one day: anonymous
// counter lines, one per employee on duty.
package offering

import (
	"reflect"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// State is the offering as last said.
type State struct {
	Version   int64
	Lines     []capacity.Line
	Tentative bool
}

// Set makes the offering what is given; equal lines change nothing. Causes are
// the HR events behind the change.
type Set struct {
	Centre    id.Centre
	Day       day.Day
	Lines     []capacity.Line
	Tentative bool
	Causes    []string
}

// MaxCauses bounds the causes that an event names.
const MaxCauses = 16

// Offering decides one centre-day.
var Offering = decider.Decider[State, Set]{
	Initial: func() State { return State{} },
	Decide: func(s State, c Set) ([]decider.Event, error) {
		if s.Tentative == c.Tentative && equal(s.Lines, c.Lines) {
			return nil, nil
		}
		lines := c.Lines
		if lines == nil {
			lines = []capacity.Line{}
		}
		return []decider.Event{capacity.OfferingChanged{Centre: c.Centre, Day: c.Day, Version: s.Version + 1, Lines: lines,
			Tentative: c.Tentative, Causes: c.Causes[:min(len(c.Causes), MaxCauses)]}}, nil
	},
	Evolve: func(s State, e decider.Event) State {
		if e, ok := e.(capacity.OfferingChanged); ok {
			return State{e.Version, e.Lines, e.Tentative}
		}
		return s
	},
}

// equal compares lines; nothing said yet equals no lines.
func equal(a, b []capacity.Line) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if x.Span != y.Span || x.Use != y.Use || len(x.Breaks) != len(y.Breaks) || !reflect.DeepEqual(x.Skills, y.Skills) {
			return false
		}
		for k := range x.Breaks {
			if x.Breaks[k] != y.Breaks[k] {
				return false
			}
		}
	}
	return true
}
