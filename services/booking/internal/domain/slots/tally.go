package slots

import "github.com/lotse-hamburg/lotse/events/day"

// Tally counts the starts that Search would offer without a limit, by day over
// all centres; days without any are left out.
func Tally(c Calendar, q Query) map[day.Day]int {
	if len(q.Legs) == 0 || len(q.Travel) == 0 {
		return nil
	}
	allowed := q.allowed()
	count := map[day.Day]int{}
	var all []open
	for d := q.From; d < q.Until; d++ {
		all = q.on(c, d, allowed, all[:0])
		for _, o := range all {
			count[d] += o.can.count()
		}
	}
	return count
}
