package planner

import (
	"strconv"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/overhaul"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/suggest"
)

const (
	// mostSolves bounds how often a night begins from scratch when sick notes stop it.
	mostSolves = 3
	// mostLooks bounds how often the look for what else would help begins again.
	mostLooks = 3
	// measureRounds bound what is looked for because of a measure: people wait.
	measureRounds = 4
)

// Overhaul plans the whole city anew, a slice at a time, on a city of its own:
// sick notes are answered between the slices, by the warm session.
type Overhaul struct {
	began   overhaul.Began
	problem *problem
	city    *read.City
	draws   int // of a night, 0: not bounded
	planner *search.Planner
	priced  bool
	solves  int // attempts from scratch
	round   int
	out     search.Outcome
	bounded bool
	bound   float64
	looks   int // attempts
	also    []capacity.Suggestion
}

// NewOverhaul begins at the plan of a city that stands still. Its work is not
// bounded.
func NewOverhaul(began overhaul.Began, city *read.City) *Overhaul {
	return &Overhaul{began: began, city: city, problem: buildProblem(city, without{}, newMemory())}
}

// Bounded is an overhaul of the published days alone whose rounds draw so many
// steps together (search.Options.Draws): one slice, from the plan as it stands. It
// does not say how far from the optimum the plan can be or what else would help.
// Until its slice is over the session may not be asked anything else.
func (s *Session) Bounded(began overhaul.Began, city *read.City, draws int) (*Overhaul, error) {
	o := &Overhaul{began: began, city: city, draws: draws, problem: s.problem(city, without{})}
	_, err := s.warm.take(o.problem.Instance)
	o.planner = s.warm.planner
	return o, err
}

// Slice goes on for one round, or until stop says so; then the round is begun
// again by the next one. done says that it has come to its end. By night it begins
// from scratch, which can be stopped like the rest; by day, and where that has been
// stopped too often, at the plan as it stands.
func (o *Overhaul) Slice(stop func() bool) (done bool, err error) {
	switch {
	case o.draws > 0:
		o.out, err = o.planner.Improve(search.Options{Rounds: o.rounds(), Draws: max(1, o.draws/o.rounds()), Until: o.problem.PublishedDays, Stop: stop})
		o.round = o.out.Rounds
		return o.out.Complete, err
	case o.planner == nil:
		o.planner, err = search.New(o.problem.Instance)
		return false, err
	case o.round == 0 && !o.priced && (o.began.Reason != overhaul.Nightly || o.solves >= mostSolves):
		o.priced = true
		return false, o.planner.Price()
	}
	if o.round >= o.rounds() && o.round > 0 {
		return o.conclude(stop)
	}
	opt := search.Options{Seed: uint64(o.round), Rounds: 1, First: o.round, Stop: stop}
	if o.round == 0 && !o.priced {
		o.solves++
		o.out, err = o.planner.Solve(opt)
	} else {
		o.out, err = o.planner.Improve(opt)
	}
	if err != nil || !o.out.Complete {
		return false, err
	}
	o.round++
	return false, nil
}

func (o *Overhaul) rounds() int {
	if o.began.Reason == overhaul.Measure {
		return min(measureRounds, o.problem.set.NightlyRounds)
	}
	return o.problem.set.NightlyRounds
}

// conclude says, in a slice each, how far from the optimum a night's plan can be
// and what else would help.
func (o *Overhaul) conclude(stop func() bool) (done bool, err error) {
	if o.began.Reason == overhaul.Nightly && !o.bounded {
		o.bounded = true
		o.bound, err = flow.QuickBound(o.problem.Instance, 20)
		return false, err
	}
	o.looks++
	return o.look(stop)
}

// look finds what else would help beside the best plan. It is done unless it was
// stopped and may begin again.
func (o *Overhaul) look(stop func() bool) (done bool, err error) {
	p := o.problem
	found, err := suggest.For(suggest.Question{Instance: p.Instance, Plan: o.out.Plan, Names: names{p, o.city}, Options: suggest.Options{Stop: stop}})
	if err != nil || !found.Complete && stop() && o.looks < mostLooks {
		return false, err
	}
	for i, s := range found.Suggestions {
		out := capacity.Suggestion{ID: o.began.ID + "-" + strconv.Itoa(i+1), Kind: string(s.Kind), Centre: p.centres[s.Centre],
			District: id.District(p.Districts[s.District]), Minutes: day.Minutes(s.Minutes), People: len(s.People), Gain: round(s.Gain),
			StaffMinutes: day.Minutes(s.StaffMinutes), Exact: s.Exact, Why: words(s.Text)}
		if s.Skill >= 0 {
			out.Skill = p.skills[s.Skill]
		}
		for _, t := range s.Days {
			out.Days = append(out.Days, p.day(t))
		}
		if s.To > 0 {
			out.Hours = &day.Span{From: day.TimeOfDay(s.From), To: day.TimeOfDay(s.To)}
		}
		o.also = append(o.also, out)
	}
	return true, nil
}

