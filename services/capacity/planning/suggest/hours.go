package suggest

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/shift"
)

// least of the opening hours that shorter ones must leave: half.
const least = 2

// hours looks for centres that lack people at some half hours only, and for the
// longest hours that those who are there can keep.
func (k *bench) hours() ([]Suggestion, error) {
	from, until := k.window()
	var all []candidate
	for c := range k.in.Centres {
		for t := from; t < until; t++ {
			if !k.Instance.OpenOn(c, t) || !k.book.Staffed(c, t) || len(k.at(c, t)) == 0 {
				continue
			}
			missing := k.book.Missing(c, t, k.at(c, t))
			if missing == 0 {
				continue
			}
			if s, ok := k.shorter(c, t); ok {
				s.Wins.Heads = missing
				s.staff.MissingHead = float64(missing) * k.in.Weights.MissingHead
				s.bound = s.staff.MissingHead
				all = append(all, s)
			}
		}
	}
	return k.best(all)
}

// shorter finds the longest hours, by half hours, at which nobody is missing;
// the earlier of hours that are as long.
func (k *bench) shorter(c, t int) (candidate, bool) {
	in, people := k.in, k.at(c, t)
	h := in.Centres[c].Hours[t]
	shifts, skills := make([][]shift.Shift, len(people)), make([]uint64, len(people))
	for i, e := range people {
		shifts[i] = shiftsOf(in, e, t)
		for _, s := range in.Staff[e].Skills {
			skills[i] |= 1 << s
		}
	}
	for length := h[1] - h[0] - 30; length*least >= h[1]-h[0]; length -= 30 {
		for from := h[0]; from+length <= h[1]; from += 30 {
			open := shift.Span{From: from, To: from + length}
			a, err := shift.AssignSkilled(needs(&in.Centres[c], open), shifts, skills)
			if err != nil {
				return candidate{}, false // more different shifts than can be told apart
			}
			if a.Worst > 0 {
				continue
			}
			out := candidate{Suggestion: Suggestion{Kind: Hours, Centre: c, Days: []int{t}, From: open.From, To: open.To}}
			for i, e := range people {
				s := shifts[i][a.Shift[i]].Span
				whole, part := meet(s, shift.Span{From: h[0], To: h[1]}), meet(s, open)
				if whole <= 0 {
					continue
				}
				m := in.Avail[e][t] - in.Avail[e][t]*part/whole
				out.Minutes += m
				out.give = append(out.give, flow.Minutes{Centre: c, Kind: k.net.Kind[e], Day: t, Minutes: -m})
			}
			return out, true
		}
	}
	return candidate{}, false
}

// needs of a centre: its minimum at every half hour, and while the express
// counter is open one more, one of whom can serve there.
func needs(c *planning.Centre, open shift.Span) shift.Day {
	d := shift.Least([]shift.Span{open}, c.MinPresent)
	if x := c.Express; x != nil {
		span := shift.Span{From: max(open.From, x.Hours[0]), To: min(open.To, x.Hours[1])}
		if span.From < span.To {
			can := uint64(0)
			for _, s := range x.Skills {
				can |= 1 << s
			}
			d.Needs = append(d.Needs, shift.Need{Span: span, Heads: c.MinPresent + 1}, shift.Need{Span: span, Heads: 1, Skills: can})
		}
	}
	return d
}

// shiftsOf is what a person may work on a day: the duty that is known, one of the
// shifts, or else the whole day.
func shiftsOf(in *planning.Instance, e, t int) []shift.Shift {
	if d := dutyOf(in, e, t); d != (planning.Span{}) {
		return []shift.Shift{{Span: shift.Span{From: d[0], To: d[1]}}}
	}
	if len(in.Shifts) == 0 {
		return []shift.Shift{{Span: shift.Span{From: 0, To: 24 * 60}}}
	}
	var all []shift.Shift
	for _, s := range in.Shifts {
		all = append(all, shift.Shift{Span: shift.Span{From: s[0], To: s[1]}})
	}
	return all
}

func meet(a, b shift.Span) int { return max(0, min(a.To, b.To)-max(a.From, b.From)) }
