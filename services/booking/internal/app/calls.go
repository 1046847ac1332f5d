package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/relocation"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// ErrNotAtRisk: nobody needs to be told.
var ErrNotAtRisk = errors.New("the appointment is not at risk (any more): nobody needs to call")

// ToCall is somebody who must be told by telephone that their appointment is at
// risk, since no letter reaches them.
type ToCall struct {
	read.Call
	Contact contact.Contact // empty where none was left, or it was forgotten
}

// CallList lists who must be told by telephone, by day, time and id: those whose
// call is due, or all. Contacts are decrypted for who asks, and only those of the
// page.
func (a *App) CallList(ctx context.Context, all bool, after string, limit int) (page []ToCall, next string, err error) {
	now := a.node.Now()
	var calls []read.Call
	a.node.View(func() {
		calls = a.models.Relocate.Calls(now, a.moment(now).Day, func(ap id.Appointment) bool {
			return a.mail.Post == nil || !a.models.Letters.Reaches(ap, now)
		})
	})
	cursor := func(c read.Call) string {
		return c.What.Day.String() + "~" + c.What.At.String() + "~" + string(c.What.Appointment)
	}
	for _, c := range calls {
		if !c.Due && !all || cursor(c) <= after {
			continue
		}
		if len(page) == limit {
			return page, cursor(page[limit-1].Call), nil
		}
		who, gone, err := a.whose(ctx, c.What.Appointment)
		if err != nil {
			return nil, "", err
		}
		if !gone {
			page = append(page, ToCall{c, who})
		}
	}
	return page, "", nil
}

// whose reads the contact of an appointment that is still at risk.
func (a *App) whose(ctx context.Context, ap id.Appointment) (who contact.Contact, gone bool, err error) {
	var at located
	_, err = a.node.Do(ctx, func(tx *journal.Tx) (err error) { at, err = locate(tx, ap); return err })
	if errors.Is(err, centreday.ErrNoSuchAppointment) || err == nil && !at.appointment.AtRisk {
		return who, true, nil
	}
	if err != nil {
		return who, false, err
	}
	who, err = a.contact(ctx, ap, at.appointment.Detail)
	return who, false, err
}

// NoteCall says what became of a call. Who accepts is moved into the slot that
// is named; who declines keeps the appointment as it stands, and what was kept
// for them is free again. Both in the unit that notes it.
func (a *App) NoteCall(ctx context.Context, key string, ap id.Appointment, what relocation.Outcome, h centreday.HoldID) (journal.Receipt, error) {
	if !slices.Contains(relocation.Outcomes, what) {
		return journal.Receipt{}, &events.FieldError{Field: "outcome", Value: string(what), Reason: fmt.Sprintf("is not known: use one of %v", relocation.Outcomes)}
	}
	if what == relocation.Accepted {
		_, rec, err := a.accept(ctx, prefixed("call", key), ap, Proof{Channel: booking.Telephone}, h, func(tx *journal.Tx) error {
			_, err := journal.Execute(tx, relocations, string(ap), relocation.Command(relocation.NoteCall{Appointment: ap, Outcome: what, At: tx.Now()}))
			return err
		})
		return rec, err
	}
	body := []string{string(ap), string(what)}
	_, rec, err := node.Command(ctx, a.node, prefixed("call", key), body, func(tx *journal.Tx) (struct{}, error) {
		at, err := locate(tx, ap)
		if err != nil {
			return struct{}{}, err
		}
		if !at.appointment.AtRisk {
			return struct{}{}, ErrNotAtRisk
		}
		if what == relocation.Declined {
			if err := releaseKept(tx, ap); err != nil {
				return struct{}{}, err
			}
		}
		_, err = journal.Execute(tx, relocations, string(ap), relocation.Command(relocation.NoteCall{Appointment: ap, Outcome: what, At: tx.Now()}))
		return struct{}{}, err
	})
	return rec, err
}

// releaseKept gives back what is kept for the citizen of an appointment at risk.
func releaseKept(tx *journal.Tx, ap id.Appointment) error {
	s, _, err := journal.Load(tx, relocations, string(ap))
	if err != nil {
		return err
	}
	for _, x := range s.Slots {
		k := centreday.Key{Centre: x.Place.Centre, Day: x.Place.Day}
		if _, err := onDay(tx, k.ID(), centreday.Release{Hold: x.Hold, At: tx.Now()}); err != nil {
			return err
		}
	}
	return nil
}
