package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
)

// Search asks for slots of one visit. Without centres, districts and a point
// all centres count; without days all that can be booked.
type Search struct {
	Service id.Service // or Visit
	Persons int
	Visit   []Item

	Centres   []id.Centre
	Districts []id.District
	// Near orders by distance unless Earliest is asked for, and Within bounds
	// the minutes on the way there, by public transport, as estimated.
	Near       *slots.Point
	Within     int
	Accessible bool

	From     *day.Day
	Until    *day.Day // first day that does not count
	Times    []day.Span
	Weekdays []int // 1 Monday to 7 Sunday

	Channel   string // default online
	Order     string // earliest (default) or distance
	Limit     int    // default 10
	PerCentre int
}

// Orders of a search.
const (
	Earliest = "earliest"
	Distance = "distance"
)

// Online is where a service is done without a visit.
type Online struct {
	Service id.Service        `json:"service"`
	Name    map[string]string `json:"name,omitempty"`
	Link    string            `json:"link"`
}

// Found answers a search. Where nothing is free as it was asked for, the
// alternatives each leave one wish out: Elsewhere the place, Later the last
// day, OtherTimes the time of day and the weekday; Anywhere leaves out all,
// where the others found nothing. Online has the links where no visit is
// needed at all.
type Found struct {
	Service id.Service
	Minutes day.Minutes
	Parts   []booking.Part
	Online  []Online
	Offers  []slots.Offer

	Elsewhere  []slots.Offer
	Later      []slots.Offer
	OtherTimes []slots.Offer
	Anywhere   []slots.Offer
	// Unmet: at these places nothing is free for this visit within the promise,
	// on any day and at any time.
	Unmet bool
	// Last is the last day that can be booked at present.
	Last day.Day
}

// alternatives is how many of each kind are named.
const alternatives = 3

// planned is a search that was read and may be run.
type planned struct {
	Search
	parts    []booking.Part
	online   []network.ServiceType
	limits   centreday.Limits
	query    slots.Query
	bookable day.Period
}

func (a *App) plan(s Search) (p planned, err error) {
	items, err := itemsOf(s.Service, s.Persons, s.Visit)
	if err != nil {
		return p, err
	}
	if s.Channel == "" {
		s.Channel = booking.Online
	}
	p.Search = s
	if p.parts, p.online, err = a.visit(items); err != nil {
		return p, err
	}
	if p.limits, err = a.limits(s.Channel); err != nil {
		return p, err
	}
	if err := a.windows(s); err != nil {
		return p, err
	}
	if p.query, p.bookable, err = query(s, p.parts, p.limits); err != nil {
		return p, err
	}
	if l := p.limits; !l.Shares.None() {
		need := p.query.Minutes()
		p.query.Open = func(d day.Day, x *slots.Day) bool {
			return l.Shares.Left(l.Channel, d, l.Now, x.Total, x.Spent) >= need
		}
	}
	return p, nil
}

// Search answers from memory. A search that found nothing within the promise
// is noted, a moment later.
func (a *App) Search(ctx context.Context, s Search) (f Found, err error) {
	p, err := a.plan(s)
	if err != nil {
		return f, err
	}
	if err := mayUse(ctx, p.Channel); err != nil {
		return f, err
	}
	if err := p.days(); err != nil {
		return f, err
	}
	s = p.Search
	parts, limits, q, bookable := p.parts, p.limits, p.query, p.bookable
	nothing := false // on any day
	f = Found{Service: parts[0].Service, Minutes: q.Minutes(), Parts: centreday.VisitOf(0, parts...).Parts, Last: bookable.Until - 1}
	for _, t := range p.online {
		f.Online = append(f.Online, Online{t.ID, t.Name, t.Online})
	}
	a.node.View(func() {
		var everywhere map[id.Centre]int
		if q.Travel, everywhere, err = a.where(s); err != nil {
			return
		}
		f.Offers = slots.Search(a.models.Free, q)
		limit := limits.Now.Day + day.Day(a.models.City.Policy().LimitDays)
		f.Unmet = (len(f.Offers) == 0 || firstDay(f.Offers) > limit) && q.From <= limit && !a.met(q, day.Period{From: bookable.From, Until: limit + 1}, limits)
		if len(f.Offers) == 0 {
			a.alternatives(&f, q, everywhere, bookable, limits)
			nothing = f.Unmet && !a.met(q, bookable, limits)
		}
	})
	if err == nil && f.Unmet {
		u := unmetOf(s, parts, q.Period, a.node.Now())
		if u.On = &limits.Now.Day; nothing {
			u.Lost = a.lostOnce(ctx, u)
		}
		a.willNote(u)
	}
	return f, err
}

func firstDay(offers []slots.Offer) day.Day {
	return slices.MinFunc(offers, func(a, b slots.Offer) int { return int(a.Day - b.Day) }).Day
}

// met reports whether the visit finds any start at its places within the promise.
func (a *App) met(q slots.Query, within day.Period, l centreday.Limits) bool {
	q.Times, q.Weekdays, q.Nearest, q.Limit = nil, 0, false, 1
	return len(slots.Search(a.models.Free, from(q, within, l))) > 0
}

// from sets the days that are searched; what has passed today does not count.
func from(q slots.Query, p day.Period, l centreday.Limits) slots.Query {
	q.Period, q.NotBefore = p, 0
	if p.From == l.Now.Day {
		q.NotBefore = l.Now.At
	}
	return q
}

