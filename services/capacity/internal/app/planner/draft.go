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
	out.Drafted.ExpiresOn = r.Today + day.Day(r.City.Policy.ProposalDays)
	for _, y := range out.Drafted.Moves {
		out.Drafted.ExpiresOn = min(out.Drafted.ExpiresOn, y.Day)
	}
	late := slices.ContainsFunc(back, func(y planning.Move) bool { return y.Day < r.NoticeDays })
	if r.guarded(out.Drafted) && !late { // within notice a planner asks whoever goes home
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

// with prices the plan with moves and returns made.
func (r *run) with(moves, back []planning.Move) (outlook, error) {
	in := *r.Instance
	in.Prev = slices.Clone(in.Prev)
	for _, m := range slices.Concat(moves, back) {
		in.Prev[m.Employee] = slices.Clone(in.Prev[m.Employee])
		in.Prev[m.Employee][m.Day] = m.To
	}
	if _, err := r.warm.take(&in); err != nil {
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

// guarded reports whether the policy lets a draft pass without a planner.
func (r *run) guarded(d capacity.ProposalDrafted) bool {
	g := r.City.Policy.Automatic
	if !g.Enabled || len(d.Moves) > g.MaxMoves {
		return false
	}
	for _, m := range d.Moves {
		if m.TravelMinutes > g.MaxTravelMinutes || m.Gain < g.MinGain || g.MobileOnly && !r.City.Duties[m.Employee].Mobile {
			return false
		}
	}
	return true
}
