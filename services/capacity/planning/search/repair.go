package search

import (
	"fmt"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// Region is where a plan may be mended. Nobody moves on other days.
type Region struct {
	// Days on which people may move; none stands for all.
	Days []int
	// Centres at which there may be more people than before the repair; none
	// stands for all. Elsewhere people may take the place of others.
	Centres []int
	// Heads, when set, bounds by how many people a centre may have more on a
	// day; one that it does not name gets none more, and moves that do not hang
	// together with one that it names are not made.
	Heads map[planning.Spot]int
}

// Repaired is a mended plan.
type Repaired struct {
	Plan planning.Plan
	// Gain in points, of all moves together, at the present fairness multipliers.
	Gain float64
	// Moves, the one that gains most first. Gain is what would be lost without
	// that move alone, exactly, and Split its parts.
	Moves []planning.Move
	// Unsolved are needs in the region that stay, the costliest first.
	Unsolved []planning.Unsolved
	// Complete is false if Stop ended the repair; the plan is sound all the same.
	Complete bool
}

const repairTries = 20_000

func (o *Options) walk() int {
	if o.Walk > 0 {
		return o.Walk
	}
	return repairTries
}

// Repair mends the present plan within a region: what is booked and missing heads
// first, then all that helps, by single steps, exchanges and chains. No centre is
// left with more uncovered or further below its minimum than before. Among people
// who cost the same those go whose skills are missed least where they leave. A move
// without which the plan would lose less than Options.LeastGain is taken back.
// Options.Rounds are further walks over each week.
func (p *Planner) Repair(r Region, o Options) (Repaired, error) {
	if err := r.check(p.s.in); err != nil {
		return Repaired{}, err
	}
	if !p.priced {
		if err := p.Price(); err != nil {
			return Repaired{}, err
		}
	}
	s, k := p.s, p.k
	stop := o.Stop
	if stop == nil {
		stop = func() bool { return false }
	}
	begin, before := slices.Clone(s.at), s.total()
	days := r.days(s.in.Horizon)
	s.bound(r, days)
	s.guard = newGuard(s, days)
	defer func() {
		s.guard, s.closed = nil, nil
		s.openCounters()
	}()
	var l list
	d := newDice(o.Seed)
	p.coverFirst(r, days, &l, d, o, stop)
	s.guard.strict = false
	weeks := weeksOf(days)
	for _, a := range weeks {
		if stop() {
			break
		}
		b := min(s.in.Horizon, a+7)
		k.descend(a, b, &l, stop)
		c := schedule{hot: 3, cold: coolest, limit: 15, tries: 4, most: min(o.walk(), o.share(2*len(weeks)*(1+o.Rounds))), from: a, to: b}
		for range 1 + o.Rounds {
			if stop() {
				break
			}
			k.improve(c, d, &l, stop)
		}
	}
	out := Repaired{Complete: !stop()}
	p.keepRelated(begin, r)
	p.spareTheRare(begin, stop)
	out.Moves = p.takeBack(begin, o.LeastGain)
	out.Gain = float64(before-s.total()) / flow.Unit
	out.Unsolved = p.unsolved(r, days)
	// The plan at hand is the one to keep from here on.
	p.best, p.value = append(p.best[:0], s.at...), math.Inf(1)
	out.Plan = p.Present()
	return out, nil
}

func (r *Region) check(in *planning.Instance) error {
	for i, t := range r.Days {
		if t < 0 || t >= in.Horizon {
			return &planning.PathError{Path: fmt.Sprintf("region.days[%d]", i), Reason: fmt.Sprintf("is %d: give a day of 0 to %d", t, in.Horizon-1)}
		}
	}
	for i, c := range r.Centres {
		if c < 0 || c >= len(in.Centres) {
			return &planning.PathError{Path: fmt.Sprintf("region.centres[%d]", i), Reason: fmt.Sprintf("is %d: give a centre of 0 to %d", c, len(in.Centres)-1)}
		}
	}
	return nil
}

// days that may change, rising.
func (r *Region) days(horizon int) []int {
	if len(r.Days) == 0 {
		all := make([]int, horizon)
		for t := range all {
			all[t] = t
		}
		return all
	}
	days := slices.Clone(r.Days)
	slices.Sort(days)
	return slices.Compact(days)
}

// weeksOf are the first days of the weeks, from day 0 on, in which days lie.
func weeksOf(days []int) (all []int) {
	for _, t := range days {
		if a := t - t%7; len(all) == 0 || all[len(all)-1] != a {
			all = append(all, a)
		}
	}
	return all
}

// more is by how many people a centre may have more on a day.
func (r *Region) more(c, t int) int {
	switch {
	case r.Heads != nil:
		return max(0, r.Heads[planning.Spot{Centre: c, Day: t}])
	case len(r.Centres) > 0 && !slices.Contains(r.Centres, c):
		return 0
	}
	return math.MaxInt32
}

// bound closes all other days and keeps heads to what a region allows.
func (s *state) bound(r Region, days []int) {
	s.closed = make([]bool, s.in.Horizon)
	for t := range s.closed {
		s.closed[t] = true
	}
	for _, t := range days {
		s.closed[t] = false
		for c := range s.in.Centres {
			i := c*s.in.Horizon + t
			s.ceiling[i] = int32(min(int(s.ceiling[i]), int(s.heads[i])+r.more(c, t)))
		}
	}
}

// coverFirst makes moves that cover what is booked or a missing head: single
// steps, then walks that aim at what is left.
func (p *Planner) coverFirst(r Region, days []int, l *list, d *dice, o Options, stop stopper) {
	s, k := p.s, p.k
	s.guard.strict = true
	for _, t := range days {
		if s.needs(r, t) {
			k.descend(t, t+1, l, stop)
		}
	}
	bare := slices.DeleteFunc(slices.Clone(days), func(t int) bool { return !s.needs(r, t) })
	for _, t := range bare {
		if stop() {
			return
		}
		if !s.needs(r, t) {
			continue
		}
		c := schedule{hot: 30, cold: coolest, limit: anything, tries: 40, most: min(o.walk(), o.share(2*len(bare))), from: t, to: t + 1}
		k.improve(c, d, l, stop)
	}
}

// needs tells whether anything is uncovered or missing on a day where a region asks
// for help: what helps elsewhere is not kept.
func (s *state) needs(r Region, t int) bool {
	for c := range s.in.Centres {
		if _, named := r.Heads[planning.Spot{Centre: c, Day: t}]; r.Heads != nil && !named {
			continue
		}
		if s.lost(c, t) > 0 || s.short(c, t) > 0 {
			return true
		}
	}
	return false
}
