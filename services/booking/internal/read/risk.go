package read

import (
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// WhoIsAtRisk answers: which appointments can the staff on duty not serve?
type WhoIsAtRisk struct{ all map[id.Appointment]AtRisk }

// AtRisk is an appointment that no counter is left for as things stand.
type AtRisk struct {
	booking.AppointmentEnded
	Since time.Time `json:"since"`
	// Offers is how many other slots are kept for the citizen at present.
	Offers int `json:"offers"`
}

// NewWhoIsAtRisk knows nobody yet.
func NewWhoIsAtRisk() *WhoIsAtRisk { return &WhoIsAtRisk{map[id.Appointment]AtRisk{}} }

// Apply takes in an event.
func (m *WhoIsAtRisk) Apply(stored eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case booking.AppointmentAtRisk:
		m.all[e.Appointment] = AtRisk{AppointmentEnded: e.AppointmentEnded, Since: stored.Meta.Time}
	case booking.AppointmentSecured:
		delete(m.all, e.Appointment)
	case booking.AppointmentCancelled:
		delete(m.all, e.Appointment)
	case booking.AppointmentKept:
		delete(m.all, e.Appointment)
	case booking.AppointmentMissed:
		delete(m.all, e.Appointment)
	case booking.AppointmentMoved:
		delete(m.all, e.Appointment)
	}
}

// Count of all of them.
func (m *WhoIsAtRisk) Count() int { return len(m.all) }

// List returns up to limit appointments at centres of mine after a cursor, by
// day, time and id; next is the cursor to go on with, empty at the end.
func (m *WhoIsAtRisk) List(mine func(id.Centre) bool, after string, limit int) (page []AtRisk, next string) {
	keys := make(map[string]AtRisk, len(m.all))
	order := make([]string, 0, len(m.all))
	for _, a := range m.all {
		if k := cursor(a); k > after && mine(a.Centre) {
			keys[k] = a
			order = append(order, k)
		}
	}
	slices.Sort(order)
	for _, k := range order[:min(limit, len(order))] {
		page = append(page, keys[k])
	}
	if len(order) > limit {
		next = order[limit-1]
	}
	return page, next
}

func cursor(a AtRisk) string {
	return strings.Join([]string{a.Day.String(), a.At.String(), string(a.Appointment)}, "~")
}
