package slots

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// CentreDay is a day at a centre, with what is free there.
type CentreDay interface {
	Centre() id.Centre
	Free() *Day
}

// Calendar has the centre-days of each day, by centre.
type Calendar interface{ On(day.Day) []CentreDay }

// Query asks for starts of one visit.
type Query struct {
	Legs []Leg // in the order in which they are served
	day.Period
	// NotBefore is a time of day that bounds the first day of Period.
	NotBefore day.TimeOfDay
	// Times of day in which the whole visit must lie; nil: any.
	Times []day.Span
	// Weekdays counts from bit 1, Monday, to bit 7, Sunday; 0: any.
	Weekdays uint8
	// Travel has the centres that count, each with the minutes on the way there,
	// 0 when nobody asked.
	Travel map[id.Centre]int
	// Open tells whether a day's free counters are open to who asks; nil: yes.
	Open func(day.Day, *Day) bool
	// Nearest orders by travel time, then day and time; else by day and time,
	// then travel time.
	Nearest   bool
	Limit     int
	PerCentre int // of one centre at most; 0: Limit
}

// Offer is one free start.
type Offer struct {
	Centre  id.Centre     `json:"centre"`
	Day     day.Day       `json:"day"`
	At      day.TimeOfDay `json:"at"`
	Minutes day.Minutes   `json:"minutes"`
	Free    int           `json:"free" doc:"How many could still begin then"`
	Travel  int           `json:"travel_minutes,omitempty" doc:"Minutes on the way there, by public transport, estimated; where near was asked for"`
}

// Minutes of the whole visit.
func (q Query) Minutes() (m day.Minutes) {
	for _, l := range q.Legs {
		m += l.Minutes
	}
	return m
}

// length in ticks; each part is rounded up by itself.
func (q Query) length() (n int) {
	for _, l := range q.Legs {
		n += ticksOf(l.Minutes)
	}
	return n
}

// open is a centre-day at which the visit can begin.
type open struct {
	CentreDay
	day    day.Day
	free   *Day
	can    ticks // the starts, never none
	travel int
}

// Search returns up to Limit offers in the order asked for; nil where there are
// none.
func Search(c Calendar, q Query) []Offer {
	if q.Limit <= 0 || len(q.Legs) == 0 || len(q.Travel) == 0 {
		return nil
	}
	if q.PerCentre <= 0 {
		q.PerCentre = q.Limit
	}
	allowed := q.allowed()
	if q.Nearest {
		return q.nearest(c, allowed)
	}
	return q.earliest(c, allowed)
}

// earliest goes from day to day and from tick to tick, and ends when it has
// enough.
func (q Query) earliest(c Calendar, allowed ticks) (found []Offer) {
	var all []open
	had := map[id.Centre]int{}
	for d := q.From; d < q.Until; d++ {
		if all = q.on(c, d, allowed, all[:0]); len(all) == 0 {
			continue
		}
		slices.SortStableFunc(all, func(a, b open) int { return cmp.Compare(a.travel, b.travel) })
		var some ticks
		n := 0
		for _, o := range all {
			some = some.or(o.can)
			n += o.can.count()
		}
		found = slices.Grow(found, min(n, q.Limit-len(found)))
		for t, ok := some.first(0); ok; t, ok = some.first(t + 1) {
			for _, o := range all {
				if !o.can.has(t) || had[o.Centre()] == q.PerCentre {
					continue
				}
				if found = append(found, q.offer(o, t)); len(found) == q.Limit {
					return found
				}
				if q.PerCentre < q.Limit {
					had[o.Centre()]++
				}
			}
		}
	}
	return found
}

// nearest looks at all days before it names the first offer.
func (q Query) nearest(c Calendar, allowed ticks) (found []Offer) {
	var all []open
	for d := q.From; d < q.Until; d++ {
		all = q.on(c, d, allowed, all)
	}
	slices.SortStableFunc(all, func(a, b open) int {
		return cmp.Or(cmp.Compare(a.travel, b.travel), cmp.Compare(a.Centre(), b.Centre()))
	})
	had := map[id.Centre]int{}
	for _, o := range all {
		for t, ok := o.can.first(0); ok && had[o.Centre()] < q.PerCentre; t, ok = o.can.first(t + 1) {
			if found = append(found, q.offer(o, t)); len(found) == q.Limit {
				return found
			}
			had[o.Centre()]++
		}
	}
	return found
}

// on appends the centre-days of a day at which the visit can begin.
func (q Query) on(c Calendar, d day.Day, allowed ticks, all []open) []open {
	if q.Weekdays != 0 && q.Weekdays>>weekday(d)&1 == 0 {
		return all
	}
	for _, x := range c.On(d) {
		travel, counts := q.Travel[x.Centre()]
		if !counts {
			continue
		}
		free := x.Free()
		if free == nil {
			continue
		}
		can := free.starts(q.Legs)
		if d == q.From {
			for t := 0; t < occupancy.Ticks && t*occupancy.Tick < int(q.NotBefore); t++ {
				can.clear(t)
			}
		}
		if can = can.and(allowed); can.empty() || q.Open != nil && !q.Open(d, free) {
			continue
		}
		can = free.tidy(can, max(1, ticksOf(q.Legs[0].Minutes)), q.length())
		all = append(all, open{x, d, free, can, travel})
	}
	return all
}

func (q Query) offer(o open, t int) Offer {
	return Offer{Centre: o.Centre(), Day: o.day, At: day.TimeOfDay(t * occupancy.Tick), Minutes: q.Minutes(), Free: o.free.count(q.Legs, t), Travel: o.travel}
}

// allowed are the starts from which on the whole visit lies in one of Times.
func (q Query) allowed() ticks {
	if len(q.Times) == 0 {
		return between(0, occupancy.Ticks)
	}
	var all ticks
	for _, s := range q.Times {
		in := between((int(s.From)+occupancy.Tick-1)/occupancy.Tick, int(s.To)/occupancy.Tick-q.length()+1)
		all = all.or(in)
	}
	return all
}

// weekday is 1 for Monday to 7 for Sunday.
func weekday(d day.Day) int { return (int(d.Weekday())+6)%7 + 1 }
