package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// What becomes free belongs to the waiting list first, however it became so: by a
// cancellation, by staff, or by the hour at which a share is released. So whoever
// takes from a centre-day does it behind the list: the writer first keeps what
// fits for those who wait, in their order, on the day's newest state, and only
// then decides for who asks. Nothing lies between, and no reactor has to be quick:
// where it stands still, each who waits is still offered one slot at most, for the
// time that the policy says, and then it is anybody's.
//
// Before the list come only citizens whose appointment is at risk, and walk-ins,
// who are there.

// owed is the refusal of who asked for what the list was owed.
type owed struct {
	day     centreday.Key
	refusal error
}

func (o *owed) Error() string { return o.refusal.Error() }
func (o *owed) Unwrap() error { return o.refusal }

// behindList decides to take from a centre-day after the list was served there.
// What the list is kept is part of the unit; a refusal, of which nothing is
// written, is owed.
func (a *App) behindList(tx *journal.Tx, k centreday.Key, take func() error) error {
	served, more, err := a.serveList(tx, k)
	if err != nil {
		return err
	}
	if more {
		return &owed{k, centreday.ErrSlotTaken}
	}
	if err = take(); served && refusal(err) {
		return &owed{k, err}
	}
	return err
}

// listFirst writes what was kept for the list when somebody else was refused.
func (a *App) listFirst(ctx context.Context, err error) error {
	var o *owed
	if !errors.As(err, &o) {
		return err
	}
	if _, err := a.node.Do(ctx, func(tx *journal.Tx) error { _, _, err := a.serveList(tx, o.day); return err }); err != nil {
		return fmt.Errorf("waiting list at %s: %w", o.day.ID(), err)
	}
	return o.refusal
}

// atOnce bounds how many are served in one unit; it holds up who books meanwhile.
// Where that is not enough, who asks is refused, and the next are served.
const atOnce = 20

// serveList keeps what is free on a centre-day for those who wait for it; more
// says that there are others for whom something would be free.
func (a *App) serveList(tx *journal.Tx, k centreday.Key) (served, more bool, err error) {
	if a.models.Earlier.Empty() {
		return false, false, nil
	}
	p, m := a.policy(), a.moment(tx.Now())
	if _, err := onDay(tx, k.ID(), centreday.ExpireHolds{At: tx.Now()}); err != nil {
		return false, false, err
	}
	s, _, err := journal.Load(tx, days, k.ID())
	if err != nil {
		return false, false, err
	}
	var free *slots.Day
	find := func(w read.Wanting) []slots.Offer {
		if free == nil {
			free = s.Free()
		}
		_, q, ok := wanted(w, m, p)
		if !ok || free == nil {
			return nil
		}
		q = from(q, q.Period.Meet(day.Period{From: k.Day, Until: k.Day + 1}), centreday.Limits{Now: m})
		q.Travel = map[id.Centre]int{k.Centre: 0}
		return slots.Search(oneDay{k, free}, q)
	}
	var list []read.Wanting
	a.node.View(func() {
		if c, known := a.models.City.Centre(k.Centre); known {
			list = a.models.Earlier.On(c, k.Day, func(w read.Wanting) bool { return len(find(w)) > 0 })
		}
	})
	vain := map[string]bool{} // kinds for which nothing is left
	n := 0
	for _, w := range list {
		if vain[w.Kind] {
			continue
		}
		found := find(w)
		if len(found) == 0 {
			vain[w.Kind] = true
			continue
		}
		if n == atOnce {
			return served, true, nil
		}
		kept, err := a.offerTo(tx, w, found, p)
		if err != nil {
			return served, false, err
		}
		if !kept {
			continue
		}
		served, n = true, n+1
		if s, _, err = journal.Load(tx, days, k.ID()); err != nil {
			return served, false, err
		}
		free = nil
	}
	return served, false, nil
}

// oneDay is a calendar of one centre-day, as the writer knows it.
type oneDay struct {
	centreday.Key
	free *slots.Day
}

func (o oneDay) On(d day.Day) []slots.CentreDay {
	if d != o.Day {
		return nil
	}
	return []slots.CentreDay{dayOf{o}}
}

type dayOf struct{ only oneDay }

func (d dayOf) Centre() id.Centre { return d.only.Key.Centre }
func (d dayOf) Free() *slots.Day  { return d.only.free }
