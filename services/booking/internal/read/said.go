package read

import (
	"cmp"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// SaidSlots answers: what must a frontend be told that has seen everything up to
// a position? It keeps the newest slots of each centre-day as they were said.
type SaidSlots struct {
	latest  map[string]Frame
	ring    []Frame // the newest frames, in order
	changed chan struct{}
	today   day.Day // UTC's, of the newest event
	public  int64   // position of the newest public event
}

// Frame is one slots-changed as it stands in the log.
type Frame struct {
	Position int64  // public
	Key      string // "altona.2026-12-01"
	Data     []byte // JSON; not to be changed
	day      day.Day
}

// ringFrames is how far a follower may fall behind before it must start again
// from the newest state of each centre-day.
const ringFrames = 1024

// NewSaidSlots knows nothing yet.
func NewSaidSlots() *SaidSlots {
	return &SaidSlots{latest: map[string]Frame{}, changed: make(chan struct{})}
}

// Apply takes in an event.
func (m *SaidSlots) Apply(stored eventlog.Event, event decider.Event) {
	m.public = max(m.public, stored.PublicPosition)
	e, ok := event.(booking.SlotsChanged)
	if !ok {
		return
	}
	m.forget(stored.Meta.Time)
	f := Frame{stored.PublicPosition, events.Key(e.EventKey()...), stored.Data, e.Day}
	m.latest[f.Key] = f
	if len(m.ring) >= 2*ringFrames {
		m.ring = slices.Clone(m.ring[ringFrames:])
	}
	m.ring = append(m.ring, f)
	close(m.changed)
	m.changed = make(chan struct{})
}

// forget drops days that are over, once a day.
func (m *SaidSlots) forget(now time.Time) {
	today := day.Of(now, time.UTC)
	if today <= m.today {
		return
	}
	m.today = today
	for key, f := range m.latest {
		if f.day < today-1 {
			delete(m.latest, key)
		}
	}
}

// After lists what a follower that has seen everything up to a public position
// must be told, in order, and a channel that is closed when there is more.
// Frames that newer ones have replaced may be left out. Who claims to have seen
// what was never said (the log was restored from a backup) begins anew.
func (m *SaidSlots) After(position int64) (frames []Frame, more <-chan struct{}) {
	if n := len(m.ring); position > m.public && (n == 0 || m.ring[n-1].Position < position) {
		position = 0
	}
	if n := len(m.ring); n > 0 && m.ring[0].Position <= position {
		i, _ := slices.BinarySearchFunc(m.ring, position+1, func(f Frame, p int64) int { return cmp.Compare(f.Position, p) })
		return m.ring[i:n:n], m.changed
	}
	for _, f := range m.latest {
		if f.Position > position {
			frames = append(frames, f)
		}
	}
	slices.SortFunc(frames, func(a, b Frame) int { return cmp.Compare(a.Position, b.Position) })
	return frames, m.changed
}