// alternatives are searched as quickly as the wish itself. It is called inside
// View.
func (a *App) alternatives(f *Found, q slots.Query, everywhere map[id.Centre]int, bookable day.Period, l centreday.Limits) {
	q.Limit, q.PerCentre, q.Nearest = min(q.Limit, alternatives), 0, false
	search := func(q slots.Query) []slots.Offer { return slots.Search(a.models.Free, q) }
	if len(everywhere) > len(q.Travel) {
		other := q
		other.Travel = everywhere
		f.Elsewhere = search(other)
	}
	if q.Until < bookable.Until {
		f.Later = search(from(q, day.Period{From: max(q.Until, bookable.From), Until: bookable.Until}, l))
	}
	if len(q.Times) > 0 || q.Weekdays != 0 {
		other := q
		other.Times, other.Weekdays = nil, 0
		f.OtherTimes = search(other)
	}
	if len(f.Elsewhere)+len(f.Later)+len(f.OtherTimes) == 0 {
		q.Travel, q.Times, q.Weekdays = everywhere, nil, 0
		f.Anywhere = search(from(q, bookable, l))
	}
}

// query is what was asked for, within what the channel may book.
func query(s Search, parts []booking.Part, l centreday.Limits) (q slots.Query, bookable day.Period, err error) {
	bookable = day.Period{From: l.Now.Day + day.Day(l.LeadDays), Until: l.Now.Day + day.Day(l.HorizonDays) + 1}
	for _, p := range parts {
		q.Legs = append(q.Legs, slots.Leg{Skill: p.Skill, Minutes: p.Minutes})
	}
	p := bookable
	if s.From != nil && s.Until != nil && *s.Until <= *s.From {
		return q, p, &events.FieldError{Field: "until", Value: s.Until.String(), Reason: "is not after from: it is the first day that does not count"}
	}
	if s.From != nil {
		p.From = max(p.From, *s.From)
	}
	if s.Until != nil {
		p.Until = min(p.Until, *s.Until)
	}
	q = from(q, p, l)
	for _, t := range s.Times {
		if t.Minutes() == 0 {
			return q, p, &events.FieldError{Field: "times", Value: t.String(), Reason: "ends before it begins: write it as 08:00-12:00"}
		}
	}
	q.Times = s.Times
	for _, w := range s.Weekdays {
		if w < 1 || w > 7 {
			return q, p, &events.FieldError{Field: "weekdays", Value: fmt.Sprint(w), Reason: "is not a weekday: write 1 for Monday to 7 for Sunday"}
		}
		q.Weekdays |= 1 << w
	}
	switch {
	case s.Order == Distance && s.Near == nil:
		return q, p, &events.FieldError{Field: "order", Value: s.Order, Reason: "needs near: say from where the distance counts"}
	case s.Order != "" && s.Order != Earliest && s.Order != Distance:
		return q, p, &events.FieldError{Field: "order", Value: s.Order, Reason: "is not known: use earliest or distance"}
	case s.Within < 0 || s.Within > 0 && s.Near == nil:
		return q, p, &events.FieldError{Field: "travel_minutes", Value: fmt.Sprint(s.Within), Reason: "needs near, and must not be negative"}
	}
	q.Nearest = s.Order == Distance
	q.Limit, q.PerCentre = s.Limit, s.PerCentre
	if q.Limit <= 0 {
		q.Limit = 10
	}
	return q, bookable, nil
}

// where tells which centres count, and which would if the place were free to
// choose, with the way to each. It is called inside View.
func (a *App) where(s Search) (travel, everywhere map[id.Centre]int, err error) {
	for _, c := range s.Centres {
		if _, ok := a.models.City.Centre(c); !ok {
			return nil, nil, fmt.Errorf("centre %q: %w", c, ErrUnknownCentre)
		}
	}
	for _, d := range s.Districts {
		if !a.models.City.District(d) {
			return nil, nil, fmt.Errorf("district %q: %w", d, ErrUnknownDistrict)
		}
	}
	if p := s.Near; p != nil && !(p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180) {
		return nil, nil, &events.FieldError{Field: "near", Value: fmt.Sprintf("%g,%g", p.Lat, p.Lon), Reason: "is not a place: write latitude and longitude in degrees, 53.5503,9.9353"}
	}
	anyPlace := len(s.Centres)+len(s.Districts) == 0
	travel, everywhere = map[id.Centre]int{}, map[id.Centre]int{}
	for _, c := range a.models.City.Network() {
		if s.Accessible && !c.Accessible {
			continue
		}
		minutes := 0
		if s.Near != nil {
			minutes = slots.TravelMinutes(*s.Near, slots.Point{Lat: c.Lat, Lon: c.Lon})
		}
		everywhere[c.ID] = minutes
		if s.Within > 0 && minutes > s.Within {
			continue
		}
		if anyPlace || slices.Contains(s.Centres, c.ID) || slices.Contains(s.Districts, c.District) {
			travel[c.ID] = minutes
		}
	}
	return travel, everywhere, nil
}

// unmetOf says what was searched in vain: the place only where it was one.
func unmetOf(s Search, parts []booking.Part, p day.Period, now time.Time) booking.SearchUnmet {
	u := booking.SearchUnmet{Service: parts[0].Service, Skill: parts[0].Skill, From: p.From, Until: p.Until, At: now}
	for _, x := range parts[1:] {
		u.Also = append(u.Also, x.Service)
	}
	if len(s.Centres) == 1 && len(s.Districts) == 0 {
		u.Centre = s.Centres[0]
	}
	if len(s.Districts) == 1 && len(s.Centres) == 0 {
		u.District = s.Districts[0]
	}
	return u
}
