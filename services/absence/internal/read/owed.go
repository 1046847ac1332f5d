package read

import (
	"maps"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/fetch"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Owed knows the absences whose current state is to be fetched.
type Owed struct {
	states map[id.Absence]fetch.State
	since  map[id.Absence]time.Time // of those that are open
}

// NewOwed is empty.
func NewOwed() *Owed { return &Owed{map[id.Absence]fetch.State{}, map[id.Absence]time.Time{}} }

// Apply takes in one event.
func (o *Owed) Apply(stored eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case fetch.Owed:
		if !o.states[e.Absence].Open {
			o.since[e.Absence] = stored.Meta.Time
		}
		o.states[e.Absence] = fetch.Evolve(o.states[e.Absence], e)
	case fetch.Settled:
		if o.states[e.Absence] = fetch.Evolve(o.states[e.Absence], e); !o.states[e.Absence].Open {
			delete(o.since, e.Absence)
		}
	}
}

// Open lists what a source owes, by absence.
func (o *Owed) Open(source string) (out []fetch.State) {
	for _, a := range slices.Sorted(maps.Keys(o.since)) {
		if s := o.states[a]; s.Owed.Source == source {
			out = append(out, s)
		}
	}
	return out
}

// Waiting counts what a source owes, and since when the oldest of it is owed.
func (o *Owed) Waiting(source string) (n int, oldest time.Time) {
	for a, since := range o.since {
		if o.states[a].Owed.Source != source {
			continue
		}
		if n++; n == 1 || since.Before(oldest) {
			oldest = since
		}
	}
	return n, oldest
}
