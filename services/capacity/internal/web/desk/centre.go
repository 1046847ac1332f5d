package desk

import (
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

type districtData struct {
	card
	City      *glance.City
	Groups    pages.Table
	Centres   pages.Table
	Days      pages.Table
	Values    pages.Table
	Decisions []decision
	Missing   string
	Key       string
	May       bool
	More      int
}

// district shows one district: each group's lead time, where it goes, its centres
// and its days.
func (d *desk) district(x *pages.Context) error {
	c := d.look(x)
	at := slices.IndexFunc(c.Districts, func(r glance.District) bool { return r.ID == id.District(x.Path("id")) })
	if at < 0 {
		return pages.ErrNotFound
	}
	r := c.Districts[at]
	v := districtData{card: cardOf(x, c, r, 760, 260, true), City: c, Values: curveTable(x, c, "curve", r)}
	if r.Missed.Counted && r.Absent.Counted {
		v.Missing = x.Say("district.missing", "missed", x.Percent(r.Missed.Share, 1), "absent", x.Percent(r.Absent.Share, 1))
	}
	v.Groups = pages.Table{ID: "groups", Caption: x.Say("groups.caption"), Head: []pages.Cell{{Text: x.Say("groups.name")}, {Text: x.Say("groups.lead"), Number: true}, {Text: x.Say("groups.third")},
		{Text: x.Say("groups.state")}, {Text: x.Say("groups.ahead"), Number: true}}}
	for _, l := range r.Leads {
		row := []pages.Cell{{Text: group(x, c, l.Skill)}, {Text: leadDays(x, l.Days), Number: true}, {Missing: true}, {}, {Missing: true, Number: true}}
		if !l.Measured {
			row[1] = pages.Cell{Missing: true, Number: true}
		}
		if l.Third != nil {
			row[2] = pages.Cell{Text: x.Date(*l.Third)}
		}
		b := judged(x, l, l.Measured)
		row[3].Badge = &b
		if n := len(l.Ahead.Middle); n > 0 {
			row[4] = pages.Cell{Text: x.Say("groups.band", "middle", leadDays(x, l.Ahead.Middle[n-1]), "low", leadDays(x, l.Ahead.Low[n-1]), "high", leadDays(x, l.Ahead.High[n-1])), Number: true}
		}
		v.Groups.Rows = append(v.Groups.Rows, row)
	}
	v.Centres = pages.Table{ID: "centres", Caption: x.Say("centres.caption"), Head: []pages.Cell{{Text: x.Say("centre.name")}, {Text: x.Say("duty.present"), Number: true}, {Text: x.Say("duty.absent"), Number: true},
		{Text: x.Say("staff.in"), Number: true}, {Text: x.Say("staff.out"), Number: true}, {Text: x.Say("cell.fill"), Number: true}, {Text: x.Say("city.uncovered"), Number: true}}}
	for _, k := range c.Centres {
		if k.District != r.ID {
			continue
		}
		risk, today := 0, glance.Cell{}
		for i, y := range k.Days {
			risk += y.AtRisk
			if i == 0 {
				today = y
			}
		}
		v.Centres.Rows = append(v.Centres.Rows, []pages.Cell{{Text: k.Name, Href: "/desk/centres/" + string(k.ID)}, count(x, today.Staff.Present), count(x, today.Staff.Absent),
			count(x, today.Staff.In), count(x, today.Staff.Out), fill(x, today), count(x, risk)})
	}
	v.Days = cells(x, "days", x.Say("days.caption", "name", r.Name), r.Days, "")
	for _, y := range mine(x.R.Context(), c.Decisions) {
		if slices.Contains(y.Districts, r.ID) {
			v.Decisions = append(v.Decisions, decisions(x, c, []glance.Decision{y})...)
		}
	}
	v.Key, v.May = x.NewForm().Key, x.May("POST /desk/suggestions/{id}")
	return x.Show(pages.Page{Template: "district", Title: r.Name, Data: v, Wide: true, Styles: styles})
}

var styles = []string{"desk.css"}

// cells lists days: who is there, what is booked.
func cells(x *pages.Context, id, caption string, all []glance.Cell, link string) pages.Table {
	t := pages.Table{ID: id, Caption: caption, Head: []pages.Cell{{Text: x.Say("curve.day")}, {Text: x.Say("duty.present"), Number: true}, {Text: x.Say("duty.absent"), Number: true},
		{Text: x.Say("staff.in"), Number: true}, {Text: x.Say("staff.out"), Number: true}, {Text: x.Say("cell.appointments"), Number: true}, {Text: x.Say("cell.fill"), Number: true}, {Text: x.Say("cell.atrisk"), Number: true}}}
	for _, y := range all {
		if !y.Open && y.Booked == 0 && y.Staff == (glance.Staff{}) {
			continue
		}
		first := pages.Cell{Text: x.DateShort(y.Day)}
		if link != "" {
			first.Href = link + y.Day.String()
		}
		f := fill(x, y)
		if s := step(y); s >= 0 {
			f.Class = "heat-" + string(rune('0'+s))
		}
		t.Rows = append(t.Rows, []pages.Cell{first, count(x, y.Staff.Present), count(x, y.Staff.Absent), count(x, y.Staff.In), count(x, y.Staff.Out), count(x, y.Appointments), f, count(x, y.AtRisk)})
	}
	return t
}

type centreData struct {
	City     *glance.City
	Centre   glance.Centre
	District string
	Day      day.Day
	Opening  string
	Closed   bool
	Tight    bool // somebody is being taken off, and booking has not answered
	Today    glance.Cell
	People   pages.Table
	Lines    pages.Table
	Days     pages.Table
	WhatIf   string // "": this is not for who asks
}

// centre shows one centre: a day with its people and counter lines, and all days.
func (d *desk) centre(x *pages.Context) error {
	c := d.look(x)
	at := slices.IndexFunc(c.Centres, func(k glance.Centre) bool { return k.ID == id.Centre(x.Path("id")) })
	if at < 0 {
		return pages.ErrNotFound
	}
	k := c.Centres[at]
	v := centreData{City: c, Centre: k, District: district(c, k.District), Day: c.Today}
	if x.May(whatIfRoute) {
		v.WhatIf = "/desk/what-if?centre=" + string(k.ID)
	}
	if asked, err := day.Parse(x.Query("day")); err == nil && asked >= c.Today && asked < c.Today+day.Day(c.Days) {
		v.Day = asked
	}
	if i := int(v.Day - c.Today); i < len(k.Days) {
		v.Today = k.Days[i]
	}
	place := read.Place{Centre: k.ID, Day: v.Day}
	var present []person
	var offering capacity.OfferingChanged
	var open []day.Span
	d.app.Node().View(func() {
		present, offering, open = people(d.app.City, place), d.app.City.Offerings[place], d.app.City.Opening(k.ID, v.Day)
	})
	v.Opening, v.Closed, v.Tight = spans(x, open), len(open) == 0, offering.Tentative
	v.People = pages.Table{ID: "people", Caption: x.Say("people.caption", "day", v.Day), Empty: x.Say("people.none"),
		Head: []pages.Cell{{Text: x.Say("people.who")}, {Text: x.Say("people.when")}, {Text: x.Say("people.skills")}, {Text: x.Say("people.state")}}}
	for _, p := range present {
		b := pages.Badge{Kind: "success", Text: x.Say("people." + p.state)}
		switch p.state {
		case "absent":
			b.Kind = "danger"
		case "in":
			b.Kind = "info"
		case "leaving":
			b.Kind = "warning"
		}
		v.People.Rows = append(v.People.Rows, []pages.Cell{{Text: string(p.id)}, {Text: x.Clocks(p.duty.From, p.duty.To)}, {Text: groups(x, c, p.skills)}, {Badge: &b}})
	}
	v.Lines = lines(x, c, offering.Lines)
	v.Days = cells(x, "days", x.Say("days.caption", "name", k.Name), k.Days, "/desk/centres/"+string(k.ID)+"?day=")
	return x.Show(pages.Page{Template: "centre", Title: k.Name, Data: v, Wide: true, Styles: styles})
}

// lines counts counters that are alike; their breaks differ.
func lines(x *pages.Context, c *glance.City, all []capacity.Line) pages.Table {
	t := pages.Table{ID: "lines", Caption: x.Say("lines.caption"), Hidden: true, Empty: x.Say("lines.none"),
		Head: []pages.Cell{{Text: x.Say("lines.when")}, {Text: x.Say("lines.count"), Number: true}, {Text: x.Say("lines.use")}, {Text: x.Say("people.skills")}}}
	type kind struct{ when, use, skills string }
	var order []kind
	n := map[kind]int{}
	for _, l := range all {
		k := kind{x.Clocks(l.From, l.To), x.Say("use." + l.Use), groups(x, c, l.Skills)}
		if n[k]++; n[k] == 1 {
			order = append(order, k)
		}
	}
	for _, k := range order {
		t.Rows = append(t.Rows, []pages.Cell{{Text: k.when}, count(x, n[k]), {Text: k.use}, {Text: k.skills}})
	}
	return t
}

// person at a place on a day: "here", "in" from another centre, "leaving" for one,
// or "absent".
type person struct {
	id     id.Employee
	duty   observed.Duty
	skills []id.Skill
	state  string
}

// people is called inside node.View.
func people(c *read.City, p read.Place) (all []person) {
	for e, duties := range c.At[p] {
		d := c.Duties[e]
		for _, x := range duties {
			state := "here"
			if _, leaving := c.Withdrawn[p][e]; leaving {
				state = "leaving"
			} else if d.Home != p.Centre {
				state = "in"
			}
			all = append(all, person{e, x, d.Skills, state})
		}
	}
	for e, l := range c.Losses[p] {
		all = append(all, person{e, l.Duty, c.Duties[e].Skills, "absent"})
	}
	slices.SortFunc(all, func(a, b person) int { return strings.Compare(string(a.id), string(b.id)) })
	return all
}

func groups(x *pages.Context, c *glance.City, all []id.Skill) string {
	if len(all) == len(c.Groups) && len(all) > 1 {
		return x.Say("groups.all")
	}
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = group(x, c, s)
	}
	return strings.Join(names, ", ")
}

func spans(x *pages.Context, all []day.Span) string {
	said := make([]string, len(all))
	for i, s := range all {
		said[i] = x.Clocks(s.From, s.To)
	}
	return strings.Join(said, ", ")
}
