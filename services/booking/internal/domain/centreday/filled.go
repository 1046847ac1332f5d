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
}

// spent is how many minutes of counters a channel has booked and holds.
type spent struct {
	channel string
	minutes day.Minutes
}

// counted is the state's filled, counted now if it was not kept.
func (s State) counted() *filled {
	if s.filled != nil {
		return s.filled
	}
	f := &filled{fill: s.supply.Fill(s.needs(""))}
	for _, a := range s.appts.all() {
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
	return u.channel == o.channel && u.slot.takes(&o.slot)
}

// takes reports whether two visits take up the same counters.
func (sl *Slot) takes(o *Slot) bool {
	return sl.Skill == o.Skill && sl.At == o.At && sl.Minutes == o.Minutes && slices.Equal(sl.Parts, o.Parts)
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
	next := &filled{spent: slices.Clone(s.filled.spent)}
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
	s.appts = s.appts.and(a)
	return s.noted(nil, a).shifted(nil, a.use())
}

// withoutAppointment takes one out.
func (s State) withoutAppointment(a id.Appointment) State {
	i := s.appts.index(a)
	if i < 0 {
		return s
	}
	p := s.appts.at(i)
	s.appts = s.appts.without(i)
	return s.noted(p, nil).shifted(p.use(), nil)
}
