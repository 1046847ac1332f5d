package app

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/ahead"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// countsPerTick bounds what is told in one go: the tick has more to do.
const countsPerTick = 32

// countBookings tells how far ahead was booked on days that are over.
func (a *App) countBookings(ctx context.Context, now time.Time) error {
	today := a.moment(now).Day
	var untold []booking.BookingsCounted
	a.node.View(func() { untold = a.models.Ahead.Untold(today, countsPerTick) })
	if len(untold) == 0 {
		return nil
	}
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		for _, c := range untold {
			if _, err := journal.Execute(tx, counted, string(c.Centre)+"/"+c.Day.String(), ahead.Tell{BookingsCounted: c}); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
