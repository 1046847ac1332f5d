package search

import (
	"math"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// option is a centre at which a person may work on a day, and what that costs
// in units.
type option struct {
	c    int32
	cost int64
}

// state is a staffing with its exact mix, warm. Costs are in units of
// 1/flow.Unit points; the fairness term stands at the network's multipliers.
type state struct {
	in   *planning.Instance
	net  *flow.Network
	book *rule.Book
	x    [][]int
	// before is the previous plan, as the instance is given.
	before [][]int

	first, last []int32 // options of (e·T+t) are options[first[i]:last[i]]
	options     []option
	at          []int32 // index of the present option, −1 if absent
	heads       []int32 // c·T+t
	ceiling     []int32 // c·T+t: most heads
	closed      []bool  // by day: nothing may change; nil for none
	load        []int32 // (c·T+t)·kinds+kind: minutes
	week        []int32 // of day t
	weeks       int
	away        []int32 // e·weeks+week: days away from home
	limit       []int32 // e·weeks+week
	alike       [][]int // people with the same home, kind and reach
	missing     int64   // price of a missing head
	personal    personal
	risks       risks

	worth []int64 // as flow.Network.Worths
	slack []int64 // by option: how much dearer than by prices it was last
	keep  mincostflow.Basis
	cost  int64 // staffing: places, rows, missing heads

	bare        int64  // booked minutes uncovered even if people are divided, in units; −1 unknown
	guard       *guard // what a repair may not do to those who give, or nil
	mayGo       []int8 // e·T+t: whether that person alone may leave, 0 not asked yet
	tries, kept int
}

func newState(in *planning.Instance) (*state, error) {
	net, err := flow.New(in)
	if err != nil {
		return nil, err
	}
	T := in.Horizon
	s := &state{in: in, net: net, book: rule.New(in), before: in.Previous().X, week: make([]int32, T), missing: units(in.Weights.MissingHead), bare: -1}
	net.UseRules(s.book)
	for t := range T {
		s.week[t] = int32((in.Weekday0 + t) / 7)
	}
	s.weeks = int(s.week[T-1]) + 1
	s.first, s.last = make([]int32, len(in.Staff)*T), make([]int32, len(in.Staff)*T)
	for e := range in.Staff {
		for t := range T {
			s.choose(e, t)
		}
	}
	s.worth = make([]int64, net.C*net.K*T)
	s.ceiling = make([]int32, net.C*T)
	s.openCounters()
	s.limit = make([]int32, len(in.Staff)*s.weeks)
	for e := range in.Staff {
		s.limits(e)
	}
	s.personal = newPersonal(s)
	s.groupAlike()
	s.newRisks()
	s.forgetLeaving()
	return s, nil
}

func units(points float64) int64 { return int64(points*flow.Unit + .5) }

// choose lists anew where a person may be on a day.
func (s *state) choose(e, t int) {
	i := e*s.in.Horizon + t
	s.first[i] = int32(len(s.options))
	if s.in.Avail[e][t] > 0 {
		s.book.PlacesOf(e, t, func(c int) {
			move, change := flow.PlaceCost(s.in, e, t, c)
			s.options = append(s.options, option{int32(c), units(move + change)})
			s.slack = append(s.slack, 0)
		})
	}
	s.last[i] = int32(len(s.options))
}

// option of a person-day at a centre, −1 if it has none there.
func (s *state) option(i int32, c int) int32 {
	for o := s.first[i]; o < s.last[i]; o++ {
		if int(s.options[o].c) == c {
			return o
		}
	}
	return -1
}

// openCounters lets as many people be at a centre as it has counters.
func (s *state) openCounters() {
	for i := range s.ceiling {
		s.ceiling[i] = int32(s.in.Centres[i/s.in.Horizon].Counters)
		if s.in.Duties != nil { // counters count by the moment
			s.ceiling[i] = math.MaxInt32
		}
	}
}

func (s *state) groupAlike() {
	index := map[string]int{}
	s.alike = s.alike[:0]
	for e := range s.in.Staff {
		p := &s.in.Staff[e]
		key := make([]byte, 0, 64)
		key = append(key, byte(p.Home), byte(p.Home>>8), byte(s.net.Kind[e]), byte(s.net.Kind[e]>>8))
		for _, c := range p.Reach {
			key = append(key, byte(c), byte(c>>8))
		}
		if p.NoticeDays != nil || p.FixedDays != nil || p.Deployable != nil || p.Mobile || p.Volunteer || s.personal.is(e) || s.in.StaysUncovered != nil {
			key = append(key, byte(e), byte(e>>8), byte(e>>16), 1)
		}
		g, ok := index[string(key)]
		if !ok {
			g = len(s.alike)
			index[string(key)] = g
			s.alike = append(s.alike, nil)
		}
		s.alike[g] = append(s.alike[g], e)
	}
}

// limits are a person's weekly caps; days away in the previous plan count even
// where they exceed the cap.
func (s *state) limits(e int) {
	p := &s.in.Staff[e]
	most := s.in.MaxMovedPerWeek
	if p.MaxMovedPerWeek != nil {
		most = *p.MaxMovedPerWeek
	}
	limit := s.limit[e*s.weeks : (e+1)*s.weeks]
	var room [64]int32
	given := room[:]
	if s.weeks > len(room) {
		given = make([]int32, s.weeks)
	}
	for t, c := range s.before[e] {
		if c != planning.Nowhere && c != p.Home {
			given[s.week[t]]++
		}
	}
	for w := range limit {
		limit[w] = int32(most)
		if w == 0 {
			limit[w] -= int32(p.AwayBefore)
		}
		limit[w] = max(limit[w], given[w])
	}
}

// set takes over a staffing. Whoever may not be where it has them is put where
// they may be, at home if that is allowed.
func (s *state) set(x [][]int) {
	in, T := s.in, s.in.Horizon
	s.x = make([][]int, len(x))
	s.at = make([]int32, len(x)*T)
	s.heads = make([]int32, s.net.C*T)
	s.load = make([]int32, s.net.C*T*s.net.K)
	s.away = make([]int32, len(x)*s.weeks)
	s.cost = 0
	s.personal.empty(s)
	s.risks.empty()
	for c := range s.net.C {
		for t := range T {
			s.cost += s.headCost(c, t, 0)
		}
	}
	for e := range x {
		s.x[e] = make([]int, T)
		for t := range s.x[e] {
			i := int32(e*T + t)
			s.x[e][t], s.at[i] = planning.Nowhere, -1
			if in.Avail[e][t] > 0 {
				s.enter(i, s.nearest(i, x[e][t]))
			}
		}
	}
	s.cost += s.personal.settle(s)
}

// nearest option of a person-day to a centre: there, else at home, else the
// first.
func (s *state) nearest(i int32, c int) int32 {
	e, _ := s.person(i)
	if o := s.option(i, c); o >= 0 {
		return o
	}
	if o := s.option(i, s.in.Staff[e].Home); o >= 0 {
		return o
	}
	return s.first[i]
}

// enter puts a person-day that is nowhere at an option; the network and what
// rules of several people or days cost are brought up to date by others.
func (s *state) enter(i, o int32) {
	e, t := s.person(i)
	c := int(s.options[o].c)
	s.at[i], s.x[e][t] = o, c
	s.cost += s.options[o].cost
	s.count(e, t, c, 1)
}

// leave takes a person-day out.
func (s *state) leave(i int32) {
	e, t := s.person(i)
	o := s.at[i]
	s.at[i], s.x[e][t] = -1, planning.Nowhere
	s.cost -= s.options[o].cost
	s.count(e, t, int(s.options[o].c), -1)
}

// count keeps heads, minutes and days away, and what heads cost.
func (s *state) count(e, t, c int, sign int32) {
	T := s.in.Horizon
	cell := c*T + t
	s.cost += s.headCost(c, t, s.heads[cell]+sign) - s.headCost(c, t, s.heads[cell])
	s.heads[cell] += sign
	s.load[cell*s.net.K+s.net.Kind[e]] += sign * int32(s.in.Avail[e][t])
	if c != s.in.Staff[e].Home {
		s.away[e*s.weeks+int(s.week[t])] += sign
	}
	s.personal.count(s, e, t, c, sign)
	s.risks.count(s, e, t, c, sign)
}

// headCost is what n heads at a centre on a day cost as missing, where heads
// are counted by day.
func (s *state) headCost(c, t int, n int32) int64 {
	if short := int32(s.in.Centres[c].MinStaff) - n; short > 0 && s.in.OpenOn(c, t) && !s.personal.staffed(c*s.in.Horizon+t) {
		return s.missing * int64(short)
	}
	return 0
}

// headsBy is what a person more (sign 1) or less (−1) changes in missing heads.
func (s *state) headsBy(c, t, e int, sign int32) int64 {
	cell := c*s.in.Horizon + t
	if s.personal.staffed(cell) {
		return s.personal.by(s, cell, e, sign)
	}
	return s.headCost(c, t, s.heads[cell]+sign) - s.headCost(c, t, s.heads[cell])
}

func (s *state) person(i int32) (e, t int) { return int(i) / s.in.Horizon, int(i) % s.in.Horizon }

func (s *state) employee(i int32) int { return int(i) / s.in.Horizon }

// worthOf is the worth of a minute of person-day i at an option's centre.
func (s *state) worthOf(e, t int, c int32) int64 {
	return s.worth[(int(c)*s.net.K+s.net.Kind[e])*s.in.Horizon+t]
}

// floor is the least that a step can cost by prices, heads apart: the cost of the
// mix is convex in the staffing.
func (s *state) floor(p step) int64 {
	e, t := s.person(p.i)
	from, to := s.options[s.at[p.i]], s.options[p.to]
	return to.cost - from.cost - int64(s.in.Avail[e][t])*(s.worthOf(e, t, to.c)-s.worthOf(e, t, from.c)) - s.risks.most(s, e, t, int(to.c))
}

// mark keeps the present network state for undo, and reads the prices.
func (s *state) mark() {
	s.net.Save(&s.keep)
	s.net.Worths(s.worth)
	s.risks.cost = s.risks.price(s)
	if s.guard != nil {
		s.guard.urgent = s.guard.price(s)
	}
}

// total is staffing and mix at the present multipliers, in units.
func (s *state) total() int64 { return s.cost + s.risks.cost + s.net.Units() }
