package planner

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

// Options of a session.
type Options struct {
	// Stop, when set, makes the function that ends one repair before it has come
	// to its end: the plan is sound all the same.
	Stop func() func() bool
	// Draws bounds the steps that the walks of one repair draw
	// (search.Options.Draws): work that does not depend on the clock. 0: not.
	Draws int
	// Terse drafts say what is moved and what it gains, but not why; causes answered
	// together share evenly what they cost.
	Terse bool
}

func (o Options) stop() func() bool {
	if o.Stop == nil {
		return nil
	}
	return o.Stop()
}

// Session keeps the planner warm between questions. One goroutine at a time may
// use it.
type Session struct {
	opt  Options
	warm warm
	// memory of places outlasts questions.
	memory *memory
	base   float64 // points at the last optimum of the whole city
	open   float64 // points that causes have cost since and that were not mended
}

// NewSession is cold: its first question takes longest.
func NewSession(opt Options) *Session { return &Session{opt: opt, memory: newMemory()} }

// Cold tells whether the next question would start from scratch: nothing is
// known yet, or the day, the places or the people are others.
func (s *Session) Cold(city *read.City) bool {
	w := &s.warm
	return w.planner == nil || w.began != city.Today || w.centres != len(city.Centres) || w.people != len(city.Duties)
}

// Warm prices the city as it stands, so that the next question is answered fast.
func (s *Session) Warm(city *read.City) error {
	s.forget(city.Today)
	_, err := s.warm.take(s.problem(city, without{}).Instance)
	s.base, s.open = s.warm.objective(), 0
	return err
}

// problem makes the instance of a city that the warm planner is to be asked about.
func (s *Session) problem(city *read.City, w without) *problem {
	s.warm.today, s.warm.centres, s.warm.people = city.Today, len(city.Centres), len(city.Duties)
	return buildProblem(city, w, s.memory)
}

// Drift is how much of what causes have cost since the last optimum of the whole
// city was not mended, as a share of what the plan cost then, at least a point.
func (s *Session) Drift() float64 { return max(0, s.open) / max(1, s.base) }

// run is one question under way.
type run struct {
	*Session
	*Question
	*problem
	ids     int     // proposals drafted
	present outlook // of the plan as it stands
	book    *rule.Book
}

// Answer prices each cause by itself, one on top of the other, and drafts what
// mends it.
func (s *Session) Answer(q Question) ([]Answer, error) {
	r := &run{Session: s, Question: &q, problem: s.problem(q.City, without{})}
	answers := make([]Answer, len(q.Losses))
	for i, l := range q.Losses {
		answers[i] = Answer{Loss: l, Assessed: damage.Assessed{Cause: l.Cause, Position: q.At, Places: l.Places}}
	}
	if err := r.assess(answers); err != nil {
		return nil, err
	}
	joint, of := joined(answers)
	if err := r.answerAll(joint); err != nil {
		return nil, err
	}
	for i := len(answers) - 1; i >= 0; i-- {
		a, j := &answers[i], &joint[of[i]]
		a.Assessed.Unsolved, a.Assessed.Proposal = j.Assessed.Unsolved, j.Assessed.Proposal
		if a.Cause == j.Cause { // the first of them
			a.Draft, a.Void = j.Draft, j.Void
		}
	}
	return answers, nil
}

