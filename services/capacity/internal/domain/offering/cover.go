package offering

import (
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
)

// mostSkills bounds the sets of skills that are looked at, 2^n.
const mostSkills = 12

// KeepsCovered reports whether lines after a change still serve all that is in
// use, wherever the change takes lines away. It is Hall's condition as booking
// asks it: at no moment may the appointments with a skill of any set be more
// than the counters with a skill of that set. The use is known as a maximum per
// step and skill only, so the answer may be no where booking would say yes; the
// other way round only for lines off booking's grid of five minutes.
func KeepsCovered(before, after []capacity.Line, use observed.InUse) bool {
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

// masks are the lines' skills as bits; lines for others than appointments have
// none.
func masks(lines []capacity.Line, skills []id.Skill) []int {
	all := make([]int, len(lines))
	for i, l := range lines {
		if l.Use != capacity.ForAppointments {
			continue
		}
		for k, s := range skills {
			if slices.Contains(l.Skills, s) {
				all[i] |= 1 << k
			}
		}
	}
	return all
}

// nextEdge is the first moment after at, at most to, when who is on duty may
// change.
func nextEdge(lines []capacity.Line, at, to day.TimeOfDay) day.TimeOfDay {
	edge := func(x day.TimeOfDay) {
		if x > at && x < to {
			to = x
		}
	}
	for _, l := range lines {
		edge(l.From)
		edge(l.To)
		for _, b := range l.Breaks {
			edge(b.From)
			edge(b.To)
		}
	}
	return to
}

// onDuty lists the lines that serve from a moment to another.
func onDuty(lines []capacity.Line, from, until day.TimeOfDay) []int {
	on := make([]int, 0, len(lines))
	for i, l := range lines {
		pause := func(b day.Span) bool { return b.From < until && b.To > from }
		if l.From <= from && l.To >= until && !slices.ContainsFunc(l.Breaks, pause) {
			on = append(on, i)
		}
	}
	return on
}

// count those on duty who have a skill of a set.
func count(masks, on []int, set int) (n int) {
	for _, i := range on {
		if masks[i]&set != 0 {
			n++
		}
	}
	return n
}
