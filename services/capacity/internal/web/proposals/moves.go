package proposals

import (
	"maps"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

func moveOf(x *pages.Context, t told, m proposal.Move, keep bool) move {
	v := line(x, t, m.Move, t.s.Details.People[m.Deployment])
	v.Deployment, v.Keep, v.Added, v.Why = string(m.Deployment), keep, m.Added, words(x, m.Why)
	if m.Returns != nil {
		v.Badges = append(v.Badges, pages.Badge{Kind: "info", Text: x.Say("move.returns")})
	}
	if m.Added {
		v.Badges = append(v.Badges, pages.Badge{Kind: "info", Text: x.Say("move.own")})
	}
	if m.Step != proposal.Proposed {
		v.Step = &pages.Badge{Kind: stepKind(m.Step), Text: x.Say("step." + string(m.Step))}
	}
	if m.Rule != "" || m.Reason != "" {
		if v.Rule = words(x, app.RuleWords(m.Rule)); v.Rule == m.Rule || v.Rule == "" {
			v.Rule = m.Reason
		}
	}
	return v
}

func stepKind(s proposal.Step) string {
	switch s {
	case proposal.IsOrdered:
		return "success"
	case proposal.IsRefused, proposal.HasFailed, proposal.Called:
		return "danger"
	}
	return "info"
}

// line is what is told of any move.
func line(x *pages.Context, t told, m capacity.Move, p proposal.Person) move {
	v := move{Employee: string(m.Employee), When: x.Day(m.Day),
		Route: x.Say("move.route", "from", t.places.centre(m.From), "fromDistrict", t.places.district(m.FromDistrict), "to", t.places.centre(m.To), "toDistrict", t.places.district(m.ToDistrict))}
	v.Label = x.Say("move.keep", "employee", v.Employee, "day", x.DateShort(m.Day), "from", t.places.centre(m.From), "to", t.places.centre(m.To))
	facts := []string{x.Say("move.travel", "n", m.TravelMinutes)}
	if p.AwayHalfYear > 0 {
		facts = append(facts, x.Say("move.away", "week", p.AwayWeek, "most", t.policy.MaxDaysAwayPerWeek, "half", p.AwayHalfYear))
	}
	if left := int(m.Day - t.today); left >= 0 {
		facts = append(facts, x.Say("move.notice", "n", left, "least", t.policy.NoticeDays))
	}
	v.Facts = strings.Join(append(facts, x.Say("points", "p", points(x, m.Gain))), " · ")
	if p.Mobile {
		v.Badges = append(v.Badges, pages.Badge{Kind: "info", Text: x.Say("person.mobile")})
	}
	if p.Volunteer {
		v.Badges = append(v.Badges, pages.Badge{Kind: "info", Text: x.Say("person.volunteer")})
	}
	if p.Late {
		v.Badges = append(v.Badges, pages.Badge{Kind: "warning", Text: x.Say("person.late")})
	}
	return v
}

// bent says which wishes are stretched: none of them is a law.
func bent(x *pages.Context, t told) (all []string) {
	for _, m := range t.s.Moves {
		p := t.s.Details.People[m.Deployment]
		name := x.Say("move.short", "employee", string(m.Employee), "day", x.DateShort(m.Day), "to", t.places.centre(m.To))
		if p.Late {
			kind := x.Say("person.mobile")
			if !p.Mobile {
				kind = x.Say("person.volunteer")
			}
			if m.Returns != nil {
				kind = x.Say("move.returns")
			}
			all = append(all, x.Say("bent.notice", "move", name, "least", t.policy.NoticeDays, "person", kind))
		}
		if p.AwayWeek > 1 {
			all = append(all, x.Say("bent.week", "move", name, "n", p.AwayWeek, "most", t.policy.MaxDaysAwayPerWeek))
		}
		if p.AwayHalfYear > 5 {
			all = append(all, x.Say("bent.half", "move", name, "n", p.AwayHalfYear))
		}
	}
	return all
}

// parts of the objective, in the order in which planners care.
var parts = []string{"uncovered", "missing-heads", "walk-in", "promise", "goal", "fairness", "moves", "changes"}

// costs lists what each move gains and costs, by part.
func costs(x *pages.Context, t told, moves []proposal.Move, split func(proposal.Move) map[string]float64) *pages.Table {
	used := map[string]float64{}
	for _, m := range moves {
		for p, v := range split(m) {
			used[p] += v
		}
	}
	if len(used) == 0 {
		return nil
	}
	tab := &pages.Table{ID: "costs", Caption: x.Say("costs.caption"), Head: []pages.Cell{{Text: x.Say("costs.move")}}}
	order := slices.DeleteFunc(slices.Clone(parts), func(p string) bool { _, is := used[p]; return !is })
	for _, p := range slices.Sorted(maps.Keys(used)) {
		if !slices.Contains(order, p) {
			order = append(order, p)
		}
	}
	for _, p := range order {
		tab.Head = append(tab.Head, pages.Cell{Text: x.Say("part." + p), Number: true})
	}
	add := func(name string, values map[string]float64) {
		row := []pages.Cell{{Text: name}}
		for _, p := range order {
			v, is := values[p]
			row = append(row, pages.Cell{Text: signed(x, v), Number: true, Missing: !is})
		}
		tab.Rows = append(tab.Rows, row)
	}
	for _, m := range moves {
		add(x.Say("move.short", "employee", string(m.Employee), "day", x.DateShort(m.Day), "to", t.places.centre(m.To)), split(m))
	}
	if len(moves) > 1 {
		add(x.Say("costs.sum"), used)
	}
	return tab
}

// signed writes points with their sign: above zero is a gain.
func signed(x *pages.Context, v float64) string {
	if v > 0 {
		return "+" + points(x, v)
	}
	return points(x, v)
}

func effectTable(x *pages.Context, t told, all []capacity.Effect) pages.Table {
	tab := pages.Table{ID: "effects", Caption: x.Say("effects.caption"), Empty: x.Say("effects.none"), Head: []pages.Cell{{Text: x.Say("effects.district")},
		{Text: x.Say("effects.uncovered"), Number: true}, {Text: x.Say("effects.lead"), Number: true}, {Text: x.Say("effects.late"), Number: true}}}
	change := func(before, after string) pages.Cell {
		return pages.Cell{Text: x.Say("change", "before", before, "after", after), Number: true}
	}
	for _, e := range all {
		tab.Rows = append(tab.Rows, []pages.Cell{{Text: t.places.district(e.District)}, change(x.Number(e.UncoveredBefore), x.Number(e.UncoveredAfter)),
			change(lead(x, e.BeforeDays), lead(x, e.AfterDays)), change(points(x, e.LateBefore), points(x, e.LateAfter))})
	}
	return tab
}

// preview puts what a planner has changed in place of the draft.
func (r *review) preview(x *pages.Context, t told, a asked, out app.Amended) {
	r.Amended, r.Stale = true, words(x, out.Stale)
	r.Effects, r.Figures = effectTable(x, t, out.Effects), figures(x, t, out.Curves)
	r.Facts = append(r.Facts, pages.Fact{Key: x.Say("fact.now"), Value: x.Say("points", "p", points(x, out.Gain))})
	byMove := map[string]map[string]float64{}
	var priced []proposal.Move
	for i := range r.Moves { // as it is worth now
		for _, m := range out.Moves {
			if !m.Added && string(m.Deployment) == r.Moves[i].Deployment {
				v := line(x, t, m.Move, m.Person)
				r.Moves[i].Facts = v.Facts
				r.Moves[i].Rule = words(x, m.Words)
			}
		}
	}
	for _, m := range out.Moves {
		key := written(app.Addition{Employee: m.Employee, Day: m.Day, To: m.To})
		byMove[key] = m.Split
		if m.Rule == "" {
			priced = append(priced, proposal.Move{Move: m.Move})
		}
		if !m.Added {
			continue
		}
		v := line(x, t, m.Move, m.Person)
		if m.From == "" {
			v.Label, v.Route, v.Facts = x.Say("move.short", "employee", v.Employee, "day", x.DateShort(m.Day), "to", t.places.centre(m.To)), x.Say("move.nowhere", "to", t.places.centre(m.To)), ""
		}
		v.Value, v.Keep, v.Added, v.Rule = key, true, true, words(x, m.Words)
		v.Badges = append(v.Badges, pages.Badge{Kind: "info", Text: x.Say("move.own")})
		r.Moves = append(r.Moves, v)
	}
	r.Costs = costs(x, t, priced, func(m proposal.Move) map[string]float64 {
		return byMove[written(app.Addition{Employee: m.Employee, Day: m.Day, To: m.To})]
	})
	r.Left = &pages.Table{ID: "left", Caption: x.Say("left.caption"), Empty: x.Say("left.none"), Head: []pages.Cell{{Text: x.Say("left.where")}, {Text: x.Say("left.minutes"), Number: true},
		{Text: x.Say("left.heads"), Number: true}, {Text: x.Say("left.rule")}}}
	for _, o := range out.Open {
		r.Left.Rows = append(r.Left.Rows, []pages.Cell{{Text: x.DateShort(o.Place.Day) + ", " + t.places.centre(o.Place.Centre)}, {Text: x.Number(o.Minutes), Number: true},
			{Text: x.Number(o.Heads), Number: true}, {Text: words(x, o.Words)}})
	}
}
