package app

import (
	"context"

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
	batch := a.City.Take(placesPerJob)
	if len(batch) == 0 {
		return false, nil
	}
	var sets []offering.Set
	a.node.View(func() {
		for _, d := range batch {
			lines, tentative := a.City.Offer(d.Place)
			set := offering.Set{Centre: d.Centre, Day: d.Day, Lines: lines, Tentative: tentative, Causes: d.Causes}
			o := a.City.Offerings[d.Place]
			said := offering.State{Version: o.Version, Lines: o.Lines, Tentative: o.Tentative}
			if evs, _ := offering.Offering.Decide(said, set); len(evs) > 0 {
				sets = append(sets, set)
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
	a.City.Done(batch)
	return a.City.Waiting() > 0, nil
}
