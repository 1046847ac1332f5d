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

// Search returns up to Limit offers in the order asked for.
func Search(c Calendar, q Query) []Offer {
	if q.Limit <= 0 || len(q.Legs) == 0 || len(q.Travel) == 0 {
		return nil
	}
	each := q.Limit
	if q.PerCentre > 0 {
		each = min(each, q.PerCentre)
	}
	allowed := q.allowed()
	var found []Offer
	had := map[id.Centre]int{}
	for d := q.From; d < q.Until; d++ {
		if !q.Nearest && len(found) >= q.Limit {
			break
		}
		if q.Weekdays != 0 && q.Weekdays>>weekday(d)&1 == 0 {
			continue
		}
		first := len(found)
		for _, x := range c.On(d) {
			travel, counts := q.Travel[x.Centre()]
			left := each - had[x.Centre()]
			if !counts || left <= 0 {
				continue
			}
			n := len(found)
			found = q.at(found, x, d, travel, allowed, left)
			if q.PerCentre > 0 || q.Nearest {
				had[x.Centre()] += len(found) - n
			}
		}
		if !q.Nearest {
			slices.SortStableFunc(found[first:], func(a, b Offer) int {
				return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Travel, b.Travel))
			})
		}
	}
	if q.Nearest {
		slices.SortStableFunc(found, func(a, b Offer) int {
			return cmp.Or(cmp.Compare(a.Travel, b.Travel), cmp.Compare(a.Centre, b.Centre), cmp.Compare(a.Day, b.Day), cmp.Compare(a.At, b.At))
		})
	}
	return found[:min(len(found), q.Limit)]
}

// at appends up to left offers of one centre-day.
func (q Query) at(found []Offer, x CentreDay, d day.Day, travel int, allowed ticks, left int) []Offer {
	free := x.Free()
	if free == nil {
		return found
	}
	can := free.starts(q.Legs)
	if d == q.From {
		for t := 0; t < occupancy.Ticks && t*occupancy.Tick < int(q.NotBefore); t++ {
			can.clear(t)
		}
	}
	if can = can.and(allowed); can.empty() || q.Open != nil && !q.Open(d, free) {
		return found
	}
	can = free.tidy(can, max(1, ticksOf(q.Legs[0].Minutes)), q.length())
	for t, ok := can.first(0); ok && left > 0; t, ok = can.first(t + 1) {
		found = append(found, Offer{Centre: x.Centre(), Day: d, At: day.TimeOfDay(t * occupancy.Tick), Minutes: q.Minutes(),
			Free: free.count(q.Legs, t), Travel: travel})
		left--
		if t+1 >= occupancy.Ticks {
			break
		}
	}
	return found
}

// allowed are the starts from which on the whole visit lies in one of Times.
func (q Query) allowed() ticks {
	if len(q.Times) == 0 {
		return between(0, occupancy.Ticks)
	}
	var all ticks
	for _, s := range q.Times {
		in := between((int(s.From)+occupancy.Tick-1)/occupancy.Tick, int(s.To)/occupancy.Tick-q.length()+1)
		for i := range all {
			all[i] |= in[i]
		}
	}
	return all
}

// weekday is 1 for Monday to 7 for Sunday.
func weekday(d day.Day) int { return (int(d.Weekday())+6)%7 + 1 }
