package offering

import (
	"maps"
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
)

func counter(from, to int, skills ...id.Skill) capacity.Line {
	return capacity.Line{Span: day.Span{From: day.Clock(from, 0), To: day.Clock(to, 0)}, Skills: skills, Use: capacity.ForAppointments}
}

func TestKeepsCovered(t *testing.T) {
	early, late, whole := counter(8, 13, "pass"), counter(13, 18, "pass"), counter(8, 18, "pass")
	car, both := counter(8, 18, "car"), counter(8, 18, "car", "pass")
	resting := whole
	resting.Breaks = []day.Span{{From: day.Clock(12, 10), To: day.Clock(12, 20)}}
	walkin := whole
	walkin.Use = capacity.ForWalkIns
	lines := func(l ...capacity.Line) []capacity.Line { return l }
	use := func(pass, car []int) observed.InUse {
		all := make([]int, len(pass))
		for i := range all {
			all[i] = pass[i] + car[i]
		}
		return observed.InUse{From: day.Clock(12, 0), Step: 30, Counters: all, Skills: map[id.Skill][]int{"pass": pass, "car": car}}
	}
	none := []int{0, 0, 0, 0}
	for name, c := range map[string]struct {
		before, after []capacity.Line
		use           observed.InUse
		want          bool
	}{
		"one of two leaves, one is in use":             {lines(whole, whole), lines(whole), use([]int{1, 1, 1, 1}, none), true},
		"one of two leaves, two in one half hour":      {lines(whole, whole), lines(whole), use([]int{1, 2, 1, 1}, none), false},
		"the minutes suffice, the moments do not":      {lines(early, late, whole), lines(early, whole), use([]int{1, 1, 2, 1}, none), false},
		"who leaves is off duty when two are in use":   {lines(early, late, whole), lines(early, whole), use([]int{2, 2, 1, 1}, none), true},
		"a break of who stays":                         {lines(resting, whole), lines(resting), use([]int{1, 0, 0, 0}, none), false},
		"a break of who leaves":                        {lines(resting, whole), lines(whole), use([]int{1, 0, 0, 0}, none), true},
		"the skill goes":                               {lines(whole, car), lines(car), use([]int{1, 0, 0, 0}, none), false},
		"the other skill stays":                        {lines(whole, car), lines(car), use(none, []int{1, 1, 1, 1}), true},
		"one for two skills at once":                   {lines(both, both), lines(both), use([]int{1, 0, 0, 0}, []int{1, 0, 0, 0}), false},
		"one for two skills in turn":                   {lines(both, both), lines(both), use([]int{1, 0, 0, 0}, []int{0, 1, 0, 0}), true},
		"short before, and no shorter":                 {lines(early, whole), lines(whole), use([]int{1, 1, 3, 1}, none), true},
		"short before, and shorter":                    {lines(late, whole), lines(whole), use([]int{1, 1, 3, 1}, none), false},
		"a counter for walk-ins serves no appointment": {lines(whole, walkin), lines(walkin), use([]int{1, 0, 0, 0}, none), false},
		"nothing is booked":                            {lines(whole), nil, use(none, none), true},
	} {
		if got := keepsCovered(c.before, c.after, c.use); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// keepsCovered is what Leaving answers, by the lines before and after.
func keepsCovered(before, after []capacity.Line, use observed.InUse) bool {
	skills := slices.Sorted(maps.Keys(use.Skills))
	if len(skills) > mostSkills {
		return false
	}
	was, is := masks(before, skills), masks(after, skills)
	rows := make([][]int, len(skills))
	for k, s := range skills {
		rows[k] = use.Skills[s]
	}
	least := make([]int, 1<<len(skills)) // needed by each set of skills
	for i, all := range use.Counters {
		if all == 0 {
			continue
		}
		for u := 1; u < len(least); u++ {
			n := 0
			for k, row := range rows {
				if u>>k&1 == 1 && i < len(row) {
					n += row[i]
				}
			}
			least[u] = min(n, all)
		}
		from := use.From + day.TimeOfDay(i)*day.TimeOfDay(use.Step)
		to := from + day.TimeOfDay(use.Step)
		for at := from; at < to; {
			until := min(nextEdge(before, at, to), nextEdge(after, at, to))
			had, have := onDuty(before, at, until), onDuty(after, at, until)
			for u := 1; u < len(least); u++ {
				if n := count(is, have, u); n < least[u] && n < count(was, had, u) {
					return false
				}
			}
			at = until
		}
	}
	return true
}
