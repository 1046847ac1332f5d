package verify

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Chains tell how long each HR event took from absence's log into booking's, by
// when the database recorded its first event in each.
type Chains struct {
	began, arrived map[string]time.Time
}

// Chain follows all HR events through the logs.
func Chain(ctx context.Context, logs Logs) (*Chains, error) {
	c := &Chains{map[string]time.Time{}, map[string]time.Time{}}
	for service, into := range map[string]map[string]time.Time{"absence": c.began, booking.Service: c.arrived} {
		if _, err := scan(ctx, logs[service], func(e eventlog.Event) {
			if _, known := into[e.Meta.CorrelationID]; !known {
				into[e.Meta.CorrelationID] = e.RecordedAt
			}
		}); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Slowest is the longest way, in seconds, of those that began after a moment and
// have arrived, and how many these are. Who is not on duty on the days of an
// absence changes nothing at booking, and does not count.
func (c *Chains) Slowest(after time.Time) (seconds float64, n int) {
	for id, began := range c.began {
		if arrived, ok := c.arrived[id]; ok && id != "" && began.After(after) {
			seconds, n = max(seconds, arrived.Sub(began).Seconds()), n+1
		}
	}
	return seconds, n
}
