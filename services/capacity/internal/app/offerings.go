package app

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// placesPerJob bounds one unit of the offerings reactor.
const placesPerJob = 64

// reactOfferings says again what touched places can serve: at once, before any
// planning. Places whose lines come out the same say nothing.
func (a *App) reactOfferings(ctx context.Context) (more bool, err error) {
	if began, err := a.beginDay(ctx, a.node.Now()); began || err != nil {
		return true, err
	}
	batch := a.City.Take(placesPerJob, a.node.Now())
	if len(batch) == 0 {
		return false, nil
	}
	var sets []offering.Set
	var said []read.Place
	a.node.View(func() {
		for _, d := range batch {
			lines, tentative := a.City.Offer(d.Place)
			set := offering.Set{Centre: d.Centre, Day: d.Day, Lines: lines, Tentative: tentative, Causes: d.Causes}
			o := a.City.Offerings[d.Place]
			now := offering.State{Version: o.Version, Lines: o.Lines, Tentative: o.Tentative}
			if evs, _ := offering.Offering.Decide(now, set); len(evs) > 0 {
				sets, said = append(sets, set), append(said, d.Place)
			}
		}
	})
	if len(sets) > 0 {
		_, err = a.node.Do(caused(ctx, batch[0].Meta), func(tx *journal.Tx) error {
			for _, s := range sets {
				if _, err := journal.Execute(tx, offerings, placeID(read.Place{Centre: s.Centre, Day: s.Day}), s); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err == nil && len(sets) > 0 {
		err = a.node.Fold(ctx) // the planner waits for booking's answer to these
	}
	if err != nil {
		a.City.PutBack(batch)
		return false, err
	}
	a.City.Done(batch, said, a.node.Now())
	wait, asked := a.City.Due(a.node.Now())
	return asked && wait == 0, nil
}

// offeringsWait is until the next place may be said again.
func (a *App) offeringsWait() time.Duration {
	wait, _ := a.City.Due(a.node.Now())
	return wait
}
