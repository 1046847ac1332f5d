package centreday

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// filled is what follows from holds and appointments and would be counted again
// for each decision. It is kept from event to event, and never changed.
type filled struct {
	fill  *occupancy.Fill // of State.supply
	spent []spent
	marks []uint32 // of State.appts, in their order
}

// spent is how many minutes of counters a channel has booked and holds.
type spent struct {
	channel string
	minutes day.Minutes
}

// mark is short, and seldom that of two ids: their ends differ.
func mark(a id.Appointment) (m uint32) {
	for i := max(0, len(a)-8); i < len(a); i++ {
		m = m*31 + uint32(a[i])
	}
	return m
}

// counted is the state's filled, counted now if it was not kept.
func (s State) counted() *filled {
	if s.filled != nil {
		return s.filled
	}
	f := &filled{fill: s.supply.Fill(s.needs("")), marks: make([]uint32, len(s.appts))}
	for i, a := range s.appts {
		f.marks[i] = mark(a.ID)
		if a.occupies() {
			f.spend(a.Channel, a.Minutes)
		}
	}
	for _, h := range s.holds {
		f.spend(h.Channel, h.Minutes)
	}
	return f
}

// recounted counts anew, where more has changed than a visit or two.
func (s State) recounted() State {
	s.filled = nil
	s.filled = s.counted()
	return s
}

func (f *filled) spend(channel string, m day.Minutes) {
	for i := range f.spent {
		if f.spent[i].channel == channel {
			f.spent[i].minutes += m
			return
		}
	}
	f.spent = append(f.spent, spent{channel, m})
}

// use is a visit that takes up counters, and who booked it.
type use struct {
	slot    Slot
	channel string
}

func (a *Appointment) use() *use {
	if !a.occupies() {
		return nil
	}
	return &use{a.Slot, a.Channel}
}

func (u *use) same(o *use) bool {
	if u == nil || o == nil {
		return u == o
	}
	a, b := &u.slot, &o.slot
	return u.channel == o.channel && a.Skill == b.Skill && a.At == b.At && a.Minutes == b.Minutes && slices.Equal(a.Parts, b.Parts)
}

// shifted keeps the count when one use of counters has given way to another; nil:
// to none, or from none.
func (s State) shifted(before, after *use) State {
	if s.filled == nil {
		return s.recounted()
	}
	if before.same(after) {
		return s
	}
	next := &filled{marks: s.filled.marks, spent: slices.Clone(s.filled.spent)}
	var few, more [4]occupancy.Need
	without, with := few[:0], more[:0]
	if before != nil {
		without = s.addNeeds(without, before.slot)
		next.spend(before.channel, -before.slot.Minutes)
	}
	if after != nil {
		with = s.addNeeds(with, after.slot)
		next.spend(after.channel, after.slot.Minutes)
	}
	next.fill = s.filled.fill.With(without, with)
	s.filled = next
	return s
}

// withAppointment adds one at the end.
func (s State) withAppointment(a *Appointment) State {
	s.appts = added(s.appts, a)
	if s.filled == nil {
		return s.recounted()
	}
	s.filled = &filled{s.filled.fill, s.filled.spent, added(s.filled.marks, mark(a.ID))}
	return s.shifted(nil, a.use())
}

// added is a list of its own with one more, and no room for others: as many lists
// as there are states.
func added[E any](list []E, e E) []E {
	all := make([]E, len(list)+1)
	all[copy(all, list)] = e
	return all
}

// withoutAppointment takes one out.
func (s State) withoutAppointment(a id.Appointment) State {
	i := s.index(a)
	if i < 0 {
		return s
	}
	p := s.appts[i]
	s.appts = slices.Delete(slices.Clone(s.appts), i, i+1)
	if s.filled == nil {
		return s.recounted()
	}
	s.filled = &filled{s.filled.fill, s.filled.spent, slices.Delete(slices.Clone(s.filled.marks), i, i+1)}
	return s.shifted(p.use(), nil)
}

// index of an appointment; -1: it is not here.
func (s State) index(a id.Appointment) int {
	if s.filled == nil {
		return slices.IndexFunc(s.appts, func(p *Appointment) bool { return p.ID == a })
	}
	m := mark(a)
	for i, k := range s.filled.marks {
		if k == m && s.appts[i].ID == a {
			return i
		}
	}
	return -1
}
