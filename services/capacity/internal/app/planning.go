package app

import (
	"context"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

const (
	// leastGain in points is what a move must bring to be proposed at all.
	leastGain = 1
	// patience is how long planning waits until booking has said what a loss
	// means; then it goes by the day's minutes.
	patience = time.Second
	// causesPerRun bounds how many causes one planning run answers; each gets a
	// proposal of its own.
	causesPerRun = 8
)

// loss is one cause that is to be answered.
type loss struct {
	cause  string
	meta   eventlog.Meta
	places []read.Place
	lost   []read.Lost
	lostBy []id.Employee
}

// assignment is one planning run's question, about a city that stands still.
type assignment struct {
	at     int64 // log position of the model
	today  day.Day
	policy capacity.Policy
	city   *read.City
	losses []loss
	heads  map[read.Place]int // people lost and not yet made good
	void   []id.Proposal      // open proposals of a cause that has shrunk
	stop   []sent             // moves begun for a place that misses nobody now
	sent   []sent             // deployments that it may not need any more
}

// sent is a move that is being carried out or ordered.
type sent struct {
	proposal id.Proposal
	move     proposal.Move
}

// reactPlanning answers causes: it voids proposals that rest on a loss that is
// over, or assesses the damage, drafts what would mend it and, within the
// guardrails, approves it. The models are held only to copy what stands.
func (a *App) reactPlanning(ctx context.Context) (more bool, err error) {
	q, ok := a.nextAssignment()
	if !ok {
		return false, nil
	}
	if len(q.void)+len(q.stop) > 0 {
		return a.callOff(caused(ctx, q.losses[0].meta), q)
	}
	answers, err := q.solve(a.opt.PlanTries)
	if err != nil {
		// The same question would fail again: say so instead of asking for ever.
		a.node.Logger().Error("the planner refused its instance", "cause", q.losses[0].cause, "causes", len(q.losses), "error", err)
		answers = nil
		for _, l := range q.losses {
			answers = append(answers, outcome{loss: l, assessed: damage.Assessed{Cause: l.cause, Position: q.at, Places: l.places,
				Unsolved: []string{"The planner failed: " + err.Error()}}})
		}
	}
	settled := false
	for _, answer := range answers {
		done, err := a.settle(caused(ctx, answer.meta), answer, q.today)
		if err != nil {
			return false, err
		}
		settled = settled || done
	}
	// The marks are settled before the next look.
	return settled, a.node.Fold(ctx)
}

// callOff voids proposals and stops moves that nobody needs any more.
func (a *App) callOff(ctx context.Context, q assignment) (more bool, err error) {
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		for _, p := range q.void {
			if err := a.command(tx, p, proposal.Supersede{Reason: "an absence behind it has ended or changed"}); err != nil {
				return err
			}
		}
		for _, m := range q.stop {
			c := proposal.Fail{Failed: proposal.Failed{Deployment: m.move.Deployment, Rule: "not-needed", Reason: "whoever was missing is back on duty"}}
			if err := a.command(tx, m.proposal, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = a.node.Fold(ctx) // what is void is not given any more
	}
	return err == nil, err
}

// settle writes down one answer; done is false when it was known already.
func (a *App) settle(ctx context.Context, answer outcome, today day.Day) (done bool, err error) {
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		evs, err := journal.Execute(tx, damages, answer.cause, answer.assessed)
		if done = len(evs) > 0; err != nil || !done || answer.draft == nil {
			return err
		}
		pid := answer.draft.Drafted.Proposal
		if err := a.command(tx, pid, *answer.draft); err != nil {
			return err
		}
		if answer.draft.Drafted.Approval != automatic {
			return nil
		}
		return a.command(tx, pid, proposal.Approve{Automatic: true, Today: today})
	})
	return done, err
}

// Ways of approval.
const (
	automatic = "automatic"
	review    = "review"
)

