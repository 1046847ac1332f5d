package planner

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
)

// staysUncovered is planning.Instance.StaysUncovered.
func (v *cover) staysUncovered(c, t int, come []int) (sum int) {
	for _, m := range v.uncovered(c, t, come) {
		sum += m
	}
	return sum
}

// uncovered are the booked minutes of each skill that nobody serves at a centre
// on a day, by index, once those on their way and those who come are there:
// each serves what lies in the hours of their duty, one appointment at a time.
// Under a tentative offering nothing is uncovered yet; nil: nothing is.
func (v *cover) uncovered(c, t int, come []int) map[int]int {
	place := v.place(c, t)
	load := v.city.Loads[place]
	if len(load.Uncovered) == 0 || v.city.Offerings[place].Tentative {
		return nil
	}
	come = slices.Clone(come)
	for _, m := range v.problem.arriving {
		if m.To == c && m.Day == t {
			come = append(come, m.Employee)
		}
	}
	// Those who can least do else serve first.
	slices.SortFunc(come, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(v.problem.Staff[a].Skills), len(v.problem.Staff[b].Skills)), cmp.Compare(a, b))
	})
	steps := v.steps(c, t, load)
	for _, e := range come {
		v.serve(steps, e, c, t)
	}
	left := map[int]int{}
	for _, s := range steps {
		for skill, m := range s.minutes {
			left[skill] += m
		}
	}
	return left
}

// step is a part of a day with the minutes of each skill that are uncovered.
type step struct {
	day.Span
	minutes map[int]int
}

// steps reads a load; where booking has not told when, the whole day is one.
func (v *cover) steps(c, t int, load observed.LoadObserved) []step {
	if load.InUse == nil || load.InUse.Uncovered == nil {
		all := step{minutes: map[int]int{}}
		if hours := v.problem.opening[c][t]; len(hours) > 0 {
			all.Span = day.Span{From: hours[0].From, To: hours[len(hours)-1].To}
		}
		for k, m := range load.Uncovered {
			if s, known := v.problem.skillAt[k]; known {
				all.minutes[s] = int(m)
			}
		}
		return []step{all}
	}
	use := load.InUse
	steps := make([]step, len(use.Counters))
	for i := range steps {
		from := use.From + day.TimeOfDay(i)*day.TimeOfDay(use.Step)
		steps[i] = step{day.Span{From: from, To: from + day.TimeOfDay(use.Step)}, map[int]int{}}
	}
	for k, row := range use.Uncovered {
		s, known := v.problem.skillAt[k]
		for i, m := range row[:min(len(row), len(steps))] {
			if known && m > 0 {
				steps[i].minutes[s] = m
			}
		}
	}
	return steps
}

// serve takes from steps what one more person on duty can do.
func (v *cover) serve(steps []step, e, c, t int) {
	on := v.problem.day(t)
	for _, d := range v.city.Duties[v.problem.employees[e]].Duties {
		if d.Day != on {
			continue
		}
		span, breaks, ok := offering.Clip(d.Span, d.Breaks, v.problem.opening[c][t])
		if !ok {
			continue
		}
		for _, s := range steps {
			left := int(observed.WithoutBreaks(s.Meet(span), breaks))
			for _, k := range v.problem.Staff[e].Skills {
				served := min(left, s.minutes[k])
				if served > 0 {
					s.minutes[k] -= served
					left -= served
				}
			}
		}
	}
}
