package read

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// proposal folds an event of a proposal and what follows for places.
func (c *City) proposal(stored eventlog.Event, pid id.Proposal, event decider.Event) {
	s, known := c.Proposals[pid]
	if !known {
		c.Order = append(c.Order, pid)
		c.thin()
	}
	was := s
	s = proposal.Evolve(s, event)
	c.Proposals[pid] = s
	if !s.Open() {
		delete(c.Recheck, pid)
	}
	c.withdraw(was, s, stored.Meta)
	switch e := event.(type) {
	case proposal.Refused:
		c.unanswered(s, e.Deployment, stored.Position)
	case proposal.Failed:
		if m := s.Moves[s.Find(e.Deployment)]; e.Rule == proposal.WouldUncover {
			// Where booking tells what is in use, the planner sees who may still
			// go; where it does not, one refusal speaks for all.
			if p := (Place{Centre: m.From, Day: m.Day}); c.Loads[p].InUse == nil {
				c.Spent[p] = c.Loads[p].BookedMinutes()
			}
		}
		c.unanswered(s, e.Deployment, stored.Position)
	case capacity.ProposalSuperseded:
		if e.By == "" { // the one that replaces it has answered for its places too
			for _, l := range s.Details.Losses {
				c.again(Place(l), stored.Position)
			}
			c.freed(s, stored.Position)
		}
		c.decided(stored, pid, "superseded", e.Reason, nil)
	case capacity.ProposalDrafted:
		c.decided(stored, pid, "drafted", "", nil)
	case capacity.ProposalApproved:
		for _, m := range s.Moves {
			if m.Withdraws() {
				c.recheck(pid, stored.Position, Place{Centre: m.From, Day: m.Day}, m.Employee)
			}
		}
		c.decided(stored, pid, "approved", "", e.Deployments)
		last := &c.Audit[len(c.Audit)-1]
		last.Dropped, last.Automatic = e.Dropped, e.Automatic
		for _, m := range e.Added {
			last.Added = append(last.Added, m.Deployment)
		}
	case capacity.ProposalRejected:
		c.freed(s, stored.Position)
		c.decided(stored, pid, "rejected", e.Reason, nil)
	case capacity.ProposalExpired: // the days that are left are planned afresh
		for _, l := range s.Details.Losses {
			c.again(Place(l), stored.Position)
		}
		c.freed(s, stored.Position)
		c.decided(stored, pid, "expired", "", nil)
	case capacity.ProposalApplied:
		c.decided(stored, pid, "applied", "", e.Ordered)
	case capacity.ProposalUndone:
		c.decided(stored, pid, "undone", e.Reason, e.Deployments)
		for _, m := range s.Moves {
			c.Refused[PersonDay{m.Employee, m.Day}] = true
		}
	}
}

// curvesKept bounds of how many proposals the curves are remembered.
const curvesKept = 1000

// thin forgets the curves of a proposal that lies far back.
func (c *City) thin() {
	if i := len(c.Order) - 1 - curvesKept; i >= 0 {
		old := c.Proposals[c.Order[i]]
		old.Details.Curves = nil
		c.Proposals[old.ID] = old
	}
}

// unanswered: a move will not happen; what it was to mend is planned again
// without it.
func (c *City) unanswered(s proposal.State, d id.Deployment, position int64) {
	m := s.Moves[s.Find(d)]
	c.Refused[PersonDay{m.Employee, m.Day}] = true
	c.again(Place{Centre: m.To, Day: m.Day}, position)
}

// recheck marks open proposals, but for one, that take somebody from a place
// that has just lost people, or that want the same person on that day.
func (c *City) recheck(but id.Proposal, position int64, p Place, e id.Employee) {
	for i := len(c.Order) - 1; i >= 0; i-- {
		pid := c.Order[i]
		if s := c.Proposals[pid]; pid != but && s.Open() && slices.ContainsFunc(s.Moves, func(m proposal.Move) bool {
			return m.Day == p.Day && (m.From == p.Centre || m.Employee == e)
		}) {
			c.Recheck[pid] = position
		}
	}
}

// again marks a place for the planner if people are still missed there.
func (c *City) again(p Place, position int64) {
	for _, l := range c.Losses[p] {
		c.need(p, l.Cause, position)
	}
}

// freed: whom a proposal bound may help elsewhere now.
func (c *City) freed(s proposal.State, position int64) {
	var days []day.Day
	for _, m := range s.Moves {
		if !slices.Contains(days, m.Day) {
			days = append(days, m.Day)
			c.free(m.Day, position)
		}
	}
}

// free marks the causes that miss people on a day on which there is one more,
// if the planner could not mend all of it. One whose proposal was rejected is
// left as it is: a planner has spoken. Each event marks a cause once, and the
// answer to it binds people or leaves all as it was, so that this comes to rest.
func (c *City) free(d day.Day, position int64) {
	if d <= c.Today {
		return
	}
	for p, all := range c.Losses {
		if p.Day != d {
			continue
		}
		for _, l := range all {
			if len(c.Assessed[l.Cause].Unsolved) > 0 && !c.rejected(l.Cause) {
				c.need(p, l.Cause, position)
			}
		}
	}
}

// rejected tells whether a planner has rejected what would mend a cause.
func (c *City) rejected(cause string) bool {
	return slices.ContainsFunc(c.Order, func(pid id.Proposal) bool {
		s := c.Proposals[pid]
		return s.Status == proposal.Rejected && slices.Contains(s.Draft.Causes, cause)
	})
}

func (c *City) decided(stored eventlog.Event, p id.Proposal, what, why string, moves []id.Deployment) {
	c.decisions[p] = append(c.decisions[p], len(c.Audit))
	c.Audit = append(c.Audit, Decision{Position: stored.Position, At: stored.Meta.Time.UTC().Format("2006-01-02T15:04:05.000Z07:00"), Time: stored.Meta.Time,
		Actor: stored.Meta.Actor, Proposal: p, Decision: what, Reason: why, Moves: moves})
}

// DecisionsOn lists what became of a proposal, in order, beginning with its draft.
func (c *City) DecisionsOn(p id.Proposal) (all []Decision) {
	for _, i := range c.decisions[p] {
		all = append(all, c.Audit[i])
	}
	return all
}

// By names who decided: the actor, Lotse itself, or a planner of whom nothing more
// is known.
func (d Decision) By() string {
	switch {
	case d.Actor != "":
		return d.Actor
	case d.Decision == "rejected" || d.Decision == "undone" || d.Decision == "approved" && !d.Automatic:
		return "planner"
	}
	return "lotse"
}
