package search

import (
	"errors"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// Options of a search. The same instance, seed and rounds give the same plan,
// unless Stop ends the search first.
type Options struct {
	Seed uint64
	// Rounds through the horizon, 0 for 60. First is the number of the first one,
	// for who searches in slices: later rounds try longer.
	Rounds, First int
	// LeastGain is what a move of a repair must gain, in points, to be worth it.
	LeastGain float64
	// Walk bounds the tries of each walk of a repair, 0: 20,000. One that is short
	// answers sooner and may leave a chain of moves unfound.
	Walk int
	// Draws bounds the steps that the walks of a round of Solve and Improve draw, all
	// together; half of them go through the horizon, the rest to uncovered bookings.
	// Of a repair it bounds those of the whole repair, half of them for uncovered
	// bookings. 0: as many as the schedule takes, some millions for a city. It bounds
	// the work where the clock must not.
	Draws int
	// Until, if above 0, is the first day from which on Improve leaves everybody where
	// they are.
	Until int
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
	// Rounds done, Draws of steps by walks and Tries of steps priced exactly since
	// the planner was made, Pivots of the network.
	Rounds, Draws, Tries int
	Pivots               int64
	// Complete is false if Stop ended the search.
	Complete bool
	// Rough is true if Stop ended even the pricing of a large previous plan, which
	// is then the Plan: its objective is at most that of Result, whose mix of
	// services can be had but is not the best.
	Rough bool
}

const defaultRounds = 60

// Settings of the walks, chosen on instances of our own: temperatures in points
// by round, the last temperature, how dear by staff prices a step may be to be
// drawn, tries for each step of the first round and their growth by round, and the
// temperature at which every other round may end dearer.
var heats = [...]float64{5, 3, 8}

const (
	coolest    = .25
	reachable  = 40
	anything   = 1e6
	firstTries = 20
	growth     = 1.4
	tolerance  = 2
)

// Planner keeps a plan, its exact mix and its prices warm.
type Planner struct {
	s             *state
	k             *cells
	given         *planning.Instance // to New or Update
	priced        bool               // the mix is optimal for the present plan
	best          []int32
	value         float64 // exact objective of best
	round, latest int     // of settle; of best
}

// New makes a planner at the previous plan of a valid instance, which must not
// change afterwards.
func New(in *planning.Instance) (*Planner, error) {
	s, err := newState(in)
	if err != nil {
		return nil, err
	}
	s.set(in.Previous().X)
	return &Planner{s: s, k: newCells(s), given: in}, nil
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
		s.net.Staff(s.x)
		return p.stopped(s.net.OptimiseUntil(stop))
	}
	s.net.Stop = o.Stop
	defer func() { s.net.Stop = nil }()
	begin := slices.Clone(s.at)
	floor, done, err := s.relax(20, o.Stop)
	if errors.Is(err, mincostflow.ErrStopped) {
		return p.stopped(err)
	}
	if err != nil {
		return Outcome{}, err
	}
	if !done {
		p.best, p.value = append(p.best[:0], s.at...), math.Inf(1)
		return p.outcome(0, false)
	}
	p.k.recount()
	p.k.refresh()
	p.value, p.priced = math.Inf(1), true
	out, err := p.Improve(o)
	if err != nil || out.Result.Objective <= floor {
		return out, err
	}
	return p.better(begin, out)
}

// stopped answers the plan as it stands, staffed and with its mix as far as err
// says it was found.
func (p *Planner) stopped(err error) (Outcome, error) {
	s := p.s
	p.best, p.value = append(p.best[:0], s.at...), math.Inf(1)
	if err == nil {
		return p.outcome(0, false)
	}
	if !errors.Is(err, mincostflow.ErrStopped) {
		return Outcome{}, err
	}
	p.priced = false
	return Outcome{Plan: p.Present(), Result: s.net.Rough(s.x), Pivots: s.net.Pivots(), Rough: true}, nil
}

// better answers an earlier plan if it is cheaper than what a search has found:
// rules whose prices the relaxation does not know can lead it astray.
func (p *Planner) better(begin []int32, out Outcome) (Outcome, error) {
	found, value := slices.Clone(p.best), p.value
	p.best = append(p.best[:0], begin...)
	was, err := p.outcome(out.Rounds, out.Complete)
	if err != nil || was.Result.Objective < out.Result.Objective {
		p.value = was.Result.Objective
		return was, err
	}
	p.best, p.value = found, value
	return p.outcome(out.Rounds, out.Complete)
}