// answerAll mends all causes by one repair and gives each what is its own: causes
// that wait together are many at once, and shall not wait for each other.
func (r *run) answerAll(answers []Answer) error {
	var places []read.Place
	for i := range answers {
		places = append(places, answers[i].Places...)
	}
	whole, err := r.mend(places, r.Heads)
	if err != nil {
		return err
	}
	for i, m := range r.deal(answers, whole) {
		a := &answers[i]
		x, err := r.explain(a, m)
		if err != nil {
			return err
		}
		if len(answers) > 1 && len(m.Moves) > 0 {
			m.Gain = x.Gain
		}
		a.Assessed.Unsolved = unsolvedWords(x)
		r.open += a.Assessed.Points - m.Gain
		if len(a.Own) > 0 {
			err = r.rival(a, m)
		} else {
			err = r.draft(a, m, x, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// deal gives each cause the moves to its places, and those that hang together
// with them; one after the other, each on the plan that those before it leave.
func (r *run) deal(answers []Answer, whole mended) []mended {
	out := make([]mended, len(answers))
	whose := make([]int, len(whole.Moves))
	for j, m := range whole.Moves {
		whose[j] = slices.IndexFunc(answers, func(a Answer) bool { return slices.Contains(a.Places, r.place(m.To, m.Day)) })
	}
	for changed := true; changed; {
		changed = false
		for j, m := range whole.Moves {
			for k, n := range whole.Moves {
				near := m.Employee == n.Employee || m.Day == n.Day && (m.From == n.To || m.To == n.From || m.From == n.From || m.To == n.To)
				if whose[j] < 0 && whose[k] >= 0 && near {
					whose[j], changed = whose[k], true
				}
			}
		}
	}
	begin := whole.begin.X
	for i := range out {
		out[i] = mended{before: whole.before, after: whole.after, begin: planning.Plan{X: begin}, joint: len(answers) > 1}
		out[i].Gain = whole.Gain
		begin = slices.Clone(begin)
		for j, m := range whole.Moves {
			if max(0, whose[j]) == i {
				out[i].Moves = append(out[i].Moves, m)
				begin[m.Employee] = slices.Clone(begin[m.Employee])
				begin[m.Employee][m.Day] = m.To
			}
		}
		if len(out[i].Moves) == 0 {
			out[i].Gain = 0
		}
	}
	return out
}

func (p *problem) place(c, t int) read.Place {
	return read.Place{Centre: p.centres[c], Day: p.day(t)}
}

// mend repairs the present plan at the places of a cause.
func (r *run) mend(places []read.Place, left map[read.Place]int) (mended, error) {
	heads := map[planning.Spot]int{}
	for _, x := range places {
		c, known := r.centreAt[x.Centre]
		t := r.index(x.Day)
		if known && t >= 0 && t < r.Horizon && r.Centres[c].Open[t] != 0 {
			heads[planning.Spot{Centre: c, Day: t}] = max(0, left[x])
		}
	}
	m := mended{before: r.present, after: r.present, begin: r.warm.planner.Present()}
	if len(heads) == 0 {
		return m, nil
	}
	var err error
	if m.Repaired, err = r.warm.repair(heads, search.Options{LeastGain: r.set.LeastGain, Stop: r.opt.stop(), Walk: r.walk(), Draws: r.opt.Draws}); err != nil {
		return m, err
	}
	if len(m.Moves) > 0 {
		m.after, err = r.warm.result()
		r.present = m.after
	}
	return m, err
}

// hurried is how long walks may be where causes have piled up. What they miss the
// next cause at the place finds, or the night.
const hurried = 3000

func (r *run) walk() int {
	if len(r.Losses) > 1 {
		return hurried
	}
	return 0
}

// name is the id of the run's next proposal.
func (r *run) name() id.Proposal {
	r.ids++
	pid := "p-" + strconv.FormatInt(r.At, 36)
	if r.ids > 1 {
		pid += fmt.Sprintf("_%d", r.ids)
	}
	return id.Proposal(pid)
}

// returns finds whom to send back because they are not needed any more.
func (r *run) returns() (back []planning.Move, of []Sent, err error) {
	var asked []planning.Change
	var who []Sent
	in := *r.Instance
	in.Staff = slices.Clone(in.Staff)
	for _, s := range r.Sent {
		e, known := r.staffAt[s.Move.Employee]
		home, there := r.centreAt[r.City.Duties[s.Move.Employee].Home] // theirs now: where staffing puts them
		t := r.index(s.Move.Day)
		if !known || !there || t <= 0 || t >= r.Horizon || r.Avail[e][t] == 0 {
			continue
		}
		// Others may not move a person once more: it is this deployment that ends.
		endsDeployment(&in.Staff[e], t)
		asked, who = append(asked, planning.Change{Employee: e, Day: t, To: home}), append(who, s)
	}
	if len(asked) == 0 {
		return nil, nil, nil
	}
	if _, err := r.warm.take(&in); err != nil {
		return nil, nil, err
	}
	priced, err := r.warm.planner.Reprice(asked)
	for i, m := range priced {
		if m.Rule == "" && m.Gain > 0 && m.From != m.To {
			back, of = append(back, m.Move), append(of, who[i])
		}
	}
	return back, of, err
}

// endsDeployment lets a person go home on a day: a deployment holds nobody there
// that is not needed any more, and home needs no notice, only the day before.
func endsDeployment(s *planning.Employee, t int) {
	s.FixedDays = slices.DeleteFunc(slices.Clone(s.FixedDays), func(d int) bool { return d == t })
	if !s.Mobile && !s.Volunteer {
		n := leastNotice
		s.NoticeDays = &n
	}
}

// alsoOf are the other causes of proposals that are not over yet.
func (r *run) alsoOf(cause string, all []id.Proposal) (also []string) {
	missing := map[string]bool{}
	for _, losses := range r.City.Losses {
		for _, l := range losses {
			missing[l.Cause] = true
		}
	}
	for _, pid := range all {
		for _, s := range r.City.Proposals[pid].Draft.Causes {
			if s != cause && missing[s] && !slices.Contains(also, s) {
				also = append(also, s)
			}
		}
	}
	return also
}

// rival asks, for a cause that has open proposals, whether a plan without them
// is so much better that it replaces them. m is what mends the cause on top of
// them. They stay while they hold; what they leave open is drafted beside them.
// Those that hold no more are replaced whatever the plan without them is worth.
func (r *run) rival(a *Answer, m mended) error {
	free, kept, broken, err := r.freed(a.Own)
	if err != nil {
		return err
	}
	out := a.Own
	if len(broken) > 0 && len(broken) < len(a.Own) {
		out = broken
		if free, kept, broken, err = r.freed(out); err != nil {
			return err
		}
	}
	places := slices.Clone(a.Places)
	for _, pid := range out {
		for _, l := range r.City.Proposals[pid].Details.Losses {
			if x := read.Place(l); !slices.Contains(places, x) && len(r.City.Losses[x]) > 0 {
				places = append(places, x)
			}
		}
	}
	slices.SortFunc(places, read.ComparePlaces)
	left := map[read.Place]int{}
	for _, x := range places {
		left[x] = len(r.City.Losses[x]) - OnTheWay(r.City, x, out...)
	}
	n, err := free.mend(places, left)
	if err != nil {
		return err
	}
	keep, fresh := kept+m.Gain, n.Gain
	better := fresh >= (1+r.set.Hysteresis)*keep && fresh >= keep+r.set.LeastGain
	if len(broken) == 0 && (!better || r.same(out, n.Moves)) {
		a.Assessed.Proposal = a.Own[len(a.Own)-1]
		return r.draftOn(a, m)
	}
	why := outdone
	if len(broken) > 0 {
		why = outdated
	}
	b := *a
	b.Places, b.Also = places, r.alsoOf(a.Cause, out)
	x, err := free.explain(&b, n)
	if err != nil {
		return err
	}
	b.Assessed.Unsolved = unsolvedWords(x)
	if err := free.draft(&b, n, x, out); err != nil {
		return err
	}
	r.ids, a.Draft, a.Assessed.Proposal = free.ids, b.Draft, b.Assessed.Proposal
	for _, pid := range out {
		a.Void = append(a.Void, Void{Proposal: pid, By: a.Assessed.Proposal, Why: why})
	}
	return nil
}

// freed is the question about a city without open proposals, what they are worth
// there, and which of them do not hold any more.
func (r *run) freed(all []id.Proposal) (free *run, points float64, broken []id.Proposal, err error) {
	free = &run{Session: r.Session, Question: r.Question, problem: r.Session.problem(r.City, without{except: all}), ids: r.ids}
	if _, err = free.warm.take(free.Instance); err != nil {
		return nil, 0, nil, err
	}
	if free.present, err = free.warm.result(); err != nil {
		return nil, 0, nil, err
	}
	points, broken, err = free.worth(all)
	return free, points, broken, err
}

// draftOn drafts on top of what is open. The warm plan was another one since.
func (r *run) draftOn(a *Answer, m mended) error {
	if len(m.Moves) == 0 && len(r.Sent) == 0 {
		return nil
	}
	if _, err := r.warm.take(r.Instance); err != nil {
		return err
	}
	var err error
	if r.present, err = r.warm.result(); err != nil {
		return err
	}
	left := maps.Clone(r.Heads)
	m, err = r.mend(a.Places, left)
	if err != nil {
		return err
	}
	x, err := r.explain(a, m)
	if err != nil {
		return err
	}
	stands := a.Assessed.Proposal
	if err := r.draft(a, m, x, nil); err != nil {
		return err
	}
	if a.Draft == nil {
		a.Assessed.Proposal = stands
	}
	return nil
}

// worth prices what open proposals ask for, one after the other, and names those
// of which a move breaks a rule or goes where nobody is missed any more.
func (r *run) worth(all []id.Proposal) (points float64, broken []id.Proposal, err error) {
	var asked []planning.Change
	whose := map[planning.Change]id.Proposal{}
	fails := func(pid id.Proposal) {
		if !contains(broken, pid) {
			broken = append(broken, pid)
		}
	}
	for _, pid := range all {
		for _, m := range r.City.Proposals[pid].Moves {
			c, ok := r.change(m)
			if !ok || !IsReoptimisation(r.City.Proposals[pid]) && m.Returns == nil && !r.wanted(r.City.Proposals[pid], m) {
				fails(pid)
				continue
			}
			asked, whose[c] = append(asked, c), pid
		}
	}
	moves, points, _, err := r.warm.together(asked)
	for _, c := range asked {
		if !slices.ContainsFunc(moves, func(m planning.Move) bool {
			return m.Employee == c.Employee && m.Day == c.Day && m.To == c.To
		}) {
			fails(whose[c])
		}
	}
	return points, broken, err
}

// wanted: somebody is missed where a move goes, or leaves it by the same proposal.
func (r *run) wanted(s proposal.State, m proposal.Move) bool {
	return len(r.City.Losses[read.Place{Centre: m.To, Day: m.Day}]) > 0 || slices.ContainsFunc(s.Moves, func(x proposal.Move) bool {
		return x.Day == m.Day && x.From == m.To && x.Employee != m.Employee
	})
}

// change is a proposed move in the problem's numbers; not ok where it cannot be
// named any more.
func (p *problem) change(m proposal.Move) (planning.Change, bool) {
	e, known := p.staffAt[m.Employee]
	to, there := p.centreAt[m.To]
	t := p.index(m.Day)
	return planning.Change{Employee: e, Day: t, To: to}, known && there && t > 0 && t < p.Horizon
}

// same: the moves are those of the open proposals.
func (r *run) same(all []id.Proposal, moves []planning.Move) bool {
	n := 0
	for _, pid := range all {
		for _, m := range r.City.Proposals[pid].Moves {
			n++
			if !slices.ContainsFunc(moves, func(x planning.Move) bool {
				return r.employees[x.Employee] == m.Employee && r.place(x.To, x.Day) == (read.Place{Centre: m.To, Day: m.Day})
			}) {
				return false
			}
		}
	}
	return n == len(moves)
}
