package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/quota"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Earlier is what somebody waits for; what they come for, where and when as in
// a Search. Appointment is the one to be replaced, with Proof; then the visit is
// its own.
type Earlier struct {
	Search
	Appointment id.Appointment
	Proof       Proof
	Contact     contact.Contact
}

// OnList is a place on the waiting list.
type OnList struct {
	Waiting waiting.ID
	Before  int // how many stand before it
	Offer   *waiting.Slot
	Ended   string
	Secret  string `json:"-"`
}

func keyOfWaiting(w waiting.ID) id.Appointment { return id.Appointment(w) }

// WaitForEarlier takes a place on the waiting list.
func (a *App) WaitForEarlier(ctx context.Context, key string, e Earlier) (OnList, journal.Receipt, error) {
	ask, who, err := a.earlier(ctx, &e)
	if err != nil {
		return OnList{}, journal.Receipt{}, err
	}
	body := struct {
		Salt string
		waiting.Wish
		Appointment id.Appointment
		contact.Contact
	}{a.vault.Salt(), ask.Wish, ask.Appointment, who}
	count, err := a.placesOf(ctx, who)
	if err != nil {
		return OnList{}, journal.Receipt{}, err
	}
	out, rec, err := node.Command(ctx, a.node, prefixed("wait", key), body, func(tx *journal.Tx) (OnList, error) {
		u := tx.NewID()
		ask.Waiting = waiting.ID("waiting." + hex.EncodeToString(u[:]))
		detail, personal, err := a.detail(keyOfWaiting(ask.Waiting), who)
		if err != nil {
			return OnList{}, err
		}
		ask.Detail = detail
		ask.Detail.Quota = count.own
		if err := a.openPlace(tx, count, ask.Waiting, ask.Wish.Until); err != nil {
			return OnList{}, err
		}
		if personal.ID != "" {
			tx.PutKey(personal)
		}
		_, err = journal.Execute(tx, waitings, string(ask.Waiting), waiting.Command(ask))
		return OnList{Waiting: ask.Waiting}, err
	})
	if err == nil {
		out.Secret = a.vault.Link(keyOfWaiting(out.Waiting))
		a.node.View(func() { out.Before = a.models.Earlier.Place(out.Waiting) })
	}
	return out, rec, err
}

// earlier checks a wish and fills what an appointment says of it.
func (a *App) earlier(ctx context.Context, e *Earlier) (ask waiting.Ask, who contact.Contact, err error) {
	if e.Channel == "" {
		e.Channel = booking.Online
	}
	limits, err := a.limits(e.Channel)
	if err != nil {
		return ask, who, err
	}
	if err := e.Contact.Check(); err != nil {
		return ask, who, err
	}
	who = e.Contact
	var parts []booking.Part
	until := limits.Now.Day + day.Day(limits.HorizonDays) + 1
	if e.Appointment != "" {
		v, err := a.Appointment(ctx, e.Appointment, e.Proof)
		if err != nil {
			return ask, who, err
		}
		if v.Life != centreday.Booked.String() {
			return ask, who, centreday.ErrAlreadyOver
		}
		if until = v.Day; who.Empty() {
			who = v.Contact
		}
		if parts = v.Parts; len(parts) == 0 {
			t, err := a.service(v.Service)
			if err != nil {
				return ask, who, err
			}
			parts = []booking.Part{{Service: v.Service, Skill: t.Skill, Minutes: v.Minutes}}
		}
	} else {
		items, err := itemsOf(e.Service, e.Persons, e.Visit)
		if err != nil {
			return ask, who, err
		}
		if parts, _, err = a.visit(items); err != nil {
			return ask, who, err
		}
	}
	if who.Email == "" && e.Channel == booking.Online {
		return ask, who, ErrMailNeeded
	}
	s := e.Search
	if s.Until == nil || *s.Until > until {
		s.Until = &until
	}
	q, _, err := query(s, parts, limits)
	if err != nil {
		return ask, who, err
	}
	a.node.View(func() { _, _, err = a.where(s) })
	if err != nil {
		return ask, who, err
	}
	if q.From >= q.Until {
		return ask, who, &events.FieldError{Field: "until", Value: q.Until.String(), Reason: "leaves no day that could be earlier: name a later one, or none"}
	}
	return waiting.Ask{Channel: e.Channel, Appointment: e.Appointment, Wish: waiting.Wish{Parts: parts, Centres: s.Centres, Districts: s.Districts,
		Accessible: s.Accessible, Weekdays: s.Weekdays, Times: s.Times, From: q.From, Until: q.Until}}, who, nil
}