// Improve goes on searching from the present plan, which must be solved.
func (p *Planner) Improve(o Options) (Outcome, error) {
	s, k := p.s, p.k
	if !p.priced {
		if err := p.Price(); err != nil {
			return Outcome{}, err
		}
	}
	stop := o.Stop
	if stop == nil {
		stop = func() bool { return false }
	}
	rounds := o.Rounds
	if rounds == 0 {
		rounds = defaultRounds
	}
	until := s.in.Horizon
	if o.Until > 0 && o.Until < until {
		until = o.Until
		s.closed = make([]bool, s.in.Horizon)
		for t := until; t < s.in.Horizon; t++ {
			s.closed[t] = true
		}
	}
	s.net.Stop = o.Stop
	defer func() { s.net.Stop, s.closed = nil, nil }()
	d := newDice(o.Seed)
	movable := 0
	for i, at := range s.at {
		if at >= 0 && s.last[i]-s.first[i] > 1 && i%s.in.Horizon < until {
			movable++
		}
	}
	var l list
	p.coverAll(&l, d, until, o.share(4), stop)
	k.descend(0, until, &l, stop)
	round := o.First
	for ; round < o.First+rounds && !stop(); round++ {
		c := schedule{hot: heats[round%len(heats)], cold: coolest, limit: reachable, most: 250_000,
			tries: int(firstTries * math.Pow(growth, float64(min(round, 5))))}
		if round%2 == 1 { // exchanges want steps that are dear alone
			c.limit, c.tries = anything, c.tries/2
		}
		if round >= 4 && round%2 == 0 {
			c.worse = tolerance
		}
		if p.best != nil && round%8 == 0 && p.latest < round-8 {
			s.goTo(p.best)
			k.recount()
			k.refresh()
		}
		span := 7
		if round%3 != 0 { // days stand alone but for weekly caps
			span = 1
		}
		for from := 0; from < until && !stop(); from += span {
			c.from, c.to = from, min(until, from+span)
			c.most = min(c.most, o.share(2)/((until+span-1)/span)+1)
			k.improve(c, d, &l, stop)
		}
		bare := p.needy(until)
		for n := range min(len(bare), 8) { // bookings first
			if stop() {
				break
			}
			u := bare[d.below(len(bare))]
			c := cover(u, n%2 == 0, float64(10+d.below(70)), until)
			c.most = min(c.most, o.share(4*8)+1)
			k.improve(c, d, &l, stop)
		}
		if !stop() && movable < 3000/(1+round) {
			s.anneal(schedule{hot: 2, cold: .05, tries: 300, to: until}, d, &l, stop)
			k.recount()
			k.refresh()
		}
		p.round = round
		k.forgive()
		if err := p.settle(); err != nil {
			return Outcome{}, err
		}
		if o.Progress != nil {
			o.Progress(Progress{round, p.value, s.tries, s.net.Pivots()})
		}
	}
	if p.best == nil {
		if err := p.settle(); err != nil {
			return Outcome{}, err
		}
	}
	return p.outcome(round-o.First, round == o.First+rounds)
}

// share is one part of so many of what a round may draw.
func (o Options) share(parts int) int {
	if o.Draws <= 0 {
		return math.MaxInt32
	}
	return o.Draws / parts
}

// cover is a walk that aims at uncovered bookings: over the week of those who may
// work there, or over that day of everybody. It begins hot, since others must
// give up a good place before somebody is free.
func cover(u Uncovered, week bool, hot float64, horizon int) schedule {
	c := schedule{hot: hot, cold: coolest, limit: anything, tries: 100, most: 150_000, from: u.Day, to: u.Day + 1}
	if week {
		c.from = u.Day - u.Day%7
		c.to = min(horizon, c.from+7)
		c.focus, c.focusDay = u.Centre+1, u.Day
	}
	return c
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
	if v := float64(s.cost+s.risks.price(s))/flow.Unit + fair.Upper; v < p.value {
		p.value = v
		p.best = append(p.best[:0], s.at...)
		p.latest = p.round
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
	s.goTo(p.best)
	p.k.recount()
	p.priced = true
	s.net.Stop = nil
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
	return Outcome{Plan: planning.Plan{X: x}, Result: r, Rounds: rounds, Draws: p.k.drawn, Tries: s.tries, Pivots: s.net.Pivots(), Complete: complete}, nil
}
