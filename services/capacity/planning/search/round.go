package search

import (
	"cmp"
	"errors"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// relax solves the relaxation of the present staffing with its fairness
// multipliers and rounds it: where a transfer carries whole persons they go;
// what is left of it moves back, or is filled up to a person, by exact steps.
//
// The present plan is priced first, whatever stop says but where the instance is
// large (mincostflow.ErrStopped): floor is a lower bound of its objective, in
// points. If stop ends the rest the plan stays as it was and done is false.
func (s *state) relax(fairRounds int, stop stopper) (floor float64, done bool, err error) {
	s.net.Staff(s.x)
	if err := s.net.OptimiseUntil(stop); err != nil {
		return 0, false, err
	}
	floor = float64(s.cost+s.risks.price(s))/flow.Unit + s.net.Objective()
	if stop == nil {
		return floor, true, s.transfer(fairRounds)
	}
	var priced mincostflow.Basis
	s.net.Save(&priced)
	begin, multipliers := slices.Clone(s.at), s.net.Multipliers()
	s.net.SetStop(stop)
	err = s.transfer(fairRounds)
	s.net.SetStop(nil)
	if !errors.Is(err, mincostflow.ErrStopped) {
		return floor, err == nil, err
	}
	cost, _, _ := s.apply(s.since(begin), nil)
	s.cost += cost
	s.net.SetMultipliers(multipliers)
	s.net.Restore(&priced)
	s.mark()
	return floor, false, nil
}

// transfer moves people as the relaxation of a priced plan says.
func (s *state) transfer(fairRounds int) error {
	used, err := s.net.SolveTransfers(s.x, func() error {
		if fairRounds > 0 {
			if _, err := s.net.OptimiseFair(1e-5, fairRounds); err != nil {
				return err
			}
		}
		s.bare = s.lostUnits()
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(used, func(a, b flow.Transfer) int {
		return cmp.Or(-cmp.Compare(a.Flow*1000/int64(a.Minutes), b.Flow*1000/int64(b.Minutes)), a.Day-b.Day)
	})
	T := s.in.Horizon
	var back []flow.Transferred
	for _, u := range used {
		left := int(u.Flow)
		for _, group := range s.alike {
			if p := &s.in.Staff[group[0]]; p.Home != u.From || s.net.Kind[group[0]] != u.Kind {
				continue
			}
			for _, e := range group {
				i := e*T + u.Day
				if s.at[i] < 0 || s.x[e][u.Day] != u.From || s.in.Avail[e][u.Day] != u.Minutes || left*20 < u.Minutes*13 {
					continue
				}
				o := s.option(int32(i), u.To)
				w := e*s.weeks + int(s.week[u.Day])
				if o < 0 || s.away[w] >= s.limit[w] || s.options[o].cost-s.options[s.at[i]].cost > u.Points {
					continue
				}
				var room [1]step
				cost, ok, undo := s.apply([]step{{int32(i), o}}, room[:0])
				if !ok || !s.mayLeave(undo) || cost > s.missing/2 && s.missing > 0 {
					s.apply(undo, nil)
					continue
				}
				s.cost += cost
				left -= u.Minutes
			}
		}
		if left != 0 {
			back = append(back, flow.Transferred{Kind: u.Kind, Day: u.Day, From: u.To, To: u.From, Minutes: left})
		}
	}
	if err := s.net.MoveMinutes(back); err != nil {
		return err
	}
	s.mark()
	return nil
}
