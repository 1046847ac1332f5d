package read

import (
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/asked"
)

// Still is the city as it stands, for work that takes longer than the models
// may be held: what planning reads, with proposals that still bind somebody. It
// is called inside node.View and may be read outside; it has no work queues and
// does not know who is at a place other than by their duties, and of the offerings only the tentative ones. The values behind
// the maps are never changed, so that only the maps are copied.
func (c *City) Still() *City {
	s := &City{Position: c.Position, Today: c.Today, Centres: maps.Clone(c.Centres), Policy: c.Policy, Catalogue: c.Catalogue,
		Measures: maps.Clone(c.Measures), Duties: maps.Clone(c.Duties), Offerings: map[Place]capacity.OfferingChanged{}, Loads: maps.Clone(c.Loads),
		Losses: make(map[Place]map[id.Employee]Lost, len(c.Losses)), Refused: maps.Clone(c.Refused), Spent: maps.Clone(c.Spent), Away: maps.Clone(c.Away),
		Asked: c.Expect(), Withdrawn: make(map[Place]map[id.Employee]Withdrawal, len(c.Withdrawn)), Proposals: map[id.Proposal]proposal.State{}}
	for p, o := range c.Offerings {
		if o.Tentative {
			s.Offerings[p] = o
		}
	}
	for p, l := range c.Losses {
		s.Losses[p] = maps.Clone(l)
	}
	for p, w := range c.Withdrawn {
		s.Withdrawn[p] = maps.Clone(w)
	}
	for _, pid := range c.Order {
		if p := c.Proposals[pid]; c.binds(p) {
			s.Proposals[pid], s.Order = p, append(s.Order, pid)
		}
	}
	return s
}

// binds: somebody is still to work elsewhere because of it, or may be.
func (c *City) binds(p proposal.State) bool {
	if !p.Open() && p.Status != proposal.Approved && p.Status != proposal.Applied {
		return false
	}
	return slices.ContainsFunc(p.Moves, func(m proposal.Move) bool { return m.Day >= c.Today })
}

// Expect what citizens will ask for, as bookings were counted. It is called inside
// node.View, the answer is for outside.
func (c *City) Expect() *asked.Expected {
	if c.counts == nil {
		return c.Asked
	}
	return c.counts.Expect(asked.Setting{Today: c.Today, Policy: c.Policy, Catalogue: c.Catalogue, Centres: c.Centres})
}
