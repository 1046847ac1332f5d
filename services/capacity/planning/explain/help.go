package explain

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// help is who could help at a place, as far as words need it.
type help struct {
	nearest  *candidate  // the best of those who may come
	pair     []candidate // who may come and helps only together
	coming   coming      // what that would bring
	relaxed  [][]candidate
	lawfully *candidate // whom a law keeps away
	cut      bool       // somebody whom a rule keeps away was not priced
}

// coming is what it brings that people come to a place.
type coming struct {
	Split
	better bool // less is missing there
}

// help finds why nobody helps at a place: allowed people first, then the
// smallest sets of rules whose waiving lets somebody come that helps, then laws.
func (x *explainer) help(k spot, heads int, u *Unsolved) (h help, err error) {
	u.Complete = true
	elsewhere, skilled := false, false
	for e := range x.x {
		if at := x.x[e][k.t]; at != planning.Nowhere && at != k.c {
			elsewhere, skilled = true, skilled || x.lacked(e, k, heads)
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
	all := x.candidates(k.c, k.t, false)
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.hope, a.hope) })
	if err := x.mayCome(k, heads, all, u, &h); err != nil || u.Reason != "" {
		return h, err
	}
	// Somebody may come who was not looked at: then no rule is to blame.
	if !u.Complete && h.nearest == nil {
		u.Reason = "time"
		return h, nil
	}
	if len(u.Relax) > 0 {
		err = x.waive(k, heads, all, 1, u, &h)
	}
	for size := 1; err == nil && size <= setsSize && len(u.Relax) == 0; size++ {
		err = x.waive(k, heads, all, size, u, &h)
	}
	if err == nil && len(u.Relax) == 0 {
		err = x.byLaw(k, all, u, &h)
	}
	if err != nil {
		return h, err
	}
	if len(u.Relax) == 0 && h.cut && u.Complete {
		x.unpriced(k, heads, all, u, &h)
	}
	switch {
	case len(u.Relax) > 0:
		u.Reason = "rules"
	case h.lawfully != nil:
		u.Reason = "law"
	case h.cut && h.nearest == nil:
		u.Reason = "time"
	default:
		u.Reason = "dearer"
	}
	u.Complete = u.Complete && !h.cut
	if h.nearest == nil && (u.Reason == "dearer" || u.Reason == "law") {
		err = x.first(k, heads, all, &h)
	}
	return h, err
}

// lacked tells whether somebody can do what is missing at a place. For the
// minimum staff everybody counts.
func (x *explainer) lacked(e int, k spot, heads int) bool {
	for s, m := range x.still[k] {
		if m > 0 && slices.Contains(x.in.Staff[e].Skills, s) {
			return true
		}
	}
	return heads > 0
}

// mayCome prices those who may come and might help. Where one of them helps, or
// several together, that is the reason.
func (x *explainer) mayCome(k spot, heads int, all []candidate, u *Unsolved, h *help) error {
	asked := 0
	for i := range all {
		f := &all[i]
		if len(f.blocks) > 0 || f.hope <= leastHelp { // hope is a bound: they are no help
			continue
		}
		if asked == mayComeAsked || !x.worthwhile() {
			u.Complete = false
			break
		}
		asked++
		c, err := x.coming(k, heads, []candidate{*f})
		if err != nil {
			return err
		}
		if h.nearest == nil || c.Sum() > h.coming.Sum() {
			h.nearest, h.coming = f, c
		}
		// The giver's minimum forbids nothing, but it may be what makes it dear.
		if price := x.giverMinimum(f.step(k.c, k.t)); price > 0 && c.Sum() <= leastHelp && c.Sum()+price > leastHelp {
			c.MissingHeads += price
			x.relax(u, h, []rule.Name{rule.Minimum}, []candidate{*f}, c.Split)
		}
	}
	if h.nearest != nil && h.coming.Sum() <= leastHelp && heads > 0 && x.worthwhile() {
		who, c, err := x.together(k, heads, all, slices.IndexFunc(all, func(f candidate) bool { return f.e == h.nearest.e }))
		if err != nil {
			return err
		}
		if c.Sum() > leastHelp {
			h.pair, h.coming = who, c
		}
	}
	if h.nearest != nil && h.coming.Sum() > leastHelp {
		u.Reason, u.Complete = "move", true
		u.Relax, h.relaxed = nil, nil
		return nil
	}
	u.Relax, h.relaxed = u.Relax[:min(1, len(u.Relax))], h.relaxed[:min(1, len(h.relaxed))]
	return nil
}

