package planner

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// assess says what each cause costs before anything is mended. The plan stands as
// it is afterwards. Causes by themselves are priced one on top of the other, in
// the order in which they came; those that miss people at the same places share
// what they cost together.
func (r *run) assess(answers []Answer) error {
	if r.opt.Terse {
		return r.evenly(answers, make([]float64, len(answers)))
	}
	joint, of := joined(answers)
	together := make([][]int, len(joint))
	for i, j := range of {
		together[j] = append(together[j], i)
	}
	points := make([]float64, len(answers))
	var alone []int
	for _, all := range together {
		if len(all) == 1 {
			alone = append(alone, all[0])
		}
	}
	if err := r.oneByOne(answers, alone, points); err != nil {
		return err
	}
	for _, all := range together {
		if len(all) > 1 {
			if err := r.share(answers, all, points); err != nil {
				return err
			}
		}
	}
	return r.assessed(answers, points)
}

// assessed writes down what causes cost and what is uncovered at their places under
// the plan as it stands.
func (r *run) assessed(answers []Answer, points []float64) (err error) {
	if r.present, err = r.warm.result(); err != nil {
		return err
	}
	missing, seen := map[read.Place]int{}, map[read.Place]int{} // causes that miss somebody there
	for _, a := range answers {
		for _, x := range a.Places {
			missing[x]++
		}
	}
	for i := range answers {
		a := &answers[i]
		a.Assessed.Points = max(0, points[i])
		for _, x := range a.Places {
			if c, ok := r.centreAt[x.Centre]; ok {
				m, k, n := r.present.UncoveredMinutes[c][r.index(x.Day)], seen[x], missing[x]
				a.Assessed.Uncovered += day.Minutes(m*(k+1)/n - m*k/n)
				seen[x]++
			}
		}
	}
	return nil
}

// evenly prices all causes together and gives each the same part.
func (r *run) evenly(answers []Answer, points []float64) error {
	all := make([]int, len(answers))
	for i := range all {
		all[i] = i
	}
	if _, err := r.warm.take(r.without(answers, all)); err != nil {
		return err
	}
	d, err := r.warm.take(r.Instance)
	if err != nil {
		return err
	}
	for i := range points {
		points[i] = d.Points / float64(len(points))
	}
	return r.assessed(answers, points)
}

// without is the instance as it would be had some causes not happened.
func (r *run) without(answers []Answer, some []int) *planning.Instance {
	in := r.Instance
	for _, i := range slices.Backward(some) {
		in = r.withoutLoss(in, answers[i].Loss)
	}
	return in
}

// oneByOne prices causes one on top of the other.
func (r *run) oneByOne(answers []Answer, order []int, points []float64) error {
	if _, err := r.warm.take(r.without(answers, order)); err != nil {
		return err
	}
	for n, i := range order {
		d, err := r.warm.take(r.without(answers, order[n+1:]))
		if err != nil {
			return err
		}
		points[i] = d.Points
	}
	return nil
}

// share deals out what causes cost together, in proportion to the mean of what
// each costs alone and what it costs on top of all others: the first who is
// missed may do no harm and the second all of it, though each is missed as much.
// For two the shares are those of Shapley (A value for n-person games, Annals of
// Mathematics Studies 28, 1953); they always add up.
func (r *run) share(answers []Answer, all []int, points []float64) error {
	price := func(some []int) (float64, error) {
		_, err := r.warm.take(r.without(answers, some))
		return r.warm.objective(), err
	}
	none, err := price(all)
	if err != nil {
		return err
	}
	weights, sum := make([]float64, len(all)), 0.0
	last := make([]float64, len(all))
	for k, i := range all {
		others := slices.Delete(slices.Clone(all), k, k+1)
		alone, err := price(others)
		if err != nil {
			return err
		}
		if last[k], err = price([]int{i}); err != nil {
			return err
		}
		weights[k] = alone - none
	}
	full, err := price(nil)
	if err != nil {
		return err
	}
	for k := range all {
		weights[k] = max(0, (weights[k]+full-last[k])/2)
		sum += weights[k]
	}
	for k, i := range all {
		points[i] = (full - none) / float64(len(all))
		if sum > 0 {
			points[i] = (full - none) * weights[k] / sum
		}
	}
	return nil
}

// joined makes one of causes that miss people at the same place on the same day:
// who comes there stands in for any of them, and a planner decides on it once.
// of[i] is the index of the one that answers[i] is part of. A cause that has open
// proposals is asked about alone.
func joined(answers []Answer) (joint []Answer, of []int) {
	of = make([]int, len(answers))
	for i := range of {
		of[i] = i
	}
	for i, a := range answers {
		for j := range i {
			if of[i] != of[j] && slices.ContainsFunc(a.Places, func(p read.Place) bool { return slices.Contains(answers[j].Places, p) }) {
				first, other := min(of[i], of[j]), max(of[i], of[j])
				for k := range of {
					if of[k] == other {
						of[k] = first
					}
				}
			}
		}
	}
	for i, a := range answers {
		if of[i] == i {
			of[i] = len(joint)
			a.Places, a.Lost, a.LostBy = slices.Clone(a.Places), slices.Clone(a.Lost), slices.Clone(a.LostBy)
			joint = append(joint, a)
			continue
		}
		of[i] = of[of[i]]
		j := &joint[of[i]]
		j.Also = append(j.Also, a.Cause)
		j.Assessed.Points += a.Assessed.Points
		j.Assessed.Uncovered += a.Assessed.Uncovered
		j.Lost, j.LostBy = append(j.Lost, a.Lost...), append(j.LostBy, a.LostBy...)
		for _, p := range a.Places {
			if !slices.Contains(j.Places, p) {
				j.Places = append(j.Places, p)
			}
		}
		slices.SortFunc(j.Places, read.ComparePlaces)
	}
	return joint, of
}

// withoutLoss is an instance as it would be had the cause not happened.
func (p *problem) withoutLoss(from *planning.Instance, l Loss) *planning.Instance {
	in := *from
	in.Avail, in.Prev, in.Duties, in.Uncovered = slices.Clone(in.Avail), slices.Clone(in.Prev), slices.Clone(in.Duties), slices.Clone(in.Uncovered)
	for i, x := range l.Lost {
		e, known := p.staffAt[l.LostBy[i]]
		c, there := p.centreAt[x.Duty.Centre]
		t := p.index(x.Duty.Day)
		if !known || !there || t < 0 || t >= p.Horizon {
			continue
		}
		in.Avail[e], in.Prev[e], in.Duties[e] = slices.Clone(in.Avail[e]), slices.Clone(in.Prev[e]), slices.Clone(in.Duties[e])
		in.Avail[e][t], in.Prev[e][t] = p.counterMinutes(x.Duty, c, t), c
		in.Duties[e][t] = planning.Span{int(x.Duty.From), int(x.Duty.To)}
		in.Uncovered[c] = slices.Clone(in.Uncovered[c])
		for s := range in.Uncovered[c] { // what is at risk there is so for want of this person
			in.Uncovered[c][s] = slices.Clone(in.Uncovered[c][s])
			in.Uncovered[c][s][t] = 0
		}
	}
	return &in
}
