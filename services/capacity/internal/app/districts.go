package app

import (
	"context"
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// A district planner sees the proposals of which a move begins or ends in their
// own districts, and decides those of which every move does that is carried out,
// also those they add: nobody gives away what is another district's. The moves of a
// proposal are never exchanged before it is decided, thus the read model is good
// enough to ask.

// touches reports whether a move begins or ends in one of a planner's districts.
func touches(p access.Principal, from, to id.District) bool {
	return access.Owns(p.Districts, from) || access.Owns(p.Districts, to)
}

// Concerns reports whether whoever asks may see a proposal.
func Concerns(ctx context.Context, s proposal.State) bool {
	p, bound := access.Bound(ctx, access.DistrictPlanner)
	return !bound || slices.ContainsFunc(s.Moves, func(m proposal.Move) bool { return touches(p, m.FromDistrict, m.ToDistrict) })
}

// Decides refuses a district planner what is others' to decide, too.
func (a *App) Decides(ctx context.Context, of id.Proposal, m Amendment) error {
	p, bound := access.Bound(ctx, access.DistrictPlanner)
	if !bound {
		return nil
	}
	var s proposal.State
	var added [][2]id.District
	a.node.View(func() {
		s = a.City.Proposals[of]
		for _, x := range m.Add {
			from := a.City.Duties[x.Employee].Home
			if d, on := a.City.DutyOn(x.Employee, x.Day); on {
				from = d.Centre
			}
			added = append(added, [2]id.District{a.City.Centres[from].District, a.City.Centres[x.To].District})
		}
	})
	if s.Status == "" {
		return nil // there is none: the proposal itself says so
	}
	for i, x := range m.Add {
		if !touches(p, added[i][0], added[i][1]) {
			return access.NotYours("sending %s to %q begins and ends outside of your districts", x.Employee, x.To)
		}
	}
	return mayDecide(p, s, m.Drop)
}

// mayDecide asks for a bound planner.
func mayDecide(p access.Principal, s proposal.State, drop []id.Deployment) error {
	own := false
	for _, m := range s.Moves {
		switch {
		case touches(p, m.FromDistrict, m.ToDistrict):
			own = true
		case m.Step != proposal.Dropped && !slices.Contains(drop, m.Deployment):
			return access.NotYours("deployment %q, from %q to %q, is others' to decide, too: drop it when you approve, or leave the proposal to the central planner",
				m.Deployment, m.From, m.To)
		}
	}
	if !own {
		return access.NotYours("no move of proposal %q begins or ends in your districts", s.ID)
	}
	return nil
}
