package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/intake"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Some clients know one thing, a process, from the reservation to the end:
// Lotse's hold and then its appointment, which have the same id.

// Stages of a process before it is an appointment; then it is View.Life.
const (
	Reserved     = "reserved"
	Preconfirmed = "preconfirmed" // its link must be opened
)

// Process is a hold or an appointment, for who has its secret.
type Process struct {
	View
	Stage   string
	Secret  string    // works from now on
	Expires time.Time // of a hold
}

// ErrNoContact: a process is to be confirmed before anybody said whose it is.
var ErrNoContact = errors.New("nobody has said whose appointment it is: send name and address first")

var intakes = journal.Aggregate[intake.State, intake.Command]{Category: "intake", Decider: intake.Decider, Codec: Codec}

// SecretOf what was just held: it opens the process until it is confirmed, and
// after that too unless the policy wants a link to be opened.
func (a *App) SecretOf(h centreday.HoldID) string {
	if a.policy().DoubleOptIn {
		return a.vault.Pass(id.Appointment(h))
	}
	return a.vault.Link(id.Appointment(h))
}

// Number of a process, for clients that want one.
func (a *App) Number(h centreday.HoldID) int32 { return a.vault.Number(id.Appointment(h)) }

// held finds a hold by its secret; found is false when it is none (any more).
func (a *App) held(tx *journal.Tx, h centreday.HoldID, secret string) (k centreday.Key, v centreday.HoldView, found bool, err error) {
	k, ok := homeOf(string(h))
	if !ok {
		return k, v, false, nil
	}
	s, _, err := journal.Load(tx, days, k.ID())
	if err != nil {
		return k, v, false, err
	}
	if v, found = s.Hold(h); !found || !tx.Now().Before(v.Expires) {
		return k, v, false, nil
	}
	if ap := id.Appointment(h); !a.vault.Holds(ap, secret) && !a.vault.Links(ap, secret) {
		return k, v, false, ErrWrongCode
	}
	return k, v, true, nil
}

// Process reads one.
func (a *App) Process(ctx context.Context, h centreday.HoldID, secret string) (p Process, err error) {
	var hold bool
	var detail centreday.Detail
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		k, v, found, err := a.held(tx, h, secret)
		if hold = found; err != nil || !found {
			return err
		}
		p = Process{Stage: Reserved, Secret: secret, Expires: v.Expires}
		p.Appointment, p.Service, p.Place, p.Parts = id.Appointment(h), v.Service, placeOf(k, v.Slot), v.Parts
		if v.OptIn != nil {
			p.Stage, detail = Preconfirmed, *v.OptIn
			return nil
		}
		s, _, err := journal.Load(tx, intakes, string(h))
		detail = centreday.Detail{ContactKey: s.ContactKey, Contact: s.Contact}
		return err
	})
	if err != nil {
		return p, err
	}
	if !hold {
		v, err := a.Appointment(ctx, id.Appointment(h), Proof{Secret: secret})
		return Process{View: v, Stage: v.Life, Secret: secret}, err
	}
	p.Contact, err = a.waiting(ctx, id.Appointment(h), detail)
	return p, err
}

// waiting decrypts a contact that waits with a hold.
func (a *App) waiting(ctx context.Context, ap id.Appointment, d centreday.Detail) (contact.Contact, error) {
	if sealed := contact.SealedFor(d.ContactKey); sealed != "" {
		ap = sealed
	}
	return a.contact(ctx, ap, d)
}

// NoteContact keeps with a hold whose it is, in place of what was noted before.
func (a *App) NoteContact(ctx context.Context, h centreday.HoldID, secret string, c contact.Contact) (Process, error) {
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		_, v, found, err := a.held(tx, h, secret)
		if err != nil {
			return err
		}
		if !found || v.OptIn != nil {
			return centreday.ErrHoldExpired
		}
		s, _, err := journal.Load(tx, intakes, string(h))
		if err != nil {
			return err
		}
		key, sealed, err := a.vault.Seal(id.Appointment(fmt.Sprintf("intake/%s/%d", h, s.Count)), c)
		if err != nil {
			return err
		}
		if _, err := journal.Execute(tx, intakes, string(h), intake.Command(intake.Note{Hold: h, Expires: v.Expires, ContactKey: key.ID, Contact: sealed})); err != nil {
			return err
		}
		tx.PutKey(key)
		if s.ContactKey != "" {
			tx.ForgetKey(s.ContactKey)
		}
		return nil
	})
	if err != nil {
		return Process{}, err
	}
	return a.Process(ctx, h, secret)
}

// ConfirmNoted makes a hold an appointment of the contact that was noted. Where
// the policy wants a link to be opened it then waits for that; the link's
// secret makes it an appointment.
func (a *App) ConfirmNoted(ctx context.Context, h centreday.HoldID, secret string) (Process, error) {
	p, err := a.Process(ctx, h, secret)
	if err != nil {
		return p, err
	}
	switch p.Stage {
	case Reserved:
		if p.Contact.Empty() {
			return p, ErrNoContact
		}
		c, _, err := a.Confirm(ctx, "", h, p.Contact)
		if err != nil {
			return p, err
		}
		if err := a.settle(ctx, h); err != nil {
			return p, err
		}
		if c.Expires == nil {
			secret = c.Link
		}
	case Preconfirmed:
		if !a.vault.Links(id.Appointment(h), secret) {
			return p, nil // the mail's link is still to be opened
		}
		if _, _, err := a.OptIn(ctx, h, secret); err != nil {
			return p, err
		}
	default:
		return p, nil
	}
	return a.Process(ctx, h, secret)
}

// Abandon gives a hold back, or cancels an appointment.
func (a *App) Abandon(ctx context.Context, h centreday.HoldID, secret string) (Process, error) {
	p, err := a.Process(ctx, h, secret)
	if err != nil {
		return p, err
	}
	if p.Stage == Reserved || p.Stage == Preconfirmed {
		if _, err = a.Release(ctx, "", h); err == nil {
			err = a.settle(ctx, h)
		}
	} else {
		_, err = a.Cancel(ctx, "", p.Appointment, Proof{Secret: secret})
	}
	p.Stage = centreday.Cancelled.String()
	return p, err
}

// settle forgets a contact that waits no more.
func (a *App) settle(ctx context.Context, h centreday.HoldID) error {
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		say, err := journal.Execute(tx, intakes, string(h), intake.Command(intake.Settle{Hold: h}))
		for _, e := range say {
			if s, ok := e.(intake.Settled); ok {
				tx.ForgetKey(s.ContactKey)
			}
		}
		return err
	})
	return err
}

// settleIntakes forgets the contacts of holds that ended otherwise.
func (a *App) settleIntakes(ctx context.Context, now time.Time) error {
	var due []centreday.HoldID
	a.node.View(func() { due = a.models.Intakes.Due(now) })
	for _, h := range due {
		if err := a.settle(ctx, h); err != nil {
			return fmt.Errorf("forget the contact of hold %s: %w", h, err)
		}
	}
	return nil
}