// The list is gone through at once when something may have become free, and then
// left alone for lookRest times as long as that took, lookEvery at most.
const (
	lookRest  = 20
	lookEvery = time.Second
)

// offerEarlier goes through the waiting list in its order whenever something
// may have become free: who finds a slot that fits gets it kept for a short
// time. One place is decided in one unit.
func (a *App) offerEarlier(ctx context.Context) (more bool, err error) {
	now := a.node.Now()
	today := a.moment(now).Day
	var list []read.Wanting
	a.node.View(func() {
		freed := a.models.Earlier.Freed()
		news := freed > a.looked.freed || today > a.looked.day || now.Sub(a.looked.at) >= time.Minute
		news = news && !a.models.Earlier.Empty()
		a.looked.owed = news && now.Sub(a.looked.at) < a.looked.rest
		if news && !a.looked.owed {
			a.looked.freed, a.looked.day, a.looked.at = freed, today, now
			list = a.models.Earlier.InOrder(today)
		}
	})
	policy := a.policy()
	vain := map[string]day.Period{}
	for _, w := range list {
		if err := a.lookFor(ctx, w, now, policy, vain); err != nil {
			a.looked.freed = 0 // look again
			return false, fmt.Errorf("waiting list, %s: %w", w.Waiting, err)
		}
	}
	if len(list) > 0 {
		a.looked.rest = min(lookEvery, lookRest*a.node.Now().Sub(now))
	}
	return false, nil
}

// offerWait is how long the list is left alone although there is news.
func (a *App) offerWait() time.Duration {
	if !a.looked.owed {
		return 0
	}
	return max(time.Millisecond, a.looked.at.Add(a.looked.rest).Sub(a.node.Now()))
}

// lookFor does one thing for who waits; vain are the days on which others of
// their kind have found nothing just now.
func (a *App) lookFor(ctx context.Context, w read.Wanting, now time.Time, p network.Policy, vain map[string]day.Period) error {
	if w.Gone != "" || w.Over {
		_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
			var c waiting.Command = waiting.Pass{Waiting: w.Waiting, Hold: w.Gone}
			if w.Over {
				c = waiting.End{Waiting: w.Waiting, Why: waiting.Over}
			}
			return onWaiting(tx, w.Waiting, c)
		})
		return err // what has passed is for the next in the new order
	}
	found := a.earliestFor(w, now, p, vain)
	if len(found) == 0 {
		return nil
	}
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		_, err := a.offerTo(tx, w, found, p)
		return err
	})
	return err
}

// offerTo keeps the first of some slots that is still free for who waits, unless
// something is kept for them already.
func (a *App) offerTo(tx *journal.Tx, w read.Wanting, found []slots.Offer, p network.Policy) (kept bool, err error) {
	s, _, err := journal.Load(tx, waitings, string(w.Waiting))
	if err != nil || !s.Waits() || s.Offer != nil {
		return false, err
	}
	limits := centreday.Limits{Now: a.moment(tx.Now()), LeadDays: p.MinLeadDays, HorizonDays: p.HorizonDays, Channel: w.Channel, Shares: p.Shares}
	for _, o := range found {
		k := centreday.Key{Centre: o.Centre, Day: o.Day}
		slot := centreday.VisitOf(o.At, w.Wish.Parts...)
		until := tx.Now().Add(time.Duration(p.WaitingOfferMinutes) * time.Minute)
		if begin := k.Day.At(o.At, a.zone); until.After(begin) {
			until = begin
		}
		h := centreday.HoldID(newID(k, tx.NewID()))
		whom := string(w.Waiting)
		if w.Appointment != "" {
			whom = string(w.Appointment)
		}
		_, err := onDay(tx, k.ID(), centreday.Hold{Key: k, Hold: h, Slot: slot, Channel: w.Channel, For: whom, Expires: until, At: tx.Now(), Limits: limits})
		if refusal(err) {
			continue
		}
		if err != nil {
			return false, err
		}
		return true, onWaiting(tx, w.Waiting, waiting.Offer{Waiting: w.Waiting, Slot: waiting.Slot{Hold: h, Place: placeOf(k, slot), Expires: until}})
	}
	return false, nil
}

