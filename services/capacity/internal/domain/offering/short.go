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
