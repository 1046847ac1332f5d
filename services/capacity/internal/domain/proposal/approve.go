package proposal

import (
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// AddedName is the deployment of the nth move, from 0, that a planner adds.
func AddedName(p id.Proposal, n int) id.Deployment {
	return id.Deployment(fmt.Sprintf("%s-own%d", p, n+1))
}

func approve(s State, c Approve) ([]decider.Event, error) {
	var take, drop []id.Deployment
	for _, d := range c.Drop {
		if i := s.Find(d); i < 0 || s.Moves[i].Added {
			return nil, fmt.Errorf("%w %q", ErrUnknownMove, d)
		}
	}
	var left []capacity.Move
	for _, m := range s.Moves {
		switch {
		case m.Added:
		case slices.Contains(c.Drop, m.Deployment):
			drop = append(drop, m.Deployment)
		default:
			take, left = append(take, m.Deployment), append(left, m.Move)
		}
	}
	if s.Status == Approved || s.Status == Applied {
		if !approvedSo(s, drop, c.Add) {
			return nil, fmt.Errorf("%w: it is approved with other moves", ErrDecided)
		}
		return nil, nil
	}
	if err := s.decidable(c.Today); err != nil {
		return nil, err
	}
	if c.Version > 0 && c.Version != s.Version {
		return nil, fmt.Errorf("%w (it is at version %d, you have seen %d)", ErrChanged, s.Version, c.Version)
	}
	if len(take)+len(c.Add) == 0 {
		return nil, ErrNothingLeft
	}
	var added []capacity.Move
	for n, m := range c.Add {
		switch {
		case m.Employee == "" || m.From == "" || m.From == m.To || m.Day <= c.Today:
			return nil, fmt.Errorf("%w (%s from %q to %q on %s)", ErrNowhere, m.Employee, m.From, m.To, m.Day)
		case slices.ContainsFunc(left, func(o capacity.Move) bool { return o.Employee == m.Employee && o.Day == m.Day }):
			return nil, fmt.Errorf("%w (%s on %s)", ErrTwice, m.Employee, m.Day)
		}
		m.Deployment = AddedName(s.ID, n)
		added, left, take = append(added, m), append(left, m), append(take, m.Deployment)
	}
	out := capacity.ProposalApproved{Proposal: s.ID, Deployments: take, Dropped: drop, Added: added, Automatic: c.Automatic}
	if len(drop)+len(added) > 0 {
		out.Gain, out.Effects = c.Gain, c.Effects
	}
	return []decider.Event{out}, nil
}

// approvedSo tells whether a proposal was approved with these moves.
func approvedSo(s State, drop []id.Deployment, add []capacity.Move) bool {
	own := 0
	for _, m := range s.Moves {
		if !m.Added {
			if (m.Step == Dropped) != slices.Contains(drop, m.Deployment) {
				return false
			}
			continue
		}
		if own >= len(add) || add[own].Employee != m.Employee || add[own].Day != m.Day || add[own].To != m.To {
			return false
		}
		own++
	}
	return own == len(add)
}
