package desk

import (
	"html/template"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/chart"
)

type ifResult struct {
	Damage, Relief, Gain int
	Changed              bool // something is expected to be another
	Promise              pages.Table
	Districts            pages.Table
	Groups               pages.Table
	Charts               []template.HTML
	Same                 []string // districts whose lead times stay
	Places               pages.Table
	Moves                []ifMove
	Anyway               int
	Extra                string
	Automatic            bool
	Unsolved             []string
	Complete             bool
}

type ifMove struct{ Title, Why string }

// Few moves stand on the page at once.
func (r *ifResult) Few() bool { return len(r.Moves) <= 5 }

// mostCharts of one answer; the others' figures stand in the tables.
const mostCharts = 8

func result(x *pages.Context, c *glance.City, a planner.Outcome) *ifResult {
	r := &ifResult{Damage: int(a.Damage + .5), Relief: int(a.Relief + .5), Gain: int(a.Gain + .5), Automatic: a.Approval == planner.Automatic, Complete: a.Complete, Anyway: len(a.Anyway)}
	if a.Extra > 0 {
		r.Extra = x.Minutes(int(a.Extra))
	}
	r.Changed = r.Damage+r.Relief > 0 || a.Kept[planner.AsItIs] != a.Kept[planner.Hurt] || a.Limit[planner.AsItIs] != a.Limit[planner.Hurt] || a.Goal[planner.AsItIs] != a.Goal[planner.Hurt]
	r.promise(x, c, a)
	r.districts(x, c, a)
	for _, d := range a.Districts {
		switch {
		case slices.Equal(d.Ahead[0].Middle, d.Ahead[1].Middle) && slices.Equal(d.Ahead[0].Middle, d.Ahead[2].Middle):
			r.Same = append(r.Same, district(c, d.District))
		case len(r.Charts) < mostCharts:
			r.Charts = append(r.Charts, ifCurve(x, c, a, d))
		}
	}
	for _, m := range a.Moves {
		r.Moves = append(r.Moves, ifMove{x.Say("if.move", "employee", string(m.Employee), "day", m.Day, "from", centreName(c, m.From), "to", centreName(c, m.To)), x.Pick(m.Why["de"], m.Why["en"])})
	}
	if a.Explanation != nil {
		for _, w := range a.Explanation.Unsolved {
			r.Unsolved = append(r.Unsolved, x.Pick(w["de"], w["en"]))
		}
	}
	if len(r.Unsolved) == 0 {
		r.Unsolved = halves(x, a.Unsolved)
	}
	return r
}

func heading(x *pages.Context, key string) pages.Cell {
	return pages.Cell{Text: x.Say(key), Number: true}
}

// share with its band, where there is any.
func share(x *pages.Context, s planner.Share) pages.Cell {
	if low, high := x.Percent(s.Low, 0), x.Percent(s.High, 0); low == high {
		return pages.Cell{Text: low, Number: true}
	}
	return pages.Cell{Text: x.Say("if.share", "n", x.Percent(s.Expected, 0), "low", x.Percent(s.Low, 0), "high", x.Percent(s.High, 0)), Number: true}
}

// promise is what is kept of it, of the city, its districts and their groups.
func (r *ifResult) promise(x *pages.Context, c *glance.City, a planner.Outcome) {
	head := []pages.Cell{{Text: x.Say("district.name")}, heading(x, "if.stage.is"), heading(x, "if.stage.would"), heading(x, "if.stage.with")}
	r.Promise = pages.Table{ID: "if-promise", Caption: x.Say("if.kept"), Head: head}
	add := func(t *pages.Table, name string, s [3]planner.Share) {
		row := []pages.Cell{{Text: name}}
		for k := range s {
			row = append(row, changed(share(x, s[k]), k > 0 && s[k].Expected < s[0].Expected))
		}
		t.Rows = append(t.Rows, row)
	}
	add(&r.Promise, x.Say("if.city"), a.Kept)
	r.Groups = pages.Table{ID: "if-groups", Caption: x.Say("if.groups"), Head: slices.Clone(head)}
	r.Groups.Head[0].Text = x.Say("if.group")
	for _, d := range a.Districts {
		add(&r.Promise, district(c, d.District), d.Kept)
		for _, g := range d.Groups {
			name := string(g.Skill)
			for _, y := range c.Groups {
				if y.Skill == g.Skill {
					name = x.Pick(y.Name["de"], y.Name["en"])
				}
			}
			add(&r.Groups, x.Say("if.groupof", "group", name, "district", district(c, d.District)), g.Kept)
		}
	}
}

