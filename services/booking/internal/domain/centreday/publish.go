package centreday

import (
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// publish says what differs from what was said last. Before the first offering
// there is nothing to say.
func (s State) publish(lengths []Length, shares Shares, now Moment) []decider.Event {
	if s.Version == 0 {
		return nil
	}
	slots, load := s.describe(lengths, shares, now)
	var say []decider.Event
	if slotsHash(slots) != s.slots.hash || s.slots.version == 0 {
		slots.Version = s.slots.version + 1
		say = append(say, slots)
	}
	if loadHash(load) != s.load.hash || s.load.version == 0 {
		load.Version = s.load.version + 1
		say = append(say, load)
	}
	return say
}

// describe counts what is free and what is booked. Starts lie on a grid of the
// service's own length from the centre's opening on, so that appointments of
// one length pack without gaps; lengths without a single free start are left
// out. What has passed is not free.
func (s State) describe(lengths []Length, shares Shares, now Moment) (booking.SlotsChanged, booking.LoadChanged) {
	slots := booking.SlotsChanged{Centre: s.Centre, Day: s.Day, OfferingVersion: s.Version,
		Free: []booking.FreeStarts{}, FreeSlots: map[id.Skill]int{}}
	load := booking.LoadChanged{Centre: s.Centre, Day: s.Day, OfferingVersion: s.Version,
		Booked: map[id.Skill]day.Minutes{}, Free: map[id.Skill]int{}}
	slots.Open = s.open(shares, now)
	most := day.Minutes(0)
	for _, m := range slots.Open {
		most = max(most, m)
	}
	fill := s.counted().fill.Counted()
	passed := (int(now.elapsed(s.Day)) + occupancy.Tick - 1) / occupancy.Tick
	for _, group := range bySkill(lengths) {
		skill, common := group[0].Skill, commonest(group)
		room := slices.Clone(fill.Room(s.skill(skill)))
		for t := range min(len(room), max(0, passed-s.supply.From())) {
			room[t] = 0
		}
		n := occupancy.Pack(room, 0, int(common)/occupancy.Tick)
		if slots.Open != nil { // what no channel may book yet is not on offer
			n = min(n, int(most/max(1, common)))
		}
		slots.FreeSlots[skill], load.Free[skill] = n, n
		for _, l := range group {
			if f, some := s.freeStarts(l, room); some {
				slots.Free = append(slots.Free, f)
			}
		}
	}
	s.countBooked(&load)
	load.Overbooked = s.overbooked
	return slots, load
}

func (s State) freeStarts(l Length, room []int16) (booking.FreeStarts, bool) {
	origin := s.origin()
	step := max(1, (int(l.Minutes)+occupancy.Tick-1)/occupancy.Tick)
	first := (s.supply.From() - origin + step - 1) / step * step // the first start on the grid with anybody on duty
	first -= s.supply.From() - origin
	f := booking.FreeStarts{Skill: l.Skill, Minutes: l.Minutes, Step: day.Minutes(step * occupancy.Tick),
		From:   day.TimeOfDay((s.supply.From() + first) * occupancy.Tick),
		Counts: occupancy.Starts(room, first, step, step)}
	return f, slices.ContainsFunc(f.Counts, func(n int) bool { return n > 0 })
}

// bySkill groups lengths by skill, both in order, each length once.
func bySkill(lengths []Length) [][]Length {
	all := slices.Clone(lengths)
	slices.SortFunc(all, func(a, b Length) int {
		if c := strings.Compare(string(a.Skill), string(b.Skill)); c != 0 {
			return c
		}
		return int(a.Minutes - b.Minutes)
	})
	var groups [][]Length
	for _, l := range all {
		if n := len(groups); n > 0 && groups[n-1][0].Skill == l.Skill {
			g := groups[n-1]
			if last := &g[len(g)-1]; last.Minutes == l.Minutes {
				last.Share += l.Share
				continue
			}
			groups[n-1] = append(g, l)
			continue
		}
		groups = append(groups, []Length{l})
	}
	return groups
}

// commonest is the length that most requests of a skill have; the shorter one
// if two are as common.
func commonest(group []Length) day.Minutes {
	best := group[0]
	for _, l := range group[1:] {
		if l.Share > best.Share {
			best = l
		}
	}
	return best.Minutes
}
