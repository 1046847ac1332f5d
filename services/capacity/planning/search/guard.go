package search

import "slices"

// guard keeps a repair from doing to those who give what it mends elsewhere: no
// centre may have more booked minutes uncovered, or more heads missing, than when
// the repair began.
type guard struct {
	days  []int
	lost  []int32 // c·T+t: minutes uncovered at the beginning; nil: no centre is kept from harm
	short []int32 // likewise heads missing
	// strict admits only what lessens the price of both.
	strict bool
	urgent int64 // that price at the last mark, in units
}

func newGuard(s *state, days []int) *guard {
	g := &guard{days: days, lost: make([]int32, len(s.heads)), short: make([]int32, len(s.heads))}
	for _, t := range days {
		for c := range s.in.Centres {
			g.lost[c*s.in.Horizon+t] = int32(s.lost(c, t))
			g.short[c*s.in.Horizon+t] = s.short(c, t)
		}
	}
	g.urgent = g.price(s)
	return g
}

// lost are the booked minutes uncovered at a centre on a day, those at their
// moment included.
func (s *state) lost(c, t int) int {
	n := s.net.Lost(c, t)
	if r := s.risks.at(c*s.in.Horizon + t); r != nil {
		n = max(n, r.uncovered(s))
	}
	return n
}

// short is how many heads are missing at a centre on a day.
func (s *state) short(c, t int) int32 {
	cell := c*s.in.Horizon + t
	switch {
	case s.personal.staffed(cell):
		return s.personal.short[cell]
	case !s.in.OpenOn(c, t):
		return 0
	}
	return max(0, int32(s.in.Centres[c].MinStaff)-s.heads[cell])
}

// need tells whether anything is uncovered or missing on a day.
func (g *guard) need(s *state, t int) bool {
	for c := range s.in.Centres {
		if s.lost(c, t) > 0 || s.short(c, t) > 0 {
			return true
		}
	}
	return false
}

// price of all that is uncovered and missing, in units.
func (g *guard) price(s *state) (sum int64) {
	for _, t := range g.days {
		for c := range s.in.Centres {
			sum += s.missing * int64(s.short(c, t))
			sum += s.net.LostUnits(c, t)
		}
	}
	return sum + s.risks.price(s)
}

// allows is asked once steps are applied and the mix is optimal.
func (g *guard) allows(s *state, undo []step) bool {
	T := s.in.Horizon
	for _, u := range undo {
		if g.lost == nil {
			break
		}
		e, t := s.person(u.i)
		for _, c := range [2]int{int(s.options[u.to].c), s.x[e][t]} {
			if cell := c*T + t; int32(s.lost(c, t)) > g.lost[cell] || s.short(c, t) > g.short[cell] {
				return false
			}
		}
	}
	return !g.strict || g.price(s) < g.urgent
}

// lostUnits is what all booked minutes that the flow leaves uncovered cost.
func (s *state) lostUnits() (sum int64) {
	for c := range s.in.Centres {
		for t := range s.in.Horizon {
			sum += s.net.LostUnits(c, t)
		}
	}
	return sum
}

// needy are the places before a day where booked minutes are uncovered or heads
// missing, unless not even divisible people could cover more.
func (p *Planner) needy(until int) (all []Uncovered) {
	s := p.s
	if s.bare < 0 || s.lostUnits() > s.bare+s.bare/1000 {
		all = slices.DeleteFunc(p.uncovered(), func(u Uncovered) bool { return u.Day >= until })
	}
	for c := range s.in.Centres {
		for t := range until {
			if s.short(c, t) > 0 {
				all = append(all, Uncovered{Centre: c, Day: t})
			}
		}
	}
	return all
}

// coverAll is the strict first phase of a search: only what lessens the price of
// booked minutes uncovered and heads missing is done, by single steps first, then
// by walks that aim at one such place after the other.
func (p *Planner) coverAll(l *list, d *dice, until, draws int, stop stopper) {
	s, k := p.s, p.k
	if len(p.needy(until)) == 0 {
		return
	}
	days := make([]int, until)
	for t := range days {
		days[t] = t
	}
	s.guard = &guard{days: days, strict: true}
	s.guard.urgent = s.guard.price(s)
	defer func() { s.guard = nil }()
	for _, t := range days {
		if s.guard.need(s, t) && !stop() {
			k.descend(t, t+1, l, stop)
		}
	}
	bare := p.needy(until)
	for n, u := range bare {
		if stop() {
			return
		}
		if s.lost(u.Centre, u.Day) > 0 || s.short(u.Centre, u.Day) > 0 {
			c := cover(u, n%2 == 1, 30, until)
			c.most = min(c.most, draws/len(bare)+1)
			k.improve(c, d, l, stop)
		}
	}
}
