package explain

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// Unsolved is what a centre lacks on a day under the plan with all moves.
type Unsolved struct {
	Centre       string `json:"centre"`
	Day          int    `json:"day"`
	Minutes      int    `json:"minutes"` // booked, without staff
	Appointments int    `json:"appointments"`
	Heads        int    `json:"heads"` // below the minimum staff
	// Points that it costs.
	Points float64 `json:"points"`
	// Reason is "rules" (Relax says which), "law" (only rules that are not for a
	// planner to waive), "skill" (nobody else on duty has it), "nobody" (nobody
	// else is on duty), "dearer" (who may come is needed more elsewhere), "move"
	// (somebody may come and would help: the plan does not use that), or "time"
	// (not looked into to the end).
	Reason string `json:"reason"`
	// Complete is false where not everybody was priced who might help.
	Complete bool        `json:"complete"`
	Law      []rule.Name `json:"law,omitempty"`
	// Relax are the smallest sets of rules without which somebody could come
	// and help, the best first.
	Relax []Relaxed `json:"relax,omitempty"`
	Text  Text      `json:"text"`
}

// Relaxed is what could be done without some rules.
type Relaxed struct {
	Rules     []rule.Name `json:"rules"`
	Employees []string    `json:"employees"`
	// Gain in points, missing where there were no tries left to price it: then
	// it is known that these rules keep away somebody with a skill that is
	// missing.
	Gain  *float64 `json:"gain,omitempty"`
	Split Split    `json:"split"`
}

const (
	placesTold   = 5
	setsTold     = 2
	setsSize     = 3 // rules waived at once
	eachSet      = 2 // people tried of those whom the same rules keep away
	leastHelp    = .5
	helpers      = 3 // people who come at once
	mayComeAsked = 3 // priced of those who may come
)

// unsolved looks at the places that lack most.
func (x *explainer) unsolved() error {
	in := x.in
	asked := map[spot]bool{}
	for _, k := range x.q.Places {
		asked[spot{k.Centre, k.Day}] = true
	}
	type lack struct {
		spot
		heads  int
		points float64
	}
	short := x.short()
	var all []lack
	for t := in.Today; t < in.Horizon; t++ {
		for c := range in.Centres {
			k := spot{c, t}
			if len(asked) > 0 && !asked[k] {
				continue
			}
			points := float64(short[k])*in.Weights.MissingHead + x.slots(x.still[k])*in.Weights.UncoveredSlot
			if points > 0 {
				all = append(all, lack{k, short[k], points})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b lack) int { return -cmp.Compare(a.points, b.points) })
	x.out.More = max(0, len(all)-placesTold)
	all = all[:min(placesTold, len(all))]
	most := x.tries
	for i, k := range all {
		// Each gets its share: one sentence about every place is worth more than
		// two about the first.
		x.tries = x.asked + (most-x.asked+len(all)-i-1)/(len(all)-i)
		u := Unsolved{Centre: in.Centres[k.c].ID, Day: k.t, Minutes: minutes(x.still[k.spot]), Appointments: booked(x.slots(x.still[k.spot])),
			Heads: k.heads, Points: k.points}
		h, err := x.help(k.spot, k.heads, &u)
		if err != nil {
			return err
		}
		u.Text = wording.Both(func(l lang) string { return x.unsolvedWords(l, k.spot, u, h) })
		x.out.Unsolved = append(x.out.Unsolved, u)
	}
	return nil
}
