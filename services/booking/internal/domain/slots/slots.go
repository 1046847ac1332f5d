// Package slots searches what is free: the earliest starts for a service at
// some or all centres, from the newest slots-changed of each centre-day.
package slots

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Index has the free starts of every centre-day. It is not for concurrent use.
type Index struct {
	days map[day.Day][]*centreDay // sorted by centre
}

type centreDay struct {
	centre  id.Centre
	lengths map[length]starts
}

type length struct {
	skill   id.Skill
	minutes day.Minutes
}

// starts in a compact form; a city has some ten thousand of them in memory.
type starts struct {
	from, step day.TimeOfDay
	counts     []uint8 // 255: that many or more
}

// Put replaces what is free at one centre-day.
func (x *Index) Put(e booking.SlotsChanged) {
	if x.days == nil {
		x.days = map[day.Day][]*centreDay{}
	}
	c := &centreDay{e.Centre, make(map[length]starts, len(e.Free))}
	for _, f := range e.Free {
		s := starts{f.From, day.TimeOfDay(f.Step), make([]uint8, len(f.Counts))}
		for i, n := range f.Counts {
			s.counts[i] = uint8(min(max(n, 0), 255))
		}
		c.lengths[length{f.Skill, f.Minutes}] = s
	}
	all := x.days[e.Day]
	i, found := slices.BinarySearchFunc(all, e.Centre, func(a *centreDay, b id.Centre) int { return cmp.Compare(a.centre, b) })
	if found {
		all[i] = c
		return
	}
	x.days[e.Day] = slices.Insert(all, i, c)
}

// Forget drops days before d.
func (x *Index) Forget(d day.Day) {
	for k := range x.days {
		if k < d {
			delete(x.days, k)
		}
	}
}

// Query asks for starts of one length.
type Query struct {
	Skill   id.Skill
	Minutes day.Minutes
	day.Period
	// NotBefore is a time of day that bounds the first day of Period.
	NotBefore day.TimeOfDay
	// At tells which centres count; nil: all.
	At    func(id.Centre) bool
	Limit int
}

// Offer is one free start.
type Offer struct {
	Centre  id.Centre     `json:"centre"`
	Day     day.Day       `json:"day"`
	At      day.TimeOfDay `json:"at"`
	Minutes day.Minutes   `json:"minutes"`
	Free    int           `json:"free" doc:"How many could still begin then"`
}

// Search returns the earliest starts, ordered by day, time, centre.
func (x *Index) Search(q Query) []Offer {
	var found []Offer
	for d := q.From; d < q.Until && len(found) < q.Limit; d++ {
		first := len(found)
		for _, c := range x.days[d] {
			s, offered := c.lengths[length{q.Skill, q.Minutes}]
			if !offered || q.At != nil && !q.At(c.centre) {
				continue
			}
			mine := 0 // of one centre no more than Limit can be among the first
			for i, n := range s.counts {
				at := s.from + day.TimeOfDay(i)*s.step
				if n == 0 || d == q.From && at < q.NotBefore {
					continue
				}
				found = append(found, Offer{c.centre, d, at, q.Minutes, int(n)})
				if mine++; mine == q.Limit {
					break
				}
			}
		}
		slices.SortStableFunc(found[first:], func(a, b Offer) int { return int(a.At - b.At) })
	}
	return found[:min(len(found), q.Limit)]
}
