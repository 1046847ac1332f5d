package read

import (
	"cmp"
	"slices"
	"sync/atomic"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// WhoWantsEarlier answers: who waits for an earlier slot, in which order, and
// has anything become free since we last looked? Who has passed fewer offers
// comes first, then who has waited longer.
type WhoWantsEarlier struct {
	all   map[waiting.ID]*wanting
	appts map[id.Appointment]waiting.ID
	holds map[centreday.HoldID]waiting.ID
	freed int64 // position of the newest event that may have freed a slot
	many  atomic.Int64
	kinds kinds
}

type wanting struct {
	asked  waiting.WaitingAsked
	since  int64
	passes int
	offer  *waiting.Slot
	gone   bool           // the offer's hold has ended
	than   *booking.Place // earlier than this
	over   bool           // the appointment to be replaced is over
}

// NewWhoWantsEarlier knows nobody yet.
func NewWhoWantsEarlier() *WhoWantsEarlier {
	return &WhoWantsEarlier{map[waiting.ID]*wanting{}, map[id.Appointment]waiting.ID{}, map[centreday.HoldID]waiting.ID{}, 0, atomic.Int64{}, newKinds()}
}

// Apply takes in an event.
func (m *WhoWantsEarlier) Apply(stored eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case waiting.WaitingAsked:
		w := &wanting{asked: e, since: stored.Position}
		m.all[e.Waiting] = w
		m.kinds.add(w)
		m.many.Store(int64(len(m.all)))
		m.freed = stored.Position
		if e.Appointment != "" {
			m.appts[e.Appointment] = e.Waiting
		}
	case waiting.WaitingOffered:
		if w := m.all[e.Waiting]; w != nil {
			m.kinds.change(w, func() { w.offer, w.gone = &e.Slot, false })
			m.holds[e.Slot.Hold] = e.Waiting
		}
	case waiting.WaitingPassed:
		if w := m.all[e.Waiting]; w != nil {
			m.kinds.change(w, func() {
				w.passes++
				w.offer = nil
			})
		}
		delete(m.holds, e.Hold)
		m.freed = stored.Position
	case waiting.WaitingEnded:
		if w := m.all[e.Waiting]; w != nil {
			m.kinds.change(w, nil)
			if w.offer != nil {
				delete(m.holds, w.offer.Hold)
			}
			delete(m.appts, w.asked.Appointment)
			delete(m.all, e.Waiting)
			m.many.Store(int64(len(m.all)))
		}
	case centreday.OfferingAdopted, booking.AppointmentMissed, centreday.AppointmentMovedOut:
		m.freed = stored.Position
	case centreday.HoldEnded:
		m.freed = stored.Position
		if w := m.all[m.holds[e.Hold]]; w != nil && w.offer != nil && w.offer.Hold == e.Hold {
			w.gone = true
		}
	case booking.AppointmentCancelled:
		m.freed = stored.Position
		m.ended(e.Appointment)
	case booking.AppointmentKept:
		m.ended(e.Appointment)
	case booking.AppointmentMoved:
		m.freed = stored.Position
		if w := m.all[m.appts[e.Appointment]]; w != nil {
			m.kinds.change(w, func() { w.than = &e.To })
		}
	}
}

func (m *WhoWantsEarlier) ended(a id.Appointment) {
	if w := m.all[m.appts[a]]; w != nil {
		m.kinds.change(w, func() { w.over = true })
	}
}

// Freed is the position of the newest event that may have freed a slot.
func (m *WhoWantsEarlier) Freed() int64 { return m.freed }

// Wanting is a place on the list.
type Wanting struct {
	waiting.WaitingAsked
	// Than is the place that an earlier one is wanted than, where it was moved
	// since; nil: what the wish says.
	Than   *booking.Place
	Gone   centreday.HoldID // an offer that has ended
	Over   bool             // it is of no use any more
	Kind   string           // the same for all who wish for the same but for the days
	passes int
	since  int64
}

func (w *wanting) wanting() Wanting {
	return Wanting{WaitingAsked: w.asked, Than: w.than, passes: w.passes, since: w.since}
}

// InOrder lists who has no live offer, in the order in which slots are offered.
func (m *WhoWantsEarlier) InOrder(today day.Day) []Wanting {
	var all []Wanting
	add := func(w *wanting, kind string) {
		x := w.wanting()
		x.Kind, x.Over = kind, w.over || w.asked.Wish.Until <= today
		if w.offer != nil {
			x.Gone = w.offer.Hold
		}
		all = append(all, x)
	}
	for key, k := range m.kinds.all {
		for _, w := range k.idle {
			add(w, key)
		}
	}
	for _, w := range m.all {
		if !w.idle() && (w.offer == nil || w.gone) {
			add(w, "")
		}
	}
	inOrder(all)
	return all
}

func inOrder(all []Wanting) {
	slices.SortFunc(all, func(a, b Wanting) int { return cmp.Or(cmp.Compare(a.passes, b.passes), cmp.Compare(a.since, b.since)) })
}

// Place says how many stand before one on the list, from 0.
func (m *WhoWantsEarlier) Place(w waiting.ID) (before int) {
	mine := m.all[w]
	if mine == nil {
		return 0
	}
	for _, o := range m.all {
		if cmp.Or(cmp.Compare(o.passes, mine.passes), cmp.Compare(o.since, mine.since)) < 0 {
			before++
		}
	}
	return before
}

// Empty reports that nobody waits. It may be asked at any time, also while the
// model moves: the writer asks before each slot that it gives away.
func (m *WhoWantsEarlier) Empty() bool { return m.many.Load() == 0 }
