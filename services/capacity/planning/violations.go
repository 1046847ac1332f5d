package planning

import "fmt"

func violations(in *Instance, p Plan) (broken []string) {
	say := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	prev := in.Previous()
	type place struct{ c, t int }
	heads, before := map[place]int{}, map[place]int{}
	for e := range in.Staff {
		s := &in.Staff[e]
		awayNow, awayThen := map[int]int{}, map[int]int{}
		for t := range in.Horizon {
			x, y := p.X[e][t], prev.X[e][t]
			if (in.Avail[e][t] > 0) != (x != Nowhere) {
				say("presence: x[%d][%d] is %d with %d minutes present", e, t, x, in.Avail[e][t])
				continue
			}
			if x == Nowhere {
				continue
			}
			heads[place{x, t}]++
			before[place{y, t}]++
			week := (in.Weekday0 + t) / 7
			if x != s.Home {
				awayNow[week]++
			}
			if y != s.Home {
				awayThen[week]++
			}
			if x == y {
				continue
			}
			if t < in.Today+in.notice(e) {
				say("notice: x[%d][%d] changes within the notice of %d days", e, t, in.notice(e))
			}
			if !s.deployable() && x != s.Home {
				say("deployable: x[%d][%d] moves somebody who cannot be moved", e, t)
			}
			near := x == s.Home || x == in.Prev[e][t]
			for _, c := range s.Reach {
				near = near || c == x
			}
			if !near {
				say("reach: x[%d][%d] is %d, out of reach", e, t, x)
			}
		}
		for week, n := range awayNow {
			if week == 0 {
				n += s.AwayBefore
			}
			if n > in.weeklyCap(e) && awayNow[week] > awayThen[week] {
				say("weekly-cap: staff[%d] is away %d days in week %d", e, n, week)
			}
		}
	}
	for c := range in.Centres {
		for t := range in.Horizon {
			if !in.OpenOn(c, t) {
				continue
			}
			now, then := heads[place{c, t}], before[place{c, t}]
			if now > in.Centres[c].Counters && now > then {
				say("counters: centre %d has %d heads on day %d", c, now, t)
			}
			if now < in.Centres[c].MinStaff && now < then {
				say("giver-minimum: centre %d has %d heads on day %d, had %d", c, now, t, then)
			}
		}
	}
	was, _ := Evaluate(in, prev)
	is, _ := Evaluate(in, p)
	for c := range in.Centres {
		for t := range in.Horizon {
			if is.UncoveredMinutes[c][t] > was.UncoveredMinutes[c][t] {
				say("would-uncover: centre %d day %d leaves %d minutes uncovered, were %d", c, t, is.UncoveredMinutes[c][t], was.UncoveredMinutes[c][t])
			}
		}
	}
	return broken
}