// districts are lead times and uncovered appointments by stage.
func (r *ifResult) districts(x *pages.Context, c *glance.City, a planner.Outcome) {
	r.Districts = pages.Table{ID: "if-districts", Caption: x.Say("if.districts"), Head: []pages.Cell{{Text: x.Say("district.name")},
		heading(x, "if.lead.is"), heading(x, "if.lead.would"), heading(x, "if.lead.with"), heading(x, "if.uncovered.is"), heading(x, "if.uncovered.would"), heading(x, "if.uncovered.with"),
		heading(x, "if.late.would"), heading(x, "if.late.with")}}
	for _, d := range a.Districts {
		row := []pages.Cell{{Text: district(c, d.District)}}
		for k := range d.Lead {
			row = append(row, changed(pages.Cell{Text: leadDays(x, d.Lead[k]), Number: true}, k > 0 && d.Lead[k] != d.Lead[0]))
		}
		for k := range d.Uncovered {
			row = append(row, changed(count(x, d.Uncovered[k]), k > 0 && d.Uncovered[k] > d.Uncovered[0]))
		}
		row = append(row, delta(x, d.Late[planner.Hurt]-d.Late[planner.AsItIs]), delta(x, d.Late[planner.Mended]-d.Late[planner.AsItIs]))
		r.Changed = r.Changed || d.Lead[0] != d.Lead[1] || d.Uncovered[0] != d.Uncovered[1] || d.Late[0] != d.Late[1]
		r.Districts.Rows = append(r.Districts.Rows, row)
	}
	r.Places = pages.Table{ID: "if-places", Caption: x.Say("if.places"), Head: []pages.Cell{{Text: x.Say("centre.name")}, {Text: x.Say("curve.day")},
		heading(x, "if.uncovered.is"), heading(x, "if.uncovered.would"), heading(x, "if.uncovered.with")}}
	for _, p := range a.Places[:min(len(a.Places), 60)] {
		r.Places.Rows = append(r.Places.Rows, []pages.Cell{{Text: centreName(c, p.Centre), Href: "/desk/centres/" + string(p.Centre) + "?day=" + p.Day.String()}, {Text: x.Date(p.Day)},
			count(x, p.Uncovered[0]), count(x, p.Uncovered[1]), count(x, p.Uncovered[2])})
	}
}

// ifCurve is how a district's lead time would go on.
func ifCurve(x *pages.Context, c *glance.City, a planner.Outcome, d planner.DistrictIf) template.HTML {
	name := district(c, d.District)
	l := chart.Lines{ID: "if-lead-" + string(d.District), Title: x.Say("if.curve", "district", name), XName: x.Say("curve.day"), Height: 240,
		Desc: x.Say("if.curve.desc", "is", longest(x, d.Ahead[0].Middle), "would", longest(x, d.Ahead[1].Middle), "with", longest(x, d.Ahead[2].Middle)),
		Band: &chart.Band{Name: x.Say("if.band"), Low: known(d.Ahead[2].Low), High: known(d.Ahead[2].High)}}
	for k, key := range []string{"if.stage.is", "if.stage.would", "if.stage.with"} {
		l.Series = append(l.Series, chart.Series{Name: x.Say(key), Values: known(d.Ahead[k].Middle)})
	}
	slices.Reverse(l.Series)
	for t := range d.Ahead[0].Middle {
		on := a.From + day.Day(t)
		l.X = append(l.X, x.DateShort(on))
		if on == on.Monday() && t/7%2 == 0 && t+3 < len(d.Ahead[0].Middle) {
			l.Ticks = append(l.Ticks, chart.Tick{At: t, Text: x.DateShort(on)})
		}
	}
	l.Marks = []chart.Mark{{Kind: "goal", Name: x.Say("if.goal", "n", a.Goal[1]), Value: float64(a.Goal[1])}, {Kind: "limit", Name: x.Say("if.limit", "n", a.Limit[1]), Value: float64(a.Limit[1])}}
	return l.HTML(x.Speaker)
}

// known draws days on which nothing is on offer as missing.
func known(days []int) []float64 {
	out := make([]float64, len(days))
	for i, n := range days {
		if out[i] = float64(n); n < 0 {
			out[i] = chart.Missing
		}
	}
	return out
}

func longest(x *pages.Context, days []int) string {
	most := 0
	for _, n := range days {
		if n < 0 {
			return leadDays(x, -1)
		}
		most = max(most, n)
	}
	return leadDays(x, most)
}

func changed(c pages.Cell, is bool) pages.Cell {
	if is {
		c.Class = "desk-changed"
	}
	return c
}

func delta(x *pages.Context, f float64) pages.Cell {
	text := x.Decimal(f, 0)
	if f >= .5 {
		text = "+" + text
	}
	return pages.Cell{Text: text, Number: true}
}
