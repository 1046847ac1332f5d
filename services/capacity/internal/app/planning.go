package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

const (
	// patience is how long planning waits until booking has said what a loss
	// means; then it goes by the day's minutes.
	patience = time.Second
	// causesPerRun bounds how many causes one planning run answers; each gets a
	// proposal of its own.
	causesPerRun = 8
	// longestRest bounds how long planning rests after a run.
	longestRest = 200 * time.Millisecond
)

// assignment is one planning run's question, or what is to be called off before
// it is asked.
type assignment struct {
	planner.Question
	void []id.Proposal  // open proposals of a cause that is over
	stop []planner.Sent // moves begun for a place that misses nobody now
}

// reactPlanning answers causes: it voids proposals that rest on a loss that is
// over, or assesses the damage, drafts what would mend it and, within the
// guardrails, approves it. Where no cause waits it looks again at open proposals
// that something has happened to, and then goes on with an overhaul. The models are held only to copy what stands.
func (a *App) reactPlanning(ctx context.Context) (more bool, err error) {
	if a.opt.Watch || a.resting() > 0 {
		return false, nil
	}
	q, ok := a.nextAssignment()
	if !ok {
		a.warmUp()
		return a.recheck(ctx)
	}
	if len(q.void)+len(q.stop) > 0 {
		return a.callOff(caused(ctx, q.Losses[0].Meta), q)
	}
	began := a.node.Now()
	a.desk.mu.Lock()
	answers, err := a.desk.session.Answer(q.Question)
	a.since(ctx, "causes", began)
	a.drift.set(a.desk.session.Drift(), a.node.Now())
	a.pause(began)
	a.desk.mu.Unlock()
	if err != nil {
		// The same question would fail again: say so instead of asking for ever.
		a.node.Logger().Error("the planner refused its instance", "cause", q.Losses[0].Cause, "causes", len(q.Losses), "error", err)
		answers = nil
		for _, l := range q.Losses {
			answers = append(answers, planner.Answer{Loss: l, Assessed: damage.Assessed{Cause: l.Cause, Position: q.At, Places: l.Places,
				Unsolved: []string{"The planner failed: " + err.Error()}}})
		}
	}
	settled := false
	for _, answer := range answers {
		done, err := a.settle(caused(ctx, answer.Meta), answer, q.Today)
		if err != nil {
			return false, err
		}
		settled = settled || done
	}
	// The marks are settled before the next look.
	return settled, a.node.Fold(ctx)
}

// pause makes planning rest for half as long as a run has taken, so that sick
// notes that come in crowds leave time to those who close slots.
func (a *App) pause(began time.Time) {
	now := a.node.Now()
	a.desk.rest.Store(now.Add(min(longestRest, now.Sub(began)/2)).UnixNano())
}

// resting is how long planning still rests.
func (a *App) resting() time.Duration {
	return time.Unix(0, a.desk.rest.Load()).Sub(a.node.Now())
}

// warmUp prices the city before the first cause of a day asks for it, once
// nothing is in motion.
func (a *App) warmUp() {
	a.desk.mu.Lock()
	defer a.desk.mu.Unlock()
	var city *read.City
	a.node.View(func() {
		c := a.City
		if plannable(c) && len(c.Duties) > 0 && c.Waiting() == 0 && c.Position != a.desk.tried && a.desk.session.Cold(c) {
			city, a.desk.tried = c.Still(), c.Position
		}
	})
	if city == nil {
		return
	}
	if err := a.desk.session.Warm(city); err != nil {
		a.node.Logger().Error("the planner refused the city", "error", err)
	}
}

// recheck evaluates one marked open proposal again and supersedes it if it is
// stale.
func (a *App) recheck(ctx context.Context) (more bool, err error) {
	var s proposal.State
	var city *read.City
	var at int64
	a.node.View(func() {
		for _, pid := range a.City.Order {
			if marked, is := a.City.Recheck[pid]; is && marked > a.desk.checked[pid] && a.City.Proposals[pid].Open() {
				s, at, city = a.City.Proposals[pid], marked, a.City.Still()
				return
			}
		}
	})
	if city == nil {
		return a.reactOverhaul(ctx)
	}
	began := a.node.Now()
	why, found, err := a.stale(city, s, nil)
	a.since(ctx, "recheck", began)
	if err != nil {
		a.node.Logger().Error("an open proposal cannot be evaluated again", "proposal", s.ID, "error", err)
	}
	a.desk.checked[s.ID] = at
	if why == nil {
		return true, nil
	}
	return true, a.supersede(ctx, s, why, found)
}

// supersede ends an open proposal that does not hold any more.
func (a *App) supersede(ctx context.Context, s proposal.State, why map[string]string, found *proposal.Reappraised) error {
	if _, err := a.node.Do(a.story(ctx, s.ID), func(tx *journal.Tx) error {
		return a.command(tx, s.ID, proposal.Supersede{Why: why, Found: found})
	}); err != nil {
		return err
	}
	return a.node.Fold(ctx)
}

// stale asks the planner, one at a time.
func (a *App) stale(city *read.City, s proposal.State, drop []id.Deployment) (map[string]string, *proposal.Reappraised, error) {
	a.desk.mu.Lock()
	defer a.desk.mu.Unlock()
	return a.desk.session.Stale(city, s, drop)
}

