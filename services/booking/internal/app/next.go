package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/queue"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Next is who was called to a counter: an appointment or a ticket.
type Next struct {
	Appointment id.Appointment `json:"appointment,omitempty"`
	// Number under which screens call the appointment: "A 12".
	Number        int                 `json:"number,omitempty"`
	Ticket        *booking.TicketStep `json:"ticket,omitempty"`
	Service       id.Service          `json:"service"`
	Parts         []booking.Part      `json:"parts,omitempty"`
	At            day.TimeOfDay       `json:"at"` // of the appointment, or when the ticket was drawn
	WaitedSeconds int                 `json:"waited_seconds"`
}

// NextAt calls who comes next at a centre, appointments and tickets in one order:
//
//	any counter, appointments   who has an appointment whose time has come, by that
//	                            time; then tickets by arrival; then who is early for
//	                            an appointment
//	walk-in                     tickets by arrival, but not express ones; then
//	                            appointments whose time has come
//	express                     express tickets, and nobody else
//
// Who was missed and came after all stands behind those whose time has come. A
// counter of the appointments takes a ticket only where no appointment needs it
// meanwhile. Nobody is called twice.
func (a *App) NextAt(ctx context.Context, key string, c Call) (Next, journal.Receipt, error) {
	if !slices.Contains([]string{"", CallAppointments, CallWalkIns, CallExpress}, c.Use) {
		return Next{}, journal.Receipt{}, &events.FieldError{Field: "use", Value: c.Use, Reason: "is not known: use express, walk-in or appointments"}
	}
	if err := errors.Join(access.Centre(ctx, c.Centre), a.centre(c.Centre), CheckCounter(c.Counter)); err != nil {
		return Next{}, journal.Receipt{}, err
	}
	return node.Command(ctx, a.node, prefixed("next", key), c, func(tx *journal.Tx) (Next, error) {
		m := a.moment(tx.Now())
		k := centreday.Key{Centre: c.Centre, Day: m.Day}
		s, _, err := journal.Load(tx, days, k.ID())
		if err != nil {
			return Next{}, err
		}
		due, early := s.Present(m.At)
		ticket := func() (Next, error) { return a.nextTicket(tx, k, c) }
		from := func(all []*centreday.Appointment) func() (Next, error) {
			return func() (Next, error) { return a.nextAppointment(tx, k, c, all) }
		}
		ways := []func() (Next, error){from(due), ticket, from(early)}
		switch c.Use {
		case CallWalkIns:
			ways = []func() (Next, error){ticket, from(due)}
		case CallExpress:
			ways = ways[1:2]
		}
		var needed error
		for _, way := range ways {
			n, err := way()
			switch {
			case errors.Is(err, ErrNeededForAppointments):
				needed = err
			case !errors.Is(err, queue.ErrNobodyWaits):
				return n, err
			}
		}
		if needed != nil {
			return Next{}, needed
		}
		return Next{}, queue.ErrNobodyWaits
	})
}

func (a *App) nextTicket(tx *journal.Tx, k centreday.Key, c Call) (Next, error) {
	t, err := a.callTicket(tx, k, c)
	if err != nil {
		return Next{}, err
	}
	issued := t.At.Add(-time.Duration(t.WaitedSeconds) * time.Second)
	return Next{Ticket: &t, Service: t.Service, At: a.moment(issued).At, WaitedSeconds: t.WaitedSeconds}, nil
}

// nextAppointment calls the first that the counter can serve whole.
func (a *App) nextAppointment(tx *journal.Tx, k centreday.Key, c Call, all []*centreday.Appointment) (Next, error) {
	for _, x := range all {
		can := len(c.Services) == 0 || slices.Contains(c.Services, x.Service)
		for _, part := range x.Parts {
			can = can && (len(c.Services) == 0 || slices.Contains(c.Services, part.Service))
		}
		if !can {
			continue
		}
		if _, err := onDay(tx, k.ID(), centreday.Call{Appointment: x.ID, At: tx.Now(), Counter: c.Counter}); err != nil {
			return Next{}, err
		}
		from := x.CheckedIn
		if at := k.Day.At(x.At, a.zone); from.Before(at) {
			from = at
		}
		return Next{Appointment: x.ID, Number: int(x.Seq), Service: x.Service, Parts: x.Parts, At: x.At, WaitedSeconds: int(max(0, tx.Now().Sub(from)) / time.Second)}, nil
	}
	return Next{}, queue.ErrNobodyWaits
}

// missUnattended gives up, where the policy says so, whoever has not come: once a
// minute is often enough. The capacity serves walk-ins or is booked.
func (a *App) missUnattended(ctx context.Context, now time.Time) error {
	minutes := a.policy().MissedAfterMinutes
	m := a.moment(now)
	before := m.At - day.TimeOfDay(minutes)
	if minutes <= 0 || before <= 0 {
		return nil
	}
	var late []centreday.Key
	a.node.View(func() { late = a.models.Free.Unattended(m.Day, before+1) })
	var errs []error
	for _, k := range late {
		_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
			_, err := onDay(tx, k.ID(), centreday.MissUnattended{Before: before + 1, At: tx.Now()})
			return err
		})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Present lists who is checked in at a centre today and waits to be called.
func (a *App) Present(c id.Centre) (due, early []*centreday.Appointment) {
	m := a.now()
	a.node.View(func() { due, early = a.models.Free.Present(c, m.Day, m.At) })
	return due, early
}
