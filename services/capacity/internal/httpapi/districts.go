package httpapi

import (
	"context"
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// A district planner sees the proposals of which a move begins or ends in their
// own districts, and decides those of which every move does that is carried out:
// nobody gives away what is another district's. The moves of a proposal are never
// exchanged, only dropped, thus the read model is good enough to ask.

// touches reports whether a move begins or ends in one of a planner's districts.
func touches(p access.Principal, m proposal.Move) bool {
	return access.Owns(p.Districts, m.FromDistrict) || access.Owns(p.Districts, m.ToDistrict)
}

// concerns reports whether whoever asks may see a proposal.
func concerns(ctx context.Context, s proposal.State) bool {
	p, bound := access.Bound(ctx, access.DistrictPlanner)
	return !bound || slices.ContainsFunc(s.Moves, func(m proposal.Move) bool { return touches(p, m) })
}

// decides refuses a district planner what is others' to decide, too.
func (h *api) decides(ctx context.Context, of id.Proposal, drop []id.Deployment) error {
	p, bound := access.Bound(ctx, access.DistrictPlanner)
	if !bound {
		return nil
	}
	var s proposal.State
	h.app.Node().View(func() { s = h.app.City.Proposals[of] })
	if s.Status == "" {
		return nil // there is none: the proposal itself says so
	}
	return mayDecide(p, s, drop)
}

// mayDecide asks for a bound planner.
func mayDecide(p access.Principal, s proposal.State, drop []id.Deployment) error {
	own := false
	for _, m := range s.Moves {
		switch {
		case touches(p, m):
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
