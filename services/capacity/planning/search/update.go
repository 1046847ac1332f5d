package search

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// ErrShape says that an instance has other days, places, skills or people than
// the one a planner was made for: make a new Planner.
var ErrShape = errors.New("search: the instance has another shape")

// Damage is what an event does to the plan before anything is mended, with the
// best mix, at the present fairness multipliers.
type Damage struct {
	// Points by which the objective rises; negative if it falls.
	Points float64
	// Uncovered are booked minutes that are uncovered now and were not before.
	Uncovered []Uncovered
}

// Uncovered are booked minutes without staff.
type Uncovered struct {
	Centre, Skill, Day int
	Minutes            int64
}

// Update takes over a changed instance of the same shape: the same days, today,
// centres, districts, skills and staff list; else the error is ErrShape. The
// present plan becomes in.Previous(). Differences in presence, previous plan,
// what is booked, held for walk-ins, asked for or known to be uncovered, in
// fixed days and other terms of people are taken over warm, from the present mix;
// with other weights, skills of people, travel or minimum staff all but the mix
// is made anew.
// The damage answered is against the plan as it stood before. The instance must
// be valid and must not change afterwards.
func (p *Planner) Update(in *planning.Instance) (Damage, error) {
	old := p.s.in
	if err := sameShape(old, in); err != nil {
		return Damage{}, err
	}
	if !p.priced {
		if err := p.Price(); err != nil {
			return Damage{}, err
		}
	}
	before, had := p.Objective(), p.uncovered()
	x := in.Previous().X
	if sameTerms(old, in) && p.reaches(in, x) {
		if err := p.adopt(in, x); err != nil {
			return Damage{}, err
		}
	} else {
		q, err := p.anew(in, 0)
		if err != nil {
			return Damage{}, err
		}
		q.s.tries, q.s.kept = p.s.tries, p.s.kept
		*p = *q
	}
	p.given = in
	return p.damage(before, had), nil
}

func (p *Planner) damage(before float64, had []Uncovered) Damage {
	d := Damage{Points: p.Objective() - before}
	for _, u := range p.uncovered() {
		for _, h := range had {
			if h.Centre == u.Centre && h.Skill == u.Skill && h.Day == u.Day {
				u.Minutes -= h.Minutes
			}
		}
		if u.Minutes > 0 {
			d.Uncovered = append(d.Uncovered, u)
		}
	}
	return d
}

// sameShape compares what indices mean.
func sameShape(a, b *planning.Instance) error {
	no := func(what string) error {
		return fmt.Errorf("%w: %s differ; make a new planner", ErrShape, what)
	}
	switch {
	case a.Horizon != b.Horizon || a.Today != b.Today || a.Weekday0 != b.Weekday0:
		return no("horizon, today or weekday0")
	case !slices.Equal(a.Skills, b.Skills):
		return no("skills")
	case !slices.Equal(a.Districts, b.Districts):
		return no("districts")
	case !slices.EqualFunc(a.Centres, b.Centres, func(x, y planning.Centre) bool { return x.ID == y.ID }):
		return no("centres")
	case !slices.EqualFunc(a.Staff, b.Staff, func(x, y planning.Employee) bool { return x.ID == y.ID }):
		return no("staff")
	}
	return nil
}

// sameTerms tells whether two instances of the same shape differ only in what
// adopt takes over.
func sameTerms(a, b *planning.Instance) bool {
	x, y := *a, *b
	for _, in := range []*planning.Instance{&x, &y} {
		in.Name, in.Seed, in.Staff = "", 0, nil
		in.Avail, in.Prev, in.Booked, in.Walkin = nil, nil, nil, nil
		in.DemandOwn, in.DemandAny, in.Uncovered = nil, nil, nil
		in.MayLeave, in.StaysUncovered = nil, nil
		if a.Duties != nil && b.Duties != nil {
			in.Duties = nil
		}
	}
	if !reflect.DeepEqual(&x, &y) {
		return false
	}
	for e := range a.Staff {
		if !slices.Equal(a.Staff[e].Skills, b.Staff[e].Skills) {
			return false
		}
	}
	return true
}

