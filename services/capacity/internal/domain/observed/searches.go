package observed

import (
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// TypeSearches is the name in the log.
const TypeSearches = "capacity.searches-observed.v1"

// SearchesObserved: so many looked for an appointment of a service group on a
// day, at a centre or in a district, or anywhere, and found none on any day.
type SearchesObserved struct {
	Centre   id.Centre   `json:"centre,omitempty"`
	District id.District `json:"district,omitempty"`
	Skill    id.Skill    `json:"skill"`
	Day      day.Day     `json:"day"` // of the search
	Lost     int         `json:"lost"`
	At       time.Time   `json:"at"` // of the first of them
}

// EventType names it in the log.
func (SearchesObserved) EventType() string { return TypeSearches }

// Searches notes each once: those of one service come in order.
var Searches = decider.Decider[SearchesObserved, SearchesObserved]{
	Initial: func() SearchesObserved { return SearchesObserved{} },
	Decide: func(s, c SearchesObserved) ([]decider.Event, error) {
		again := c
		again.At = s.At
		if c.Lost <= 0 || again == s && c.At.Equal(s.At) {
			return nil, nil
		}
		return []decider.Event{c}, nil
	},
	Evolve: func(s SearchesObserved, e decider.Event) SearchesObserved {
		if e, ok := e.(SearchesObserved); ok {
			return e
		}
		return s
	},
}
