package app

import (
	"context"
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// leastGain in points is what a move must bring to be proposed at all.
const leastGain = 1

// assignment is one planning run's question, taken from the model at once.
type assignment struct {
	cause   string
	meta    eventlog.Meta
	at      int64 // log position of the model
	today   day.Day
	policy  capacity.Policy
	places  []read.Place
	heads   map[read.Place]int // people lost and not yet made good
	lost    []read.Lost
	lostBy  []id.Employee
	void    []id.Proposal // open proposals of a cause that has shrunk
	stop    []sent        // moves begun for a place that misses nobody now
	sent    []sent        // deployments that it may not need any more
	problem *problem
	mobile  map[id.Employee]bool
	home    map[id.Centre]id.District
}

// sent is a move that is being carried out or ordered.
type sent struct {
	proposal id.Proposal
	move     proposal.Move
}

// reactPlanning answers one cause: it voids proposals that rest on a loss that
// is over, or assesses the damage, drafts what would mend it and, within the
// guardrails, approves it.
func (a *App) reactPlanning(ctx context.Context) (more bool, err error) {
	q, ok := a.nextAssignment()
	if !ok {
		return false, nil
	}
	ctx = caused(ctx, q.meta)
	if len(q.void)+len(q.stop) > 0 {
		_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
			for _, p := range q.void {
				c := proposal.Supersede{Reason: "an absence behind it has ended or changed"}
				if _, err := journal.Execute(tx, proposals, string(p), proposal.Command(c)); err != nil {
					return err
				}
			}
			for _, m := range q.stop {
				c := proposal.Fail{Failed: proposal.Failed{Deployment: m.move.Deployment, Rule: "not-needed", Reason: "whoever was missing is back on duty"}}
				if _, err := journal.Execute(tx, proposals, string(m.proposal), proposal.Command(c)); err != nil {
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
	answer, err := q.solve(a.opt.PlanTries)
	if err != nil {
		// The same question would fail again: say so instead of asking for ever.
		a.node.Logger().Error("the planner refused its instance", "cause", q.cause, "error", err)
		answer = outcome{assessed: damage.Assessed{Cause: q.cause, Position: q.at, Places: q.places, Unsolved: []string{"The planner failed: " + err.Error()}}}
	}
	settled := false
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		evs, err := journal.Execute(tx, damages, q.cause, answer.assessed)
		if settled = len(evs) > 0; err != nil || !settled || answer.draft == nil {
			return err
		}
		pid := string(answer.draft.Drafted.Proposal)
		if _, err := journal.Execute(tx, proposals, pid, proposal.Command(*answer.draft)); err != nil {
			return err
		}
		if answer.draft.Drafted.Approval != automatic {
			return nil
		}
		_, err = journal.Execute(tx, proposals, pid, proposal.Command(proposal.Approve{Automatic: true, Today: q.today}))
		return err
	})
	if err == nil {
		err = a.node.Fold(ctx) // the mark is settled before the next look
	}
	return settled && err == nil, err
}

// Ways of approval.
const (
	automatic = "automatic"
	review    = "review"
)

func (a *App) nextAssignment() (q assignment, ok bool) {
	a.node.View(func() {
		c := a.City
		if c.Today == 0 || c.Policy.Version == 0 || c.Catalogue.Version == 0 || len(c.Policy.Districts) == 0 {
			return
		}
		var places []read.Place
		if q.cause, places, ok = c.NextCause(); !ok {
			return
		}
		q.at, q.today, q.policy, q.meta = c.Position, c.Today, c.Policy.Policy, c.Causes[q.cause]
		if q.meta.CorrelationID == "" {
			q.meta.CorrelationID = q.cause
		}
		_, shrunk := c.Regained[q.cause]
		for _, pid := range c.Order {
			s := c.Proposals[pid]
			if !shrunk || !slices.Contains(s.Draft.Causes, q.cause) {
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
		if len(q.void)+len(q.stop) > 0 {
			return
		}
		q.heads = map[read.Place]int{}
		for _, p := range places {
			if !c.Horizon().Contains(p.Day) || len(c.Losses[p]) == 0 {
				continue
			}
			q.places = append(q.places, p)
			q.heads[p] = len(c.Losses[p]) - onTheWay(c, p)
			for e, l := range c.Losses[p] {
				if l.Cause == q.cause {
					q.lost, q.lostBy = append(q.lost, l), append(q.lostBy, e)
				}
			}
		}
		q.problem = buildProblem(c, "")
		q.mobile, q.home = map[id.Employee]bool{}, map[id.Centre]id.District{}
		for e, d := range c.Duties {
			q.mobile[e] = d.Mobile
		}
		for k, x := range c.Centres {
			q.home[k] = x.District
		}
	})
	return q, ok
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

// outcome of a planning run.
type outcome struct {
	assessed damage.Assessed
	draft    *proposal.Draft
}

// solve runs the planner; it touches nothing but the assignment.
func (q *assignment) solve(tries int) (outcome, error) {
	p := q.problem
	out := outcome{assessed: damage.Assessed{Cause: q.cause, Position: q.at, Places: q.places}}
	d := planning.Damage{Heads: map[planning.Spot]int{}}
	for _, x := range q.places {
		if c, ok := p.centreAt[x.Centre]; ok && p.Centres[c].Open[p.index(x.Day)] != 0 {
			if !slices.Contains(d.Centres, c) {
				d.Centres = append(d.Centres, c)
			}
			d.Heads[planning.Spot{Centre: c, Day: p.index(x.Day)}] = q.heads[x]
			if t := p.index(x.Day); !slices.Contains(d.Days, t) {
				d.Days = append(d.Days, t)
			}
		}
	}
	if len(d.Days) == 0 && len(q.sent) == 0 {
		return out, nil
	}
	s, err := planning.Replan(p.Instance, p.Previous(), d, planning.Options{Work: tries})
	if err != nil {
		return out, err
	}
	whole := p.withoutLoss(q)
	hurt, sound, err := planning.Compare(p.Instance, p.Previous(), whole, whole.Previous())
	if err != nil {
		return out, err
	}
	for _, x := range q.places {
		if c, ok := p.centreAt[x.Centre]; ok {
			out.assessed.Uncovered += day.Minutes(s.Before.UncoveredMinutes[c][p.index(x.Day)])
		}
	}
	out.assessed.Points = max(0, hurt.Objective-sound.Objective)
	for _, u := range s.Unsolved {
		out.assessed.Unsolved = append(out.assessed.Unsolved, p.unsolved(u))
	}
	moves := slices.DeleteFunc(s.Moves, func(m planning.Move) bool { return m.Gain < leastGain })
	draft, err := q.draft(out.assessed, moves)
	if err != nil || draft == nil {
		return out, err
	}
	out.draft, out.assessed.Proposal = draft, draft.Drafted.Proposal
	return out, nil
}

// withoutLoss is the instance as it would be had the cause not happened.
func (p *problem) withoutLoss(q *assignment) *planning.Instance {
	in := *p.Instance
	in.Avail, in.Prev = slices.Clone(p.Avail), slices.Clone(p.Prev)
	for i, l := range q.lost {
		e, known := p.staffAt[q.lostBy[i]]
		c, there := p.centreAt[l.Duty.Centre]
		t := p.index(l.Duty.Day)
		if !known || !there || t < 0 || t >= p.Horizon {
			continue
		}
		in.Avail[e], in.Prev[e] = slices.Clone(in.Avail[e]), slices.Clone(in.Prev[e])
		in.Avail[e][t], in.Prev[e][t] = p.counterMinutes(l.Duty, c, t), c
	}
	return &in
}

// draft makes the proposal of new moves and of returns that gain; nil when
// there is neither.
func (q *assignment) draft(found damage.Assessed, moves []planning.Move) (*proposal.Draft, error) {
	p := q.problem
	pid := id.Proposal("p-" + strconv.FormatInt(q.at, 36))
	out := &proposal.Draft{
		Details: proposal.Detailed{Proposal: pid, Split: map[id.Deployment]map[string]float64{}},
		Drafted: capacity.ProposalDrafted{Proposal: pid, Causes: []string{q.cause}, Damage: round(found.Points), Unsolved: found.Unsolved, Approval: review},
	}
	for _, x := range q.places {
		out.Details.Losses = append(out.Details.Losses, proposal.Loss(x))
	}
	add := func(m planning.Move, why map[string]string) id.Deployment {
		dep := id.Deployment(string(pid) + "-" + strconv.Itoa(len(out.Drafted.Moves)+1))
		from, to := p.centres[m.From], p.centres[m.To]
		out.Drafted.Moves = append(out.Drafted.Moves, capacity.Move{Deployment: dep, Employee: p.employees[m.Employee], Day: p.day(m.Day),
			From: from, FromDistrict: q.home[from], To: to, ToDistrict: q.home[to], TravelMinutes: m.TravelMinutes, Gain: round(m.Gain), Why: why})
		out.Drafted.Gain = round(out.Drafted.Gain + m.Gain)
		out.Details.Split[dep] = parts(m.Split)
		return dep
	}
	for _, m := range moves {
		add(m, p.why(m))
	}
	if err := q.returns(out, add); err != nil {
		return nil, err
	}
	if len(out.Drafted.Moves) == 0 {
		return nil, nil
	}
	after := p.Previous()
	for _, m := range out.Drafted.Moves {
		after.X[p.staffAt[m.Employee]][p.index(m.Day)] = p.centreAt[m.To]
	}
	before, mended, err := planning.Compare(p.Instance, p.Previous(), p.Instance, after)
	if err != nil {
		return nil, err
	}
	out.Drafted.Effects = p.effects(before, mended)
	out.Drafted.ExpiresOn = q.today + day.Day(q.policy.ProposalDays)
	for _, m := range out.Drafted.Moves {
		out.Drafted.ExpiresOn = min(out.Drafted.ExpiresOn, m.Day)
	}
	if q.guarded(out.Drafted) {
		out.Drafted.Approval = automatic
	}
	return out, nil
}

// returns proposes to send back whoever is not needed any more.
func (q *assignment) returns(out *proposal.Draft, add func(planning.Move, map[string]string) id.Deployment) error {
	p := q.problem
	var asked []planning.Change
	var of []sent
	for _, s := range q.sent {
		e, known := p.staffAt[s.move.Employee]
		home, there := p.centreAt[s.move.From]
		t := p.index(s.move.Day)
		if known && there && t > 0 && t < p.Horizon && p.Avail[e][t] > 0 {
			asked, of = append(asked, planning.Change{Employee: e, Day: t, To: home}), append(of, s)
		}
	}
	priced, err := planning.Reprice(p.Instance, asked)
	if err != nil {
		return err
	}
	for i, m := range priced {
		if m.Rule != "" || m.Gain <= 0 || m.From == m.To {
			continue
		}
		dep := add(m.Move, map[string]string{"de": "Der Einsatz wird nicht mehr gebraucht: die Vertretene ist wieder im Dienst.", "en": "The deployment is not needed any more: whoever was missing is back on duty."})
		if out.Details.Returns == nil {
			out.Details.Returns = map[id.Deployment]proposal.Reference{}
		}
		out.Details.Returns[dep] = proposal.Reference{Proposal: of[i].proposal, Deployment: of[i].move.Deployment}
	}
	return nil
}

// guarded reports whether the policy lets a draft pass without a planner.
func (q *assignment) guarded(d capacity.ProposalDrafted) bool {
	g := q.policy.Automatic
	if !g.Enabled || len(d.Moves) > g.MaxMoves {
		return false
	}
	for _, m := range d.Moves {
		if m.TravelMinutes > g.MaxTravelMinutes || m.Gain < g.MinGain || g.MobileOnly && !q.mobile[m.Employee] {
			return false
		}
	}
	return true
}
