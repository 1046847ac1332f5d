package read

import (
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/fetch"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Owed knows the absences whose current state is to be fetched.
type Owed struct{ states map[id.Absence]fetch.State }

// NewOwed is empty.
func NewOwed() *Owed { return &Owed{map[id.Absence]fetch.State{}} }

// Apply takes in one event.
func (o *Owed) Apply(_ eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case fetch.Owed:
		o.states[e.Absence] = fetch.Evolve(o.states[e.Absence], e)
	case fetch.Settled:
		o.states[e.Absence] = fetch.Evolve(o.states[e.Absence], e)
	}
}

// Open lists what is owed, by absence.
func (o *Owed) Open() (out []fetch.State) {
	for _, a := range slices.Sorted(maps.Keys(o.states)) {
		if s := o.states[a]; s.Open {
			out = append(out, s)
		}
	}
	return out
}
