package search

import "math"

// schedule of an annealing round; temperatures in points.
type schedule struct {
	hot, cold float64
	tries     int
	from, to  int // days
	// limit is how dear, by staff prices, a step of a walk's pool may be, most
	// the number of tries of a walk.
	limit float64
	most  int
	// worse is a temperature at which a walk's outcome is kept though it costs more.
	worse float64
	// focus, if above 0, takes only those into the pool who may be at centre
	// focus−1 on day focusDay.
	focus, focusDay int
}

// anneal walks at random: a step, or two at once, is kept if it costs less than
// a threshold drawn beforehand from the temperature (Metropolis). Since prices
// bound from below what steps cost, most can be passed over without being
// tried. It ends at the best staffing it has seen, by the present multipliers.
func (s *state) anneal(c schedule, d *dice, l *list, stop stopper) {
	const perPoint = 1e9
	best := s.total()
	bestAt := append([]int32(nil), s.at...)
	last := s.total()
	var failed [1 << 12]uint64
	version := uint64(1)
	fresh := false
	start := s.tries
	idle := 0
	for s.tries-start < c.tries && !stop() && idle < 20*c.tries {
		idle++
		done := float64(s.tries-start) / float64(c.tries)
		heat := c.hot * math.Pow(c.cold/c.hot, done)
		if !fresh {
			s.collect(l, int64((12*c.hot+10)*perPoint), c.from, c.to)
			fresh = true
			version++
		}
		if len(l.all) == 0 {
			break
		}
		threshold := int64(-heat * math.Log(d.unit()) * perPoint)
		one := l.all[d.below(len(l.all))]
		var steps [2]step
		steps[0] = one.step
		n := 1
		if d.below(100) < 45 {
			if one.least()+s.slack[one.to]*4/5 > threshold {
				continue
			}
		} else {
			two, ok := s.partner(one, threshold, d, l)
			if !ok {
				continue
			}
			steps[1] = two
			n = 2
		}
		key := (uint64(steps[0].to)*0x9e3779b97f4a7c15 ^ uint64(steps[1].to)*0xbf58476d1ce4e5b9*uint64(n-1)) + version*0x94d049bb133111eb
		slot := key >> 52
		if failed[slot] == key {
			continue
		}
		cost, kept := s.try(steps[:n], threshold+1)
		if !kept {
			failed[slot] = key
			if n == 1 && cost != 0 {
				s.slack[one.to] = max(0, cost-one.least())
			}
			continue
		}
		fresh = false
		if n == 1 {
			s.slack[one.to] = 0
		}
		last += cost
		if last < best {
			best = last
			copy(bestAt, s.at)
		}
	}
	s.goTo(bestAt)
}

// partner finds a second step that may go with the first within the threshold:
// on the same day, or of the same person in the same week.
func (s *state) partner(one candidate, threshold int64, d *dice, l *list) (step, bool) {
	e, t := s.person(one.i)
	T := s.in.Horizon
	found, seen := step{}, 0
	consider := func(two candidate) {
		if two.i == one.i || one.floor+two.floor > threshold {
			return
		}
		seen++
		if d.below(seen) == 0 {
			found = two.step
		}
	}
	home := int32(s.in.Staff[e].Home)
	if now := s.options[s.at[one.i]]; now.c != home && s.options[one.to].c == home && d.below(3) == 0 {
		// The day away is spent on another day.
		for u := range T {
			if s.week[u] != s.week[t] || u == t {
				continue
			}
			i := int32(e*T + u)
			if s.last[i]-s.first[i] < 2 || s.at[i] < 0 || s.closed != nil && s.closed[u] || s.options[s.at[i]].c != home {
				continue
			}
			for o := s.first[i]; o < s.last[i]; o++ {
				if o != s.at[i] {
					consider(candidate{step{i, o}, s.floor(step{i, o}), 0})
				}
			}
		}
	} else {
		for _, two := range l.day(t) {
			consider(two)
		}
	}
	if seen == 0 {
		return step{}, false
	}
	// Heads are looked at together.
	var room [2]step
	both := [2]step{one.step, found}
	cost, ok, undo := s.apply(both[:], room[:0])
	s.apply(undo, nil)
	eq := cost
	for _, p := range both {
		eq -= s.options[p.to].cost - s.options[s.at[p.i]].cost
	}
	return found, ok && one.floor+s.floor(found)+eq <= threshold
}

// goTo makes the staffing the one of the options given.
func (s *state) goTo(at []int32) {
	var steps []step
	for i, o := range at {
		if o != s.at[i] {
			steps = append(steps, step{int32(i), o})
		}
	}
	for len(steps) > 0 {
		n := min(8, len(steps))
		s.force(steps[:n])
		steps = steps[n:]
	}
	s.mark()
}

// force applies steps whatever they cost.
func (s *state) force(steps []step) {
	var undo []step
	cost, _, undo := s.apply(steps, undo)
	s.moveAll(undo)
	s.cost += cost
}
