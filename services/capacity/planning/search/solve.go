package search

import (
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// Options of a search. The same instance, seed and rounds give the same plan,
// unless Stop ends the search first.
type Options struct {
	Seed uint64
	// Rounds through the horizon, 0 for 40.
	Rounds int
	// Stop is asked often; nil never stops.
	Stop func() bool
	// Progress, if set, is told each better objective.
	Progress func(Progress)
}

// Progress of a search.
type Progress struct {
	Round     int
	Objective float64 // points
	Tries     int     // steps priced exactly
	Pivots    int64
}

// Outcome of a search.
type Outcome struct {
	Plan   planning.Plan
	Result planning.Result
	// Rounds done, Tries of steps priced exactly, Pivots of the network.
	Rounds, Tries int
	Pivots        int64
	// Complete is false if Stop ended the search.
	Complete bool
}

const defaultRounds = 40

// Planner keeps a plan, its exact mix and its prices warm.
type Planner struct {
	s       *state
	k       *cells
	best    []int32
	value   float64 // exact objective of best
	weights []float64
}

// New makes a planner at the previous plan of an instance. The instance is
// copied as far as the planner changes it.
func New(in *planning.Instance) (*Planner, error) {
	own := *in
	own.Avail = make([][]int, len(in.Avail))
	for e := range own.Avail {
		own.Avail[e] = slices.Clone(in.Avail[e])
	}
	s, err := newState(&own)
	if err != nil {
		return nil, err
	}
	s.set(in.Previous().X)
	return &Planner{s: s, k: newCells(s)}, nil
}

// Solve searches a plan from the previous one.
func Solve(in *planning.Instance, o Options) (Outcome, error) {
	p, err := New(in)
	if err != nil {
		return Outcome{}, err
	}
	return p.Solve(o)
}

// Solve searches from scratch: relaxation, rounding, then rounds of Improve.
func (p *Planner) Solve(o Options) (Outcome, error) {
	s := p.s
	stop := o.Stop
	if stop == nil {
		stop = func() bool { return false }
	}
	if stop() {
		return p.outcome(0, false)
	}
	if err := s.relax(20); err != nil {
		return Outcome{}, err
	}
	p.k.recount()
	p.k.refresh()
	p.value = math.Inf(1)
	return p.Improve(o)
}

// Improve goes on searching from the present plan, which must be solved.
func (p *Planner) Improve(o Options) (Outcome, error) {
	s, k := p.s, p.k
	stop := o.Stop
	if stop == nil {
		stop = func() bool { return false }
	}
	rounds := o.Rounds
	if rounds == 0 {
		rounds = defaultRounds
	}
	d := newDice(o.Seed)
	movable := 0
	for i, at := range s.at {
		if at >= 0 && s.first[i+1]-s.first[i] > 1 {
			movable++
		}
	}
	var l list
	round := 0
	for ; round < rounds; round++ {
		hot := [...]float64{1, 3, 2, 4}[round%4]
		effort := movable * (60 << min(round/2, 4))
		span := 7
		if round%3 == 2 {
			span = 1
		}
		for from := 0; from < s.in.Horizon && !stop(); from += span {
			c := schedule{hot, .05, effort * span / s.in.Horizon, from, min(s.in.Horizon, from+span)}
			k.improve(c, d, stop)
		}
		if !stop() && movable < 20000/(1+8*round) {
			s.anneal(schedule{2, .05, 300, 0, s.in.Horizon}, d, &l, stop)
			k.recount()
			k.refresh()
		}
		if err := p.settle(); err != nil {
			return Outcome{}, err
		}
		if o.Progress != nil {
			o.Progress(Progress{round, p.value, s.tries, s.net.Pivots()})
		}
		if stop() {
			break
		}
	}
	return p.outcome(round, round == rounds)
}

// settle prices the present plan with the exact fairness term, keeps it if it is
// the best, and moves the multipliers halfway to those of the present plan.
func (p *Planner) settle() error {
	s := p.s
	before := s.net.Multipliers()
	fair, err := s.net.OptimiseFair(1e-7, 60)
	if err != nil {
		return err
	}
	if v := float64(s.cost)/flow.Unit + fair.Upper; v < p.value {
		p.value = v
		p.best = append(p.best[:0], s.at...)
	}
	changed := false
	for r, m := range fair.Multipliers {
		if math.Abs(m-before[r]) > 1e-9 {
			changed = true
		}
		before[r] = (before[r] + m) / 2
	}
	if changed {
		s.net.SetMultipliers(before)
		if err := s.net.Optimise(); err != nil {
			return err
		}
	}
	s.mark()
	p.k.refresh()
	return nil
}

// outcome goes back to the best plan and prices it.
func (p *Planner) outcome(rounds int, complete bool) (Outcome, error) {
	s := p.s
	if p.best != nil {
		s.goTo(p.best)
		p.k.recount()
	} else {
		s.net.Staff(s.x)
	}
	r, err := s.net.Result(s.x)
	if err != nil {
		return Outcome{}, err
	}
	s.mark()
	p.k.refresh()
	x := make([][]int, len(s.x))
	for e := range x {
		x[e] = slices.Clone(s.x[e])
	}
	return Outcome{planning.Plan{X: x}, r, rounds, s.tries, s.net.Pivots(), complete}, nil
}
