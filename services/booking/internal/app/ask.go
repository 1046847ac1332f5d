package app

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
)

// Starts answers as Search does, without alternatives: a client that leafs
// through days needs none, and a day without slots is no search in vain.
func (a *App) Starts(_ context.Context, s Search) ([]slots.Offer, error) {
	p, err := a.plan(s)
	if err != nil {
		return nil, err
	}
	var offers []slots.Offer
	a.node.View(func() {
		if p.query.Travel, _, err = a.where(s); err == nil {
			offers = slots.Search(a.models.Free, p.query)
		}
	})
	return offers, err
}

// Bookable is which days can be booked online at present.
func (a *App) Bookable() day.Period {
	p, today := a.policy(), a.now().Day
	return day.Period{From: today + day.Day(p.MinLeadDays), Until: today + day.Day(p.HorizonDays) + 1}
}

// MailWanted: an online booking needs an e-mail address.
func (a *App) MailWanted() bool { return a.policy().DoubleOptIn }

// Instant of a time of day in the city's zone.
func (a *App) Instant(d day.Day, at day.TimeOfDay) time.Time { return d.At(at, a.zone) }

// Clock is the day and the time of day of an instant in the city's zone.
func (a *App) Clock(t time.Time) (day.Day, day.TimeOfDay) {
	m := a.moment(t)
	return m.Day, m.At
}