// reaches tells whether the network knows every place at which somebody is or may
// be.
func (p *Planner) reaches(in *planning.Instance, x [][]int) bool {
	net := p.s.net
	for e := range in.Staff {
		q, r := &p.s.in.Staff[e], &in.Staff[e]
		if q.Home != r.Home || !slices.Equal(q.Reach, r.Reach) {
			for t := range in.Horizon {
				if !net.Knows(e, r.Home, t) || slices.ContainsFunc(r.Reach, func(c int) bool { return !net.Knows(e, c, t) }) {
					return false
				}
			}
		}
		for t, c := range x[e] {
			if c != planning.Nowhere && c != p.s.x[e][t] && !net.Knows(e, c, t) {
				return false
			}
		}
	}
	return true
}

// adopt takes over an instance and a plan for it, warm.
func (p *Planner) adopt(in *planning.Instance, x [][]int) error {
	s, k, old, T := p.s, p.k, p.s.in, p.s.in.Horizon
	k.drain()
	days := p.daysWithOtherPlaces(in)
	var changed, anew []int32 // person-days: all, and those with other options
	terms := make([]bool, len(in.Staff))
	regroup := s.personal.any || (old.StaysUncovered == nil) != (in.StaysUncovered == nil)
	touched := make([]bool, len(in.Staff))
	anywhere := slices.Contains(days, true)
	for e := range in.Staff {
		terms[e] = !sameEmployee(&old.Staff[e], &in.Staff[e])
		regroup = regroup || terms[e]
		if !terms[e] && !anywhere && slices.Equal(old.Prev[e], in.Prev[e]) && slices.Equal(old.Avail[e], in.Avail[e]) &&
			(in.Duties == nil || slices.Equal(old.Duties[e], in.Duties[e])) && slices.Equal(s.x[e], x[e]) {
			continue // most of them
		}
		for t := range T {
			i := int32(e*T + t)
			places := terms[e] || days[t] || old.Prev[e][t] != in.Prev[e][t] || (old.Avail[e][t] > 0) != (in.Avail[e][t] > 0) ||
				in.Duties != nil && old.Duties[e][t] != in.Duties[e][t]
			if places {
				anew = append(anew, i)
				touched[e] = true
			}
			if places || old.Avail[e][t] != in.Avail[e][t] || s.x[e][t] != x[e][t] {
				changed = append(changed, i)
			}
		}
	}
	var moved []flow.Presence
	for _, i := range changed {
		if e, t := s.person(i); s.at[i] >= 0 {
			moved = append(moved, flow.Presence{E: e, T: t, C: s.x[e][t], Minutes: -old.Avail[e][t]})
			s.leave(i)
		}
	}
	s.in, s.book, s.before = in, rule.New(in), slices.Clone(s.before)
	for e := range touched {
		if touched[e] {
			s.before[e] = previousRow(in, e)
		}
	}
	for _, i := range anew {
		s.choose(s.person(i))
	}
	for e := range touched {
		if touched[e] {
			s.limits(e)
		}
	}
	s.newRisks()
	s.forgetLeaving()
	for _, i := range changed {
		if e, t := s.person(i); in.Avail[e][t] > 0 {
			k.classify(e, t)
			s.enter(i, s.nearest(i, x[e][t]))
			moved = append(moved, flow.Presence{E: e, T: t, C: s.x[e][t], Minutes: in.Avail[e][t]})
		}
	}
	for e := range touched {
		touched[e] = touched[e] || terms[e]
	}
	s.recountRules(touched)
	if regroup {
		s.groupAlike()
	}
	for c := range in.Centres {
		for skill := range in.Skills {
			for t := range T {
				if old.Booked[c][skill][t] != in.Booked[c][skill][t] || old.Walkin[c][skill][t] != in.Walkin[c][skill][t] {
					k.sumUp(c, t)
				}
			}
		}
	}
	if err := s.net.Adapt(in, moved); err != nil {
		return err
	}
	s.net.UseRules(s.book)
	s.mark()
	k.recount()
	k.refresh()
	s.tidy()
	p.best, p.value = append(p.best[:0], s.at...), math.Inf(1)
	return nil
}

