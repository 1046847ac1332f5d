package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/letter"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/outbox"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Post hands letters to a mail server: an answer for each, or an error when the
// server could not be reached and none was sent.
type Post interface {
	Send(context.Context, []letter.Message) ([]error, error)
}

// Mail says how letters leave the house.
type Mail struct {
	Post   Post
	Sender letter.Sender
	// URL is where citizens reach this API, without a slash at the end; the
	// links in letters begin with it.
	URL string
	// Replica names this process among those that send.
	Replica string
}

// Sizes and times of sending.
const (
	letterBatch = 20
	claimFor    = 2 * time.Minute
	mailPause   = 30 * time.Second // after the server could not be reached
	maxTries    = 10
)

// sendLetters claims what is owed, sends it on one connection and notes what
// became of it.
func (a *App) sendLetters(ctx context.Context) (more bool, err error) {
	now := a.node.Now()
	if now.Before(a.pause) {
		return false, nil
	}
	var due []read.Letter
	a.node.View(func() { due = a.models.Letters.Due(now, letterBatch) })
	if len(due) == 0 {
		return false, nil
	}
	claimed, err := a.claim(ctx, due)
	if err != nil {
		return false, err
	}
	ready, failed := a.write(ctx, claimed, now)
	if len(ready) > 0 {
		msgs := make([]letter.Message, len(ready))
		for i, r := range ready {
			msgs[i] = r.message
		}
		answers, err := a.mail.Post.Send(ctx, msgs)
		if err != nil {
			a.pause = now.Add(mailPause)
			a.node.Logger().Warn("letters cannot be sent, trying again", "letters", len(ready), "error", err, "wait", mailPause)
		}
		for i, r := range ready {
			switch {
			case err != nil:
				r.failed, r.retry = "the mail server could not be reached", now.Add(mailPause)
			case answers[i] != nil:
				r.failed, r.retry = answers[i].Error(), again(answers[i], r.Tries, now)
			}
			failed = append(failed, r)
		}
	}
	return len(due) == letterBatch, a.note(ctx, failed, now)
}

// again is when to try a refused letter once more: after 1, 2, 4 … minutes, at
// most two hours; zero when never.
func again(err error, tries int, now time.Time) time.Time {
	var refused interface{ Again() bool }
	if tries+1 >= maxTries || errors.As(err, &refused) && !refused.Again() {
		return time.Time{}
	}
	return now.Add(min(time.Minute<<tries, 2*time.Hour))
}

// outgoing is a letter on its way.
type outgoing struct {
	read.Letter
	at      located             // the appointment; or
	hold    *centreday.HoldView // the hold that waits for its link
	home    centreday.Key
	waits   *waiting.State // or the place on the waiting list
	message letter.Message
	failed  string
	retry   time.Time
}

// claim takes letters that nobody else is sending, with the appointments as
// they stand then.
func (a *App) claim(ctx context.Context, due []read.Letter) (claimed []outgoing, err error) {
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		claimed = claimed[:0]
		for _, l := range due {
			say, err := journal.Execute(tx, letters, string(l.Appointment), outbox.Command(outbox.Claim{Appointment: l.Appointment, Letter: l.Name,
				By: a.mail.Replica, Until: tx.Now().Add(claimFor), At: tx.Now()}))
			if errors.Is(err, outbox.ErrClaimed) || err == nil && len(say) == 0 {
				continue
			}
			if err != nil {
				return err
			}
			out := outgoing{Letter: l}
			if l.Kind == outbox.Earlier {
				s, _, err := journal.Load(tx, waitings, string(l.Appointment))
				if err != nil {
					return err
				}
				out.waits = &s
			} else if out.at, err = locate(tx, l.Appointment); errors.Is(err, centreday.ErrNoSuchAppointment) {
				if err := out.findHold(tx); err != nil {
					return err
				}
			} else if err != nil {
				return err
			}
			claimed = append(claimed, out)
		}
		return nil
	})
	return claimed, err
}

