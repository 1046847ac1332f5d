package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/relocation"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// located is an appointment where it takes place now.
type located struct {
	state       centreday.State
	appointment *centreday.Appointment
}

// maxMoves bounds how many pointers are followed.
const maxMoves = 64

// locate follows an appointment from where it was made to where it is.
func locate(tx *journal.Tx, ap id.Appointment) (located, error) {
	k, ok := homeOf(string(ap))
	for range maxMoves {
		if !ok {
			break
		}
		s, _, err := journal.Load(tx, days, k.ID())
		if err != nil {
			return located{}, err
		}
		if a, here := s.Appointment(ap); here {
			return located{s, a}, nil
		}
		var to booking.Place
		if to, ok = s.MovedTo(ap); ok {
			k = centreday.Key{Centre: to.Centre, Day: to.Day}
		}
	}
	return located{}, fmt.Errorf("appointment %q: %w", ap, centreday.ErrNoSuchAppointment)
}

// Proof that somebody may see or change an appointment: the citizen's code or
// link, or a staff channel.
type Proof struct {
	Secret  string
	Channel string
}

// check lets staff channels pass, where the caller may use them.
func (a *App) check(ctx context.Context, at located, p Proof) error {
	if p.Channel == booking.Telephone || p.Channel == booking.Desk {
		return mayUseAt(ctx, p.Channel, at.state.Key.Centre)
	}
	ap := at.appointment
	if a.vault.Matches(ap.ID, p.Secret, ap.Detail.CodeHash) || a.vault.Matches(ap.ID, p.Secret, ap.Detail.LinkHash) {
		return nil
	}
	return ErrWrongCode
}

// proven refuses a wrong code before an answer that is remembered, and that holds
// the right one, is given again. Where staff act the answer is the caller's own.
func (a *App) proven(ctx context.Context, ap id.Appointment, p Proof) error {
	if p.Channel == booking.Telephone || p.Channel == booking.Desk {
		return mayUse(ctx, p.Channel)
	}
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		at, err := locate(tx, ap)
		if err != nil {
			return err
		}
		return a.check(ctx, at, p)
	})
	return err
}

// View is an appointment as its citizen may see it.
type View struct {
	Appointment id.Appointment
	Service     id.Service
	booking.Place
	Parts     []booking.Part
	Sequence  int // how often it was moved
	Life      string
	AtRisk    bool
	CheckedIn bool
	Offers    []relocation.Slot // kept for the citizen of an appointment at risk
	Contact   contact.Contact
}

// Appointment reads one; the contact is decrypted only here. A contact whose
// key was destroyed is empty.
func (a *App) Appointment(ctx context.Context, ap id.Appointment, p Proof) (v View, err error) {
	var at located
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		var err error
		at, err = locate(tx, ap)
		return err
	})
	if err != nil {
		return v, err
	}
	if err := a.check(ctx, at, p); err != nil {
		return v, err
	}
	x := at.appointment
	v = View{Appointment: x.ID, Service: x.Service, Place: at.state.Place(x), Parts: x.Parts, Sequence: x.Detail.Sequence, Life: x.Life.String(), AtRisk: x.AtRisk, CheckedIn: !x.CheckedIn.IsZero()}
	a.node.View(func() { v.Offers = slices.Clone(a.models.Relocate.Kept(x.ID)) })
	v.Contact, err = a.contact(ctx, x.ID, x.Detail)
	return v, err
}

// contact decrypts how to reach a citizen; it is empty when none is known or
// its key was destroyed.
func (a *App) contact(ctx context.Context, ap id.Appointment, d centreday.Detail) (contact.Contact, error) {
	if len(d.Contact) == 0 {
		return contact.Contact{}, nil
	}
	key, err := a.node.Store().PersonalKey(ctx, d.ContactKey)
	if errors.Is(err, eventlog.ErrKeyDestroyed) {
		return contact.Contact{}, nil
	}
	if err != nil {
		return contact.Contact{}, err
	}
	return a.vault.Unseal(ap, key, d.Contact)
}

// NewPlace is where an appointment is to be moved.
type NewPlace struct {
	Centre id.Centre     `json:"centre"`
	Day    day.Day       `json:"day"`
	At     day.TimeOfDay `json:"at"`
}

// Move takes the new slot first and frees the old one in the same commit.
func (a *App) Move(ctx context.Context, key string, ap id.Appointment, p Proof, to NewPlace) (Confirmation, journal.Receipt, error) {
	if err := a.centre(to.Centre); err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	channel := p.Channel
	if channel == "" {
		channel = booking.Online
	}
	limits, err := a.limits(channel)
	if err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	if err := a.proven(ctx, ap, p); err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	body := struct {
		By          string
		Appointment id.Appointment
		NewPlace
	}{access.Of(ctx).Subject, ap, to}
	out, rec, err := node.Command(ctx, a.node, prefixed("move", key), body, func(tx *journal.Tx) (Confirmation, error) {
		at, err := locate(tx, ap)
		if err != nil {
			return Confirmation{}, err
		}
		if err := a.check(ctx, at, p); err != nil {
			return Confirmation{}, err
		}
		x := at.appointment
		slot := x.Slot
		slot.At = to.At
		if err := a.moments(to.Day, to.At, slot.Minutes); err != nil {
			return Confirmation{}, err
		}
		target := centreday.Key{Centre: to.Centre, Day: to.Day}
		if err := a.behindList(tx, target, func() error { return move(tx, at, target, slot, limits) }); err != nil {
			return Confirmation{}, err
		}
		return Confirmation{Appointment: ap, Service: x.Service, Place: placeOf(target, slot), Parts: x.Parts}, nil
	})
	return a.withCode(out), rec, a.listFirst(ctx, err)
}

