package read

import (
	"cmp"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/relocation"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// WhoNeedsAnotherSlot answers: which appointments at risk have no other slots
// kept for them, and which kept slots does nobody need any more?
type WhoNeedsAnotherSlot struct {
	all  map[id.Appointment]*relocating
	held map[centreday.HoldID]id.Appointment
}

type relocating struct {
	atRisk   bool
	what     booking.AppointmentEnded
	since    int64 // position
	meta     eventlog.Meta
	told     bool
	lastTold time.Time
	slots    []relocation.Slot // kept at present
	called   relocation.CallNoted
}

// NewWhoNeedsAnotherSlot knows nobody yet.
func NewWhoNeedsAnotherSlot() *WhoNeedsAnotherSlot {
	return &WhoNeedsAnotherSlot{map[id.Appointment]*relocating{}, map[centreday.HoldID]id.Appointment{}}
}

// Apply takes in an event.
func (m *WhoNeedsAnotherSlot) Apply(stored eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case booking.AppointmentAtRisk:
		r := m.of(e.Appointment)
		if !r.atRisk { // what was said of it when it was at risk before is over
			r.called = relocation.CallNoted{}
		}
		r.atRisk, r.what, r.since, r.meta = true, e.AppointmentEnded, stored.Position, stored.Meta
	case booking.AppointmentSecured:
		m.safe(e.Appointment)
	case booking.AppointmentMoved:
		m.safe(e.Appointment)
	case booking.AppointmentCancelled:
		m.safe(e.Appointment)
	case booking.AppointmentKept:
		m.safe(e.Appointment)
	case booking.AppointmentMissed:
		m.safe(e.Appointment)
	case relocation.SlotsOffered:
		r := m.of(e.Appointment)
		r.told, r.lastTold, r.slots = true, stored.Meta.Time, slices.Clone(e.Slots)
		for _, s := range e.Slots {
			m.held[s.Hold] = e.Appointment
		}
	case relocation.CallNoted:
		m.of(e.Appointment).called = e
	case relocation.RelocationClosed:
		if r := m.all[e.Appointment]; r != nil {
			r.called = relocation.CallNoted{}
			if r.told = false; !r.atRisk {
				delete(m.all, e.Appointment)
			}
		}
	case centreday.HoldEnded:
		if a, offered := m.held[e.Hold]; offered {
			delete(m.held, e.Hold)
			if r := m.all[a]; r != nil {
				r.slots = slices.DeleteFunc(r.slots, func(s relocation.Slot) bool { return s.Hold == e.Hold })
			}
		}
	}
}

func (m *WhoNeedsAnotherSlot) of(a id.Appointment) *relocating {
	r := m.all[a]
	if r == nil {
		r = &relocating{}
		m.all[a] = r
	}
	return r
}

func (m *WhoNeedsAnotherSlot) safe(a id.Appointment) {
	if r := m.all[a]; r != nil {
		if r.atRisk = false; !r.open() {
			delete(m.all, a)
		}
	}
}

// open reports whether its relocation must be closed when it is safe.
func (r *relocating) open() bool { return r.told || r.called.Outcome != "" }

// Call is an appointment at risk whose citizen is told by telephone.
type Call struct {
	What  booking.AppointmentEnded
	Since time.Time
	Last  relocation.CallNoted // zero: nobody has called
	Slots []relocation.Slot    // kept at present
	// Due: somebody should call now. Who was reached is called again only when
	// there is news, who declined is not.
	Due bool
}

// Calls lists who must be told by telephone, by day, time and id, after a cursor.
func (m *WhoNeedsAnotherSlot) Calls(now time.Time, today day.Day, unreached func(id.Appointment) bool) []Call {
	var all []Call
	for a, r := range m.all {
		if !r.atRisk || r.what.Day < today || now.Sub(r.meta.Time) < patience || !unreached(a) {
			continue
		}
		c := Call{What: r.what, Since: r.meta.Time, Last: r.called, Slots: r.slots, Due: true}
		switch r.called.Outcome {
		case relocation.Calling, relocation.NotReached:
			c.Due = r.called.Retry == nil || !now.Before(*r.called.Retry)
		case relocation.Declined:
			c.Due = false
		case relocation.Reached:
			c.Due = r.lastTold.After(r.called.At)
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.What.Day, b.What.Day), cmp.Compare(a.What.At, b.What.At), cmp.Compare(a.What.Appointment, b.What.Appointment))
	})
	return all
}

// Need is an appointment that something must be done about.
type Need struct {
	Appointment id.Appointment
	What        booking.AppointmentEnded
	// Over: it is not at risk any more, and Slots are still kept for it.
	Over  bool
	Slots []relocation.Slot
	Cause eventlog.Meta
	since int64
}

// searchAgain is how long nothing is searched for who was told that there is
// nothing, or whose offers have run out.
const searchAgain = 10 * time.Minute

// patience is how long the planner has before citizens are told: most of who is
// at risk is covered again by moved staff within moments, and a letter that is
// taken back helps nobody.
const patience = 10 * time.Minute

// Next is what has waited longest; skip says what was tried in vain lately. An
// appointment whose day has passed needs nothing any more.
func (m *WhoNeedsAnotherSlot) Next(now time.Time, today day.Day, skip func(id.Appointment) bool) (Need, bool) {
	var best Need
	found := false
	for a, r := range m.all {
		needs := r.atRisk && r.what.Day >= today
		if needs && (r.called.Outcome == relocation.Declined || now.Sub(r.meta.Time) < patience || len(r.slots) > 0 || r.told && now.Sub(r.lastTold) < searchAgain || skip(a)) || !needs && !r.open() {
			continue
		}
		n := Need{a, r.what, !needs, r.slots, r.meta, r.since}
		if !found || cmp.Or(cmp.Compare(n.since, best.since), cmp.Compare(a, best.Appointment)) < 0 {
			best, found = n, true
		}
	}
	return best, found
}

// Kept lists the slots that are kept for an appointment.
func (m *WhoNeedsAnotherSlot) Kept(a id.Appointment) []relocation.Slot {
	if r := m.all[a]; r != nil {
		return r.slots
	}
	return nil
}
