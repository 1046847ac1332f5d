package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/unmet"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Search asks for the earliest slots of a service. Without centre and district
// all centres count; without days all that can be booked.
type Search struct {
	Service  id.Service
	Centre   id.Centre
	District id.District
	From     *day.Day
	Until    *day.Day // first day that does not count
	Channel  string   // default online
	Limit    int      // default 10
}

// Found answers a search. Where nothing is free in what was asked for,
// Elsewhere has the earliest in the same days at all centres, and Later the
// earliest afterwards at the places asked for. Online is the link where no
// visit is needed at all.
type Found struct {
	Service   id.Service
	Minutes   day.Minutes
	Online    string
	Offers    []slots.Offer
	Elsewhere []slots.Offer
	Later     []slots.Offer
	// Unmet: nothing is free within the promise.
	Unmet bool
}

// Search answers from memory. A search that found nothing within the promise
// is noted, a moment later.
func (a *App) Search(_ context.Context, s Search) (f Found, err error) {
	t, err := a.service(s.Service)
	if err != nil {
		return f, err
	}
	if s.Channel == "" {
		s.Channel = booking.Online
	}
	limits, err := a.limits(s.Channel)
	if err != nil {
		return f, err
	}
	if s.Limit <= 0 {
		s.Limit = 10
	}
	period, err := a.searchPeriod(s, limits)
	if err != nil {
		return f, err
	}
	f = Found{Service: t.ID, Minutes: t.Minutes, Online: t.Online}
	q := slots.Query{Skill: t.Skill, Minutes: t.Minutes, Period: period, Limit: s.Limit}
	if q.From == limits.Now.Day {
		q.NotBefore = limits.Now.At
	}
	a.node.View(func() {
		if q.At, err = a.where(s); err != nil {
			return
		}
		f.Offers = a.models.Earliest.Search(q)
		limit := limits.Now.Day + day.Day(a.models.City.Policy().LimitDays)
		f.Unmet = len(f.Offers) == 0 || f.Offers[0].Day > limit && q.From <= limit
		if len(f.Offers) > 0 {
			return
		}
		later := q
		later.Period = day.Period{From: q.Until, Until: limits.Now.Day + day.Day(limits.HorizonDays) + 1}
		later.NotBefore = 0
		f.Later = a.models.Earliest.Search(later)
		if s.Centre != "" || s.District != "" {
			q.At = a.inNetwork
			f.Elsewhere = a.models.Earliest.Search(q)
		}
	})
	if err == nil && f.Unmet {
		a.willNote(booking.SearchUnmet{Service: s.Service, Centre: s.Centre, District: s.District, From: period.From, Until: period.Until, At: a.node.Now()})
	}
	return f, err
}

// searchPeriod is what was asked for, within what the channel may book.
func (a *App) searchPeriod(s Search, l centreday.Limits) (day.Period, error) {
	p := day.Period{From: l.Now.Day + day.Day(l.LeadDays), Until: l.Now.Day + day.Day(l.HorizonDays) + 1}
	if s.From != nil && s.Until != nil && *s.Until <= *s.From {
		return p, &events.FieldError{Field: "until", Value: s.Until.String(), Reason: "is not after from: it is the first day that does not count"}
	}
	if s.From != nil {
		p.From = max(p.From, *s.From)
	}
	if s.Until != nil {
		p.Until = min(p.Until, *s.Until)
	}
	return p, nil
}

// where tells which centres count. It is called inside View.
func (a *App) where(s Search) (func(id.Centre) bool, error) {
	switch {
	case s.Centre != "":
		if _, ok := a.models.City.Centre(s.Centre); !ok {
			return nil, fmt.Errorf("centre %q: %w", s.Centre, ErrUnknownCentre)
		}
		return func(c id.Centre) bool { return c == s.Centre }, nil
	case s.District != "":
		if !a.models.City.District(s.District) {
			return nil, fmt.Errorf("district %q: %w", s.District, ErrUnknownDistrict)
		}
		return func(c id.Centre) bool {
			k, ok := a.models.City.Centre(c)
			return ok && k.District == s.District
		}, nil
	}
	return a.inNetwork, nil
}

func (a *App) inNetwork(c id.Centre) bool {
	_, ok := a.models.City.Centre(c)
	return ok
}

type unmetKey struct {
	service  id.Service
	centre   id.Centre
	district id.District
	from     day.Day
	minute   int64
}

// willNote remembers a search until the next tick, at most some thousand.
func (a *App) willNote(u booking.SearchUnmet) {
	k := unmetKey{u.Service, u.Centre, u.District, u.From, u.At.Unix() / 60}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, noted := a.unmet[k]; !noted && len(a.unmet) < 4096 {
		a.unmet[k] = u
	}
}

// noteUnmet writes down what was searched in vain, in a fixed order.
func (a *App) noteUnmet(ctx context.Context) error {
	a.mu.Lock()
	pending := a.unmet
	a.unmet = map[unmetKey]booking.SearchUnmet{}
	a.mu.Unlock()
	if len(pending) == 0 {
		return nil
	}
	all := slices.SortedFunc(maps.Values(pending), func(x, y booking.SearchUnmet) int {
		if c := x.At.Compare(y.At); c != 0 {
			return c
		}
		return slices.Compare(keyTokens(x), keyTokens(y))
	})
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		for _, u := range all {
			if _, err := journal.Execute(tx, unmets, string(u.Service), unmet.Note{SearchUnmet: u}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		for _, u := range all {
			a.willNote(u) // at the next tick
		}
	}
	return err
}

func keyTokens(u booking.SearchUnmet) []string {
	return []string{string(u.Service), string(u.Centre), string(u.District), u.From.String()}
}
