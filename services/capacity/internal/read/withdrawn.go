package read

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Withdrawal is somebody who is on duty at a place and not offered there any more.
type Withdrawal struct {
	Deployment id.Deployment
	// Ends is the deployment by which a return finds them there; empty: it is no
	// return.
	Ends id.Deployment
	// Ordered: staffing has said so, and new duties follow.
	Ordered bool
}

// withdraw takes in how an event has changed a proposal's moves. A withdrawal
// lasts until the move fails or is ended, or until the duty that was to end by it
// is no more: who works there afterwards, for it has become their home, is offered
// like everybody.
func (c *City) withdraw(was, is proposal.State, meta eventlog.Meta) {
	for i, m := range is.Moves {
		p := Place{Centre: m.From, Day: m.Day}
		before := i < len(was.Moves) && was.Moves[i].Withdraws()
		w, held := c.Withdrawn[p][m.Employee]
		mine := held && w.Deployment == m.Deployment
		switch {
		case m.Withdraws() && !before && !held && m.Day >= c.Today:
			c.hold(p, m)
			c.touch(p, meta, "")
		case !m.Withdraws() && mine:
			c.restore(p, m.Employee)
			c.touch(p, meta, "")
		case m.Step == proposal.IsOrdered && mine && !w.Ordered:
			w.Ordered = true
			c.Withdrawn[p][m.Employee] = w
			c.left(p, m.Employee)
		}
	}
}

// left ends an ordered withdrawal whose duty is over.
func (c *City) left(p Place, e id.Employee) {
	w := c.Withdrawn[p][e]
	if w.Ordered && !slices.ContainsFunc(c.At[p][e], func(d observed.Duty) bool { return w.Ends == "" || d.Deployment == w.Ends }) {
		c.restore(p, e)
	}
}

func (c *City) hold(p Place, m proposal.Move) {
	if c.Withdrawn[p] == nil {
		c.Withdrawn[p] = map[id.Employee]Withdrawal{}
	}
	w := Withdrawal{Deployment: m.Deployment}
	if m.Returns != nil {
		w.Ends = m.Returns.Deployment
	}
	c.Withdrawn[p][m.Employee] = w
}

// restore ends a withdrawal, unless another proposal is just taking the same
// person from there.
func (c *City) restore(p Place, e id.Employee) {
	if delete(c.Withdrawn[p], e); len(c.Withdrawn[p]) == 0 {
		delete(c.Withdrawn, p)
	}
	for _, pid := range c.Order {
		s := c.Proposals[pid]
		if s.Status != proposal.Approved {
			continue
		}
		for _, m := range s.Moves {
			if m.Employee == e && m.Day == p.Day && m.From == p.Centre && m.Pending() {
				c.hold(p, m)
				return
			}
		}
	}
}
