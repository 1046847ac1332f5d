package app

import (
	"context"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// errand is what one approved proposal is owed next.
type errand struct {
	proposal id.Proposal
	meta     eventlog.Meta
	close    []closing
	commands []proposal.Command
	returns  map[id.Deployment]proposal.Reference
}

type closing struct {
	deployment id.Deployment
	uncovered  day.Minutes
	set        offering.Set
}

// reactDeployments carries out approved moves, giver first: the giver's
// offering without the person, then, when booking has answered that nothing is
// uncovered by it, the request to staffing. It asks the model what is owed, so
// a restart resumes it.
func (a *App) reactDeployments(ctx context.Context) (more bool, err error) {
	var e *errand
	a.node.View(func() { e = owed(a.City) })
	if e == nil {
		return false, nil
	}
	_, err = a.node.Do(caused(ctx, e.meta), func(tx *journal.Tx) error {
		for _, c := range e.close {
			id := placeID(read.Place{Centre: c.set.Centre, Day: c.set.Day})
			if _, err := journal.Execute(tx, offerings, id, c.set); err != nil {
				return err
			}
			s, _, err := journal.Load(tx, offerings, id)
			if err != nil {
				return err
			}
			if err := a.command(tx, e.proposal, proposal.CloseGiver{Closing: proposal.Closing{Deployment: c.deployment,
				OfferingVersion: s.Version, UncoveredBefore: c.uncovered}}); err != nil {
				return err
			}
		}
		for _, c := range e.commands {
			if answered, ok := c.(proposal.GiverAnswered); ok {
				if of, returns := e.returns[answered.Deployment]; returns {
					var err error
					if c, err = a.beginReturn(tx, answered, proposal.Reference{Proposal: e.proposal, Deployment: answered.Deployment}, of); err != nil {
						return err
					}
				}
			}
			if err := a.command(tx, e.proposal, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = a.node.Fold(ctx) // it is not owed twice
	}
	// Who is on duty may have changed since the lines were computed: the
	// offerings reactor has the last word.
	a.node.View(func() {
		for _, c := range e.close {
			a.City.Mark(read.Place{Centre: c.set.Centre, Day: c.set.Day}, e.meta)
		}
	})
	return err == nil, err
}

// beginReturn notes with a deployment that another move ends it. One that ends
// anyhow, undone or called off since, is not ended twice: staffing would say
// nothing to that, and the move would wait for its answer for ever.
func (a *App) beginReturn(tx *journal.Tx, answered proposal.GiverAnswered, by, of proposal.Reference) (proposal.Command, error) {
	var begin proposal.Command = proposal.BeginReturn{ReturnBegan: proposal.ReturnBegan{Deployment: of.Deployment, By: by}}
	began, err := journal.Execute(tx, proposals, string(of.Proposal), begin)
	if err != nil || len(began) > 0 {
		return answered, err
	}
	return proposal.Fail{Failed: proposal.Failed{Deployment: by.Deployment, Rule: "withdrawn", Reason: "deployment " + string(of.Deployment) + " does not take place any more"}}, nil
}

func (a *App) command(tx *journal.Tx, p id.Proposal, c proposal.Command) error {
	_, err := journal.Execute(tx, proposals, string(p), c)
	return err
}

// owed finds the first proposal with something to do.
func owed(c *read.City) *errand {
	for _, pid := range c.Order {
		s := c.Proposals[pid]
		if s.Status != proposal.Approved {
			continue
		}
		e := &errand{proposal: pid, returns: map[id.Deployment]proposal.Reference{}}
		for _, m := range s.Moves {
			place := read.Place{Centre: m.From, Day: m.Day}
			load := c.Loads[place]
			switch at, on := c.DutyOn(m.Employee, m.Day); {
			case !m.Pending():
			case m.Day < c.Today:
				e.fail(m, "past", "the day is over")
			case m.Step == proposal.Requested:
			case m.Day == c.Today:
				e.fail(m, "under-way", "the day has begun")
			case !on:
				e.fail(m, "off-duty", "the employee is not on duty that day any more")
			case at.Centre != m.From:
				e.fail(m, "elsewhere", "the employee works at "+string(at.Centre)+" that day")
			case m.Step == proposal.Begun:
				lines, tentative := c.Offer(place)
				e.close = append(e.close, closing{m.Deployment, load.UncoveredMinutes(),
					offering.Set{Centre: m.From, Day: m.Day, Lines: lines, Tentative: tentative, Causes: s.Draft.Causes}})
			case !c.Answered(place):
				// More has been lost there since, said or about to be: what booking
				// said of more counters does not tell whether the person can be spared.
			case load.OfferingVersion >= m.OfferingVersion:
				e.commands = append(e.commands, proposal.GiverAnswered{Deployment: m.Deployment, Uncovered: load.UncoveredMinutes()})
				if m.Returns != nil && load.UncoveredMinutes() <= m.UncoveredBefore {
					e.returns[m.Deployment] = *m.Returns
				}
			}
		}
		if len(e.close)+len(e.commands) > 0 {
			if len(s.Draft.Causes) > 0 {
				e.meta = c.Causes[s.Draft.Causes[0]]
				if e.meta.CorrelationID == "" {
					e.meta.CorrelationID = s.Draft.Causes[0]
				}
			}
			return e
		}
	}
	return nil
}

func (e *errand) fail(m proposal.Move, rule, reason string) {
	e.commands = append(e.commands, proposal.Fail{Failed: proposal.Failed{Deployment: m.Deployment, Rule: rule, Reason: reason}})
}
