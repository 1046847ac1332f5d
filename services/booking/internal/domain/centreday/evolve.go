package centreday

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Evolve applies one event.
func Evolve(s State, e decider.Event) State {
	switch e := e.(type) {
	case OfferingAdopted:
		return s.adopt(e)
	case HoldPlaced:
		if s.Centre == "" {
			s.Key = Key{e.Centre, e.Day}
		}
		h := &hold{ID: e.Hold, Slot: Slot{e.Service, e.Skill, e.Minutes, e.At, e.Parts}, Channel: e.Channel, Expires: e.Expires, For: e.For, Wanted: e.Wanted}
		s.holds = append(slices.Clip(s.holds), h)
		return s.shifted(nil, &use{h.Slot, h.Channel})
	case OptInAsked:
		return s.waiting(e)
	case HoldExtended:
		return s.extendedHold(e)
	case HoldEnded:
		if s = s.withoutHold(e.Hold); e.Why != HoldTaken {
			return s.refit()
		}
	case booking.AppointmentBooked:
		s.seq++
		return s.withAppointment(&Appointment{ID: e.Appointment, Channel: e.Channel, BookedOn: e.BookedOn, Seq: s.seq,
			Slot: Slot{e.Service, e.Skill, e.Minutes, e.At, e.Parts}})
	case booking.AppointmentMoved:
		return s.movedHere(e)
	case AppointmentDetailed:
		s = s.with(e.Appointment, func(a *Appointment) {
			a.Detail, a.BookedOn = e.Detail, e.BookedOn
			if e.Channel != "" {
				a.Channel = e.Channel
			}
		})
		if e.Hold != "" {
			s = s.withoutHold(e.Hold)
		}
	case AppointmentMovedOut:
		return s.withoutAppointment(e.Appointment).pointed(e.Appointment, &e.To).refit()
	case CheckedIn:
		return s.with(e.Appointment, func(a *Appointment) { a.CheckedIn = e.At })
	case CameLate:
		return s.with(e.Appointment, func(a *Appointment) { a.Life, a.Late, a.unfit = Booked, true, false })
	case Called:
		return s.with(e.Appointment, func(a *Appointment) {
			a.Counter, a.Recalled = e.Counter, e.At
			if a.Called.IsZero() {
				a.Called = e.At
			}
		})
	case Begun:
		return s.with(e.Appointment, func(a *Appointment) { a.Begun = e.At })
	case HardshipSet:
		s = s.with(e.Appointment, func(a *Appointment) { a.Detail.Hardship = e.Hardship })
		return s.place(e.Elapsed)
	case booking.AppointmentCancelled:
		return s.ended(e.AppointmentEnded, Cancelled).refit()
	case booking.AppointmentKept:
		return s.ended(e.AppointmentEnded, Kept)
	case booking.AppointmentMissed:
		return s.ended(e.AppointmentEnded, Missed).refit()
	case booking.AppointmentAtRisk:
		return s.with(e.Appointment, func(a *Appointment) { a.AtRisk, a.unfit = true, true })
	case booking.AppointmentSecured:
		return s.with(e.Appointment, func(a *Appointment) { a.AtRisk, a.unfit = false, false })
	case booking.SlotsChanged:
		s.slots = spoken{e.Version, slotsHash(e)}
	case booking.LoadChanged:
		s.load = spoken{e.Version, loadHash(e)}
		return s.balanced()
	}
	return s
}

func (s State) ended(e booking.AppointmentEnded, l Life) State {
	return s.with(e.Appointment, func(a *Appointment) { a.Life, a.AtRisk = l, false })
}

// movedHere takes an appointment over; within the day it only changes its time.
func (s State) movedHere(e booking.AppointmentMoved) State {
	slot := Slot{e.Service, e.Skill, e.To.Minutes, e.To.At, e.Parts}
	if _, here := s.Appointment(e.Appointment); here {
		return s.with(e.Appointment, func(a *Appointment) {
			a.Slot, a.AtRisk, a.unfit, a.Late = slot, false, false, false
			a.Detail.Sequence++
		}).refit()
	}
	s.seq++
	s = s.pointed(e.Appointment, nil)
	return s.withAppointment(&Appointment{ID: e.Appointment, Seq: s.seq, Slot: slot})
}
