package desk

import (
	"slices"
	"strconv"
	"time"

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
	Weekdays  []pages.Option
	Rules     []rule // of the policy; none for who may not ask
	Automatic []pages.Option
	Centre    string
	Result    *ifResult
}

// choice of an employee.
type choice struct {
	ID      id.Employee
	Says    string
	Checked bool
}

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
	for name, v := range map[string]string{"from": tomorrow, "last": tomorrow, "demand": "100", "opens": "08:00", "closes": "14:00", "weekday": "4", "stay": "0"} {
		if f.Value(name) == "" {
			f.Set(name, v)
		}
	}
	v := whatIfData{Form: f, Centre: f.Value("centre")}
	v.choices(x, c)
	policy, _ := d.app.Policy()
	v.rules(x, policy, d.app.MaySuppose(x.R.Context(), planner.Supposition{Policy: planner.PolicyIf{GoalDays: &policy.GoalDays}}) == nil)
	d.people(x, &v)
	page := pages.Page{Template: "whatif", Title: x.Say("whatif.title"), Data: &v, Wide: true, Styles: styles}
	if !asked {
		return x.Show(page)
	}
	s := supposition(x, f, v.Rules, policy)
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
	v.Closings = []pages.Option{{Value: "", Label: x.Say("whatif.usual")}, {Value: "closed", Label: x.Say("whatif.closed")}, {Value: "hours", Label: x.Say("whatif.hours")},
		{Value: "weekday", Label: x.Say("whatif.weekday")}, {Value: "off", Label: x.Say("whatif.off")}}
	for w := 1; w <= 7; w++ {
		v.Weekdays = append(v.Weekdays, pages.Option{Value: strconv.Itoa(w), Label: x.Weekday(time.Weekday(w % 7))})
	}
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
