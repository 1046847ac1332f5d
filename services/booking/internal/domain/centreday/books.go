package centreday

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// books are what a day's appointments ask for: minutes per skill, and how many take
// place at each tick. Those at risk have no counter. Those that merely would not fit
// a tentative offering count: they still have theirs until it becomes firm. Holds are
// left out, since a hold that finds no counter any more ends.
//
// They are counted when a load is said, and from then on follow the appointments:
// what has changed since is only noted, and counted in when the next load is. Whoever
// says no load, as a calendar for searching, keeps none. They are never changed once
// they stand in a state.
type books struct {
	appointments, atRisk int
	skills               []demand // seldom more than a few
	sum                  perTick  // of all that have a counter
}

// demand is what appointments ask of one skill.
type demand struct {
	skill               id.Skill
	booked, uncovered   day.Minutes
	parts               int // of appointments
	open, served, short int // how many of them are uncovered, count in with, in without
	with, without       perTick
}

// perTick counts appointments, tick by tick.
type perTick [occupancy.Ticks]int16

func (p *perTick) add(at day.TimeOfDay, minutes day.Minutes, by int) {
	for t := max(0, int(at)/occupancy.Tick); t < min((int(at)+int(minutes))/occupancy.Tick, occupancy.Ticks); t++ {
		p[t] += int16(by)
	}
}

// change of one appointment since the books were counted; nil: there was none, or
// is none any more.
type change struct {
	earlier       *change
	before, after *Appointment
	n             int // of it and all earlier ones
}

// manyChanges are counted in before there are more.
const manyChanges = 64

// inBooks are the state's books, counted now as far as they were not kept.
func (s State) inBooks() *books {
	switch {
	case s.books == nil:
		b := &books{}
		for _, a := range s.appts.all() {
			b.count(a, 1)
		}
		return b
	case s.changed == nil:
		return s.books
	}
	b := *s.books
	b.skills = slices.Clone(b.skills)
	for c := s.changed; c != nil; c = c.earlier {
		b.count(c.before, -1)
		b.count(c.after, 1)
	}
	return &b
}

// balanced keeps the books as they stand.
func (s State) balanced() State {
	s.books, s.changed = s.inBooks(), nil
	return s
}

// noted keeps in mind that an appointment has given way to another.
func (s State) noted(before, after *Appointment) State {
	if s.books == nil || before.countsAs(after) {
		return s
	}
	n := 1
	if s.changed != nil {
		n += s.changed.n
	}
	s.changed = &change{s.changed, before, after, n}
	if n >= manyChanges {
		return s.balanced()
	}
	return s
}

// counts reports whether the books have it.
func (a *Appointment) counts() bool { return a != nil && (a.Life == Booked || a.Life == Kept) }

func (a *Appointment) uncovered() bool { return a.unfit && a.Life == Booked }

func (a *Appointment) countsAs(o *Appointment) bool {
	if !a.counts() || !o.counts() {
		return a.counts() == o.counts()
	}
	return a.uncovered() == o.uncovered() && a.AtRisk == o.AtRisk && a.Late == o.Late && a.Slot.takes(&o.Slot)
}

func (b *books) of(k id.Skill) *demand {
	for i := range b.skills {
		if b.skills[i].skill == k {
			return &b.skills[i]
		}
	}
	b.skills = append(b.skills, demand{skill: k})
	return &b.skills[len(b.skills)-1]
}

// count one appointment in, by 1, or out, by -1.
func (b *books) count(a *Appointment, by int) {
	if !a.counts() {
		return
	}
	b.appointments += by
	if a.AtRisk {
		b.atRisk += by
	}
	a.each(func(skill id.Skill, at day.TimeOfDay, minutes day.Minutes) {
		k := b.of(skill)
		k.parts += by
		k.booked += day.Minutes(by) * minutes
		if a.uncovered() {
			k.open += by
			k.uncovered += day.Minutes(by) * minutes
		}
		if a.Late {
			return
		}
		if !a.AtRisk {
			k.served += by
			k.with.add(at, minutes, by)
			b.sum.add(at, minutes, by)
		}
		if a.uncovered() {
			k.short += by
			k.without.add(at, minutes, by)
		}
	})
}

// countBooked says what the appointments take up.
func (s State) countBooked(load *booking.LoadChanged) {
	b := s.inBooks()
	load.Appointments, load.AtRisk = b.appointments, b.atRisk
	for i := range b.skills {
		d := &b.skills[i]
		if d.parts == 0 {
			continue
		}
		load.Booked[d.skill] = d.booked
		if d.open > 0 {
			if load.Uncovered == nil {
				load.Uncovered = map[id.Skill]day.Minutes{}
			}
			load.Uncovered[d.skill] = d.uncovered
		}
	}
	load.InUse = b.inUse()
}
