package read

import (
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// Every model can be written down (node.Memory): what stands here is what it is
// made of, copied where Apply changes it in place. Values that are only ever
// replaced, a centre-day's state above all, need no copy.

// apart copies a map whose values are changed in place.
func apart[K comparable, V any](m map[K]*V) map[K]*V {
	c := make(map[K]*V, len(m))
	all := make([]V, 0, len(m))
	for k, v := range m {
		all = append(all, *v)
		c[k] = &all[len(all)-1]
	}
	return c
}

// Snapshot of the catalogue and the network.
func (m *City) Snapshot(w *snapshot.Writer) {
	snapshot.Put(w, m.services)
	snapshot.Put(w, m.groups)
	snapshot.Put(w, maps.Clone(m.centres))
	snapshot.Put(w, m.network)
	snapshot.Put(w, m.policy)
	snapshot.Put(w, m.lengths)
	snapshot.Put(w, maps.Clone(m.moved))
}

// Restore what Snapshot put.
func (m *City) Restore(r *snapshot.Reader) {
	snapshot.Get(r, &m.services)
	snapshot.Get(r, &m.groups)
	snapshot.Get(r, &m.centres)
	snapshot.Get(r, &m.network)
	snapshot.Get(r, &m.policy)
	snapshot.Get(r, &m.lengths)
	snapshot.Get(r, &m.moved)
}

// heldDay is a centre-day as it is written down.
type heldDay struct {
	Centre id.Centre
	Day    day.Day
	State  centreday.State
	At     int64
}

// Snapshot of the centre-days; what is free is counted again when asked for.
func (m *FreeSlots) Snapshot(w *snapshot.Writer) {
	var all []heldDay
	for _, d := range slices.Sorted(maps.Keys(m.days)) {
		for _, c := range m.days[d] {
			all = append(all, heldDay{c.Centre(), d, c.(*centreDay).State, c.(*centreDay).at})
		}
	}
	snapshot.Put(w, all)
	snapshot.Put(w, m.today)
}

// Restore what Snapshot put.
func (m *FreeSlots) Restore(r *snapshot.Reader) {
	var all []heldDay
	snapshot.Get(r, &all)
	snapshot.Get(r, &m.today)
	r.Then(func() {
		m.days = map[day.Day][]slots.CentreDay{}
		for _, h := range all {
			m.days[h.Day] = append(m.days[h.Day], &centreDay{State: h.State, centre: h.Centre, at: h.At})
		}
	})
}

// Snapshot of what was said.
func (m *SaidSlots) Snapshot(w *snapshot.Writer) {
	snapshot.Put(w, maps.Clone(m.latest))
	snapshot.Put(w, m.ring)
	snapshot.Put(w, m.today)
	snapshot.Put(w, m.public)
}

// Restore what Snapshot put.
func (m *SaidSlots) Restore(r *snapshot.Reader) {
	snapshot.Get(r, &m.latest)
	snapshot.Get(r, &m.ring)
	snapshot.Get(r, &m.today)
	snapshot.Get(r, &m.public)
}

// Snapshot of what is still to be said.
func (m *Unpublished) Snapshot(w *snapshot.Writer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	snapshot.Put(w, slices.Clone(m.known))
	snapshot.Put(w, apart(m.days))
	snapshot.Put(w, slices.Clone(m.queue))
	snapshot.Put(w, m.today)
}

// Restore what Snapshot put.
func (m *Unpublished) Restore(r *snapshot.Reader) {
	snapshot.Get(r, &m.known)
	snapshot.Get(r, &m.days)
	snapshot.Get(r, &m.queue)
	snapshot.Get(r, &m.today)
}

// Snapshot of the open holds.
func (m *HoldsDue) Snapshot(w *snapshot.Writer) { snapshot.Put(w, maps.Clone(m.holds)) }

// Restore what Snapshot put.
func (m *HoldsDue) Restore(r *snapshot.Reader) { snapshot.Get(r, &m.holds) }

// Snapshot of who is at risk.
func (m *WhoIsAtRisk) Snapshot(w *snapshot.Writer) { snapshot.Put(w, maps.Clone(m.all)) }

// Restore what Snapshot put.
func (m *WhoIsAtRisk) Restore(r *snapshot.Reader) { snapshot.Get(r, &m.all) }

// heldBox is a mailbox as it is written down.
type heldBox struct {
	Appointment  id.Appointment
	Box          *mailbox
	owing, filed bool
}

// Snapshot of the mailboxes, of which there is one for each appointment to come.
func (m *LettersOwed) Snapshot(w *snapshot.Writer) {
	boxes, owing, days := maps.Clone(m.boxes), maps.Clone(m.owing), make(map[day.Day]map[id.Appointment]bool, len(m.days))
	for d, who := range m.days {
		days[d] = maps.Clone(who)
	}
	snapshot.PutLater(w, func() []heldBox {
		all := make([]heldBox, 0, len(boxes))
		for _, a := range slices.Sorted(maps.Keys(boxes)) {
			b := boxes[a]
			all = append(all, heldBox{a, b, owing[a], days[b.place.Day][a]})
		}
		return all
	})
	snapshot.Put(w, slices.Sorted(maps.Keys(days)))
	snapshot.Put(w, slices.Clone(m.reminders))
	snapshot.Put(w, m.today)
}

// Restore what Snapshot put.
func (m *LettersOwed) Restore(r *snapshot.Reader) {
	var all []heldBox
	var days []day.Day
	snapshot.Get(r, &all)
	snapshot.Get(r, &days)
	snapshot.Get(r, &m.reminders)
	snapshot.Get(r, &m.today)
	r.Then(func() {
		for _, d := range days {
			m.days[d] = map[id.Appointment]bool{}
		}
		for _, h := range all {
			m.boxes[h.Appointment] = h.Box
			if h.owing {
				m.owing[h.Appointment] = true
			}
			if h.filed {
				m.days[h.Box.place.Day][h.Appointment] = true
			}
		}
	})
}

// Snapshot of the counts.
func (m *VisitsSpared) Snapshot(w *snapshot.Writer) {
	snapshot.Put(w, maps.Clone(m.online))
	snapshot.Put(w, apart(m.counts))
}

// Restore what Snapshot put.
func (m *VisitsSpared) Restore(r *snapshot.Reader) {
	snapshot.Get(r, &m.online)
	snapshot.Get(r, &m.counts)
}

// Snapshot of who is being relocated.
func (m *WhoNeedsAnotherSlot) Snapshot(w *snapshot.Writer) {
	all := apart(m.all)
	for _, x := range all {
		x.slots = slices.Clone(x.slots)
	}
	snapshot.Put(w, all)
	snapshot.Put(w, maps.Clone(m.held))
}

// Restore what Snapshot put.
func (m *WhoNeedsAnotherSlot) Restore(r *snapshot.Reader) {
	snapshot.Get(r, &m.all)
	snapshot.Get(r, &m.held)
}

// Snapshot of the queues and their measured waits.
func (m *WhoWaits) Snapshot(w *snapshot.Writer) {
	snapshot.Put(w, maps.Clone(m.queues))
	snapshot.Put(w, apart(m.waits))
	snapshot.Put(w, m.today)
	snapshot.Put(w, maps.Clone(m.at))
}

// Restore what Snapshot put.
func (m *WhoWaits) Restore(r *snapshot.Reader) {
	snapshot.Get(r, &m.queues)
	snapshot.Get(r, &m.waits)
	snapshot.Get(r, &m.today)
	snapshot.Get(r, &m.at)
}

// Snapshot of the counts.
func (m *WhoCame) Snapshot(w *snapshot.Writer) { snapshot.Put(w, apart(m.counts)) }

// Restore what Snapshot put.
func (m *WhoCame) Restore(r *snapshot.Reader) { snapshot.Get(r, &m.counts) }

// Snapshot of the contacts that wait.
func (m *Intakes) Snapshot(w *snapshot.Writer) { snapshot.Put(w, maps.Clone(m.waiting)) }

// Restore what Snapshot put.
func (m *Intakes) Restore(r *snapshot.Reader) { snapshot.Get(r, &m.waiting) }
