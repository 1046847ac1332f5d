package explain

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
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
	// (not looked into).
	Reason string      `json:"reason"`
	Law    []rule.Name `json:"law,omitempty"`
	// Relax are the smallest sets of rules without which somebody could come
	// and help, the best first.
	Relax []Relaxed `json:"relax,omitempty"`
	Text  Text      `json:"text"`
}

// Relaxed is what could be done without some rules.
type Relaxed struct {
	Rules     []rule.Name `json:"rules"`
	Employees []string    `json:"employees"`
	Gain      float64     `json:"gain"`
	Split     Split       `json:"split"`
}

const (
	placesTold = 5
	setsTold   = 2
	setsSize   = 3 // rules waived at once
	leastHelp  = .5
	helpers    = 3 // people who come at once
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
	for _, k := range all[:min(placesTold, len(all))] {
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

// help is who could help at a place, as far as words need it.
type help struct {
	nearest  *candidate  // the best of those who may come
	pair     []candidate // who may come and helps only together
	cost     Split       // what that would cost (negative is dearer)
	relaxed  [][]candidate
	lawfully *candidate // whom a law keeps away
}

// help finds why nobody helps at a place: allowed people first, then the
// smallest sets of rules whose waiving lets somebody come that helps.
func (x *explainer) help(k spot, heads int, u *Unsolved) (h help, err error) {
	all := x.candidates(k.c, k.t, false)
	elsewhere, skilled := false, heads > 0
	for e := range x.x {
		if at := x.x[e][k.t]; at == planning.Nowhere || at == k.c {
			continue
		}
		elsewhere = true
		for s, m := range x.still[k] {
			skilled = skilled || m > 0 && slices.Contains(x.in.Staff[e].Skills, s)
		}
	}
	switch {
	case !elsewhere:
		u.Reason = "nobody"
		return h, nil
	case !skilled:
		u.Reason = "skill"
		return h, nil
	}
	tried := 0
	for i := range all {
		f := &all[i]
		if len(f.blocks) > 0 || tried == 2 {
			continue
		}
		if h.nearest != nil && f.hope <= 0 {
			break
		}
		if !x.worthwhile() {
			u.Reason = "time"
			return h, nil
		}
		tried++
		split, err := x.coming(k, []candidate{*f})
		if err != nil {
			return h, err
		}
		if h.nearest == nil || split.Sum() > h.cost.Sum() {
			h.nearest, h.cost = f, split
		}
		// The giver's minimum forbids nothing, but it may be what makes it dear.
		if price := x.giverMinimum(f.step(k.c, k.t)); price > 0 && split.Sum() <= leastHelp && split.Sum()+price > leastHelp {
			split.MissingHeads += price
			u.Relax = append(u.Relax, Relaxed{[]rule.Name{rule.Minimum}, []string{x.in.Staff[f.e].ID}, split.Sum(), split})
			h.relaxed = append(h.relaxed, []candidate{*f})
		}
	}
	if h.nearest != nil && h.cost.Sum() <= leastHelp && heads > 0 && x.worthwhile() {
		who, split, err := x.together(k, heads, all, slices.IndexFunc(all, func(f candidate) bool { return f.e == h.nearest.e }))
		if err != nil {
			return h, err
		}
		if split.Sum() > leastHelp {
			h.pair, h.cost = who, split
		}
	}
	if h.nearest != nil && h.cost.Sum() > leastHelp {
		u.Reason = "move"
		u.Relax, h.relaxed = nil, nil
		return h, nil
	}
	u.Relax, h.relaxed = u.Relax[:min(1, len(u.Relax))], h.relaxed[:min(1, len(h.relaxed))]
	if len(u.Relax) > 0 {
		if err := x.waive(k, heads, all, 1, u, &h); err != nil {
			return h, err
		}
	}
	for size := 1; size <= setsSize && len(u.Relax) == 0; size++ {
		if err := x.waive(k, heads, all, size, u, &h); err != nil {
			return h, err
		}
	}
	for i := range all {
		f := &all[i]
		if f.law && lawful(f.blocks) {
			if h.lawfully == nil {
				if !x.worthwhile() {
					break
				}
				split, err := x.coming(k, []candidate{*f})
				if err != nil {
					return h, err
				}
				if split.Sum() <= leastHelp {
					continue
				}
				h.lawfully = f
			}
			for _, b := range f.blocks {
				if !waivable(b) && !slices.Contains(u.Law, b) {
					u.Law = append(u.Law, b)
				}
			}
		}
	}
	switch {
	case len(u.Relax) > 0:
		u.Reason = "rules"
	case h.lawfully != nil:
		u.Reason = "law"
	default:
		u.Reason = "dearer"
	}
	return h, nil
}

// waive tries the sets of so many rules that keep somebody away.
func (x *explainer) waive(k spot, heads int, all []candidate, size int, u *Unsolved, h *help) error {
	tried := map[string]bool{}
	for i := range all {
		f := all[i]
		set := joined(f.blocks)
		if f.law || len(f.blocks) != size || tried[set] || len(tried) == 2*setsTold {
			continue
		}
		if !x.worthwhile() {
			return nil
		}
		tried[set] = true
		who, split, err := x.together(k, heads, all, i)
		if err != nil {
			return err
		}
		if split.Sum() <= leastHelp {
			continue
		}
		r := Relaxed{Rules: f.blocks, Gain: split.Sum(), Split: split}
		for _, w := range who {
			r.Employees = append(r.Employees, x.in.Staff[w.e].ID)
		}
		at := len(u.Relax)
		for at > 0 && u.Relax[at-1].Gain < r.Gain {
			at--
		}
		u.Relax = slices.Insert(u.Relax, at, r)
		h.relaxed = slices.Insert(h.relaxed, at, who)
	}
	u.Relax, h.relaxed = u.Relax[:min(setsTold, len(u.Relax))], h.relaxed[:min(setsTold, len(h.relaxed))]
	return nil
}

// together finds who helps at a place when only the rules that block candidate i
// are waived: that candidate, and others whom no other rule keeps away, as long as
// each brings more. Where people are missing for the minimum two may be needed
// before anything is gained: half hours are counted.
func (x *explainer) together(k spot, heads int, all []candidate, i int) (who []candidate, best Split, err error) {
	who = []candidate{all[i]}
	if best, err = x.coming(k, who); err != nil {
		return nil, best, err
	}
	for j := range all {
		g := all[j]
		if j == i || g.law || !within(g.blocks, all[i].blocks) || g.hope <= leastHelp {
			continue
		}
		alone := best.Sum() <= leastHelp
		if len(who) == helpers || alone && heads == 0 || !x.worthwhile() {
			break
		}
		more, err := x.coming(k, append(slices.Clone(who), g))
		if err != nil {
			return nil, best, err
		}
		if more.Sum() <= best.Sum()+leastHelp {
			break
		}
		who, best = append(who, g), more
	}
	return who, best, nil
}

// coming is what it brings that people come to a place, priced anew.
func (x *explainer) coming(k spot, who []candidate) (Split, error) {
	var steps []flow.Step
	for _, f := range who {
		steps = append(steps, f.step(k.c, k.t))
	}
	f, err := x.try(&x.at, steps)
	if err != nil {
		return Split{}, err
	}
	return x.after.Split.Minus(f.Split), nil
}

// lawful tells whether rules that are not to be waived are worth a word.
func lawful(blocks []rule.Name) bool {
	return len(blocks) > 0 && (!dull(blocks) || blocks[0] == rule.Deployable)
}
