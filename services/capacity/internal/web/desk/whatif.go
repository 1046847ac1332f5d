package desk

import (
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

type whatIfData struct {
	Form      *pages.Form
	Centres   []pages.Option
	Closings  []pages.Option
	Demands   []pages.Option
	Districts []pages.Option
	People    []choice
	Centre    string
	Result    *ifResult
}

// choice of an employee.
type choice struct {
	ID      id.Employee
	Says    string
	Checked bool
}

type ifResult struct {
	Damage, Gain int
	Changed      bool // some district is another
	Districts    pages.Table
	Places       pages.Table
	Moves        []ifMove
	Automatic    bool
	Unsolved     []string
	Complete     bool
}

type ifMove struct{ Title, Why string }

// whatIfRoute is its right.
const whatIfRoute = "GET /desk/what-if"

// whatIf asks by GET, since nothing happens: an address that can be passed on.
func (d *desk) whatIf(x *pages.Context) error {
	c := d.look(x)
	f, err := x.Form()
	if err != nil {
		return err
	}
	asked := f.Value("run") != ""
	tomorrow := (c.Today + 1).String()
	for name, v := range map[string]string{"from": tomorrow, "last": tomorrow, "demand": "100", "opens": "08:00", "closes": "14:00"} {
		if f.Value(name) == "" {
			f.Set(name, v)
		}
	}
	v := whatIfData{Form: f, Centre: f.Value("centre")}
	v.choices(x, c)
	d.people(x, &v)
	page := pages.Page{Template: "whatif", Title: x.Say("whatif.title"), Data: &v, Wide: true, Styles: styles}
	if !asked {
		return x.Show(page)
	}
	s := supposition(x, f)
	if f.OK() {
		if err := d.app.MaySuppose(x.R.Context(), s); err != nil {
			return err
		}
		answer, err := d.app.WhatIf(x.R.Context(), s)
		if err != nil {
			return x.Again(f, err, page)
		}
		v.Result = result(x, c, answer)
		return x.Show(page)
	}
	return x.Again(f, nil, page)
}

func (v *whatIfData) choices(x *pages.Context, c *glance.City) {
	v.Centres = []pages.Option{{Value: "", Label: x.Say("whatif.choose")}}
	for _, k := range c.Centres {
		v.Centres = append(v.Centres, pages.Option{Value: string(k.ID), Label: k.Name + " (" + district(c, k.District) + ")"})
	}
	v.Closings = []pages.Option{{Value: "", Label: x.Say("whatif.usual")}, {Value: "closed", Label: x.Say("whatif.closed")}, {Value: "hours", Label: x.Say("whatif.hours")}}
	for _, n := range []int{70, 80, 90, 100, 110, 120, 130, 150, 200} {
		v.Demands = append(v.Demands, pages.Option{Value: strconv.Itoa(n), Label: x.Percent(float64(n)/100, 0)})
	}
	v.Districts = []pages.Option{{Value: "", Label: x.Say("whatif.everywhere")}}
	for _, r := range c.Districts {
		v.Districts = append(v.Districts, pages.Option{Value: string(r.ID), Label: r.Name})
	}
}

// people are those who serve there in the days asked.
func (d *desk) people(x *pages.Context, v *whatIfData) {
	if v.Centre == "" {
		return
	}
	from, err := day.Parse(v.Form.Value("from"))
	until, err2 := day.Parse(v.Form.Value("last"))
	if err != nil || err2 != nil {
		from, until = 0, -1
	}
	type who struct {
		id     id.Employee
		skills int
		duties int
	}
	var all []who
	d.app.Node().View(func() {
		for e, duty := range d.app.City.Duties {
			n := 0
			for _, y := range duty.Duties {
				if y.Day >= from && y.Day <= until && y.Centre == id.Centre(v.Centre) {
					n++
				}
			}
			if n > 0 || v.Form.Is("employee", string(e)) {
				all = append(all, who{e, len(duty.Skills), n})
			}
		}
	})
	slices.SortFunc(all, func(a, b who) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
	for _, w := range all {
		v.People = append(v.People, choice{w.id, x.Say("whatif.person", "n", w.duties, "groups", w.skills), v.Form.Is("employee", string(w.id))})
	}
}

// supposition reads the form.
func supposition(x *pages.Context, f *pages.Form) (s planner.Supposition) {
	from, last := f.Day("from"), f.Day("last")
	if f.OK() && last < from {
		f.Wrong("last", x.Say("whatif.order"))
	}
	period := day.Period{From: from, Until: last + 1}
	for _, e := range f.Values("employee") {
		s.Absent = append(s.Absent, planner.Absent{Employee: id.Employee(e), Period: period})
	}
	centre := id.Centre(f.Value("centre"))
	switch f.Value("closing") {
	case "closed":
		s.Measures = append(s.Measures, planner.Closing(0, centre, period, nil))
	case "hours":
		opens, closes := f.Time("opens"), f.Time("closes")
		if f.OK() && closes <= opens {
			f.Wrong("closes", x.Say("whatif.order"))
		}
		hours := map[int][]day.Span{}
		for w := 1; w <= 6; w++ {
			hours[w] = []day.Span{{From: opens, To: closes}}
		}
		s.Measures = append(s.Measures, planner.Closing(0, centre, period, hours))
	}
	if n, err := strconv.Atoi(f.Value("demand")); err == nil && n != 100 {
		s.Demand = float64(n) / 100
		if r := f.Value("district"); r != "" {
			s.Districts = []id.District{id.District(r)}
		}
	}
	if f.OK() && len(s.Absent)+len(s.Measures) == 0 && s.Demand == 0 {
		f.Wrong("", x.Say("whatif.nothing"))
	}
	return s
}

func result(x *pages.Context, c *glance.City, a planner.Outcome) *ifResult {
	r := &ifResult{Damage: int(a.Damage + .5), Gain: int(a.Gain + .5), Automatic: a.Approval == planner.Automatic, Complete: a.Complete}
	number := func(key string) pages.Cell { return pages.Cell{Text: x.Say(key), Number: true} }
	r.Districts = pages.Table{ID: "if-districts", Caption: x.Say("if.districts"), Head: []pages.Cell{{Text: x.Say("district.name")},
		number("if.lead.is"), number("if.lead.would"), number("if.lead.with"), number("if.uncovered.is"), number("if.uncovered.would"), number("if.uncovered.with"), number("if.late.would"), number("if.late.with")}}
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
	r.Places = pages.Table{ID: "if-places", Caption: x.Say("if.places"), Head: []pages.Cell{{Text: x.Say("centre.name")}, {Text: x.Say("curve.day")}, number("if.uncovered.is"), number("if.uncovered.would"), number("if.uncovered.with")}}
	for _, p := range a.Places[:min(len(a.Places), 60)] {
		r.Places.Rows = append(r.Places.Rows, []pages.Cell{{Text: centreName(c, p.Centre), Href: "/desk/centres/" + string(p.Centre) + "?day=" + p.Day.String()}, {Text: x.Date(p.Day)},
			count(x, p.Uncovered[0]), count(x, p.Uncovered[1]), count(x, p.Uncovered[2])})
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