// ready reports whether a cause can be planned for.
func (a *App) ready(w read.Waiting) bool {
	return w.Answered(a.City) || a.node.Now().Sub(a.City.Causes[w.Cause].Time) >= patience
}

// planningWait is how long until patience with booking ends.
func (a *App) planningWait() (wait time.Duration) {
	a.node.View(func() {
		for _, w := range a.City.WaitingCauses() {
			left := max(time.Millisecond, patience-a.node.Now().Sub(a.City.Causes[w.Cause].Time))
			if wait == 0 || left < wait {
				wait = left
			}
		}
	})
	return wait
}

// nextAssignment takes the causes that have waited longest and can be answered.
// One that has shrunk is answered alone: it may call things off.
func (a *App) nextAssignment() (q assignment, ok bool) {
	a.node.View(func() {
		c := a.City
		if c.Today == 0 || c.Policy.Version == 0 || c.Catalogue.Version == 0 || len(c.Policy.Districts) == 0 {
			return
		}
		for _, w := range c.WaitingCauses() {
			if !a.ready(w) {
				continue
			}
			if w.Shrunk && len(q.losses) > 0 {
				break
			}
			q.add(c, w)
			if w.Shrunk {
				q.look(c, w.Cause)
			}
			if w.Shrunk || len(q.losses) == causesPerRun {
				break
			}
		}
		if ok = len(q.losses) > 0; !ok {
			return
		}
		q.at, q.today, q.policy = c.Position, c.Today, c.Policy.Policy
		if len(q.void)+len(q.stop) > 0 {
			return
		}
		q.city = c.Still()
		q.heads = map[read.Place]int{}
		for _, l := range q.losses {
			for _, p := range l.places {
				q.heads[p] = len(c.Losses[p]) - onTheWay(c, p)
			}
		}
	})
	return q, ok
}

// add takes a cause in, with what it took away and is not back.
func (q *assignment) add(c *read.City, w read.Waiting) {
	l := loss{cause: w.Cause, meta: c.Causes[w.Cause]}
	if l.meta.CorrelationID == "" {
		l.meta.CorrelationID = w.Cause
	}
	for _, p := range w.Places {
		if !c.Horizon().Contains(p.Day) || len(c.Losses[p]) == 0 {
			continue
		}
		l.places = append(l.places, p)
		for e, lost := range c.Losses[p] {
			if lost.Cause == w.Cause {
				l.lost, l.lostBy = append(l.lost, lost), append(l.lostBy, e)
			}
		}
	}
	q.losses = append(q.losses, l)
}

// look finds what a cause that has shrunk no longer needs.
func (q *assignment) look(c *read.City, cause string) {
	for _, pid := range c.Order {
		s := c.Proposals[pid]
		if !slices.Contains(s.Draft.Causes, cause) {
			continue
		}
		if s.Open() {
			q.void = append(q.void, pid)
		}
		for _, m := range s.Moves {
			missed := len(c.Losses[read.Place{Centre: m.To, Day: m.Day}]) > 0
			if (m.Step == proposal.Begun || m.Step == proposal.AtGiver) && m.Returns == nil && !missed {
				q.stop = append(q.stop, sent{pid, m})
			}
			if m.Step == proposal.IsOrdered && m.Returns == nil && m.ReturnedBy == nil && m.Day > c.Today {
				q.sent = append(q.sent, sent{pid, m})
			}
		}
	}
}

// onTheWay counts those whom open and running proposals send to a place.
func onTheWay(c *read.City, p read.Place) (n int) {
	for _, pid := range c.Order {
		s := c.Proposals[pid]
		if !s.Open() && s.Status != proposal.Approved && s.Status != proposal.Applied {
			continue
		}
		for _, m := range s.Moves {
			if m.To == p.Centre && m.Day == p.Day && m.Returns == nil && m.ReturnedBy == nil && (!m.Answered() || m.Step == proposal.IsOrdered) {
				n++
			}
		}
	}
	return n
}
