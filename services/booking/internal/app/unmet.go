package app

import (
	"context"
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/unmet"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

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
	was, noted := a.unmet[k]
	switch {
	case noted:
		was.Lost += u.Lost
		a.unmet[k] = was
	case len(a.unmet) < 4096:
		a.unmet[k] = u
	}
}

// lost are the clients whose searches in vain have been counted on a day, by the
// pseudonym that they have on that day only, and by service.
type lost struct {
	on      day.Day
	clients map[lostKey]bool
}

type lostKey struct {
	client  string
	service id.Service
}

// mostLost clients are remembered; who comes after them is not counted.
const mostLost = 1 << 16

// lostOnce counts a search that found nothing, once a day for each client and
// service, whatever place it asks for; staff and callers in the same process each time.
func (a *App) lostOnce(ctx context.Context, u booking.SearchUnmet) int {
	c, found := CallerOf(ctx)
	if !found || c.Staff || c.Client == "" {
		return 1
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lost.on != *u.On {
		a.lost = lost{*u.On, map[lostKey]bool{}}
	}
	k := lostKey{c.Client, u.Service}
	if a.lost.clients[k] || len(a.lost.clients) >= mostLost {
		return 0
	}
	a.lost.clients[k] = true
	return 1
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
