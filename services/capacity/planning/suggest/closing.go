package suggest

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// closings looks for centres that would better be shut for a day: they lack
// people anyway, or their people are worth more elsewhere.
func (k *bench) closings() ([]Suggestion, error) {
	from, until := k.window()
	var all []candidate
	for c := range k.in.Centres {
		best, any := candidate{}, false
		for t := from; t < until; t++ {
			if !k.Instance.OpenOn(c, t) {
				continue
			}
			if s, ok := k.shut(c, t); ok && (!any || s.bound > best.bound) {
				best, any = s, true
			}
		}
		if any {
			all = append(all, best)
		}
	}
	return k.best(all)
}

// shut sends everybody of a centre to the place where they are worth most, as
// far as rules and counters allow; who cannot go serves nobody on that day.
func (k *bench) shut(c, t int) (candidate, bool) {
	in := k.in
	out := candidate{Suggestion: Suggestion{Kind: Closing, Centre: c, Days: []int{t}, Exact: true}}
	for s := range in.Skills {
		if in.Booked[c][s][t] > 0 {
			out.Exact = false // somebody must move these appointments
		}
	}
	missing := map[int]int{}
	there := map[int][]int{}
	look := func(o int) {
		if _, seen := missing[o]; !seen {
			there[o] = slices.Clone(k.at(o, t))
			missing[o] = k.book.Missing(o, t, there[o])
		}
	}
	look(c)
	heads := missing[c]
	for _, e := range k.at(c, t) {
		kind, m := k.net.Kind[e], in.Avail[e][t]
		leave, before := -k.net.Worth(c, kind, t)*float64(m), k.placeCost(e, t, c)
		to, gain := planning.Nowhere, 0.0
		row := slices.Clone(k.Plan.X[e])
		held, _ := k.book.Row(e, row)
		var points planning.Parts
		k.book.PlacesOf(e, t, func(o int) {
			look(o)
			if o == c || !k.Instance.OpenOn(o, t) || k.book.Over(o, t, append(slices.Clip(there[o]), e)) > k.book.Over(o, t, there[o]) {
				return
			}
			row[t] = o
			personal, broken := k.book.Row(e, row)
			after := k.placeCost(e, t, o)
			p := planning.Parts{Move: before.Move - after.Move + held - personal, Change: before.Change - after.Change}
			if g := k.net.Worth(o, kind, t)*float64(m) + p.Sum(); broken == "" && (to == planning.Nowhere || g > gain) {
				to, gain, points = o, g, p
			}
		})
		out.give = append(out.give, flow.Minutes{Centre: c, Kind: kind, Day: t, Minutes: -m})
		out.bound += leave
		if to == planning.Nowhere {
			continue
		}
		out.give = append(out.give, flow.Minutes{Centre: to, Kind: kind, Day: t, Minutes: m})
		out.bound += gain
		out.staff.Move += points.Move
		out.staff.Change += points.Change
		out.Minutes += m
		out.People = append(out.People, e)
		out.Moves = append(out.Moves, planning.Change{Employee: e, Day: t, To: to})
		there[to] = append(there[to], e)
	}
	for o, before := range missing {
		if o != c {
			heads += before - k.book.Missing(o, t, there[o])
		}
	}
	out.Wins.Heads = heads
	out.staff.MissingHead = float64(heads) * in.Weights.MissingHead
	out.bound += out.staff.MissingHead
	out.Takes = len(out.Moves)
	return out, len(out.Moves) > 0 || heads > 0
}

func (k *bench) placeCost(e, t, c int) (p planning.Parts) {
	p.Move, p.Change = flow.PlaceCost(k.Instance, e, t, c)
	return p
}
