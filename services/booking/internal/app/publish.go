package app

import (
	"context"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// publishNext says what has changed at the centre-day that has waited longest;
// each is said at most once in PublishEvery, and at once when it was quiet.
func (a *App) publishNext(ctx context.Context) (more bool, err error) {
	now := a.node.Now()
	c, found := a.models.Unpublished.Next(now)
	if !found {
		return false, nil
	}
	if k, ok := keyOf(c.Day); ok && k.Day < a.moment(now).Day { // nobody books yesterday
		a.models.Unpublished.Said(c, now)
		return true, nil
	}
	var lengths []centreday.Length
	var shares centreday.Shares
	a.node.View(func() { lengths, shares = a.models.City.Lengths(), a.models.City.Policy().Shares })
	cause := journal.Cause{CorrelationID: c.Cause.CorrelationID, CausationID: c.EventID, TraceParent: c.Cause.TraceParent}
	_, err = a.node.Do(journal.WithCause(ctx, cause), func(tx *journal.Tx) error {
		_, err := onDay(tx, c.Day, centreday.Command(centreday.Publish{Lengths: lengths, Shares: shares, Now: a.moment(tx.Now()), At: tx.Now()}))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("publish %s: %w", c.Day, err)
	}
	a.models.Unpublished.Said(c, now)
	return true, nil
}

// release has days told again whose open share has changed by time alone: a
// stage was reached, or midnight has let a channel's share flow.
func (a *App) release(now time.Time) {
	p := a.policy()
	if p.Shares.None() {
		return
	}
	from := a.released
	a.released = now
	before, after := a.moment(from), a.moment(now)
	a.node.View(func() {
		for d := after.Day; d <= after.Day+day.Day(p.HorizonDays); d++ {
			if from.IsZero() || !p.Shares.Same(d, before, after) { // or a restart may have missed it
				for _, c := range a.models.Free.On(d) {
					a.models.Unpublished.Touch(centreday.Key{Centre: c.Centre(), Day: d}.ID())
				}
			}
		}
	})
}

func (a *App) publishWait() time.Duration { return a.models.Unpublished.Wait(a.node.Now()) }

// expireHolds gives back what ran out, one unit per centre-day.
func (a *App) expireHolds(ctx context.Context, now time.Time) error {
	var due []string
	a.node.View(func() { due = a.models.Holds.Due(now) })
	for _, day := range due {
		if _, err := a.node.Do(ctx, func(tx *journal.Tx) error {
			_, err := onDay(tx, day, centreday.Command(centreday.ExpireHolds{At: now}))
			return err
		}); err != nil {
			return fmt.Errorf("end holds of %s: %w", day, err)
		}
	}
	return nil
}

// Services and Centres answer from the catalogue and the network.
func (a *App) Services() (all []network.ServiceType) {
	a.node.View(func() { all = a.models.City.Services() })
	return all
}

// Centres of the network.
func (a *App) Centres() (all []network.Centre) {
	a.node.View(func() { all = a.models.City.Centres() })
	return all
}

// AtRisk lists appointments that the staff on duty cannot serve.
func (a *App) AtRisk(ctx context.Context, after string, limit int) (page []read.AtRisk, next string) {
	a.node.View(func() {
		page, next = a.models.Risk.List(own(ctx), after, limit)
		for i := range page {
			page[i].Offers = len(a.models.Relocate.Kept(page[i].Appointment))
		}
	})
	return page, next
}

// SlotsAfter lists what a follower at a public position must be told; more is
// closed when there is more.
func (a *App) SlotsAfter(position int64) (frames []read.Frame, more <-chan struct{}) {
	a.node.View(func() { frames, more = a.models.Said.After(position) })
	return frames, more
}