// onWaiting decides on one place; a contact's key goes with the place.
func onWaiting(tx *journal.Tx, w waiting.ID, c waiting.Command) error {
	say, err := journal.Execute(tx, waitings, string(w), c)
	for _, e := range say {
		ended, ok := e.(waiting.WaitingEnded)
		if ok && ended.ContactKey != "" {
			tx.ForgetKey(ended.ContactKey)
		}
		if ok && ended.Quota != "" {
			if _, err := journal.Execute(tx, quotas, ended.Quota, quota.Command(quota.Close{Appointment: keyOfWaiting(w)})); err != nil {
				return err
			}
		}
	}
	return err
}

// earliestFor searches what somebody waits for, earlier than what they have, on
// the days on which nobody of their kind has searched in vain.
func (a *App) earliestFor(w read.Wanting, now time.Time, p network.Policy, vain map[string]day.Period) (found []slots.Offer) {
	m := a.moment(now)
	s, q, ok := wanted(w, m, p)
	if !ok {
		return nil
	}
	all := q.Period
	if v, some := vain[w.Kind]; some && v.From <= all.From && all.From <= v.Until {
		if all.Until <= v.Until {
			return nil
		}
		if all.From = v.From; v.Until > q.From {
			q = from(q, day.Period{From: v.Until, Until: q.Until}, centreday.Limits{Now: m})
		}
	}
	a.node.View(func() {
		var err error
		if q.Travel, _, err = a.where(s); err == nil { // a centre may be gone by now
			found = slots.Search(a.models.Free, q)
		}
	})
	if len(found) == 0 {
		vain[w.Kind] = all
	}
	return found
}

// wanted is the search for what somebody waits for; false where no day is left.
func wanted(w read.Wanting, m centreday.Moment, p network.Policy) (s Search, q slots.Query, ok bool) {
	until := w.Wish.Until
	if w.Than != nil {
		until = min(until, w.Than.Day)
	}
	from, last := max(w.Wish.From, m.Day+day.Day(p.MinLeadDays)), m.Day+day.Day(p.HorizonDays)+1
	s = Search{Channel: w.Channel, Centres: w.Wish.Centres, Districts: w.Wish.Districts, Accessible: w.Wish.Accessible, Weekdays: w.Wish.Weekdays,
		Times: w.Wish.Times, From: &from, Until: ptrTo(min(until, last)), Limit: alternatives}
	if from >= *s.Until {
		return s, q, false
	}
	limits := centreday.Limits{Now: m, LeadDays: p.MinLeadDays, HorizonDays: p.HorizonDays, Channel: w.Channel, Shares: p.Shares}
	q, _, err := query(s, w.Wish.Parts, limits)
	if err != nil {
		return s, q, false
	}
	if !p.Shares.None() {
		q.Open = func(d day.Day, x *slots.Day) bool {
			return p.Shares.Left(w.Channel, d, m, x.Total, x.Spent) >= q.Minutes()
		}
	}
	return s, q, true
}

func ptrTo[T any](v T) *T { return &v }

// place loads a place on the list for who has its secret.
func (a *App) place(tx *journal.Tx, w waiting.ID, secret string) (waiting.State, error) {
	s, _, err := journal.Load(tx, waitings, string(w))
	if err != nil {
		return s, err
	}
	if s.Asked.Waiting == "" { // as a wrong code is answered: nobody finds places by trying
		return s, ErrWrongCode
	}
	if !a.vault.Matches(keyOfWaiting(w), secret, s.Asked.LinkHash) && !a.vault.Matches(keyOfWaiting(w), secret, s.Asked.CodeHash) {
		return s, ErrWrongCode
	}
	return s, nil
}

// OnWaitingList shows a place to who has its secret.
func (a *App) OnWaitingList(ctx context.Context, w waiting.ID, secret string) (out OnList, err error) {
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		s, err := a.place(tx, w, secret)
		out = OnList{Waiting: w, Offer: s.Offer, Ended: s.Ended}
		return err
	})
	if err == nil {
		a.node.View(func() { out.Before = a.models.Earlier.Place(w) })
	}
	return out, err
}