// found lists what the best plan changes in the days that are published, by day.
func (o *Overhaul) found() (all []planning.Move) {
	before := o.problem.Previous().X
	for t := 1; t < min(o.problem.PublishedDays, o.problem.Horizon); t++ {
		for e, row := range o.out.Plan.X {
			if row[t] != before[e][t] && row[t] != planning.Nowhere {
				all = append(all, planning.Move{Employee: e, Day: t, From: before[e][t], To: row[t]})
			}
		}
	}
	return all
}

// Conclude drafts what an overhaul has found, as far as it still holds on the
// city as it stands now and gains enough: against what the plan costs, and
// against an open re-optimisation, which it replaces.
func (s *Session) Conclude(o *Overhaul, q Question) (Answer, overhaul.Ended, error) {
	r := &run{Session: s, Question: &q, problem: s.problem(q.City, without{})}
	end := overhaul.Ended{ID: o.began.ID, Rounds: o.round, Best: o.out.Result.Objective, Bound: o.bound, Outcome: overhaul.TooLittle}
	a := Answer{Loss: Loss{Cause: capacity.Reoptimisation}, Assessed: damage.Assessed{Cause: capacity.Reoptimisation, Position: q.At}}
	m, err := r.rebase(o)
	if err != nil {
		return a, end, err
	}
	r.base, r.open = m.before.Objective, 0
	end.Before, end.After = m.before.Objective, m.before.Objective
	var open []id.Proposal
	for _, pid := range q.City.Order {
		if st := q.City.Proposals[pid]; st.Open() && IsReoptimisation(st) {
			open = append(open, pid)
		}
	}
	old, broken, err := r.worth(open)
	if err != nil {
		return a, end, err
	}
	least := max(r.set.LeastGain, r.set.ReoptimiseGain*end.Before)
	if len(broken) == 0 && len(open) > 0 {
		least = max(least, (1+r.set.Hysteresis)*old)
	}
	if len(m.Moves) == 0 || m.Gain < least {
		for _, pid := range broken {
			a.Void = append(a.Void, Void{Proposal: pid, Why: outdated})
		}
		return a, end, nil
	}
	if m.after, err = r.with(m.Moves, nil); err != nil {
		return a, end, err
	}
	x, err := r.explain(&a, m)
	if err != nil {
		return a, end, err
	}
	if why, known := anew[o.began.Reason]; known {
		x.Cause = &why
	}
	if err := r.draft(&a, m, x, open); err != nil || a.Draft == nil {
		return a, end, err
	}
	for _, pid := range open {
		a.Void = append(a.Void, Void{Proposal: pid, By: a.Assessed.Proposal, Why: renewed})
	}
	end.After, end.Outcome, end.Proposal = m.after.Objective, overhaul.Proposed, a.Assessed.Proposal
	return a, end, nil
}

// rebase takes over what an overhaul has found to the city as it stands: what
// may still be done there, and gains enough move by move.
func (r *run) rebase(o *Overhaul) (m mended, err error) {
	if _, err = r.warm.take(r.Instance); err != nil {
		return m, err
	}
	m.begin = r.warm.planner.Present()
	if m.before, err = r.warm.result(); err != nil {
		return m, err
	}
	var asked []planning.Change
	for _, x := range o.found() {
		e, known := r.staffAt[o.problem.employees[x.Employee]]
		to, there := r.centreAt[o.problem.centres[x.To]]
		if t := r.index(o.problem.day(x.Day)); known && there && t > 0 && t < r.Horizon {
			asked = append(asked, planning.Change{Employee: e, Day: t, To: to})
		}
	}
	for range 5 {
		if m.Moves, m.Gain, _, err = r.warm.together(asked); err != nil {
			return m, err
		}
		asked = nil
		for _, x := range m.Moves {
			if x.Gain >= r.set.LeastGain {
				asked = append(asked, planning.Change{Employee: x.Employee, Day: x.Day, To: x.To})
			}
		}
		if len(asked) == len(m.Moves) {
			break
		}
	}
	return m, nil
}

// ID of the overhaul.
func (o *Overhaul) ID() string { return o.began.ID }

// Suggestions found with it.
func (o *Overhaul) Suggestions() []capacity.Suggestion { return o.also }
