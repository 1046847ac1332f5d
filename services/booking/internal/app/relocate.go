package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/relocation"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Relocate does one thing for an appointment at risk: other slots are held for
// its citizen, who is told, or what was held is given back when it is not
// needed any more.
func (a *App) Relocate(ctx context.Context) (more bool, err error) {
	now := a.node.Now()
	var n read.Need
	found := false
	a.node.View(func() {
		n, found = a.models.Relocate.Next(now, a.moment(now).Day, func(ap id.Appointment) bool { return now.Before(a.vain[ap]) })
	})
	if !found {
		return false, nil
	}
	a.vain[n.Appointment] = now.Add(time.Minute) // unless the models move
	ctx = journal.WithCause(ctx, journal.Cause{CorrelationID: n.Cause.CorrelationID, TraceParent: n.Cause.TraceParent})
	if n.Over {
		err = a.closeRelocation(ctx, n)
	} else {
		err = a.offerOthers(ctx, n, now)
	}
	if err != nil {
		return false, fmt.Errorf("relocate %s: %w", n.Appointment, err)
	}
	if len(a.vain) > 10000 {
		clear(a.vain)
	}
	return true, nil
}

// closeRelocation gives back what was kept.
func (a *App) closeRelocation(ctx context.Context, n read.Need) error {
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		if err := releaseKept(tx, n.Appointment); err != nil {
			return err
		}
		_, err := journal.Execute(tx, relocations, string(n.Appointment), relocation.Command(relocation.Close{Appointment: n.Appointment}))
		return err
	})
	delete(a.vain, n.Appointment)
	return err
}

// offerOthers holds other slots, decided where they are, and notes them in the
// same unit; that nothing was found is noted too, once.
func (a *App) offerOthers(ctx context.Context, n read.Need, now time.Time) error {
	p := a.policy()
	candidates := a.others(n, now, p)
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		at, err := locate(tx, n.Appointment)
		if errors.Is(err, centreday.ErrNoSuchAppointment) || err == nil && !at.appointment.AtRisk {
			return nil
		}
		if err != nil {
			return err
		}
		if kept, err := keptFor(tx, n.Appointment); err != nil || kept {
			return err // another replica was quicker
		}
		limits := centreday.Limits{Now: a.moment(tx.Now()), LeadDays: p.MinLeadDays, HorizonDays: p.HorizonDays, Channel: at.appointment.Channel}
		expires := tx.Now().Add(time.Duration(p.AtRiskOfferHours) * time.Hour)
		var kept []relocation.Slot
		for _, c := range candidates {
			if len(kept) == p.AtRiskOffers {
				break
			}
			k := centreday.Key{Centre: c.Centre, Day: c.Day}
			slot := at.appointment.Slot
			slot.At = c.At
			until := expires
			if begin := c.Day.At(c.At, a.zone); until.After(begin) {
				until = begin
			}
			h := centreday.HoldID(newID(k, tx.NewID()))
			_, err := onDay(tx, k.ID(), centreday.Hold{Key: k, Hold: h, Slot: slot, Channel: at.appointment.Channel, For: string(n.Appointment), Expires: until, At: tx.Now(), Limits: limits})
			if refusal(err) {
				continue
			}
			if err != nil {
				return err
			}
			kept = append(kept, relocation.Slot{Hold: h, Place: placeOf(k, slot), Expires: until})
		}
		_, err = journal.Execute(tx, relocations, string(n.Appointment), relocation.Command(relocation.Offer{Appointment: n.Appointment, Slots: kept}))
		return err
	})
	return err
}

// keptFor reports whether any slot is kept for an appointment at present.
func keptFor(tx *journal.Tx, ap id.Appointment) (bool, error) {
	s, _, err := journal.Load(tx, relocations, string(ap))
	if err != nil {
		return false, err
	}
	for _, x := range s.Slots {
		there, _, err := journal.Load(tx, days, centreday.Key{Centre: x.Place.Centre, Day: x.Place.Day}.ID())
		if err != nil {
			return false, err
		}
		if _, held := there.Hold(x.Hold); held {
			return true, nil
		}
	}
	return false, nil
}

// refusal reports whether a centre-day said no; anything else is a failure.
func refusal(err error) bool {
	for _, no := range []error{centreday.ErrSlotTaken, centreday.ErrClosed, centreday.ErrPast, centreday.ErrTooSoon, centreday.ErrTooFar,
		centreday.ErrOffGrid, centreday.ErrShareSpent, centreday.ErrNotReleased} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}

