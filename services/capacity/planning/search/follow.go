package search

import (
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Follow makes a planner for a valid instance whose day 0 is a planner's day so
// many later, priced as by Price, but from the mix of the planner: most of a plan is
// the one of the day before. Places, skills and districts must be the same, else the
// error is ErrShape; people may come and go.
func (p *Planner) Follow(in *planning.Instance, days int) (*Planner, error) {
	old := p.s.in
	if !p.priced || days < 0 || days >= old.Horizon || old.Horizon < 7 || (old.Weekday0+days)%7 != in.Weekday0%7 || !slices.Equal(old.Skills, in.Skills) ||
		!slices.Equal(old.Districts, in.Districts) || !slices.EqualFunc(old.Centres, in.Centres, func(x, y planning.Centre) bool { return x.ID == y.ID && x.District == y.District }) {
		return nil, ErrShape
	}
	q, err := p.anew(in, days)
	if err != nil {
		return nil, err
	}
	return q, q.settle()
}

// anew is a planner made anew, priced at the present multipliers from the mix of
// this one.
func (p *Planner) anew(in *planning.Instance, days int) (*Planner, error) {
	q, err := New(in)
	if err != nil {
		return nil, err
	}
	s := q.s
	s.net.SetMultipliers(p.s.net.Multipliers())
	s.net.Staff(s.x)
	if err := s.net.Carry(p.s.net, days); err != nil {
		return nil, err
	}
	s.mark()
	q.k.recount()
	q.k.refresh()
	q.best, q.value, q.priced = append(q.best[:0], s.at...), math.Inf(1), true
	return q, nil
}
