package search

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
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
	in  *planning.Instance
	net *flow.Network
	x   [][]int
	// before is the previous plan, as the instance is given.
	before [][]int

	first   []int32 // options of (e·T+t) are options[first[i]:first[i+1]]
	options []option
	at      []int32 // index of the present option, −1 if absent
	heads   []int32 // c·T+t
	load    []int32 // (c·T+t)·kinds+kind: minutes
	week    []int32 // of day t
	weeks   int
	away    []int32 // e·weeks+week: days away from home
	limit   []int32 // e·weeks+week
	alike   [][]int // people with the same home, kind and reach
	missing int64   // price of a missing head

	worth []int64 // as flow.Network.Worths
	slack []int64 // by option: how much dearer than by prices it was last
	keep  mincostflow.Basis
	cost  int64 // staffing and flow

	tries, kept int
}

func newState(in *planning.Instance) (*state, error) {
	net, err := flow.New(in)
	if err != nil {
		return nil, err
	}
	T := in.Horizon
	s := &state{in: in, net: net, before: in.Previous().X, week: make([]int32, T), missing: units(in.Weights.MissingHead)}
	for t := range T {
		s.week[t] = int32((in.Weekday0 + t) / 7)
	}
	s.weeks = int(s.week[T-1]) + 1
	for e := range in.Staff {
		for t := range T {
			s.first = append(s.first, int32(len(s.options)))
			if in.Avail[e][t] <= 0 {
				continue
			}
			net.Reachable(e, t, func(c int) {
				move, change := flow.PlaceCost(in, e, t, c)
				s.options = append(s.options, option{int32(c), units(move + change)})
			})
		}
	}
	s.first = append(s.first, int32(len(s.options)))
	s.slack = make([]int64, len(s.options))
	s.worth = make([]int64, net.C*net.K*T)
	s.groupAlike()
	s.limits()
	return s, nil
}

func units(points float64) int64 { return int64(points*flow.Unit + .5) }