// callOff voids proposals and stops moves that nobody needs any more.
func (a *App) callOff(ctx context.Context, q assignment) (more bool, err error) {
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		for _, p := range q.void {
			if err := a.command(tx, p, proposal.Supersede{Why: planner.Ended}); err != nil {
				return err
			}
		}
		for _, m := range q.stop {
			c := proposal.Fail{Failed: proposal.Failed{Deployment: m.Move.Deployment, Rule: "not-needed", Reason: "whoever was missing is back on duty"}}
			if err := a.command(tx, m.Proposal, c); err != nil {
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

// settle writes down one answer in one unit; done is false when it was known
// already.
func (a *App) settle(ctx context.Context, answer planner.Answer, today day.Day) (done bool, err error) {
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		evs, err := journal.Execute(tx, damages, answer.Cause, answer.Assessed)
		if done = len(evs) > 0; err != nil || !done {
			return err
		}
		for _, v := range answer.Void {
			if err := a.command(tx, v.Proposal, proposal.Supersede{By: v.By, Why: v.Why}); err != nil {
				return err
			}
		}
		if answer.Draft == nil {
			return nil
		}
		return a.propose(tx, *answer.Draft, today)
	})
	return done, err
}

// propose writes a draft down, and that it is approved where it keeps within the
// guardrails.
func (a *App) propose(tx *journal.Tx, d proposal.Draft, today day.Day) error {
	pid := d.Drafted.Proposal
	if err := a.command(tx, pid, d); err != nil || d.Drafted.Approval != planner.Automatic {
		return err
	}
	return a.command(tx, pid, proposal.Approve{Automatic: true, Today: today})
}

// ready reports whether a cause can be planned for.
func (a *App) ready(w read.Waiting) bool {
	return w.Answered(a.City) || a.node.Now().Sub(a.City.Causes[w.Cause].Time) >= patience
}

// planningWait is how long until patience with booking ends.
func (a *App) planningWait() (wait time.Duration) {
	if left := a.resting(); left > 0 {
		return left
	}
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
// One that has shrunk or has open proposals is answered alone: it may call things
// off.
func (a *App) nextAssignment() (q assignment, ok bool) {
	a.node.View(func() {
		c := a.City
		if !plannable(c) {
			return
		}
		for _, w := range c.WaitingCauses() {
			if !a.ready(w) {
				continue
			}
			l := lossOf(c, w)
			alone := w.Shrunk || len(l.Own) > 0
			if alone && len(q.Losses) > 0 {
				break
			}
			q.Losses = append(q.Losses, l)
			if w.Shrunk {
				q.look(c, w.Cause)
			}
			if alone || len(q.Losses) == causesPerRun {
				break
			}
		}
		if ok = len(q.Losses) > 0; !ok {
			return
		}
		q.At, q.Today = c.Position, c.Today
		if len(q.void)+len(q.stop) > 0 {
			return
		}
		q.City = c.Still()
		q.Heads = map[read.Place]int{}
		for _, l := range q.Losses {
			for _, p := range l.Places {
				q.Heads[p] = len(c.Losses[p]) - planner.OnTheWay(c, p)
			}
		}
	})
	return q, ok
}

// plannable: there is a city to plan for.
func plannable(c *read.City) bool {
	return c.Today != 0 && c.Policy.Version != 0 && c.Catalogue.Version != 0 && len(c.Policy.Districts) > 0
}

// lossOf is a cause with what it took away and is not back, and the open
// proposals that answer it.
func lossOf(c *read.City, w read.Waiting) planner.Loss {
	l := planner.Loss{Cause: w.Cause, Meta: c.Causes[w.Cause]}
	if l.Meta.CorrelationID == "" {
		l.Meta.CorrelationID = w.Cause
	}
	for _, p := range w.Places {
		if !c.Horizon().Contains(p.Day) || len(c.Losses[p]) == 0 {
			continue
		}
		l.Places = append(l.Places, p)
		for _, e := range slices.Sorted(maps.Keys(c.Losses[p])) {
			if lost := c.Losses[p][e]; lost.Cause == w.Cause {
				l.Lost, l.LostBy = append(l.Lost, lost), append(l.LostBy, e)
			}
		}
	}
	for _, pid := range c.Order {
		if s := c.Proposals[pid]; s.Open() && slices.Contains(s.Draft.Causes, w.Cause) {
			l.Own = append(l.Own, pid)
		}
	}
	return l
}

// look finds what a cause that has shrunk no longer needs: its open proposals
// when nobody is missed for it any more, and moves under way.
func (q *assignment) look(c *read.City, cause string) {
	over := true
	for _, all := range c.Losses {
		for _, l := range all {
			over = over && l.Cause != cause
		}
	}
	for _, pid := range c.Order {
		s := c.Proposals[pid]
		if !slices.Contains(s.Draft.Causes, cause) {
			continue
		}
		if s.Open() && over {
			q.void = append(q.void, pid)
		}
		for _, m := range s.Moves {
			missed := len(c.Losses[read.Place{Centre: m.To, Day: m.Day}]) > 0
			if (m.Step == proposal.Begun || m.Step == proposal.AtGiver) && m.Returns == nil && !missed {
				q.stop = append(q.stop, planner.Sent{Proposal: pid, Move: m})
			}
			if m.Step == proposal.IsOrdered && m.Returns == nil && m.ReturnedBy == nil && m.Day > c.Today {
				q.Sent = append(q.Sent, planner.Sent{Proposal: pid, Move: m})
			}
		}
	}
}