func (o *outgoing) findHold(tx *journal.Tx) error {
	k, ok := homeOf(string(o.Appointment))
	if !ok {
		return nil
	}
	s, _, err := journal.Load(tx, days, k.ID())
	if err != nil {
		return err
	}
	if h, ok := s.Hold(centreday.HoldID(o.Appointment)); ok {
		o.hold, o.home = &h, k
	}
	return nil
}

// write makes letters; those that have become pointless are given up.
func (a *App) write(ctx context.Context, claimed []outgoing, now time.Time) (ready, failed []outgoing) {
	for _, o := range claimed {
		var err error
		if o.message, err = a.compose(ctx, o, now); err != nil {
			o.failed = err.Error()
			if !errors.Is(err, errPointless) {
				a.node.Logger().Error("a letter cannot be written", "letter", o.Name, "appointment", o.Appointment, "error", err)
				o.failed, o.retry = "the letter could not be written", again(nil, o.Tries, now)
			}
			failed = append(failed, o)
			continue
		}
		ready = append(ready, o)
	}
	return ready, failed
}

var errPointless = errors.New("the letter has lost its point")

func pointless(why string) error { return fmt.Errorf("%w: %s", errPointless, why) }

func (a *App) compose(ctx context.Context, o outgoing, now time.Time) (m letter.Message, err error) {
	var detail centreday.Detail
	var place booking.Place
	var slot centreday.Slot
	var expires time.Time
	switch x := o.at.appointment; {
	case x != nil:
		detail, place, slot = x.Detail, o.at.state.Place(x), x.Slot
		if o.Kind == outbox.OptIn {
			return m, pointless("it was confirmed meanwhile")
		}
		if over := x.Life != centreday.Booked; over != (o.Kind == outbox.Cancelled) {
			return m, pointless("the appointment is over")
		}
		if o.Kind == outbox.AtRisk && !x.AtRisk {
			return m, pointless("the appointment is not at risk any more")
		}
	case o.hold != nil && o.hold.OptIn != nil && o.Kind == outbox.OptIn:
		detail, slot, expires = *o.hold.OptIn, o.hold.Slot, o.hold.Expires
		place = placeOf(o.home, slot)
	case o.waits != nil && o.waits.Waits() && o.waits.Offer != nil:
		detail, place, slot = o.waits.Asked.Detail, o.waits.Offer.Place, centreday.VisitOf(o.waits.Offer.Place.At, o.waits.Asked.Wish.Parts...)
		expires = o.waits.Offer.Expires
	default:
		return m, pointless("the hold has ended")
	}
	who, err := a.contact(ctx, o.Appointment, detail)
	if err != nil {
		return m, err
	}
	if who.Email == "" {
		return m, pointless("the contact was forgotten")
	}
	v := a.letterVisit(o.Appointment, place, slot, letter.Language(who.Language))
	if !now.Before(v.Begin) && o.Kind != outbox.Cancelled {
		return m, pointless("the time of the appointment has come")
	}
	v.Sequence, v.Expires = detail.Sequence, expires.In(a.zone)
	if o.Kind == outbox.AtRisk {
		v.Offers = a.letterOffers(o.Appointment, letter.Language(who.Language))
	}
	if m, err = letter.Write(o.Kind, who.Language, v, a.mail.Sender, now); err != nil {
		return m, err
	}
	sum := sha256.Sum256([]byte(string(o.Appointment) + " " + o.Name))
	m.ID = hex.EncodeToString(sum[:16]) + "@" + letter.Domain(a.mail.Sender.From)
	m.To, m.ToName = who.Email, who.Name
	return m, nil
}

