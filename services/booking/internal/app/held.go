package app

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// HoldOf shows a hold to who has its id.
type HoldOf struct {
	Held
	// Booked: it has become an appointment; Pending: it waits for its link.
	Booked, Pending bool
	Extended        bool // no more time is to be had
}

// Held finds a hold that has not run out, or what has become of it;
// ErrHoldExpired otherwise.
func (a *App) Held(ctx context.Context, h centreday.HoldID) (out HoldOf, err error) {
	k, ok := homeOf(string(h))
	if !ok {
		return out, centreday.ErrHoldExpired
	}
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		out = HoldOf{}
		s, _, err := journal.Load(tx, days, k.ID())
		if err != nil {
			return err
		}
		if v, found := s.Hold(h); found && tx.Now().Before(v.Expires) && v.Channel == booking.Online && v.For == "" {
			out.Held = Held{h, v.Service, placeOf(k, v.Slot), v.Parts, v.Expires}
			out.Pending, out.Extended = v.OptIn != nil, v.Extended
			return nil
		}
		if x, found := s.Appointment(id.Appointment(h)); found {
			out.Held, out.Booked = Held{Hold: h, Service: x.Service, Place: s.Place(x), Parts: x.Parts}, true
			return nil
		}
		return centreday.ErrHoldExpired
	})
	return out, err
}

// Extend gives a hold as much time again, once.
func (a *App) Extend(ctx context.Context, key string, h centreday.HoldID) (journal.Receipt, error) {
	k, ok := homeOf(string(h))
	if !ok {
		return journal.Receipt{}, centreday.ErrHoldExpired
	}
	length := time.Duration(a.policy().HoldMinutes) * time.Minute
	_, rec, err := node.Command(ctx, a.node, prefixed("extend", key), h, func(tx *journal.Tx) (struct{}, error) {
		s, _, err := journal.Load(tx, days, k.ID())
		if err != nil {
			return struct{}{}, err
		}
		v, found := s.Hold(h)
		if !found || v.Channel != booking.Online {
			return struct{}{}, centreday.ErrHoldExpired
		}
		_, err = onDay(tx, k.ID(), centreday.Command(centreday.Extend{Hold: h, Expires: v.Expires.Add(length), At: tx.Now()}))
		return struct{}{}, err
	})
	return rec, err
}

// Groups of services in the city's order; not to be changed.
func (a *App) Groups() (all []network.Group) {
	a.node.View(func() { all = a.models.City.Groups() })
	return all
}

// CentreOn is a centre as it is on a day: where a measure has moved it, with that
// place.
func (a *App) CentreOn(c id.Centre, d day.Day) (k network.Centre) {
	a.node.View(func() { k, _ = a.models.City.KnownOn(c, d) })
	return k
}

// Writes reports whether letters leave this house.
func (a *App) Writes() bool { return a.mail.Post != nil }

// HoldMinutes is how long a slot is kept for who is booking it.
func (a *App) HoldMinutes() int { return a.policy().HoldMinutes }