// recountRules takes over what rules of several people or days, and what is at risk,
// cost once the instance has changed, where people are touched whose days or terms
// are others.
func (s *state) recountRules(touched []bool) {
	fresh := newPersonal(s)
	if p := &s.personal; fresh.any && fresh.like(p) {
		clear(p.seen)
		for e, other := range touched {
			if other && p.is(e) && !p.looked[e] {
				p.looked[e] = true
				p.people = append(p.people, e)
			}
		}
		more, _ := p.changed(s)
		s.cost += more
	} else {
		s.cost -= p.cost(s)
		s.personal = fresh
		s.personal.empty(s)
		if fresh.any {
			s.eachPresence(func(e, t, c int) { s.personal.count(s, e, t, c, 1) })
		}
		s.cost += s.personal.settle(s)
	}
	s.risks.empty()
	for j := range s.risks.all {
		k := &s.risks.all[j]
		for e := range s.x {
			if s.x[e][k.Day] == k.Centre {
				s.risks.count(s, e, k.Day, k.Centre, 1)
			}
		}
	}
}

// like tells whether rules look at the same people and places.
func (p *personal) like(q *personal) bool {
	return p.any == q.any && slices.Equal(p.who, q.who) && slices.Equal(p.halves, q.halves) && slices.Equal(p.listed, q.listed)
}

// sameEmployee compares terms.
func sameEmployee(a, b *planning.Employee) bool {
	return a.ID == b.ID && a.Home == b.Home && a.Mobile == b.Mobile && a.Volunteer == b.Volunteer && a.AwayBefore == b.AwayBefore &&
		slices.Equal(a.Skills, b.Skills) && slices.Equal(a.Reach, b.Reach) && slices.Equal(a.FixedDays, b.FixedDays) && slices.Equal(a.AwayDays, b.AwayDays) &&
		samePointed(a.Deployable, b.Deployable) && samePointed(a.NoticeDays, b.NoticeDays) && samePointed(a.MaxMovedPerWeek, b.MaxMovedPerWeek) &&
		samePointed(a.LastAt, b.LastAt) && samePointed(a.MaxAwayPerHalfYear, b.MaxAwayPerHalfYear)
}

func samePointed[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// daysWithOtherPlaces are the days on which it may have changed what is needed
// somewhere at all: where a centre has no minimum of staff nobody is sent who
// could serve nothing.
func (p *Planner) daysWithOtherPlaces(in *planning.Instance) []bool {
	old, days := p.s.in, make([]bool, in.Horizon)
	free := slices.ContainsFunc(in.Centres, func(c planning.Centre) bool { return c.MinStaff == 0 })
	if !free {
		return days
	}
	asks := func(row []int) bool { return slices.Max(row) > 0 }
	all := false
	for s := range in.Skills {
		all = all || asks(old.DemandAny[s]) != asks(in.DemandAny[s])
		for r := range in.Districts {
			all = all || asks(old.DemandOwn[r][s]) != asks(in.DemandOwn[r][s])
		}
		for c := range in.Centres {
			for t := range days {
				days[t] = days[t] || (old.Booked[c][s][t]+old.Walkin[c][s][t] > 0) != (in.Booked[c][s][t]+in.Walkin[c][s][t] > 0)
			}
		}
	}
	for t := range days {
		days[t] = days[t] || all
	}
	return days
}

// eachPresence calls f for everybody's place on every day.
func (s *state) eachPresence(f func(e, t, c int)) {
	for e := range s.x {
		for t, c := range s.x[e] {
			if c != planning.Nowhere {
				f(e, t, c)
			}
		}
	}
}

// tidy lays the options anew once most of the list is not in use.
func (s *state) tidy() {
	used := 0
	for i := range s.first {
		used += int(s.last[i] - s.first[i])
	}
	if len(s.options) < 2*used+1024 {
		return
	}
	options, slack := make([]option, 0, used), make([]int64, 0, used)
	for i := range s.first {
		first, last := s.first[i], s.last[i]
		s.first[i] = int32(len(options))
		options = append(options, s.options[first:last]...)
		slack = append(slack, s.slack[first:last]...)
		s.last[i] = int32(len(options))
		if s.at[i] >= 0 {
			s.at[i] += s.first[i] - first
		}
	}
	s.options, s.slack = options, slack
}

// previousRow is one row of in.Previous().
func previousRow(in *planning.Instance, e int) []int {
	row := slices.Clone(in.Prev[e])
	for t, c := range row {
		switch {
		case in.Avail[e][t] <= 0:
			row[t] = planning.Nowhere
		case c == planning.Nowhere:
			row[t] = in.Staff[e].Home
		}
	}
	return row
}
