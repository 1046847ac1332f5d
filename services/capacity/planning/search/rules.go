package search

import (
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// Broken lists the hard rules of the model that a plan breaks, counted anew:
// presence, notice, reach, weekly cap and counters, then what package rule finds
// of the others. What the previous plan breaks already does not count.
func Broken(in *planning.Instance, p planning.Plan) (broken []string) {
	net, err := flow.New(in)
	if err != nil {
		return []string{err.Error()}
	}
	say := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	heads := make([]int, len(in.Centres)*in.Horizon)
	prev := in.Previous()
	for e := range in.Staff {
		s := &in.Staff[e]
		away, given := map[int]int{}, map[int]int{}
		for t := range in.Horizon {
			c := p.X[e][t]
			if (in.Avail[e][t] > 0) != (c != planning.Nowhere) {
				say("presence: x[%d][%d] is %d with %d minutes present", e, t, c, in.Avail[e][t])
				continue
			}
			if c == planning.Nowhere {
				continue
			}
			allowed := false
			net.Reachable(e, t, func(o int) { allowed = allowed || o == c })
			if !allowed {
				say("reach or notice: x[%d][%d] is %d", e, t, c)
			}
			heads[c*in.Horizon+t]++
			week := (in.Weekday0 + t) / 7
			if c != s.Home {
				away[week]++
			}
			if prev.X[e][t] != s.Home {
				given[week]++
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
			if away[week] > max(most, given[week]) {
				say("weekly cap: employee %d is away on %d days of week %d", e, away[week], week)
			}
		}
	}
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
			if i := c*in.Horizon + t; heads[i] > max(in.Centres[c].Counters, before[i]) && in.Duties == nil {
				say("counters: centre %d has %d heads on day %d", c, heads[i], t)
			}
		}
	}
	book := rule.New(in)
	then := book.Broken(prev)
	for _, b := range book.Broken(p) {
		if b.Rule != rule.WeeklyCap && !slices.Contains(then, b) {
			say("%v", b)
		}
	}
	return broken
}
