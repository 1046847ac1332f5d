package app

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
)

// Item is one thing that a citizen comes for.
type Item struct {
	Service id.Service `json:"service"`
	Persons int        `json:"persons,omitempty"` // default 1
}

// Bounds of one visit.
const (
	maxItems   = 8
	maxPersons = 20
	maxVisit   = day.Minutes(240)
)

// visit looks up what a citizen comes for and puts it in the order in which it
// is served: by skill, so that the counter changes as rarely as possible, then
// by service. The same visit asked for in another order is the same.
func (a *App) visit(items []Item) (parts []booking.Part, online []network.ServiceType, err error) {
	if len(items) == 0 {
		return nil, nil, ErrNothingToDo
	}
	if len(items) > maxItems {
		return nil, nil, &events.FieldError{Field: "services", Value: fmt.Sprint(len(items)), Reason: fmt.Sprintf("are too many for one visit: name at most %d, and book another for the rest", maxItems)}
	}
	var total day.Minutes
	for _, it := range items {
		t, err := a.service(it.Service)
		if err != nil {
			return nil, nil, err
		}
		n := max(1, it.Persons)
		if it.Persons < 0 || n > maxPersons {
			return nil, nil, &events.FieldError{Field: "persons", Value: fmt.Sprint(it.Persons), Reason: fmt.Sprintf("must lie between 1 and %d", maxPersons)}
		}
		if t.Online != "" {
			online = append(online, t)
		}
		i := slices.IndexFunc(parts, func(p booking.Part) bool { return p.Service == t.ID })
		if i < 0 {
			i = len(parts)
			parts = append(parts, booking.Part{Service: t.ID, Skill: t.Skill})
		}
		parts[i].Persons += n
		parts[i].Minutes += t.Minutes * day.Minutes(n)
		total += t.Minutes * day.Minutes(n)
	}
	if total > maxVisit {
		return nil, nil, &events.FieldError{Field: "services", Value: fmt.Sprint(total, " minutes"), Reason: fmt.Sprintf("take too long together: one visit lasts at most %d minutes, so book two", maxVisit)}
	}
	slices.SortFunc(parts, func(x, y booking.Part) int {
		return cmp.Or(cmp.Compare(x.Skill, y.Skill), cmp.Compare(x.Service, y.Service))
	})
	for i := range parts {
		if parts[i].Persons == 1 {
			parts[i].Persons = 0 // missing: one
		}
	}
	return parts, online, nil
}

// itemsOf reads the two ways to name a visit: one service, or several.
func itemsOf(service id.Service, persons int, services []Item) ([]Item, error) {
	if service == "" {
		return services, nil
	}
	if len(services) > 0 {
		return nil, &events.FieldError{Field: "services", Value: string(service), Reason: "stand beside service: name the visit one way or the other"}
	}
	return []Item{{service, persons}}, nil
}
