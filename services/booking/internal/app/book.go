package app

import (
	"context"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Wish is the slot that somebody wants: for one service, or for Services.
type Wish struct {
	Service id.Service    `json:"service"`
	Persons int           `json:"persons,omitempty"`
	Visit   []Item        `json:"services,omitempty"`
	Centre  id.Centre     `json:"centre"`
	Day     day.Day       `json:"day"`
	At      day.TimeOfDay `json:"at"`
	Channel string        `json:"channel,omitempty"` // default online
	// Wanted is the district that the citizen asked for, wherever the slot is;
	// empty: any, or nobody said.
	Wanted id.District `json:"wanted,omitempty"`
}

// Held is a slot kept for a citizen.
type Held struct {
	Hold    centreday.HoldID
	Service id.Service
	booking.Place
	Parts   []booking.Part
	Expires time.Time
}

// Confirmation of an appointment. Code and Link are never stored.
type Confirmation struct {
	Appointment id.Appointment
	Service     id.Service
	booking.Place
	Parts []booking.Part
	// Expires, when set, says until when the link in the mail must be opened:
	// until then it is no appointment, and Code and Link are not told.
	Expires *time.Time
	Code    string `json:"-"`
	Link    string `json:"-"`
}

// slot looks a wish's services and centre up.
func (a *App) slot(w *Wish) (centreday.Key, centreday.Slot, centreday.Limits, error) {
	k := centreday.Key{Centre: w.Centre, Day: w.Day}
	if w.Channel == "" {
		w.Channel = booking.Online
	}
	items, err := itemsOf(w.Service, w.Persons, w.Visit)
	if err != nil {
		return k, centreday.Slot{}, centreday.Limits{}, err
	}
	parts, _, err := a.visit(items)
	if err != nil {
		return k, centreday.Slot{}, centreday.Limits{}, err
	}
	if err := a.centre(w.Centre); err != nil {
		return k, centreday.Slot{}, centreday.Limits{}, err
	}
	slot := centreday.VisitOf(w.At, parts...)
	if err := a.wanted(w.Wanted); err != nil {
		return k, centreday.Slot{}, centreday.Limits{}, err
	}
	if err := a.moments(w.Day, w.At, slot.Minutes); err != nil {
		return k, slot, centreday.Limits{}, err
	}
	l, err := a.limits(w.Channel)
	return k, slot, l, err
}

// wanted is a district of the city, or none.
func (a *App) wanted(d id.District) (err error) {
	a.node.View(func() {
		if d != "" && !a.models.City.District(d) {
			err = fmt.Errorf("wanted %q: %w", d, ErrUnknownDistrict)
		}
	})
	return err
}

// Hold keeps a slot for as long as the policy says.
func (a *App) Hold(ctx context.Context, key string, w Wish) (Held, journal.Receipt, error) {
	k, slot, limits, err := a.slot(&w)
	if err != nil {
		return Held{}, journal.Receipt{}, err
	}
	if err := mayUseAt(ctx, w.Channel, k.Centre); err != nil {
		return Held{}, journal.Receipt{}, err
	}
	solution, err := a.solution(ctx, w.Channel)
	if err != nil {
		return Held{}, journal.Receipt{}, err
	}
	end, err := a.clients.begin(ctx, a.node.Now(), solution == "" && a.unsolved(ctx, w.Channel))
	if err != nil {
		return Held{}, journal.Receipt{}, err
	}
	length := time.Duration(a.policy().HoldMinutes) * time.Minute
	held, rec, err := node.Command(ctx, a.node, prefixed("hold", key), w, func(tx *journal.Tx) (Held, error) {
		if err := a.spend(tx, solution); err != nil {
			return Held{}, err
		}
		h := centreday.HoldID(newID(k, tx.NewID()))
		c := centreday.Hold{Key: k, Hold: h, Slot: slot, Channel: w.Channel, Wanted: w.Wanted, Expires: tx.Now().Add(length), At: tx.Now(), Limits: limits}
		err := a.behindList(tx, k, func() error {
			_, err := onDay(tx, k.ID(), centreday.Command(c))
			return err
		})
		return Held{h, slot.Service, placeOf(k, slot), slot.Parts, c.Expires}, err
	})
	err = a.listFirst(ctx, err)
	end(held.Hold, held.Expires, err)
	return held, rec, err
}

func placeOf(k centreday.Key, s centreday.Slot) booking.Place {
	return booking.Place{Centre: k.Centre, Day: k.Day, At: s.At, Minutes: s.Minutes}
}

// prefixed keeps the keys of different commands apart; no key stays none.
func prefixed(command, key string) string {
	if key == "" {
		return ""
	}
	return command + ":" + key
}

// Release gives a hold back.
func (a *App) Release(ctx context.Context, key string, h centreday.HoldID) (journal.Receipt, error) {
	k, ok := homeOf(string(h))
	if !ok {
		return journal.Receipt{}, centreday.ErrHoldExpired
	}
	_, rec, err := node.Command(ctx, a.node, prefixed("release", key), h, func(tx *journal.Tx) (struct{}, error) {
		_, err := onDay(tx, k.ID(), centreday.Command(centreday.Release{Hold: h, At: tx.Now()}))
		return struct{}{}, err
	})
	if err == nil {
		a.clients.ended(h)
	}
	return rec, err
}

// detail derives and seals what belongs to an appointment; the key is to be
// stored in the same unit.
func (a *App) detail(ap id.Appointment, c contact.Contact) (d centreday.Detail, key eventlog.Key, err error) {
	d = centreday.Detail{CodeHash: a.vault.Hash(ap, a.vault.Code(ap)), LinkHash: a.vault.Hash(ap, a.vault.Link(ap))}
	d.Mail = c.Email != ""
	if c.Empty() {
		return d, key, nil
	}
	key, d.Contact, err = a.vault.Seal(ap, c)
	d.ContactKey = key.ID
	return d, key, err
}

// Confirm turns a hold into an appointment.
func (a *App) Confirm(ctx context.Context, key string, h centreday.HoldID, c contact.Contact) (Confirmation, journal.Receipt, error) {
	k, ok := homeOf(string(h))
	if !ok {
		return Confirmation{}, journal.Receipt{}, centreday.ErrHoldExpired
	}
	if err := c.Check(); err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	ap := id.Appointment(h)
	detail, personal, err := a.detail(ap, c)
	if err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	body := struct {
		Salt string
		Hold centreday.HoldID
		contact.Contact
	}{a.vault.Salt(), h, c}
	count, err := a.allowance(ctx, k.Day, c)
	if err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	detail.Quota = count.own
	policy := a.policy()
	out, rec, err := node.Command(ctx, a.node, prefixed("confirm", key), body, func(tx *journal.Tx) (Confirmation, error) {
		if asked, fresh, err := a.askOptIn(tx, k, h, detail, policy); err != nil || asked.Expires != nil {
			if fresh {
				tx.PutKey(personal)
				err = a.open(tx, count, ap, asked.Service, asked.Parts, k.Day)
			}
			return asked, err
		}
		say, err := onDay(tx, k.ID(), centreday.Command(centreday.Confirm{Hold: h, Detail: detail, BookedOn: a.moment(tx.Now()).Day, At: tx.Now()}))
		if err != nil {
			return Confirmation{}, err
		}
		if len(say) > 0 && personal.ID != "" {
			tx.PutKey(personal)
		}
		at, err := locate(tx, ap)
		if err != nil {
			return Confirmation{}, err
		}
		if x := at.appointment; len(say) > 0 {
			if err := a.open(tx, count, ap, x.Service, x.Parts, k.Day); err != nil {
				return Confirmation{}, err
			}
		}
		return Confirmation{Appointment: ap, Service: at.appointment.Service, Place: at.state.Place(at.appointment), Parts: at.appointment.Parts}, nil
	})
	if err == nil {
		a.clients.ended(h)
	}
	return a.withCode(out), rec, err
}

// withCode derives what only the citizen gets.
func (a *App) withCode(c Confirmation) Confirmation {
	if c.Appointment != "" && c.Expires == nil {
		c.Code, c.Link = a.vault.Code(c.Appointment), a.vault.Link(c.Appointment)
	}
	return c
}

// Book takes a slot at once, for staff at the telephone or the desk.
func (a *App) Book(ctx context.Context, key string, w Wish, c contact.Contact, hardship bool) (Confirmation, journal.Receipt, error) {
	k, slot, limits, err := a.slot(&w)
	if err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	if err := mayUseAt(ctx, w.Channel, k.Centre); err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	if err := c.Check(); err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	body := struct {
		Salt string
		Wish
		contact.Contact
		Hardship bool
	}{a.vault.Salt(), w, c, hardship}
	out, rec, err := node.Command(ctx, a.node, prefixed("book", key), body, func(tx *journal.Tx) (Confirmation, error) {
		ap := id.Appointment(newID(k, tx.NewID()))
		detail, personal, err := a.detail(ap, c)
		if err != nil {
			return Confirmation{}, err
		}
		detail.Hardship = hardship
		if err := a.behindList(tx, k, func() error {
			_, err := onDay(tx, k.ID(), centreday.Command(centreday.Book{Key: k, Appointment: ap, Slot: slot, Channel: w.Channel, Wanted: w.Wanted,
				Detail: detail, BookedOn: a.moment(tx.Now()).Day, At: tx.Now(), Limits: limits}))
			return err
		}); err != nil {
			return Confirmation{}, err
		}
		if personal.ID != "" {
			tx.PutKey(personal)
		}
		return Confirmation{Appointment: ap, Service: slot.Service, Place: placeOf(k, slot), Parts: slot.Parts}, nil
	})
	return a.withCode(out), rec, a.listFirst(ctx, err)
}
