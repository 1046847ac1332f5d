package planner

import (
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/explain"
)

// draft makes the proposal of what mends a cause and of returns that gain; there
// is none when there is neither.
func (r *run) draft(a *Answer, m mended, x explain.Explanation, replaces []id.Proposal) error {
	back, of, err := r.returns()
	if err != nil || len(m.Moves)+len(back) == 0 {
		return err
	}
	pid := r.name()
	out := &proposal.Draft{
		Details: proposal.Detailed{Proposal: pid, Split: map[id.Deployment]map[string]float64{}},
		Drafted: capacity.ProposalDrafted{Proposal: pid, Causes: append([]string{a.Cause}, a.Also...), Damage: round(a.Assessed.Points), Unsolved: a.Assessed.Unsolved,
			Approval: Review, Supersedes: replaces},
	}
	for _, p := range a.Places {
		out.Details.Losses = append(out.Details.Losses, proposal.Loss(p))
	}
	for _, y := range m.Moves {
		r.add(out, y, nil)
	}
	r.told(out, x)
	for language, s := range words(explain.Returned(names{r.problem, r.City}, back)) {
		h := out.Details.Explanation.Headline
		h[language] = strings.TrimSpace(h[language] + " " + s)
	}
	out.Drafted.Gain = m.Gain
	for i, y := range back {
		out.Drafted.Gain += y.Gain
		dep := r.add(out, y, notNeeded)
		if out.Details.Returns == nil {
			out.Details.Returns = map[id.Deployment]proposal.Reference{}
		}
		out.Details.Returns[dep] = proposal.Reference{Proposal: of[i].Proposal, Deployment: of[i].Move.Deployment}
	}
	out.Drafted.Gain = round(out.Drafted.Gain)
	if len(back) > 0 {
		if m.after, err = r.with(m.Moves, back); err != nil {
			return err
		}
	}
	out.Drafted.Effects = r.effectsOf(m)
	r.known(out, a.Loss, x)
	out.Details.Curves = r.curves(m.before, m.after, slices.Concat(m.Moves, back), out.Drafted.Effects)
	out.Drafted.ExpiresOn = r.Today + day.Day(r.City.Policy.ProposalDays)
	for _, y := range out.Drafted.Moves {
		out.Drafted.ExpiresOn = min(out.Drafted.ExpiresOn, y.Day)
	}
	if len(out.OutsideOf(r.City.Policy.Automatic)) == 0 {
		out.Drafted.Approval = Automatic
	}
	a.Draft, a.Assessed.Proposal = out, pid
	return nil
}

// effectsOf are the effects of a repair; of one that has answered several causes,
// those on the districts that its moves touch.
func (r *run) effectsOf(m mended) []capacity.Effect {
	all := r.effects(m.before, m.after)
	if !m.joint {
		return all
	}
	return slices.DeleteFunc(all, func(e capacity.Effect) bool {
		return !slices.ContainsFunc(m.Moves, func(x planning.Move) bool {
			return r.Districts[r.Centres[x.From].District] == string(e.District) || r.Districts[r.Centres[x.To].District] == string(e.District)
		})
	})
}

// with prices the plan with moves and returns made. They are made on top of what is
// given: whoever is given at a place does not make good for what is at risk there.
func (r *run) with(moves, back []planning.Move) (outlook, error) {
	in := *r.Instance
	in.Staff = slices.Clone(in.Staff)
	for _, m := range back {
		endsDeployment(&in.Staff[m.Employee], m.Day)
	}
	if _, err := r.warm.take(&in); err != nil {
		return outlook{}, err
	}
	var all []planning.Change
	for _, m := range slices.Concat(moves, back) {
		all = append(all, planning.Change{Employee: m.Employee, Day: m.Day, To: m.To})
	}
	if _, err := r.warm.planner.Make(all); err != nil {
		return outlook{}, err
	}
	return r.warm.result()
}

// add writes one move into a draft.
func (r *run) add(out *proposal.Draft, m planning.Move, why map[string]string) id.Deployment {
	dep := id.Deployment(string(out.Drafted.Proposal) + "-" + strconv.Itoa(len(out.Drafted.Moves)+1))
	from, to := r.centres[m.From], r.centres[m.To]
	out.Drafted.Moves = append(out.Drafted.Moves, capacity.Move{Deployment: dep, Employee: r.employees[m.Employee], Day: r.day(m.Day),
		From: from, FromDistrict: r.City.Centres[from].District, To: to, ToDistrict: r.City.Centres[to].District,
		TravelMinutes: m.TravelMinutes, Gain: round(m.Gain), Why: why})
	out.Details.Split[dep] = parts(m.Split)
	return dep
}

// known writes down what a draft's people and causes are now: who reviews it, and
// whoever asks later what would have been, has it from there.
func (r *run) known(out *proposal.Draft, l Loss, x explain.Explanation) {
	d := &out.Details
	for i, lost := range l.Lost {
		d.Missing = append(d.Missing, proposal.Missing{Employee: l.LostBy[i], Centre: lost.Duty.Centre, Day: lost.Duty.Day})
	}
	d.People = map[id.Deployment]proposal.Person{}
	for _, m := range out.Drafted.Moves {
		p := r.person(m.Employee, m.Day)
		for _, w := range x.Moves {
			if w.Employee == string(m.Employee) && r.day(w.Day) == m.Day {
				p.AwayWeek, p.AwayHalfYear = w.AwayThisWeek, w.AwayHalfYear
			}
		}
		d.People[m.Deployment] = p
	}
}

// person is what is known of somebody who is to be moved on a day.
func (p *problem) person(e id.Employee, on day.Day) proposal.Person {
	s := p.Staff[p.staffAt[e]]
	return proposal.Person{Mobile: s.Mobile, Volunteer: s.Volunteer, Late: p.index(on) < p.NoticeDays}
}
