package read

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// DayCategory is the category of the centre-days' streams.
const DayCategory = "day"

// Unpublished answers: which centre-days have changed since their slots and
// load were last said? It has its own lock. Folded from the log alone it knows
// that after a restart too; when a day was said last it only remembers while
// the process lives.
type Unpublished struct {
	every time.Duration

	mu    sync.Mutex
	known []string // every centre-day that changed and is not over
	days  map[string]*unsaid
	queue []string // days that are due, oldest change first
	today day.Day  // UTC's, of the newest event
}

type unsaid struct {
	dirty   bool
	queued  bool          // stands in the queue
	version int64         // of the stream, of the newest change
	cause   eventlog.Meta // of the first change not yet said
	id      string        // of the event that was that change
	said    time.Time
}

// NewUnpublished lets a centre-day be said at most once in the given time.
func NewUnpublished(every time.Duration) *Unpublished {
	return &Unpublished{every: every, days: map[string]*unsaid{}}
}

// Apply takes in an event.
func (m *Unpublished) Apply(stored eventlog.Event, event decider.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(stored.Meta.Time)
	switch event.(type) {
	case network.CatalogueObserved, network.PolicyObserved: // may change what is told of every day
		for _, day := range m.known {
			m.mark(day, m.days[day].version, stored)
		}
		return
	}
	day, ok := strings.CutPrefix(stored.Stream, DayCategory+"-")
	if !ok {
		return
	}
	d := m.days[day]
	if d == nil {
		d = &unsaid{}
		m.days[day] = d
		m.known = append(m.known, day)
	}
	switch event.(type) {
	case booking.SlotsChanged, booking.LoadChanged:
		d.dirty, d.version = false, stored.Version
	case centreday.CheckedIn, centreday.Begun, centreday.AppointmentDetailed:
		if _, ends := event.(centreday.AppointmentDetailed); ends && event.(centreday.AppointmentDetailed).Hold != "" {
			m.mark(day, stored.Version, stored)
		}
	default:
		m.mark(day, stored.Version, stored)
	}
}

// forget drops days that are over, once a day: nobody books them.
func (m *Unpublished) forget(now time.Time) {
	today := day.Of(now, time.UTC)
	if today <= m.today {
		return
	}
	m.today = today
	limit := (today - 1).String()
	over := func(name string) bool {
		_, date, _ := strings.Cut(name, "/")
		return date < limit
	}
	m.known = slices.DeleteFunc(m.known, over)
	m.queue = slices.DeleteFunc(m.queue, over)
	for name := range m.days {
		if over(name) {
			delete(m.days, name)
		}
	}
}

// Touch has a centre-day told again although no event has changed it.
func (m *Unpublished) Touch(day string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d := m.days[day]; d != nil {
		m.mark(day, d.version, eventlog.Event{})
	}
}

func (m *Unpublished) mark(day string, version int64, stored eventlog.Event) {
	d := m.days[day]
	d.version = version
	if d.dirty {
		return
	}
	d.dirty, d.cause, d.id = true, stored.Meta, ""
	if stored.ID != (eventlog.Event{}).ID {
		d.id = stored.ID.String()
	}
	if !d.queued {
		d.queued = true
		m.queue = append(m.queue, day)
	}
}

// Change is a centre-day that has something to say.
type Change struct {
	Day     string // aggregate id
	Version int64
	Cause   eventlog.Meta
	EventID string
}

// Next is the centre-day that has waited longest, of those not said within the
// last moments.
func (m *Unpublished) Next(now time.Time) (Change, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keep := m.queue[:0]
	var found *Change
	for i, day := range m.queue {
		d := m.days[day]
		if !d.dirty {
			d.queued = false
			continue
		}
		keep = append(keep, day)
		if m.due(d, now) <= 0 {
			found = &Change{day, d.version, d.cause, d.id}
			keep = append(keep, m.queue[i+1:]...)
			break
		}
	}
	m.queue = keep
	if found == nil {
		return Change{}, false
	}
	return *found, true
}

func (m *Unpublished) due(d *unsaid, now time.Time) time.Duration {
	if now.Before(d.said) { // the clock was set back
		return 0
	}
	return m.every - now.Sub(d.said)
}

// Said notes that a change was published, or made no difference.
func (m *Unpublished) Said(c Change, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.days[c.Day]
	if d == nil {
		return
	}
	d.said = now
	if d.version == c.Version {
		d.dirty = false
	}
}

// Wait is how long until the next centre-day is due; 0 when none is.
func (m *Unpublished) Wait(now time.Time) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	least := time.Duration(0)
	for _, day := range m.queue {
		if d := m.days[day]; d.dirty {
			if w := max(m.due(d, now), time.Millisecond); least == 0 || w < least {
				least = w
			}
		}
	}
	return least
}
