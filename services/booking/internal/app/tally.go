package app

import (
	"context"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
)

// Tally counts the starts of a visit by day, for a calendar to show; days without
// any are left out.
func (a *App) Tally(_ context.Context, s Search) (count map[day.Day]int, err error) {
	p, err := a.plan(s)
	if err != nil {
		return nil, err
	}
	a.node.View(func() {
		if p.query.Travel, _, err = a.where(s); err == nil {
			count = slots.Tally(a.models.Free, p.query)
		}
	})
	return count, err
}
