package search

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// step is a person-day's change to another option.
type step struct {
	i  int32 // e·T+t
	to int32 // option
}

// apply changes plan, heads and days away by steps and answers what that costs
// apart from the mix, and whether caps, counters and the rules of people allow
// it. Undo by applying the steps answered, in their order.
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
		if s.personal.any {
			s.personal.count(s, e, t, int(from.c), -1)
			s.personal.count(s, e, t, int(to.c), 1)
		}
		if s.risks.all != nil {
			s.risks.count(s, e, t, int(from.c), -1)
			s.risks.count(s, e, t, int(to.c), 1)
		}
	}
	for _, p := range steps {
		e, t := s.person(p.i)
		c := s.x[e][t]
		if w := e*s.weeks + int(s.week[t]); c != s.in.Staff[e].Home && s.away[w] > s.limit[w] {
			ok = false
		}
		if s.heads[c*T+t] > s.ceiling[c*T+t] {
			ok = false
		}
	}
	if s.personal.any {
		more, allowed := s.personal.changed(s)
		cost += more
		ok = ok && allowed
	}
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	return cost, ok, back
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
	before := s.net.Units() + s.risks.cost
	err := s.moveAll(undo)
	cost = staffing + s.net.Units() + s.risks.price(s) - before
	if err != nil || cost >= most || s.guard != nil && !s.guard.allows(s, undo) {
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

// mayGo tells whether a person may leave where the previous plan has them, nobody
// else gone: what a walk need not look at.
func (s *state) mayGoAlone(i int32) bool {
	e, t := s.person(i)
	if s.in.MayLeave == nil || s.before[e][t] != s.x[e][t] {
		return true
	}
	if s.mayGo[i] == 0 {
		s.mayGo[i] = -1
		if s.in.MayLeave(s.x[e][t], t, []int{e}) {
			s.mayGo[i] = 1
		}
	}
	return s.mayGo[i] > 0
}

// forgetLeaving makes mayGoAlone ask anew.
func (s *state) forgetLeaving() {
	s.mayGo = nil
	if s.in.MayLeave != nil {
		s.mayGo = make([]int8, len(s.first))
	}
}

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
