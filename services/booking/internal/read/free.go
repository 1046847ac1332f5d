package read

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// FreeSlots answers: what is free, where, and when? It folds each centre-day as
// the writer does, so a search that waited for a command's position sees what
// the command did; it does not wait for slots-changed, which is coalesced. What
// is free is counted when somebody asks, once per change.
type FreeSlots struct {
	days  map[day.Day][]slots.CentreDay // by centre
	today day.Day                       // UTC's, of the newest event
}

type centreDay struct {
	centreday.State
	centre id.Centre
	free   atomic.Pointer[slots.Day]
	at     int64 // position of its newest event
}

func (c *centreDay) Centre() id.Centre { return c.centre }

// Free is counted on first use; two who count at once find the same.
func (c *centreDay) Free() *slots.Day {
	f := c.free.Load()
	if f == nil {
		f = c.State.Free()
		c.free.Store(f)
	}
	return f
}

// NewFreeSlots knows nothing yet.
func NewFreeSlots() *FreeSlots { return &FreeSlots{days: map[day.Day][]slots.CentreDay{}} }

// On lists the centre-days of a day.
func (m *FreeSlots) On(d day.Day) []slots.CentreDay { return m.days[d] }

// Apply takes in an event.
func (m *FreeSlots) Apply(stored eventlog.Event, event decider.Event) {
	m.forget(stored.Meta.Time)
	name, ok := strings.CutPrefix(stored.Stream, DayCategory+"-")
	if !ok {
		return
	}
	switch e := event.(type) {
	case booking.SlotsChanged, booking.LoadChanged: // say what is known here
		return
	case centreday.AppointmentDetailed: // who it is does not matter here
		e.Detail = centreday.Detail{Hardship: e.Hardship}
		event = e
	}
	centre, date, _ := strings.Cut(name, "/")
	d, err := day.Parse(date)
	if err != nil || d < m.today-1 {
		return
	}
	c := m.find(id.Centre(centre), d)
	c.State = centreday.Evolve(c.State, event)
	c.free.Store(nil)
	c.at = stored.Position
}

func (m *FreeSlots) find(centre id.Centre, d day.Day) *centreDay {
	all := m.days[d]
	i, found := slices.BinarySearchFunc(all, centre, func(a slots.CentreDay, b id.Centre) int { return cmp.Compare(a.Centre(), b) })
	if found {
		return all[i].(*centreDay)
	}
	c := &centreDay{State: centreday.Initial(), centre: centre}
	m.days[d] = slices.Insert(all, i, slots.CentreDay(c))
	return c
}

// forget drops days that are over, once a day.
func (m *FreeSlots) forget(now time.Time) {
	today := day.Of(now, time.UTC)
	if today <= m.today {
		return
	}
	m.today = today
	for d := range m.days {
		if d < today-1 {
			delete(m.days, d)
		}
	}
}

// Day is a centre-day as it stands, and a mark that changes with it; not to be
// changed.
func (m *FreeSlots) Day(c id.Centre, d day.Day) (s centreday.State, mark int64) {
	for _, x := range m.days[d] {
		if x.Centre() == c {
			k := x.(*centreDay)
			return k.State, k.at
		}
	}
	return centreday.Initial(), 0
}

// Waits estimates how long each of a queue waits at a centre today.
func (m *FreeSlots) Waits(c id.Centre, d day.Day, queue []centreday.WalkIn, now day.TimeOfDay) []int {
	for _, x := range m.days[d] {
		if x.Centre() == c {
			return x.(*centreDay).State.Waits(queue, now)
		}
	}
	return centreday.Initial().Waits(queue, now)
}

// Unattended lists the centres where, on a day, somebody with an appointment
// before a time has not come.
func (m *FreeSlots) Unattended(d day.Day, before day.TimeOfDay) (all []centreday.Key) {
	for _, x := range m.days[d] {
		if c := x.(*centreDay); len(c.State.Unattended(before)) > 0 {
			all = append(all, centreday.Key{Centre: c.centre, Day: d})
		}
	}
	return all
}

// Present lists who is checked in at a centre and waits to be called, in order.
func (m *FreeSlots) Present(c id.Centre, d day.Day, now day.TimeOfDay) (due, early []*centreday.Appointment) {
	for _, x := range m.days[d] {
		if x.Centre() == c {
			return x.(*centreDay).State.Present(now)
		}
	}
	return nil, nil
}
