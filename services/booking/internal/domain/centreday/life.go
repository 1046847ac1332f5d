package centreday

import (
	"cmp"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// lives finds an appointment that is still to take place.
func (s State) lives(a id.Appointment) (*Appointment, error) {
	p, ok := s.Appointment(a)
	switch {
	case !ok:
		return nil, ErrNoSuchAppointment
	case p.Life != Booked:
		return p, ErrAlreadyOver
	}
	return p, nil
}

// end of an appointment; what it frees goes to those at risk.
func (s State) end(a id.Appointment, life Life) ([]decider.Event, error) {
	p, err := s.lives(a)
	if err != nil {
		if p != nil && p.Life == life {
			return nil, nil
		}
		return nil, err
	}
	about := s.about(p)
	switch life {
	case Missed:
		return s.regain([]decider.Event{booking.AppointmentMissed{AppointmentEnded: about}}), nil
	default:
		return s.regain([]decider.Event{booking.AppointmentCancelled{AppointmentEnded: about}}), nil
	}
}

// keep measures what was noted: the wait from check-in, not before the
// appointment's time, and the time at the counter.
func (s State) keep(c Keep) ([]decider.Event, error) {
	p, err := s.lives(c.Appointment)
	if err != nil {
		if p != nil && p.Life == Kept {
			return nil, nil
		}
		return nil, err
	}
	kept := booking.AppointmentKept{AppointmentEnded: s.about(p)}
	begun := p.Begun
	if begun.IsZero() {
		begun = p.Called
	}
	if !begun.IsZero() {
		kept.ServedSeconds = seconds(begun, c.At)
		if from := p.CheckedIn; !from.IsZero() {
			if from.Before(c.Due) {
				from = c.Due
			}
			kept.WaitedSeconds = seconds(from, begun)
		}
	}
	return []decider.Event{kept}, nil
}

func seconds(from, to time.Time) int { return int(max(0, to.Sub(from)) / time.Second) }

func (s State) begin(c Begin) ([]decider.Event, error) {
	p, err := s.lives(c.Appointment)
	if err != nil || !p.Begun.IsZero() {
		return nil, err
	}
	return []decider.Event{Begun(c)}, nil
}

func (s State) checkIn(c CheckIn) ([]decider.Event, error) {
	p, err := s.lives(c.Appointment)
	if p != nil && p.Life == Missed && c.Today == s.Day {
		return []decider.Event{CameLate{c.Appointment, p.Service}, CheckedIn{c.Appointment, c.At}}, nil
	}
	if err != nil || !p.CheckedIn.IsZero() {
		return nil, err
	}
	return []decider.Event{CheckedIn{c.Appointment, c.At}}, nil
}

// call asks who is there to a counter; once, so that two counters never call the
// same citizen. Again, it asks whoever was called and has not come.
func (s State) call(c Call) ([]decider.Event, error) {
	p, err := s.lives(c.Appointment)
	switch {
	case err != nil || !p.Begun.IsZero():
		return nil, err
	case !p.Called.IsZero():
		if !c.Again || p.Recalled.Equal(c.At) {
			return nil, nil
		}
	case p.CheckedIn.IsZero():
		return nil, ErrNotThere
	}
	return []decider.Event{Called(c)}, nil
}

// missUnattended: what they free goes to those at risk, to walk-ins and to
// whoever books.
func (s State) missUnattended(c MissUnattended) (say []decider.Event) {
	for _, p := range s.Unattended(c.Before) {
		say = append(say, booking.AppointmentMissed{AppointmentEnded: s.about(p)})
	}
	if len(say) == 0 {
		return nil
	}
	return s.regain(say)
}

// Unattended are appointments before a time of day to which nobody has come;
// those at risk are left out, since nobody could have served them.
func (s State) Unattended(before day.TimeOfDay) (all []*Appointment) {
	for _, p := range s.appts.all() {
		if p.Life == Booked && p.At < before && p.CheckedIn.IsZero() && p.Called.IsZero() && p.Begun.IsZero() && !p.AtRisk {
			all = append(all, p)
		}
	}
	return all
}

// Present are those who are checked in and wait to be called, in the order in
// which they are: whose time has come by that time, then who came late after being
// missed, by their check-in; early are those whose time is still to come.
func (s State) Present(now day.TimeOfDay) (due, early []*Appointment) {
	var late []*Appointment
	for _, p := range s.appts.all() {
		switch {
		case p.Life != Booked || p.CheckedIn.IsZero() || !p.Called.IsZero() || !p.Begun.IsZero():
		case p.Late:
			late = append(late, p)
		case p.At <= now:
			due = append(due, p)
		default:
			early = append(early, p)
		}
	}
	byTime := func(a, b *Appointment) int {
		return cmp.Or(cmp.Compare(a.At, b.At), a.CheckedIn.Compare(b.CheckedIn), cmp.Compare(a.Seq, b.Seq))
	}
	slices.SortFunc(due, byTime)
	slices.SortFunc(early, byTime)
	slices.SortFunc(late, func(a, b *Appointment) int { return cmp.Or(a.CheckedIn.Compare(b.CheckedIn), byTime(a, b)) })
	return append(due, late...), early
}

func (s State) moveEvent(a id.Appointment, from, to booking.Place, sl Slot) booking.AppointmentMoved {
	return booking.AppointmentMoved{Appointment: a, From: from, To: to, Service: sl.Service, Skill: sl.Skill, Parts: sl.Parts}
}

func (s State) reschedule(c Reschedule) ([]decider.Event, error) {
	before := s
	p, err := s.lives(c.Appointment)
	if err != nil {
		return nil, err
	}
	if p.At == c.To {
		return nil, nil
	}
	taken, s, err := s.into(c.Hold, c.Appointment)
	if err != nil {
		return nil, err
	}
	slot := p.Slot
	slot.At = c.To
	if err := c.Limits.check(s.Day, c.To); err != nil {
		return nil, err
	}
	if err := s.fits(slot, p.ID); err != nil {
		return nil, err
	}
	from, to := s.Place(p), s.Place(p)
	to.At = c.To
	say := append(taken, s.moveEvent(p.ID, from, to, slot))
	if p.AtRisk {
		moved := *p
		moved.Slot = slot
		say = append(say, booking.AppointmentSecured{AppointmentEnded: s.about(&moved)})
	}
	return before.regain(say), nil
}

func (s State) moveIn(c MoveIn) ([]decider.Event, error) {
	if _, here := s.Appointment(c.Appointment); here {
		return nil, nil
	}
	taken, s, err := s.into(c.Hold, c.Appointment)
	if err != nil {
		return nil, err
	}
	if err := c.Limits.check(c.Day, c.Slot.At); err != nil {
		return nil, err
	}
	if err := s.fits(c.Slot, ""); err != nil {
		return nil, err
	}
	if err := s.share(c.Limits, c.Slot); err != nil {
		return nil, err
	}
	to := booking.Place{Centre: c.Centre, Day: c.Day, At: c.Slot.At, Minutes: c.Minutes}
	return append(taken, s.moveEvent(c.Appointment, c.From, to, c.Slot),
		AppointmentDetailed{Appointment: c.Appointment, Channel: c.Channel, BookedOn: c.BookedOn, Detail: c.Detail}), nil
}

func (s State) moveOut(c MoveOut) ([]decider.Event, error) {
	if to, moved := s.MovedTo(c.Appointment); moved && to == c.To {
		return nil, nil
	}
	p, err := s.lives(c.Appointment)
	if err != nil {
		return nil, err
	}
	var say []decider.Event
	if p.AtRisk { // it is safe where it goes
		say = append(say, booking.AppointmentSecured{AppointmentEnded: s.about(p)})
	}
	return s.regain(append(say, AppointmentMovedOut{c.Appointment, c.To})), nil
}

func (s State) setHardship(c SetHardship) ([]decider.Event, error) {
	p, err := s.lives(c.Appointment)
	if err != nil || p.Detail.Hardship == c.Hardship {
		return nil, err
	}
	say := []decider.Event{HardshipSet{c.Appointment, c.Hardship, c.Now.elapsed(s.Day)}}
	next := fold(s, say)
	say = append(say, next.withdraw()...)
	if !next.Tentative {
		say = append(say, next.marks()...)
	}
	return say, nil
}
