package app

import (
	"errors"
	"strconv"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// sources are the foreign services that capacity listens to: each foreign
// event becomes an own command, in the unit that moves the checkpoint.
func (a *App) sources() []node.Source {
	return []node.Source{
		{Service: staffing.Service, Handle: fromStaffing},
		{Service: booking.Service, Handle: fromBooking, Wants: func(t string) bool {
			return t == booking.TypeLoadChanged || t == booking.TypeBookingsCounted || t == booking.TypeSearchUnmet
		}},
	}
}

// heard are the foreign events that capacity can read.
func heard() *events.Registry { return events.NewRegistry(staffing.Kinds(), booking.Kinds()) }

func fromStaffing(tx *journal.Tx, from events.Envelope, event events.Event) error {
	switch e := event.(type) {
	case staffing.DutiesChanged:
		if e.Employee == "" {
			return &events.FieldError{Field: "data.employee", Reason: "is missing: name the employee"}
		}
		_, err := journal.Execute(tx, duties, string(e.Employee), observe(from.Epoch, e))
		return err
	case staffing.DeploymentOrdered:
		return answer(tx, e.Proposal, proposal.Answer{Deployment: e.Deployment, Ordered: true})
	case staffing.DeploymentRefused:
		return refused(tx, e)
	case staffing.DeploymentCancelled:
		return cancelled(tx, e)
	}
	return nil
}

func observe(epoch int64, e staffing.DutiesChanged) observed.DutiesObserved {
	o := observed.DutiesObserved{Employee: e.Employee, Epoch: epoch, Version: e.Version, Home: e.Home, Skills: e.Skills, Mobile: e.Mobile,
		Volunteer: e.Volunteer, Deployable: e.Deployable, MaxDaysAwayPerWeek: e.MaxDaysAwayPerWeek, Horizon: e.Horizon,
		Duties: make([]observed.Duty, len(e.Duties))}
	for i, d := range e.Duties {
		o.Duties[i] = observed.Duty{Day: d.Day, Centre: d.Centre, Span: d.Span, Breaks: d.Breaks, Deployment: d.Deployment}
	}
	return o
}

// answer hands staffing's answer to a proposal; one that capacity does not know
// (a deployment ordered by hand) is none of its business.
func answer(tx *journal.Tx, p id.Proposal, c proposal.Command) error {
	if p == "" {
		return nil
	}
	_, err := journal.Execute(tx, proposals, string(p), c)
	if errors.Is(err, proposal.ErrUnknown) || errors.Is(err, proposal.ErrUnknownMove) {
		return nil
	}
	return err
}

// refused: staffing refuses to order, or to cancel for a return.
func refused(tx *journal.Tx, e staffing.DeploymentRefused) error {
	return answer(tx, e.Proposal, proposal.Answer{Deployment: e.Deployment, Rule: e.Rule, Reason: e.Reason})
}

// cancelled: the deployment's own proposal learns of it, and the one that sent
// the person back, if any.
func cancelled(tx *journal.Tx, e staffing.DeploymentCancelled) error {
	if e.Proposal == "" {
		return nil
	}
	s, _, err := journal.Load(tx, proposals, string(e.Proposal))
	if err != nil {
		return err
	}
	if i := s.Find(e.Deployment); i >= 0 && s.Moves[i].ReturnedBy != nil {
		by := s.Moves[i].ReturnedBy
		if err := answer(tx, by.Proposal, proposal.Answer{Deployment: by.Deployment, Ordered: true}); err != nil {
			return err
		}
	}
	return answer(tx, e.Proposal, proposal.Cancel{Cancelled: proposal.Cancelled{Deployment: e.Deployment, Cause: e.Cause}})
}

func fromBooking(tx *journal.Tx, from events.Envelope, event events.Event) error {
	switch e := event.(type) {
	case booking.LoadChanged:
		return loadChanged(tx, from, e)
	case booking.BookingsCounted:
		return bookingsCounted(tx, from, e)
	case booking.SearchUnmet:
		return searchUnmet(tx, e)
	}
	return nil
}

func bookingsCounted(tx *journal.Tx, from events.Envelope, e booking.BookingsCounted) error {
	if e.Centre == "" {
		return &events.FieldError{Field: "data.centre", Reason: "is missing: name the centre"}
	}
	o := observed.BookingsObserved{Centre: e.Centre, Day: e.Day, Epoch: from.Epoch, Version: e.Version, Skills: make([]observed.Ahead, len(e.Skills)), Kept: e.Kept, Missed: e.Missed}
	for i, s := range e.Skills {
		if len(s.Days) != len(s.Counts) {
			return &events.FieldError{Field: "data.skills[" + strconv.Itoa(i) + "].counts", Value: strconv.Itoa(len(s.Counts)), Reason: "must have as many entries as days"}
		}
		o.Skills[i] = observed.Ahead(s)
	}
	_, err := journal.Execute(tx, bookings, string(e.Centre)+"/"+e.Day.String(), o)
	return err
}

// searchUnmet notes who found nothing at all; older events do not tell.
func searchUnmet(tx *journal.Tx, e booking.SearchUnmet) error {
	if e.Lost <= 0 {
		return nil
	}
	if e.Skill == "" || e.On == nil {
		return &events.FieldError{Field: "data.skill", Reason: "is missing, or data.on: lost searches are counted by service group and day"}
	}
	_, err := journal.Execute(tx, searches, string(e.Service), observed.SearchesObserved{Centre: e.Centre, District: e.District, Skill: e.Skill, Day: *e.On, Lost: e.Lost, At: e.At})
	return err
}

func loadChanged(tx *journal.Tx, from events.Envelope, e booking.LoadChanged) error {
	if e.Centre == "" {
		return &events.FieldError{Field: "data.centre", Reason: "is missing: name the centre"}
	}
	o := observed.LoadObserved{Centre: e.Centre, Day: e.Day,
		Epoch: from.Epoch, Version: e.Version, OfferingVersion: e.OfferingVersion, Booked: e.Booked, Uncovered: e.Uncovered, Free: e.Free,
		Appointments: e.Appointments, AtRisk: e.AtRisk}
	if u := e.InUse; u != nil {
		if u.Step <= 0 {
			return &events.FieldError{Field: "data.in_use.step_minutes", Value: strconv.Itoa(int(u.Step)), Reason: "must be above 0"}
		}
		o.InUse = &observed.InUse{From: u.From, Step: u.Step, Counters: u.Counters, Skills: u.Skills, Uncovered: u.Uncovered}
	}
	_, err := journal.Execute(tx, loads, string(e.Centre)+"/"+e.Day.String(), o)
	return err
}
