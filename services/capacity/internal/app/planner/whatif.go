package planner

import (
	"cmp"
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

// WhatIf asks what a supposition would do to a city that stands still.
type WhatIf struct {
	City *read.City
	Supposition
}

// The work of one what-if, in counts: a slow machine answers later, not worse.
const (
	// placesToMend bounds how many places are looked at where nobody named is missed,
	// headsThere how many people each may be sent.
	placesToMend = 24
	headsThere   = 2
	// stepsToDraw bounds the steps that all walks of one search draw together, those
	// of one walk at most longestWalk.
	stepsToDraw = 60_000
	longestWalk = 20_000
)

// Supposer answers what-ifs: a warm session for the city as it is, another one for
// what it would be, neither of them the desk's. One goroutine at a time may use it.
type Supposer struct{ is, would *Session }

// NewSupposer is cold: its first question takes longest.
func NewSupposer() *Supposer { return &Supposer{NewSession(Options{}), NewSession(Options{})} }

// planned is what Lotse would do about something.
type planned struct {
	plan     outlook
	moves    []planning.Move
	draft    *proposal.Draft
	unsolved []string
	complete bool
}

// Suppose prices the city as it is and as it would be, and looks for what mends
// the difference, as it does for a sick note. What closes a centre or changes
// what is asked for has no person to stand in for: there the places that suffer
// most may be sent people. Another policy is another way to plan: there the city as
// it is has what Lotse would propose anyway for the places that suffer most, and
// the one that would be keeps of it what is still allowed, until Lotse plans anew.
// stop ends it early where nobody waits for the answer any more; nil never does.
func (s *Supposer) Suppose(q WhatIf, stop func() bool) (Outcome, error) {
	fork, err := Suppose(q.City, q.Supposition)
	if err != nil {
		return Outcome{}, err
	}
	for _, x := range []*Session{s.is, s.would} {
		x.opt.Stop = func() func() bool { return stop }
	}
	// A place is remembered by what staffs it, not by whatever is supposed.
	s.would.memory = newMemory()
	s.is.forget(q.City.Today)
	base, err := s.is.stand(q.City, Loss{Cause: Supposed})
	if err != nil {
		return Outcome{}, err
	}
	is := planned{plan: base.present, complete: true}
	if !q.Policy.Empty() {
		if is, err = base.relieve(base.Losses[0], 0, outlook{}); err != nil {
			return Outcome{}, err
		}
	}
	would := &run{Session: s.would, Question: &Question{At: q.City.Position, Today: q.City.Today, City: fork.City, Losses: []Loss{fork.Loss}, Heads: map[read.Place]int{}},
		problem: s.would.problem(fork.City, without{})}
	hurt, mended := is, is
	if !same(base.Instance, would.Instance) {
		if hurt, mended, err = would.suppose(fork, q.Supposition, base.present, is); err != nil {
			return Outcome{}, err
		}
	}
	return outcome(q, fork, base, would, [stages]planned{is, hurt, mended}), nil
}

// forget what is remembered of days behind.
func (s *Session) forget(today day.Day) {
	maps.DeleteFunc(s.memory.places, func(p read.Place, _ *remembered) bool { return p.Day < today })
}

// same instances have the same plans.
func same(a, b *planning.Instance) bool {
	x, y := *a, *b
	x.MayLeave, y.MayLeave, x.StaysUncovered, y.StaysUncovered = nil, nil, nil, nil
	return reflect.DeepEqual(&x, &y)
}

// stand prices a city at its plan.
func (s *Session) stand(city *read.City, l Loss) (*run, error) {
	r := &run{Session: s, Question: &Question{At: city.Position, Today: city.Today, City: city, Losses: []Loss{l}, Heads: map[read.Place]int{}},
		problem: s.problem(city, without{})}
	return r, r.again()
}

// again goes back to the plan as it is given.
func (r *run) again() (err error) {
	if _, err = r.warm.take(r.Instance); err == nil {
		r.present, err = r.warm.result()
	}
	return err
}

// suppose prices the city that would be, without and with what Lotse would do. is is
// the plan of the present city that stands, anyway what Lotse would do there.
func (r *run) suppose(fork *Fork, s Supposition, is outlook, anyway planned) (hurt, mended planned, err error) {
	if err = r.again(); err != nil {
		return hurt, mended, err
	}
	hurt = planned{plan: r.present, complete: true}
	loss := fork.Loss
	loss.Places = slices.Clone(loss.Places)
	for _, p := range loss.Places {
		r.Heads[p] = max(0, len(fork.Losses[p])-OnTheWay(fork.City, p))
	}
	worse := max(0, r.present.Objective-is.Objective)
	if s.Policy.Empty() {
		if len(loss.Places) == len(fork.Touched) && (s.Demand == 0 || s.Demand == 1) { // only people are missed
			mended, err = r.plan(loss, worse)
		} else {
			mended, err = r.relieve(loss, worse, is)
		}
		return hurt, mended, err
	}
	if mended, err = r.relieve(loss, worse, outlook{}); err != nil {
		return hurt, mended, err
	}
	// Without a new plan as much of the old one stays as is allowed.
	var asked []planning.Change
	for _, m := range anyway.moves {
		asked = append(asked, planning.Change{Employee: m.Employee, Day: m.Day, To: m.To})
	}
	stays, err := r.keep(loss, worse, asked)
	if err != nil {
		return hurt, mended, err
	}
	if stays.plan.Objective <= mended.plan.Objective {
		mended = stays
	}
	return stays, mended, nil
}

// keep makes of changes those that are allowed.
func (r *run) keep(loss Loss, worse float64, asked []planning.Change) (p planned, err error) {
	if err = r.again(); err != nil || len(asked) == 0 {
		return planned{plan: r.present, complete: true}, err
	}
	m := mended{before: r.present, begin: r.warm.planner.Present()}
	m.Complete = true
	if m.Moves, m.Gain, _, err = r.warm.together(asked); err != nil {
		return p, err
	}
	asked = asked[:0]
	for _, x := range m.Moves {
		asked = append(asked, planning.Change{Employee: x.Employee, Day: x.Day, To: x.To})
	}
	if _, err = r.warm.planner.Make(asked); err != nil {
		return p, err
	}
	if m.after, err = r.warm.result(); err != nil {
		return p, err
	}
	return r.tell(loss, worse, m)
}

// relieve plans for who is missed and for the places that suffer most, against
// another plan or, where that is empty, at all.
func (r *run) relieve(loss Loss, worse float64, against outlook) (planned, error) {
	all := r.suffering(&loss, against)
	p, err := r.plan(loss, worse)
	p.complete = p.complete && all
	return p, err
}

// plan looks for what helps at the places of a loss.
func (r *run) plan(loss Loss, worse float64) (p planned, err error) {
	heads, weeks, days := map[planning.Spot]int{}, map[int]bool{}, map[int]bool{}
	for _, x := range loss.Places {
		c, known := r.centreAt[x.Centre]
		t := r.index(x.Day)
		if known && t >= 0 && t < r.Horizon && r.Centres[c].Open[t] != 0 {
			heads[planning.Spot{Centre: c, Day: t}] = max(0, r.Heads[x])
			weeks[t/7], days[t] = true, true
		}
	}
	m := mended{before: r.present, after: r.present, begin: r.warm.planner.Present()}
	m.Complete = true
	if len(heads) > 0 {
		walk := min(longestWalk, stepsToDraw/(len(weeks)+len(days)))
		if m.Repaired, err = r.warm.repair(heads, search.Options{LeastGain: r.set.LeastGain, Stop: r.opt.stop(), Walk: walk}); err != nil {
			return p, err
		}
		if len(m.Moves) > 0 {
			if m.after, err = r.warm.result(); err != nil {
				return p, err
			}
		}
	}
	return r.tell(loss, worse, m)
}

// tell says why, and how it would be approved.
func (r *run) tell(loss Loss, worse float64, m mended) (p planned, err error) {
	a := Answer{Loss: loss, Assessed: damage.Assessed{Cause: Supposed, Position: r.At, Places: loss.Places, Points: worse}}
	x, err := r.explain(&a, m)
	if err != nil {
		return p, err
	}
	a.Assessed.Unsolved = unsolvedWords(x)
	r.ids = 0
	if err := r.draft(&a, m, x, nil); err != nil {
		return p, err
	}
	return planned{plan: m.after, moves: m.Moves, draft: a.Draft, unsolved: a.Assessed.Unsolved, complete: x.Complete && m.Complete}, nil
}

// suffering adds the places that suffer most: those with booked appointments
// that nobody would serve, and where people wait too long those of the district
// within the promise, soonest where somebody can still be told to come. all says
// that no such place was left out.
func (r *run) suffering(loss *Loss, against outlook) (all bool) {
	type place struct {
		read.Place
		worse float64
	}
	var found []place
	for c := range r.centres {
		i := r.Centres[c].District
		late := r.present.LateSlotDays[i]
		if against.LateSlotDays != nil {
			late -= against.LateSlotDays[i]
		}
		for t := leastNotice; t < r.Horizon; t++ {
			if r.Centres[c].Open[t] == 0 {
				continue
			}
			bare := r.present.unserved[c][t]
			if against.unserved != nil {
				bare -= against.unserved[c][t]
			}
			worse := bare * 1000
			if late > 0 && t <= r.PromiseDays {
				worse += late / (1 + math.Abs(float64(t-r.NoticeDays)))
			}
			if worse > 0 {
				found = append(found, place{r.place(c, t), worse})
			}
		}
	}
	slices.SortFunc(found, func(a, b place) int {
		return cmp.Or(cmp.Compare(b.worse, a.worse), read.ComparePlaces(a.Place, b.Place))
	})
	for _, p := range found[:min(len(found), placesToMend)] {
		if !slices.Contains(loss.Places, p.Place) {
			loss.Places = append(loss.Places, p.Place)
		}
		r.Heads[p.Place] = max(r.Heads[p.Place], headsThere)
	}
	slices.SortFunc(loss.Places, read.ComparePlaces)
	return len(found) <= placesToMend
}

// approval of a draft by guardrails.
func approval(d *proposal.Draft, g capacity.Guardrails) string {
	if len(d.OutsideOf(g)) == 0 {
		return Automatic
	}
	return Review
}

// shut counts what is booked at places that would not be open at all: nobody who
// is sent there could serve it.
func (r *run) shut(before *problem, touched []read.Place) map[read.Place]int {
	all := map[read.Place]int{}
	for _, p := range touched {
		c, known := r.centreAt[p.Centre]
		t := r.index(p.Day)
		if !known || t < 0 || t >= r.Horizon || len(r.opening[c][t]) > 0 || len(before.opening[c][t]) == 0 {
			continue
		}
		booked := 0.0
		for s, m := range before.Booked[c] {
			booked += float64(m[t]) / r.SlotMinutes[s]
		}
		all[p] = int(math.Round(booked))
	}
	return all
}

// inDistrict sums what is shut by district.
func (r *run) inDistrict(shut map[read.Place]int) map[id.District]int {
	all := map[id.District]int{}
	for p, n := range shut {
		all[r.City.Centres[p.Centre].District] += n
	}
	return all
}