// move writes one stream or two.
func move(tx *journal.Tx, at located, target centreday.Key, slot centreday.Slot, limits centreday.Limits) error {
	return moveInto(tx, at, target, slot, limits, "")
}

// moveInto moves into an offer, if one is named.
func moveInto(tx *journal.Tx, at located, target centreday.Key, slot centreday.Slot, limits centreday.Limits, offer centreday.HoldID) error {
	x, here := at.appointment, at.state.Key
	if target == here {
		_, err := onDay(tx, here.ID(), centreday.Command(centreday.Reschedule{Appointment: x.ID, To: slot.At, At: tx.Now(), Limits: limits, Hold: offer}))
		return err
	}
	if x.Life != centreday.Booked {
		return centreday.ErrAlreadyOver
	}
	detail := x.Detail
	detail.Sequence++
	in := centreday.MoveIn{Key: target, Hold: offer, Appointment: x.ID, From: at.state.Place(x), Slot: slot, Channel: x.Channel, Detail: detail,
		BookedOn: x.BookedOn, At: tx.Now(), Limits: limits}
	if _, err := onDay(tx, target.ID(), centreday.Command(in)); err != nil {
		return err
	}
	out := centreday.MoveOut{Appointment: x.ID, To: placeOf(target, slot), At: tx.Now()}
	_, err := onDay(tx, here.ID(), centreday.Command(out))
	return err
}

// Cancel ends an appointment on the citizen's behalf.
func (a *App) Cancel(ctx context.Context, key string, ap id.Appointment, p Proof) (journal.Receipt, error) {
	return a.step(ctx, prefixed("cancel", key), ap, &p, func(now time.Time) centreday.Command {
		return centreday.Cancel{Appointment: ap, At: now}
	})
}

// CheckIn notes that the citizen is there.
func (a *App) CheckIn(ctx context.Context, key string, ap id.Appointment) (journal.Receipt, error) {
	return a.step(ctx, prefixed("check-in", key), ap, nil, func(now time.Time) centreday.Command {
		return centreday.CheckIn{Appointment: ap, Today: a.moment(now).Day, At: now}
	})
}

// Begin notes that the citizen is at a counter.
func (a *App) Begin(ctx context.Context, key string, ap id.Appointment) (journal.Receipt, error) {
	return a.step(ctx, prefixed("begin", key), ap, nil, func(now time.Time) centreday.Command {
		return centreday.Begin{Appointment: ap, At: now}
	})
}

// Keep notes that the citizen was served.
func (a *App) Keep(ctx context.Context, key string, ap id.Appointment) (journal.Receipt, error) {
	_, rec, err := node.Command(ctx, a.node, prefixed("keep", key), ap, func(tx *journal.Tx) (struct{}, error) {
		at, err := locate(tx, ap)
		if err != nil {
			return struct{}{}, err
		}
		if err := access.Centre(ctx, at.state.Key.Centre); err != nil {
			return struct{}{}, err
		}
		due := at.state.Day.At(at.appointment.At, a.zone)
		_, err = onDay(tx, at.state.Key.ID(), centreday.Keep{Appointment: ap, At: tx.Now(), Due: due})
		return struct{}{}, err
	})
	return rec, err
}

// Miss notes that the citizen did not come.
func (a *App) Miss(ctx context.Context, key string, ap id.Appointment) (journal.Receipt, error) {
	return a.step(ctx, prefixed("miss", key), ap, nil, func(now time.Time) centreday.Command {
		return centreday.Miss{Appointment: ap, At: now}
	})
}

// SetHardship spares an appointment when capacity goes, or not.
func (a *App) SetHardship(ctx context.Context, key string, ap id.Appointment, hardship bool) (journal.Receipt, error) {
	return a.step(ctx, prefixed(fmt.Sprint("hardship-", hardship), key), ap, nil, func(now time.Time) centreday.Command {
		return centreday.SetHardship{Appointment: ap, Hardship: hardship, At: now, Now: a.moment(now)}
	})
}

// step decides one command of an appointment's life where it takes place.
func (a *App) step(ctx context.Context, key string, ap id.Appointment, p *Proof, command func(time.Time) centreday.Command) (journal.Receipt, error) {
	_, rec, err := node.Command(ctx, a.node, key, ap, func(tx *journal.Tx) (struct{}, error) {
		at, err := locate(tx, ap)
		if err != nil {
			return struct{}{}, err
		}
		if p != nil {
			err = a.check(ctx, at, *p)
		} else {
			err = access.Centre(ctx, at.state.Key.Centre)
		}
		if err != nil {
			return struct{}{}, err
		}
		_, err = onDay(tx, at.state.Key.ID(), command(tx.Now()))
		return struct{}{}, err
	})
	return rec, err
}
