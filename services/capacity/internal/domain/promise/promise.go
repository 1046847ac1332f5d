// Package promise keeps the lead time of one district and service group, and
// whether it is within the promise.
package promise

import (
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// State is what was measured last.
type State struct {
	Measured bool
	Last     capacity.LeadTimeMeasured
	AtRisk   bool
}

// Measure says what the lead time is now.
type Measure struct{ capacity.LeadTimeMeasured }

// Broken: the lead time has passed the limit, or there is nothing on offer.
func Broken(days, limit int) bool { return days < 0 || days > limit }

// Decider of the promise.
var Decider = decider.Decider[State, Measure]{
	Initial: func() State { return State{} },
	Decide: func(s State, c Measure) ([]decider.Event, error) {
		m := c.LeadTimeMeasured
		if s.Measured && s.Last.Days == m.Days && s.Last.Goal == m.Goal && s.Last.Limit == m.Limit {
			return nil, nil
		}
		evs := []decider.Event{m}
		switch broken := Broken(m.Days, m.Limit); {
		case broken && !s.AtRisk:
			evs = append(evs, capacity.PromiseAtRisk{LeadTime: m.LeadTime, Limit: m.Limit})
		case !broken && s.AtRisk:
			evs = append(evs, capacity.PromiseRestored{LeadTime: m.LeadTime, Limit: m.Limit})
		}
		return evs, nil
	},
	Evolve: func(s State, e decider.Event) State {
		switch e := e.(type) {
		case capacity.LeadTimeMeasured:
			s.Measured, s.Last = true, e
		case capacity.PromiseAtRisk:
			s.AtRisk = true
		case capacity.PromiseRestored:
			s.AtRisk = false
		}
		return s
	},
}