// letterVisit says what an appointment is in words.
func (a *App) letterVisit(ap id.Appointment, p booking.Place, s centreday.Slot, language string) letter.Visit {
	begin := p.Day.At(p.At, a.zone)
	v := letter.Visit{Appointment: ap, Begin: begin, End: begin.Add(time.Duration(p.Minutes) * time.Minute), Code: a.vault.Code(ap),
		Centre: string(p.Centre), Links: a.links(ap, language)}
	parts := s.Parts
	if len(parts) == 0 {
		parts = []booking.Part{{Service: s.Service}}
	}
	a.node.View(func() {
		for _, part := range parts {
			name := string(part.Service)
			if t, ok := a.models.City.Service(part.Service); ok && t.Name[language] != "" {
				name = t.Name[language]
			}
			if part.Persons > 1 {
				name = fmt.Sprintf("%s × %d", name, part.Persons)
			}
			v.Services = append(v.Services, name)
		}
		if c, ok := a.models.City.KnownOn(p.Centre, p.Day); ok {
			v.Centre, v.Address, v.Lat, v.Lon = c.Name, c.Address, c.Lat, c.Lon
		}
	})
	return v
}

// letterOffers are the slots kept for a citizen, with the links that take them.
func (a *App) letterOffers(ap id.Appointment, language string) (all []letter.Offer) {
	take, sign := a.links(ap, language).Take, "?"
	if strings.Contains(take, sign) {
		sign = "&"
	}
	a.node.View(func() {
		for _, s := range a.models.Relocate.Kept(ap) {
			name := string(s.Place.Centre)
			if c, ok := a.models.City.Known(s.Place.Centre); ok {
				name = c.Name
			}
			all = append(all, letter.Offer{Centre: name, Begin: s.Place.Day.At(s.Place.At, a.zone), Link: take + sign + "hold=" + url.QueryEscape(string(s.Hold))})
		}
	})
	return all
}

// links of a citizen, with the secret that opens them; the pages speak the letter's
// language.
func (a *App) links(ap id.Appointment, language string) letter.Links {
	tongue := ""
	if language != letter.Languages[0] {
		tongue = "?lang=" + language
	}
	at := func(what string) string {
		return a.mail.URL + "/v1/links/" + url.PathEscape(string(ap)) + "/" + a.vault.Link(ap) + "/" + what + tongue
	}
	return letter.Links{Show: at("show"), Move: at("move"), Cancel: at("cancel"), OptIn: at("opt-in"), Take: at("take"), Earlier: at("earlier"), Leave: at("leave")}
}

// note records what became of letters, in one unit.
func (a *App) note(ctx context.Context, all []outgoing, now time.Time) error {
	if len(all) == 0 {
		return nil
	}
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		for _, o := range all {
			var c outbox.Command = outbox.NoteSent{Appointment: o.Appointment, Letter: o.Name, At: now}
			if o.failed != "" {
				c = outbox.NoteFailed{Appointment: o.Appointment, Letter: o.Name, Reason: o.failed, Retry: o.retry}
			}
			if _, err := journal.Execute(tx, letters, string(o.Appointment), c); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// Calendar is the file of one appointment for a citizen's own calendar.
func (a *App) Calendar(ctx context.Context, ap id.Appointment, p Proof, language string) ([]byte, error) {
	v, err := a.Appointment(ctx, ap, p)
	if err != nil {
		return nil, err
	}
	language = letter.Language(language)
	visit := a.letterVisit(ap, v.Place, centreday.Slot{Service: v.Service, Parts: v.Parts}, language)
	visit.Sequence = v.Sequence
	method := letter.Publish
	if v.Life == centreday.Cancelled.String() {
		method = letter.Cancel
	}
	return letter.Calendar(method, language, visit, a.mail.Sender, a.node.Now()), nil
}

// Describe says what an appointment is in words, for its citizen.
func (a *App) Describe(v View, language string) letter.Visit {
	return a.letterVisit(v.Appointment, v.Place, centreday.Slot{Service: v.Service, Parts: v.Parts}, letter.Language(language))
}

// Undelivered lists letters that were given up.
func (a *App) Undelivered(ctx context.Context, after id.Appointment, limit int) (page []read.Undelivered, next id.Appointment) {
	a.node.View(func() { page, next = a.models.Letters.Undelivered(a.node.Now(), own(ctx), after, limit) })
	return page, next
}