func (s *state) groupAlike() {
	index := map[string]int{}
	for e := range s.in.Staff {
		p := &s.in.Staff[e]
		key := make([]byte, 0, 64)
		key = append(key, byte(p.Home), byte(p.Home>>8), byte(s.net.Kind[e]), byte(s.net.Kind[e]>>8))
		for _, c := range p.Reach {
			key = append(key, byte(c), byte(c>>8))
		}
		if p.NoticeDays != nil || p.FixedDays != nil || p.Deployable != nil || p.Mobile || p.Volunteer {
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

// limits are the weekly caps; days away within the notice period count even
// where they exceed the cap.
func (s *state) limits() {
	in := s.in
	s.limit = make([]int32, len(in.Staff)*s.weeks)
	for e := range in.Staff {
		limit := in.MaxMovedPerWeek
		if m := in.Staff[e].MaxMovedPerWeek; m != nil {
			limit = *m
		}
		for w := range s.weeks {
			s.limit[e*s.weeks+w] = int32(limit)
		}
		forced := make([]int32, s.weeks)
		for t := range in.Horizon {
			i := e*in.Horizon + t
			if o := s.options[s.first[i]:s.first[i+1]]; len(o) == 1 && int(o[0].c) != in.Staff[e].Home {
				forced[s.week[t]]++
			}
		}
		s.limit[e*s.weeks] -= int32(in.Staff[e].AwayBefore)
		for w, n := range forced {
			s.limit[e*s.weeks+w] = max(s.limit[e*s.weeks+w], n)
		}
	}
}

// set takes over a staffing; days away beyond the weekly cap are spent at home,
// the last ones first.
func (s *state) set(x [][]int) {
	in, T := s.in, s.in.Horizon
	s.x = make([][]int, len(x))
	s.at = make([]int32, len(x)*T)
	s.heads = make([]int32, s.net.C*T)
	s.load = make([]int32, s.net.C*T*s.net.K)
	s.away = make([]int32, len(x)*s.weeks)
	s.cost = 0
	for e := range x {
		s.x[e] = make([]int, T)
		for t, c := range x[e] {
			i := e*T + t
			s.x[e][t], s.at[i] = planning.Nowhere, -1
			if in.Avail[e][t] <= 0 {
				continue
			}
			home, found := s.first[i], int32(-1)
			for o := s.first[i]; o < s.first[i+1]; o++ {
				if int(s.options[o].c) == in.Staff[e].Home {
					home = o
				}
				if int(s.options[o].c) == c {
					found = o
				}
			}
			w := e*s.weeks + int(s.week[t])
			if found < 0 || c != in.Staff[e].Home && s.away[w] >= s.limit[w] {
				found = home
			}
			s.at[i] = found
			c = int(s.options[found].c)
			s.x[e][t] = c
			if c != in.Staff[e].Home {
				s.away[w]++
			}
			s.heads[c*T+t]++
			s.load[(c*T+t)*s.net.K+s.net.Kind[e]] += int32(in.Avail[e][t])
			s.cost += s.options[found].cost
		}
	}
	for c := range s.net.C {
		for t := range T {
			if in.OpenOn(c, t) {
				s.cost += s.missing * int64(max(0, in.Centres[c].MinStaff-int(s.heads[c*T+t])))
			}
		}
	}
}

// headCost is what n heads at a centre on a day cost as missing.
func (s *state) headCost(c, t int, n int32) int64 {
	if short := int32(s.in.Centres[c].MinStaff) - n; short > 0 && s.in.OpenOn(c, t) {
		return s.missing * int64(short)
	}
	return 0
}

// step is a person-day's change to another option.
type step struct {
	i  int32 // e·T+t
	to int32 // option
}

func (s *state) person(i int32) (e, t int) { return int(i) / s.in.Horizon, int(i) % s.in.Horizon }

// worthOf is the worth of a minute of person-day i at an option's centre.
func (s *state) worthOf(e, t int, c int32) int64 {
	return s.worth[(int(c)*s.net.K+s.net.Kind[e])*s.in.Horizon+t]
}

// floor is the least that a step can cost by prices, heads apart: the cost of the
// mix is convex in the staffing.
func (s *state) floor(p step) int64 {
	e, t := s.person(p.i)
	from, to := s.options[s.at[p.i]], s.options[p.to]
	return to.cost - from.cost - int64(s.in.Avail[e][t])*(s.worthOf(e, t, to.c)-s.worthOf(e, t, from.c))
}

// apply changes plan, heads and days away by steps and answers what that costs
// apart from the mix, and whether caps and counters allow it. Undo by applying
// the steps answered, in their order.
func (s *state) apply(steps []step, back []step) (cost int64, ok bool, undo []step) {
	ok = true
	T := s.in.Horizon
	for _, p := range steps {
		e, t := s.person(p.i)
		from, to := s.options[s.at[p.i]], s.options[p.to]
		back = append(back, step{p.i, s.at[p.i]})
		home := int32(s.in.Staff[e].Home)
		w := e*s.weeks + int(s.week[t])
		if from.c != home {
			s.away[w]--
		}
		if to.c != home {
			s.away[w]++
		}
		a, b := int(from.c)*T+t, int(to.c)*T+t
		cost += to.cost - from.cost - s.headCost(int(from.c), t, s.heads[a]) + s.headCost(int(from.c), t, s.heads[a]-1)
		s.heads[a]--
		cost += s.headCost(int(to.c), t, s.heads[b]+1) - s.headCost(int(to.c), t, s.heads[b])
		s.heads[b]++
		m, k := int32(s.in.Avail[e][t]), s.net.Kind[e]
		s.load[a*s.net.K+k] -= m
		s.load[b*s.net.K+k] += m
		s.at[p.i] = p.to
		s.x[e][t] = int(to.c)
	}
	for _, p := range steps {
		e, t := s.person(p.i)
		c := s.x[e][t]
		if w := e*s.weeks + int(s.week[t]); c != s.in.Staff[e].Home && s.away[w] > s.limit[w] {
			ok = false
		}
		if int(s.heads[c*T+t]) > s.in.Centres[c].Counters {
			ok = false
		}
	}
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	return cost, ok, back
}

// mark keeps the present network state for undo, and reads the prices.
func (s *state) mark() {
	s.net.Save(&s.keep)
	s.net.Worths(s.worth)
}

// try applies steps if they cost less than most, exactly priced. The state must
// be marked; it is marked again if the steps are kept.
func (s *state) try(steps []step, most int64) (cost int64, kept bool) {
	var room [8]step
	staffing, ok, undo := s.apply(steps, room[:0])
	if !ok || !s.mayLeave(undo) {
		s.apply(undo, nil)
		return 0, false
	}
	s.tries++
	before := s.net.Units()
	err := s.moveAll(undo)
	cost = staffing + s.net.Units() - before
	if err != nil || cost >= most {
		s.net.Restore(&s.keep)
		s.apply(undo, nil)
		return cost, false
	}
	s.cost += staffing
	s.kept++
	s.mark()
	return cost, true
}

// mayLeave asks the instance whether the centres that people have left by steps
// just applied still serve what is booked at every moment.
func (s *state) mayLeave(undo []step) bool {
	if s.in.MayLeave == nil {
		return true
	}
	for _, u := range undo {
		e, t := s.person(u.i)
		c := int(s.options[u.to].c)
		if s.before[e][t] != c || s.x[e][t] == c {
			continue
		}
		var gone []int
		for f := range s.x {
			if s.before[f][t] == c && s.x[f][t] != c && s.x[f][t] != planning.Nowhere {
				gone = append(gone, f)
			}
		}
		if !s.in.MayLeave(c, t, gone) {
			return false
		}
	}
	return true
}

// total is staffing and mix at the present multipliers, in units.
func (s *state) total() int64 { return s.cost + s.net.Units() }

// moveAll brings the network to a staffing that has been applied already.
func (s *state) moveAll(undo []step) error {
	var room [8]flow.Step
	moves := room[:0]
	for _, u := range undo {
		e, t := s.person(u.i)
		moves = append(moves, flow.Step{E: e, T: t, From: int(s.options[u.to].c), To: s.x[e][t]})
	}
	return s.net.Move(moves...)
}
