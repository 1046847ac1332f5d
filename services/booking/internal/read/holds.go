package read

import (
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// HoldsDue answers: at which centre-days has a hold run out?
type HoldsDue struct{ holds map[centreday.HoldID]openHold }

type openHold struct {
	day     string
	expires time.Time
}

// NewHoldsDue knows nothing yet.
func NewHoldsDue() *HoldsDue { return &HoldsDue{map[centreday.HoldID]openHold{}} }

// Apply takes in an event.
func (m *HoldsDue) Apply(stored eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case centreday.HoldPlaced:
		m.holds[e.Hold] = openHold{strings.TrimPrefix(stored.Stream, DayCategory+"-"), e.Expires}
	case centreday.OptInAsked:
		m.holds[e.Hold] = openHold{strings.TrimPrefix(stored.Stream, DayCategory+"-"), e.Expires}
	case centreday.HoldExtended:
		m.holds[e.Hold] = openHold{strings.TrimPrefix(stored.Stream, DayCategory+"-"), e.Expires}
	case centreday.HoldEnded:
		delete(m.holds, e.Hold)
	case centreday.AppointmentDetailed:
		delete(m.holds, e.Hold)
	}
}

// Due lists centre-days with holds that have run out, in order.
func (m *HoldsDue) Due(now time.Time) []string {
	var days []string
	for _, h := range m.holds {
		if !now.Before(h.expires) {
			days = append(days, h.day)
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}
