package search

import (
	"fmt"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// Broken lists the hard rules of the model that a plan breaks, counted anew:
// presence, notice, reach, weekly cap and counters. Where the previous plan
// breaks a cap or a counter already, and notice fixes that, it does not count.
func Broken(in *planning.Instance, p planning.Plan) (broken []string) {
	net, err := flow.New(in)
	if err != nil {
		return []string{err.Error()}
	}
	say := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	heads := make([]int, len(in.Centres)*in.Horizon)
	fixed := make([]int, len(heads))
	for e := range in.Staff {
		s := &in.Staff[e]
		away, forced := map[int]int{}, map[int]int{}
		for t := range in.Horizon {
			c := p.X[e][t]
			if (in.Avail[e][t] > 0) != (c != planning.Nowhere) {
				say("presence: x[%d][%d] is %d with %d minutes present", e, t, c, in.Avail[e][t])
				continue
			}
			if c == planning.Nowhere {
				continue
			}
			allowed, options := false, 0
			net.Reachable(e, t, func(o int) {
				allowed = allowed || o == c
				options++
			})
			if !allowed {
				say("reach or notice: x[%d][%d] is %d", e, t, c)
			}
			heads[c*in.Horizon+t]++
			week := (in.Weekday0 + t) / 7
			if c != s.Home {
				away[week]++
			}
			if options == 1 {
				fixed[c*in.Horizon+t]++
				if c != s.Home {
					forced[week]++
				}
			}
		}
		limit := in.MaxMovedPerWeek
		if s.MaxMovedPerWeek != nil {
			limit = *s.MaxMovedPerWeek
		}
		for week := 0; week <= (in.Weekday0+in.Horizon)/7; week++ {
			most := limit
			if week == 0 {
				most -= s.AwayBefore
			}
			if away[week] > max(most, forced[week]) {
				say("weekly cap: employee %d is away on %d days of week %d", e, away[week], week)
			}
		}
	}
	prev := in.Previous()
	before := make([]int, len(heads))
	for e := range prev.X {
		for t, c := range prev.X[e] {
			if c != planning.Nowhere {
				before[c*in.Horizon+t]++
			}
		}
	}
	for c := range in.Centres {
		for t := range in.Horizon {
			if i := c*in.Horizon + t; heads[i] > max(in.Centres[c].Counters, before[i]) {
				say("counters: centre %d has %d heads on day %d", c, heads[i], t)
			}
		}
	}
	return broken
}