// others are slots that could stand in for an appointment, best first: the same
// day at the nearest centres, the same centre on the next days, the earliest
// anywhere after the day. More than are needed, since some may be gone.
func (a *App) others(n read.Need, now time.Time, p network.Policy) (all []slots.Offer) {
	m := a.moment(now)
	first := m.Day + day.Day(p.MinLeadDays)
	horizon := m.Day + day.Day(p.HorizonDays) + 1
	legs := legsOf(n.What.Skill, n.What.Minutes, n.What.Parts)
	a.node.View(func() {
		here, _ := a.models.City.Known(n.What.Centre)
		everywhere, only := map[id.Centre]int{}, map[id.Centre]int{n.What.Centre: 0}
		for _, c := range a.models.City.Network() {
			everywhere[c.ID] = slots.TravelMinutes(slots.Point{Lat: here.Lat, Lon: here.Lon}, slots.Point{Lat: c.Lat, Lon: c.Lon})
		}
		find := func(travel map[id.Centre]int, from, until day.Day, nearest bool) []slots.Offer {
			q := slots.Query{Legs: legs, Period: day.Period{From: max(from, first), Until: until}, Travel: travel, Nearest: nearest, Limit: 2 * p.AtRiskOffers, PerCentre: p.AtRiskOffers}
			if q.From == m.Day {
				q.NotBefore = m.At
			}
			return slots.Search(a.models.Free, q)
		}
		ways := [][]slots.Offer{
			find(everywhere, n.What.Day, n.What.Day+1, true),
			find(only, n.What.Day, horizon, false),
			find(everywhere, n.What.Day, horizon, false),
			find(everywhere, first, horizon, false),
		}
		seen := map[booking.Place]bool{}
		for i := range 2 * p.AtRiskOffers { // by turns: an offer of each kind
			for _, way := range ways {
				if i < len(way) {
					o := way[i]
					if at := (booking.Place{Centre: o.Centre, Day: o.Day, At: o.At}); !seen[at] {
						seen[at] = true
						all = append(all, o)
					}
				}
			}
		}
	})
	return all
}

func legsOf(skill id.Skill, minutes day.Minutes, parts []booking.Part) (legs []slots.Leg) {
	if len(parts) == 0 {
		return []slots.Leg{{Skill: skill, Minutes: minutes}}
	}
	for _, p := range parts {
		legs = append(legs, slots.Leg{Skill: p.Skill, Minutes: p.Minutes})
	}
	return legs
}

// Accept moves an appointment into a slot that was kept for its citizen. What
// else was kept is given back in the same unit.
func (a *App) Accept(ctx context.Context, key string, ap id.Appointment, p Proof, h centreday.HoldID) (Confirmation, journal.Receipt, error) {
	return a.accept(ctx, prefixed("accept", key), ap, p, h, func(*journal.Tx) error { return nil })
}

// accept notes what else belongs to it in the same unit.
func (a *App) accept(ctx context.Context, key string, ap id.Appointment, p Proof, h centreday.HoldID, note func(*journal.Tx) error) (Confirmation, journal.Receipt, error) {
	k, ok := homeOf(string(h))
	if !ok {
		return Confirmation{}, journal.Receipt{}, centreday.ErrHoldExpired
	}
	if err := a.proven(ctx, ap, p); err != nil {
		return Confirmation{}, journal.Receipt{}, err
	}
	pol := a.policy()
	body := struct {
		By          string
		Appointment id.Appointment
		Hold        centreday.HoldID
	}{access.Of(ctx).Subject, ap, h}
	out, rec, err := node.Command(ctx, a.node, key, body, func(tx *journal.Tx) (Confirmation, error) {
		at, err := locate(tx, ap)
		if err != nil {
			return Confirmation{}, err
		}
		if err := a.check(ctx, at, p); err != nil {
			return Confirmation{}, err
		}
		there, _, err := journal.Load(tx, days, k.ID())
		if err != nil {
			return Confirmation{}, err
		}
		hold, found := there.Hold(h)
		if !found || hold.For != string(ap) {
			return Confirmation{}, centreday.ErrHoldExpired
		}
		limits := centreday.Limits{Now: a.moment(tx.Now()), HorizonDays: pol.HorizonDays, Channel: at.appointment.Channel}
		if err := moveInto(tx, at, k, hold.Slot, limits, h); err != nil {
			return Confirmation{}, err
		}
		if err := releaseKept(tx, ap); err != nil {
			return Confirmation{}, err
		}
		if err := note(tx); err != nil {
			return Confirmation{}, err
		}
		if _, err := journal.Execute(tx, relocations, string(ap), relocation.Command(relocation.Close{Appointment: ap})); err != nil {
			return Confirmation{}, err
		}
		return Confirmation{Appointment: ap, Service: at.appointment.Service, Place: placeOf(k, hold.Slot), Parts: at.appointment.Parts}, nil
	})
	return a.withCode(out), rec, err
}

// Kept finds a slot that is kept for an appointment's citizen.
func (a *App) Kept(ap id.Appointment, h centreday.HoldID) (slot relocation.Slot, found bool) {
	a.node.View(func() {
		for _, s := range a.models.Relocate.Kept(ap) {
			if s.Hold == h {
				slot, found = s, true
			}
		}
	})
	return slot, found
}
