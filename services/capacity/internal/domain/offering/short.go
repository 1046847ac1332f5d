package offering

import (
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
)

// Short estimates which booked minutes lines would leave unserved, by skill and
// step of the use: at each moment as many appointments as some set of skills has
// more than counters (the deficiency version of Hall's theorem, O. Ore, "Graphs
// and matching theorems", Duke Math. J. 22, 1955), told of the smallest such set's
// busiest skill. Booking, which sees each appointment, decides; it never finds
// more at a moment. nil: all are served.
func Short(lines []capacity.Line, use observed.InUse) map[id.Skill][]int {
	skills := slices.Sorted(maps.Keys(use.Skills))
	if len(skills) > mostSkills {
		return nil
	}
	can := masks(lines, skills)
	var short map[id.Skill][]int
	for i, all := range use.Counters {
		if all == 0 {
			continue
		}
		from := use.From + day.TimeOfDay(i)*day.TimeOfDay(use.Step)
		to := from + day.TimeOfDay(use.Step)
		for at := from; at < to; {
			until := nextEdge(lines, at, to)
			on := onDuty(lines, at, until)
			most, least, worst := 0, len(skills)+1, -1
			for u := 1; u < 1<<len(skills); u++ {
				need, of, busiest, size := 0, 0, -1, 0
				for k, s := range skills {
					if row := use.Skills[s]; u>>k&1 == 1 {
						size++
						if i < len(row) {
							need += row[i]
							if row[i] > of {
								of, busiest = row[i], k
							}
						}
					}
				}
				if lack := min(need, all) - count(can, on, u); lack > most || lack == most && lack > 0 && size < least {
					most, least, worst = lack, size, busiest
				}
			}
			if worst >= 0 {
				if short == nil {
					short = map[id.Skill][]int{}
				}
				if short[skills[worst]] == nil {
					short[skills[worst]] = make([]int, len(use.Counters))
				}
				short[skills[worst]][i] += most * int(until-at)
			}
			at = until
		}
	}
	return short
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