// LeaveWaitingList gives a place up; what was kept is free again.
func (a *App) LeaveWaitingList(ctx context.Context, key string, w waiting.ID, secret string) (journal.Receipt, error) {
	_, rec, err := node.Command(ctx, a.node, prefixed("leave", key), w, func(tx *journal.Tx) (struct{}, error) {
		s, err := a.place(tx, w, secret)
		if err != nil {
			return struct{}{}, err
		}
		if s.Offer != nil {
			k := centreday.Key{Centre: s.Offer.Place.Centre, Day: s.Offer.Place.Day}
			if _, err := onDay(tx, k.ID(), centreday.Release{Hold: s.Offer.Hold, At: tx.Now()}); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, onWaiting(tx, w, waiting.End{Waiting: w, Why: waiting.Left})
	})
	return rec, err
}

// TakeEarlier takes the slot that is kept: a new appointment, or the old one
// moved there in one unit.
func (a *App) TakeEarlier(ctx context.Context, key string, w waiting.ID, secret string) (Confirmation, journal.Receipt, error) {
	var seen waiting.State
	if _, err := a.node.Do(ctx, func(tx *journal.Tx) (err error) { seen, err = a.place(tx, w, secret); return err }); err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	who, err := a.contact(ctx, keyOfWaiting(w), seen.Asked.Detail)
	if err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	var count allowance // an appointment made of a place counts as any other
	if seen.Asked.Appointment == "" && seen.Offer != nil {
		if count, err = a.allowance(ctx, seen.Offer.Place.Day, who); err != nil {
			return Confirmation{}, journal.Receipt{}, err
		}
	}
	horizon := a.policy().HorizonDays
	out, rec, err := node.Command(ctx, a.node, prefixed("earlier", key), w, func(tx *journal.Tx) (Confirmation, error) {
		s, err := a.place(tx, w, secret)
		switch {
		case err != nil:
			return Confirmation{}, err
		case !s.Waits():
			return Confirmation{}, waiting.ErrNotWaiting
		case s.Offer == nil || seen.Offer == nil || s.Offer.Hold != seen.Offer.Hold:
			return Confirmation{}, waiting.ErrNoOffer
		}
		c, personal, err := a.takeOffer(tx, s, who, count, horizon)
		if err != nil {
			return Confirmation{}, err
		}
		if personal.ID != "" {
			tx.PutKey(personal)
		}
		return c, onWaiting(tx, w, waiting.End{Waiting: w, Why: waiting.Taken})
	})
	return a.withCode(out), rec, err
}

func (a *App) takeOffer(tx *journal.Tx, s waiting.State, who contact.Contact, count allowance, horizon int) (c Confirmation, personal eventlog.Key, err error) {
	k := centreday.Key{Centre: s.Offer.Place.Centre, Day: s.Offer.Place.Day}
	slot := centreday.VisitOf(s.Offer.Place.At, s.Asked.Wish.Parts...)
	c = Confirmation{Appointment: s.Asked.Appointment, Service: slot.Service, Place: s.Offer.Place, Parts: slot.Parts}
	if s.Asked.Appointment != "" {
		at, err := locate(tx, s.Asked.Appointment)
		if err != nil {
			return c, personal, err
		}
		limits := centreday.Limits{Now: a.moment(tx.Now()), HorizonDays: horizon, Channel: at.appointment.Channel}
		return c, personal, moveInto(tx, at, k, slot, limits, s.Offer.Hold)
	}
	c.Appointment = id.Appointment(s.Offer.Hold)
	detail, personal, err := a.detail(c.Appointment, who)
	if err != nil {
		return c, personal, err
	}
	detail.Quota = count.own
	_, err = onDay(tx, k.ID(), centreday.Confirm{Hold: s.Offer.Hold, For: string(s.Asked.Waiting), Detail: detail, BookedOn: a.moment(tx.Now()).Day, At: tx.Now()})
	if errors.Is(err, centreday.ErrHoldExpired) {
		err = waiting.ErrNoOffer
	}
	if err == nil {
		err = a.open(tx, count, c.Appointment, slot.Service, slot.Parts, k.Day)
	}
	return c, personal, err
}