// relax notes what could be done without some rules, the best first.
func (x *explainer) relax(u *Unsolved, h *help, rules []rule.Name, who []candidate, split Split) {
	gain := split.Sum()
	r := Relaxed{Rules: rules, Gain: &gain, Split: split}
	for _, w := range who {
		r.Employees = append(r.Employees, x.in.Staff[w.e].ID)
	}
	at := len(u.Relax)
	for at > 0 && *u.Relax[at-1].Gain < gain {
		at--
	}
	u.Relax, h.relaxed = slices.Insert(u.Relax, at, r), slices.Insert(h.relaxed, at, who)
}

// waive tries the sets of so many rules that keep somebody away.
func (x *explainer) waive(k spot, heads int, all []candidate, size int, u *Unsolved, h *help) error {
	tried, helped := map[string]int{}, map[string]bool{}
	for i := range all {
		f := all[i]
		set := joined(f.blocks)
		if f.law || len(f.blocks) != size || helped[set] {
			continue
		}
		if tried[set] == eachSet || tried[set] == 0 && len(tried) == 2*setsTold || !x.worthwhile() {
			h.cut = true
			continue
		}
		tried[set]++
		who, c, err := x.together(k, heads, all, i)
		if err != nil {
			return err
		}
		helped[set] = c.Sum() > leastHelp
		if helped[set] {
			x.relax(u, h, f.blocks, who, c.Split)
		}
	}
	u.Relax, h.relaxed = u.Relax[:min(setsTold, len(u.Relax))], h.relaxed[:min(setsTold, len(h.relaxed))]
	return nil
}

// byLaw finds whether somebody would help whom a rule keeps away that is not to be
// waived.
func (x *explainer) byLaw(k spot, all []candidate, u *Unsolved, h *help) error {
	for i := range all {
		f := &all[i]
		if !f.law || !lawful(f.blocks) {
			continue
		}
		if h.lawfully == nil {
			if !x.worthwhile() {
				h.cut = true
				return nil
			}
			c, err := x.coming(k, 0, []candidate{*f})
			if err != nil {
				return err
			}
			if c.Sum() <= leastHelp {
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
	return nil
}

// unpriced names a rule that alone keeps away somebody who can do what is
// missing: that is so whatever it would bring.
func (x *explainer) unpriced(k spot, heads int, all []candidate, u *Unsolved, h *help) {
	for _, f := range all {
		if !f.law && len(f.blocks) == 1 && x.lacked(f.e, k, heads) {
			u.Relax = []Relaxed{{Rules: f.blocks, Employees: []string{x.in.Staff[f.e].ID}}}
			h.relaxed = [][]candidate{{f}}
			return
		}
	}
}

// first prices whoever of those who may come and could do what is missing is the
// least dear, although it is known that it does not pay.
func (x *explainer) first(k spot, heads int, all []candidate, h *help) error {
	i := slices.IndexFunc(all, func(f candidate) bool { return len(f.blocks) == 0 && x.lacked(f.e, k, heads) })
	if i < 0 || !x.worthwhile() {
		return nil
	}
	c, err := x.coming(k, heads, []candidate{all[i]})
	h.nearest, h.coming = &all[i], c
	return err
}

// together finds who helps at a place when only the rules that block candidate i
// are waived: that candidate, and others whom no other rule keeps away, as long as
// each brings more. Where people are missing for the minimum two may be needed
// before anything is gained: half hours are counted.
func (x *explainer) together(k spot, heads int, all []candidate, i int) (who []candidate, best coming, err error) {
	who = []candidate{all[i]}
	if best, err = x.coming(k, heads, who); err != nil {
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
		more, err := x.coming(k, heads, append(slices.Clone(who), g))
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
func (x *explainer) coming(k spot, heads int, who []candidate) (c coming, err error) {
	var steps []flow.Step
	for _, f := range who {
		steps = append(steps, f.step(k.c, k.t))
	}
	if err = x.move(steps); err == nil {
		var f figure
		f, err = x.now()
		c.Split = x.after.Split.Minus(f.Split)
		c.better = x.missing(k.c, k.t) < heads || x.lost(k) < minutes(x.still[k])
	}
	x.back(&x.at, steps)
	return c, err
}

// lost are the booked minutes that are uncovered at a place under the present
// staffing.
func (p *prices) lost(k spot) int {
	lost := p.w.Lost(k.c, k.t)
	for i := range p.risks {
		if r := &p.risks[i]; r.Centre == k.c && r.Day == k.t {
			lost = max(lost, p.stays(r))
		}
	}
	return lost
}

// lawful tells whether rules that are not to be waived are worth a word.
func lawful(blocks []rule.Name) bool {
	return slices.ContainsFunc(blocks, func(b rule.Name) bool { return !waivable(b) }) && (!dull(blocks) || blocks[0] == rule.Deployable)
}
