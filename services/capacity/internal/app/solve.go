package app

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// outcome of a planning run for one cause.
type outcome struct {
	loss
	assessed damage.Assessed
	draft    *proposal.Draft
}

// run is one planning run under way.
type run struct {
	*assignment
	*problem
	standing *planning.Standing
	ids      int // proposals drafted
}

// solve runs the planner; it touches nothing but the assignment.
func (q *assignment) solve(tries int) ([]outcome, error) {
	r := run{assignment: q, problem: buildProblem(q.city, "")}
	answers := make([]outcome, len(q.losses))
	d := planning.Damage{Heads: map[planning.Spot]int{}}
	for i, l := range q.losses {
		answers[i] = outcome{loss: l, assessed: damage.Assessed{Cause: l.cause, Position: q.at, Places: l.places}}
		for _, x := range l.places {
			c, known := r.centreAt[x.Centre]
			t := r.index(x.Day)
			if !known || r.Centres[c].Open[t] == 0 {
				continue
			}
			if !slices.Contains(d.Centres, c) {
				d.Centres = append(d.Centres, c)
			}
			if !slices.Contains(d.Days, t) {
				d.Days = append(d.Days, t)
			}
			d.Heads[planning.Spot{Centre: c, Day: t}] = q.heads[x]
		}
	}
	if len(d.Days) == 0 && len(q.sent) == 0 {
		return answers, nil
	}
	r.standing = planning.Stand(r.Instance)
	// Whoever else has work goes first between two tries.
	s, err := r.standing.Replan(d, planning.Options{Work: tries, Expired: func() bool { runtime.Gosched(); return false }})
	if err != nil {
		return nil, err
	}
	moves := slices.DeleteFunc(s.Moves, func(m planning.Move) bool { return m.Gain < leastGain })
	for i := range answers {
		var mine []planning.Move
		moves = slices.DeleteFunc(moves, func(m planning.Move) bool {
			ours := slices.Contains(answers[i].places, read.Place{Centre: r.centres[m.To], Day: r.day(m.Day)})
			if ours {
				mine = append(mine, m)
			}
			return ours
		})
		if err := r.assess(&answers[i], s); err != nil {
			return nil, err
		}
		if err := r.draft(&answers[i], mine); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// assess says what a cause costs, and what of it no move mends.
func (r *run) assess(o *outcome, s planning.Solution) error {
	whole := r.withoutLoss(o.loss)
	sound, err := r.standing.Price(whole, whole.Previous())
	if err != nil {
		return err
	}
	o.assessed.Points = max(0, r.standing.Result().Objective-sound.Objective)
	for _, x := range o.places {
		if c, ok := r.centreAt[x.Centre]; ok {
			o.assessed.Uncovered += day.Minutes(r.standing.Result().UncoveredMinutes[c][r.index(x.Day)])
		}
	}
	for _, u := range s.Unsolved {
		if slices.Contains(o.places, read.Place{Centre: r.centres[u.Centre], Day: r.day(u.Day)}) {
			o.assessed.Unsolved = append(o.assessed.Unsolved, r.unsolved(u))
		}
	}
	return nil
}

// withoutLoss is the instance as it would be had the cause not happened.
func (p *problem) withoutLoss(l loss) *planning.Instance {
	in := *p.Instance
	in.Avail, in.Prev, in.Uncovered = slices.Clone(p.Avail), slices.Clone(p.Prev), slices.Clone(p.Uncovered)
	for i, x := range l.lost {
		e, known := p.staffAt[l.lostBy[i]]
		c, there := p.centreAt[x.Duty.Centre]
		t := p.index(x.Duty.Day)
		if !known || !there || t < 0 || t >= p.Horizon {
			continue
		}
		in.Avail[e], in.Prev[e] = slices.Clone(in.Avail[e]), slices.Clone(in.Prev[e])
		in.Avail[e][t], in.Prev[e][t] = p.counterMinutes(x.Duty, c, t), c
		in.Uncovered[c] = slices.Clone(in.Uncovered[c])
		for s := range in.Uncovered[c] { // what is at risk there is so for want of this person
			in.Uncovered[c][s] = slices.Clone(in.Uncovered[c][s])
			in.Uncovered[c][s][t] = 0
		}
	}
	return &in
}

// name is the id of the run's next proposal.
func (r *run) name() id.Proposal {
	r.ids++
	pid := "p-" + strconv.FormatInt(r.at, 36)
	if r.ids > 1 {
		pid += fmt.Sprintf("_%d", r.ids)
	}
	return id.Proposal(pid)
}

// draft makes the proposal of new moves and of returns that gain; there is none
// when there is neither.
func (r *run) draft(o *outcome, moves []planning.Move) error {
	out := &proposal.Draft{
		Details: proposal.Detailed{Split: map[id.Deployment]map[string]float64{}},
		Drafted: capacity.ProposalDrafted{Causes: []string{o.cause}, Damage: round(o.assessed.Points), Unsolved: o.assessed.Unsolved, Approval: review},
	}
	back, of, err := r.returns()
	if err != nil || len(moves)+len(back) == 0 {
		return err
	}
	pid := r.name()
	out.Details.Proposal, out.Drafted.Proposal = pid, pid
	for _, x := range o.places {
		out.Details.Losses = append(out.Details.Losses, proposal.Loss(x))
	}
	after := r.Previous()
	add := func(m planning.Move, why map[string]string) id.Deployment {
		dep := id.Deployment(string(pid) + "-" + strconv.Itoa(len(out.Drafted.Moves)+1))
		from, to := r.centres[m.From], r.centres[m.To]
		out.Drafted.Moves = append(out.Drafted.Moves, capacity.Move{Deployment: dep, Employee: r.employees[m.Employee], Day: r.day(m.Day),
			From: from, FromDistrict: r.city.Centres[from].District, To: to, ToDistrict: r.city.Centres[to].District,
			TravelMinutes: m.TravelMinutes, Gain: round(m.Gain), Why: why})
		out.Drafted.Gain = round(out.Drafted.Gain + m.Gain)
		out.Details.Split[dep] = parts(m.Split)
		after.X[m.Employee][m.Day] = m.To
		return dep
	}
	for _, m := range moves {
		add(m, r.why(m))
	}
	for i, m := range back {
		dep := add(m, notNeeded)
		if out.Details.Returns == nil {
			out.Details.Returns = map[id.Deployment]proposal.Reference{}
		}
		out.Details.Returns[dep] = proposal.Reference{Proposal: of[i].proposal, Deployment: of[i].move.Deployment}
	}
	mended, err := r.standing.Price(r.Instance, after)
	if err != nil {
		return err
	}
	out.Drafted.Effects = r.effects(r.standing.Result(), mended)
	out.Drafted.ExpiresOn = r.today + day.Day(r.policy.ProposalDays)
	for _, m := range out.Drafted.Moves {
		out.Drafted.ExpiresOn = min(out.Drafted.ExpiresOn, m.Day)
	}
	if r.guarded(out.Drafted) {
		out.Drafted.Approval = automatic
	}
	o.draft, o.assessed.Proposal = out, pid
	return nil
}

// returns finds whom to send back because they are not needed any more.
func (r *run) returns() (back []planning.Move, of []sent, err error) {
	var asked []planning.Change
	var who []sent
	in := *r.Instance
	in.Staff = slices.Clone(in.Staff)
	for _, s := range r.sent {
		e, known := r.staffAt[s.move.Employee]
		home, there := r.centreAt[s.move.From]
		t := r.index(s.move.Day)
		if !known || !there || t <= 0 || t >= r.Horizon || r.Avail[e][t] == 0 {
			continue
		}
		// Others may not move a person once more: it is this deployment that ends.
		in.Staff[e].FixedDays = slices.DeleteFunc(slices.Clone(in.Staff[e].FixedDays), func(d int) bool { return d == t })
		asked, who = append(asked, planning.Change{Employee: e, Day: t, To: home}), append(who, s)
	}
	if len(asked) == 0 {
		return nil, nil, nil
	}
	priced, err := planning.Stand(&in).Reprice(asked)
	for i, m := range priced {
		if m.Rule == "" && m.Gain > 0 && m.From != m.To {
			back, of = append(back, m.Move), append(of, who[i])
		}
	}
	return back, of, err
}

// guarded reports whether the policy lets a draft pass without a planner.
func (r *run) guarded(d capacity.ProposalDrafted) bool {
	g := r.policy.Automatic
	if !g.Enabled || len(d.Moves) > g.MaxMoves {
		return false
	}
	for _, m := range d.Moves {
		if m.TravelMinutes > g.MaxTravelMinutes || m.Gain < g.MinGain || g.MobileOnly && !r.city.Duties[m.Employee].Mobile {
			return false
		}
	}
	return true
}
