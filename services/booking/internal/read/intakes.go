package read

import (
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/intake"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Intakes answers: whose contact has waited for its hold long enough?
type Intakes struct {
	waiting map[centreday.HoldID]time.Time
}

// NewIntakes knows nothing yet.
func NewIntakes() *Intakes { return &Intakes{map[centreday.HoldID]time.Time{}} }

// Apply takes in an event.
func (m *Intakes) Apply(_ eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case intake.Noted:
		m.waiting[e.Hold] = e.Expires
	case intake.Settled:
		delete(m.waiting, e.Hold)
	case centreday.HoldEnded:
		if _, waits := m.waiting[e.Hold]; waits {
			m.waiting[e.Hold] = time.Time{} // at once
		}
	}
}

// Due lists holds whose contact is to be forgotten, in order.
func (m *Intakes) Due(now time.Time) []centreday.HoldID {
	var due []centreday.HoldID
	for h, expires := range m.waiting {
		if !now.Before(expires) {
			due = append(due, h)
		}
	}
	slices.Sort(due)
	return due
}
