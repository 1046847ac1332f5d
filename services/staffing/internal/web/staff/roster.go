package staff

import (
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
)

// rosterPage is a week of one centre, or of all in numbers.
type rosterPage struct {
	Tabs           []pages.Tab
	Form           *pages.Form
	Monday, Sunday day.Day
	Weeks          weeks
	Centre         string // name; empty: all
	Centres        []pages.Option
	Table          pages.Table
	AllHref        string
}

func (w *web) roster(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	monday, centre := mondayOf(x, f.Value("week")), id.Centre(f.Value("centre"))
	p := rosterPage{Tabs: tabs(x), Form: f, Monday: monday, Sunday: monday + 6, Weeks: weeksOf(x, monday, "/staff/", "centre", string(centre)),
		Centres: []pages.Option{{Value: "", Label: x.Say("roster.all")}}, AllHref: address("/staff/", "week", monday.String())}
	var centres []read.Centre
	var people []read.WeekOf
	var city map[id.Centre]*[7]read.Presence
	names := map[id.Centre]string{}
	w.node.View(func() {
		centres = w.Centres.All()
		if centre == "" {
			city, _ = w.Employees.City(monday)
			return
		}
		people = w.Employees.Week(monday, centre)
	})
	for _, c := range centres {
		names[c.ID] = c.Name
		p.Centres = append(p.Centres, pages.Option{Value: string(c.ID), Label: c.Name})
	}
	title := x.Say("roster.title")
	if centre == "" {
		p.Table = cityTable(x, monday, centres, city)
	} else {
		if p.Centre = names[centre]; p.Centre == "" {
			if p.Centre = string(centre); len(people) == 0 {
				return pages.ErrNotFound
			}
		}
		title = x.Say("roster.of", "centre", p.Centre)
		p.Table = weekTable(x, monday, centre, people, names)
	}
	return x.Show(pages.Page{Template: "roster", Title: title, Data: p, Wide: true, Live: address("/staff/live", "week", monday.String(), "centre", string(centre)), Parts: []string{"roster-table"}})
}

func (w *web) rosterVersions(*pages.Context) (parts map[string]string) {
	w.node.View(func() { parts = map[string]string{"roster-table": strconv.FormatInt(w.Employees.Changed(), 10)} })
	return parts
}

// cityTable counts who is on duty, by centre and day.
func cityTable(x *pages.Context, monday day.Day, centres []read.Centre, city map[id.Centre]*[7]read.Presence) pages.Table {
	t := pages.Table{ID: "roster", Caption: x.Say("roster.citycaption", "span", x.Span(monday, monday+6)), Hidden: true, Empty: x.Say("roster.nocentres"), Head: []pages.Cell{{Text: x.Say("col.centre")}}}
	for d := monday; d < monday+7; d++ {
		t.Head = append(t.Head, pages.Cell{Text: x.DateShort(d)})
	}
	for _, c := range centres {
		days := city[c.ID]
		if days == nil {
			days = &[7]read.Presence{}
		}
		row := []pages.Cell{{Text: c.Name, Href: address("/staff/", "week", monday.String(), "centre", string(c.ID))}}
		for _, p := range days {
			row = append(row, presenceCell(x, p))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// presenceCell writes "12 / 3 +1 −2": on duty, off duty, from elsewhere, sent away.
func presenceCell(x *pages.Context, p read.Presence) pages.Cell {
	switch {
	case !p.Known:
		return pages.Cell{Missing: true}
	case p == read.Presence{Known: true}:
		return pages.Cell{Text: "0"}
	}
	text := strconv.Itoa(p.On)
	if p.Off > 0 {
		text += " / " + strconv.Itoa(p.Off)
	}
	if p.In > 0 {
		text += " +" + strconv.Itoa(p.In)
	}
	if p.Out > 0 {
		text += " −" + strconv.Itoa(p.Out)
	}
	return pages.Cell{Text: text, Spoken: x.Say("roster.spoken", "on", p.On, "off", p.Off, "in", p.In, "out", p.Out)}
}

// weekTable is employee by day.
func weekTable(x *pages.Context, monday day.Day, centre id.Centre, people []read.WeekOf, names map[id.Centre]string) pages.Table {
	t := pages.Table{ID: "roster", Caption: x.Say("roster.caption", "span", x.Span(monday, monday+6)), Hidden: true, Empty: x.Say("roster.nobody"), Head: []pages.Cell{{Text: x.Say("col.employee")}}}
	sums := []pages.Cell{{Text: x.Say("roster.sum")}}
	for n := range 7 {
		t.Head = append(t.Head, pages.Cell{Text: x.DateShort(monday + day.Day(n))})
		on, known := 0, false
		for _, p := range people {
			known = known || p.Days[n].Known
			if p.Days[n].On && p.Days[n].Duty.Centre == centre {
				on++
			}
		}
		sums = append(sums, pages.Cell{Text: strconv.Itoa(on), Missing: !known})
	}
	t.Head = append(t.Head, pages.Cell{Text: x.Say("col.traits")}, pages.Cell{Text: x.Say("col.skills")})
	for _, p := range people {
		row := []pages.Cell{employeeCell(p.ID)}
		for _, d := range p.Days {
			row = append(row, dayCell(x, d, p.Terms.Home, centre, names))
		}
		t.Rows = append(t.Rows, append(row, pages.Cell{Text: traits(x, p.Terms)}, pages.Cell{Text: skills(p.Terms.Skills)}))
	}
	if len(people) > 0 {
		t.Rows = append(t.Rows, append(sums, pages.Cell{}, pages.Cell{}))
	}
	return t
}

// dayCell says where somebody is on a day, as seen from a centre.
func dayCell(x *pages.Context, d read.DayOf, home, centre id.Centre, names map[id.Centre]string) pages.Cell {
	name := func(c id.Centre) string {
		if n := names[c]; n != "" {
			return n
		}
		return string(c)
	}
	times := times(x, d.Duty.Span)
	switch {
	case !d.Known:
		return pages.Cell{Missing: true}
	case d.Off():
		return pages.Cell{Badge: &pages.Badge{Kind: "warning", Text: x.Say("day.off")}}
	case !d.On:
		return pages.Cell{Spoken: x.Say("day.free")}
	case d.Away && d.Duty.Centre == centre:
		return pages.Cell{Badge: &pages.Badge{Kind: "success", Text: x.Say("day.in", "times", times, "centre", name(home))}}
	case d.Away:
		return pages.Cell{Badge: &pages.Badge{Kind: "info", Text: x.Say("day.out", "times", times, "centre", name(d.Duty.Centre))}}
	case centre != home:
		return pages.Cell{Spoken: x.Say("day.elsewhere", "centre", name(home))}
	case d.Short:
		return pages.Cell{Badge: &pages.Badge{Kind: "warning", Text: x.Say("day.short", "times", times)}}
	}
	return pages.Cell{Text: times}
}

// times are short, for tables: "8:00–16:30", which stays in one line.
func times(x *pages.Context, s day.Span) string {
	text := s.From.String() + "–" + s.To.String()
	if x.German() {
		text = strings.TrimPrefix(strings.ReplaceAll(text, "–0", "–"), "0")
	}
	return strings.ReplaceAll(text, "–", "\u2060–\u2060")
}
