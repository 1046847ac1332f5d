package app

import (
	"context"
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
)

// Instead finds slots for who was refused one: the nearest in time at the same
// centre on the day, then elsewhere on the day, then the earliest anywhere.
// Nothing, where another slot would not help.
func (a *App) Instead(ctx context.Context, why error, w Wish) (all []slots.Offer) {
	if !Elsewhere(why) {
		return nil
	}
	next := w.Day + 1
	s := Search{Service: w.Service, Persons: w.Persons, Visit: w.Visit, Channel: w.Channel, Centres: []id.Centre{w.Centre}, From: &w.Day, Until: &next, Limit: 288}
	here, err := a.Starts(ctx, s)
	if err != nil {
		return nil
	}
	slices.SortStableFunc(here, func(x, y slots.Offer) int {
		return max(int(x.At-w.At), int(w.At-x.At)) - max(int(y.At-w.At), int(w.At-y.At))
	})
	here = here[:min(len(here), alternatives)]
	slices.SortFunc(here, func(x, y slots.Offer) int { return int(x.At - y.At) })
	all = append(all, here...)
	s.Centres, s.Limit = nil, alternatives
	for range 2 {
		if len(all) >= alternatives {
			break
		}
		more, err := a.Starts(ctx, s)
		if err != nil {
			return all
		}
		for _, o := range more {
			if len(all) < alternatives && !slices.Contains(all, o) {
				all = append(all, o)
			}
		}
		s.From, s.Until = nil, nil
	}
	return all
}

// Elsewhere reports whether an error is a slot's refusal, which another slot
// might not share.
func Elsewhere(err error) bool { return refusal(err) }
