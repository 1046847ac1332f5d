package app

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// askOptIn keeps an online hold until its link was opened, where the policy
// wants it; Expires of the answer says until when, fresh that it was asked now.
// Without Expires there is nothing to wait for.
func (a *App) askOptIn(tx *journal.Tx, k centreday.Key, h centreday.HoldID, d centreday.Detail, p network.Policy) (out Confirmation, fresh bool, err error) {
	s, _, err := journal.Load(tx, days, k.ID())
	if err != nil || !p.DoubleOptIn {
		return out, false, err
	}
	hold, found := s.Hold(h)
	if !found || hold.Channel != booking.Online || !tx.Now().Before(hold.Expires) {
		return out, false, nil
	}
	out = Confirmation{Appointment: id.Appointment(h), Service: hold.Service, Place: placeOf(k, hold.Slot), Parts: hold.Parts, Expires: &hold.Expires}
	if hold.OptIn != nil {
		return out, false, nil
	}
	if !d.Mail {
		return Confirmation{}, false, ErrMailNeeded
	}
	until := tx.Now().Add(time.Duration(p.OptInMinutes) * time.Minute)
	if begin := k.Day.At(hold.At, a.zone); until.After(begin) {
		until = begin
	}
	out.Expires = &until
	_, err = onDay(tx, k.ID(), centreday.Command(centreday.AskOptIn{Hold: h, Expires: until, Detail: d, At: tx.Now()}))
	return out, err == nil, err
}

// OptIn makes a hold an appointment whose link was opened; opened again it
// answers the same.
func (a *App) OptIn(ctx context.Context, h centreday.HoldID, secret string) (Confirmation, journal.Receipt, error) {
	k, ok := homeOf(string(h))
	if !ok {
		return Confirmation{}, journal.Receipt{}, centreday.ErrHoldExpired
	}
	ap := id.Appointment(h)
	out, rec, err := node.Command(ctx, a.node, "", nil, func(tx *journal.Tx) (Confirmation, error) {
		s, _, err := journal.Load(tx, days, k.ID())
		if err != nil {
			return Confirmation{}, err
		}
		if hold, waits := s.Hold(h); waits {
			if hold.OptIn == nil || !a.vault.Matches(ap, secret, hold.OptIn.LinkHash) {
				return Confirmation{}, ErrWrongCode
			}
			if _, err := onDay(tx, k.ID(), centreday.Command(centreday.Confirm{Hold: h, OptedIn: true, BookedOn: a.moment(tx.Now()).Day, At: tx.Now()})); err != nil {
				return Confirmation{}, err
			}
		}
		at, err := locate(tx, ap)
		if err != nil {
			return Confirmation{}, centreday.ErrHoldExpired
		}
		if err := a.check(ctx, at, Proof{Secret: secret}); err != nil {
			return Confirmation{}, err
		}
		return Confirmation{Appointment: ap, Service: at.appointment.Service, Place: at.state.Place(at.appointment), Parts: at.appointment.Parts}, nil
	})
	return a.withCode(out), rec, err
}
