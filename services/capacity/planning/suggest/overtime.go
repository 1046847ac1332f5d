package suggest

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// regularDay is the working day that is assumed of people whose duty is not
// known (§ 3 ArbZG: eight hours).
const regularDay = 8 * 60

// overtime looks for hours beyond the roster: for every centre and week the kind
// of people and the day on which they are worth most.
func (k *bench) overtime() ([]Suggestion, error) {
	from, until := k.window()
	type week struct{ c, week int }
	index := map[week]int{}
	var all []candidate
	for c := range k.in.Centres {
		for t := from; t < until; t++ {
			for kind := range k.net.Kinds {
				bound := k.net.Worth(c, kind, t) * float64(k.OvertimeMinutes)
				w := week{c, (k.in.Weekday0 + t) / 7}
				i, known := index[w]
				if bound < k.LeastGain || known && all[i].bound >= bound {
					continue
				}
				var people []int
				for _, e := range k.at(c, t) {
					if k.net.Kind[e] == kind && longer(k.Instance, k.x, e, t) >= k.OvertimeMinutes {
						people = append(people, e)
					}
				}
				if len(people) == 0 {
					continue
				}
				if !known {
					i = len(all)
					index[w] = i
					all = append(all, candidate{})
				}
				all[i] = k.longerBy(1, c, t, kind, people)
				all[i].bound = bound
			}
		}
	}
	return k.best(all)
}

// longerBy is overtime of n people of a kind at a centre on a day.
func (k *bench) longerBy(n, c, t, kind int, people []int) candidate {
	m := n * k.OvertimeMinutes
	out := candidate{Suggestion: Suggestion{Kind: Overtime, Centre: c, Days: []int{t}, Minutes: m, StaffMinutes: m, Takes: n, People: people, Exact: true},
		change: change{give: []flow.Minutes{{Centre: c, Kind: kind, Day: t, Minutes: m}}}}
	out.more = func(n int) (candidate, bool) {
		if n > len(people) {
			return candidate{}, false
		}
		return k.longerBy(n, c, t, kind, people), true
	}
	return out
}

// longer is how many minutes a person can work more on a day under row x: within
// the hours of the centre, the longest working day (§ 3 ArbZG) with the way as
// work, and the rest before the next duty and after the last (§ 5 ArbZG). Of a
// person whose duty is not known eight hours of work are assumed.
func longer(in *planning.Instance, x [][]int, e, t int) int {
	c, home := x[e][t], in.Staff[e].Home
	way := in.Travel[home][c] + in.Travel[c][home]
	duty := dutyOf(in, e, t)
	if duty == (planning.Span{}) {
		return max(0, in.DayLimit()-way-max(regularDay, in.Avail[e][t]))
	}
	before, after := duty[0], 24*60-duty[1]
	if h := in.Centres[c].Hours; h != nil {
		before, after = duty[0]-h[t][0], h[t][1]-duty[1]
	}
	rest := in.RestLimit()
	if t > 0 && x[e][t-1] != planning.Nowhere {
		if d := dutyOf(in, e, t-1); d != (planning.Span{}) {
			before = min(before, duty[0]+24*60-d[1]-rest-in.Travel[x[e][t-1]][home]-in.Travel[home][c])
		}
	}
	if t+1 < in.Horizon && x[e][t+1] != planning.Nowhere {
		if d := dutyOf(in, e, t+1); d != (planning.Span{}) {
			after = min(after, d[0]+24*60-duty[1]-rest-in.Travel[c][home]-in.Travel[home][x[e][t+1]])
		}
	}
	length := duty[1] - duty[0]
	room := max(before, after) // one end of the day, not both
	// Breaks grow with the day (§ 4 ArbZG): above nine hours of work 45 minutes.
	for room > 0 && worked(length+room)+way > in.DayLimit() {
		room--
	}
	// A longer break takes from what is worked.
	return max(0, worked(length+max(0, room))-worked(length))
}

func dutyOf(in *planning.Instance, e, t int) planning.Span {
	if in.Duties == nil {
		return planning.Span{}
	}
	return in.Duties[e][t]
}

// worked is a duty without the breaks of § 4 ArbZG.
func worked(minutes int) int {
	switch {
	case minutes <= 6*60:
		return minutes
	case minutes <= 9*60+30:
		return max(6*60, minutes-30)
	}
	return max(9*60, minutes-45)
}
