package absences

import (
	"maps"
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// onPage is how many employees or absences one page lists.
const onPage = 50

// weekPage is who is off in a week.
type weekPage struct {
	Tabs                []pages.Tab
	Monday, Sunday      day.Day
	Before, This, After string
	Form                *pages.Form
	Sources             []pages.Option
	People              int
	Table               pages.Table
	Pager               pages.Pager
	Source, Employee    string
}

// filter is what a reader wants to see.
func (w *web) filter(x *pages.Context, f *pages.Form) (want func(read.Off) bool, source, employee string) {
	may := mine(x)
	source, employee = f.Value("source"), f.Value("employee")
	return func(o read.Off) bool {
		return (source == "" || sourceOf(o) == source) && (employee == "" || string(o.Employee) == employee) && may(o)
	}, source, employee
}

// mondayOf is the week that is asked for; this one where none is.
func mondayOf(x *pages.Context, asked string) day.Day {
	d, err := day.Parse(asked)
	y, _, _ := d.Date()
	if err != nil || y < 2000 || y > 2200 {
		d = x.Today(x.Now())
	}
	return d.Monday()
}

func (w *web) week(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	want, source, employee := w.filter(x, f)
	monday := mondayOf(x, f.Value("week"))
	p := weekPage{Tabs: tabs(x), Monday: monday, Sunday: monday + 6, Form: f, Source: source, Employee: employee}
	here := func(d day.Day, after string) string {
		return address("/absences/", "week", d.String(), "source", source, "employee", employee, "after", after)
	}
	p.Before, p.This, p.After = here(monday-7, ""), here(x.Today(x.Now()).Monday(), ""), here(monday+7, "")
	byEmployee := map[id.Employee][]read.Off{}
	names := map[string]bool{}
	may := mine(x)
	w.node.View(func() {
		w.Off.During(day.Period{From: monday, Until: monday + 7}, func(o read.Off) {
			if may(o) {
				names[sourceOf(o)] = true
			}
			if want(o) {
				byEmployee[o.Employee] = append(byEmployee[o.Employee], o)
			}
		})
	})
	p.People, p.Sources = len(byEmployee), sourceOptions(x, names, source)
	p.Table = weekTable(x, monday, byEmployee, id.Employee(f.Value("after")), &p.Pager, here)
	page := pages.Page{Template: "week", Title: x.Say("week.title"), Data: p, Wide: true, Parts: []string{"week-table"},
		Live: address("/absences/live", "source", source, "employee", employee)}
	return x.Show(page)
}

func sourceOptions(x *pages.Context, names map[string]bool, chosen string) []pages.Option {
	if chosen != "" {
		names[chosen] = true
	}
	all := []pages.Option{{Value: "", Label: x.Say("filter.all")}}
	for _, s := range slices.Sorted(maps.Keys(names)) {
		all = append(all, pages.Option{Value: s, Label: s})
	}
	return all
}

func weekTable(x *pages.Context, monday day.Day, byEmployee map[id.Employee][]read.Off, after id.Employee, pager *pages.Pager, here func(day.Day, string) string) pages.Table {
	t := pages.Table{ID: "off", Caption: x.Say("week.caption", "span", x.Span(monday, monday+6)), Hidden: true, Head: []pages.Cell{{Text: x.Say("col.employee")}}, Empty: x.Say("week.empty")}
	sums := []pages.Cell{{Text: x.Say("week.sum")}}
	for d := monday; d < monday+7; d++ {
		t.Head = append(t.Head, pages.Cell{Text: x.DateShort(d)})
		n := 0
		for _, all := range byEmployee {
			if slices.ContainsFunc(all, func(o read.Off) bool { return o.Covers(d) }) {
				n++
			}
		}
		sums = append(sums, pages.Cell{Text: strconv.Itoa(n)})
	}
	keys := slices.Sorted(maps.Keys(byEmployee))
	begin, found := slices.BinarySearch(keys, after)
	if found {
		begin++
	}
	if begin > 0 {
		pager.First = here(monday, "")
	}
	rest := keys[begin:]
	if len(rest) > onPage {
		rest = rest[:onPage]
		pager.Next = here(monday, string(rest[onPage-1]))
	}
	for _, who := range rest {
		row := []pages.Cell{employeeCell(x, who)}
		for d := monday; d < monday+7; d++ {
			row = append(row, dayCell(x, d, byEmployee[who]))
		}
		t.Rows = append(t.Rows, row)
	}
	if len(keys) > 0 {
		t.Rows = append(t.Rows, sums)
	}
	return t
}

func employeeCell(x *pages.Context, who id.Employee) pages.Cell {
	return pages.Cell{Text: string(who), Href: "/staff/employees/" + string(who)}
}

// dayCell says whether somebody is off on a day, and if not all day, when.
func dayCell(x *pages.Context, d day.Day, all []read.Off) pages.Cell {
	for _, o := range all {
		if !o.Covers(d) {
			continue
		}
		b := &pages.Badge{Kind: "warning", Text: x.Say("off.unplanned")}
		if o.Planned {
			b = &pages.Badge{Kind: "info", Text: x.Say("off.planned")}
		}
		if t := o.FromTime; t != nil && d == o.From {
			b.Text = x.Say("off.from", "what", b.Text, "time", *t)
		} else if t := o.ToTime; t != nil && o.Until != nil && d == *o.Until-1 {
			b.Text = x.Say("off.to", "what", b.Text, "time", *t)
		}
		return pages.Cell{Badge: b}
	}
	return pages.Cell{Text: "", Spoken: x.Say("off.not")}
}

func (w *web) weekVersions(x *pages.Context) (parts map[string]string) {
	w.node.View(func() { parts = map[string]string{"week-table": strconv.FormatInt(w.Off.Changed(), 10)} })
	return parts
}

// listPage lists absences.
type listPage struct {
	Tabs    []pages.Tab
	Form    *pages.Form
	Sources []pages.Option
	Table   pages.Table
	Pager   pages.Pager
}

func (w *web) list(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	want, source, employee := w.filter(x, f)
	today := x.Today(x.Now())
	from := today
	if f.Value("from") != "" {
		from = f.Day("from")
	} else {
		f.Set("from", today.String())
	}
	wanted := func(o read.Off) bool { return o.LastsBeyond(from) && want(o) }
	names := map[string]bool{app.FormSource: true}
	for _, s := range sources(x) {
		names[s] = true
	}
	p := listPage{Tabs: tabs(x), Form: f}
	var found []read.Off
	more := false
	after := id.Absence(f.Value("after"))
	w.node.View(func() {
		found, more = w.Off.Page(wanted, after, onPage)
		for _, s := range w.Off.Sources() {
			if mine(x)(read.Off{Absence: id.Absence(s + "/")}) {
				names[s] = true
			}
		}
	})
	p.Sources = sourceOptions(x, names, source)
	here := func(after string) string {
		return address("/absences/list", "source", source, "employee", employee, "from", from.String(), "after", after)
	}
	if after != "" {
		p.Pager.First = here("")
	}
	if more {
		p.Pager.Next = here(string(found[len(found)-1].Absence))
	}
	p.Table = listTable(x, found)
	return x.Show(pages.Page{Template: "list", Title: x.Say("list.title"), Data: p, Wide: true})
}

func listTable(x *pages.Context, found []read.Off) pages.Table {
	t := pages.Table{ID: "absences", Caption: x.Say("list.caption"), Empty: x.Say("list.empty"), Head: []pages.Cell{{Text: x.Say("col.employee")},
		{Text: x.Say("col.first")}, {Text: x.Say("col.last")}, {Text: x.Say("col.kind")}, {Text: x.Say("col.source")}, {Text: x.Say("col.heard")}, {Text: x.Say("col.do")}}}
	mayEnter := x.May("POST /absences/cancel")
	for _, o := range found {
		kind := pages.Badge{Kind: "warning", Text: x.Say("off.unplanned")}
		if o.Planned {
			kind = pages.Badge{Kind: "info", Text: x.Say("off.planned")}
		}
		do := pages.Cell{}
		if mayEnter && sourceOf(o) == app.FormSource {
			do = pages.Cell{Text: x.Say("list.correct"), Href: address("/absences/enter", "absence", string(o.Absence)), Spoken: string(o.Employee)}
		}
		t.Rows = append(t.Rows, []pages.Cell{employeeCell(x, o.Employee), {Text: firstDay(x, o)}, {Text: lastDay(x, o)}, {Badge: &kind},
			{Text: sourceOf(o)}, {Text: x.MomentShort(o.RecordedAt)}, do})
	}
	return t
}

func firstDay(x *pages.Context, o read.Off) string {
	if o.FromTime != nil {
		return x.Say("day.from", "day", x.Date(o.From), "time", *o.FromTime)
	}
	return x.Date(o.From)
}

func lastDay(x *pages.Context, o read.Off) string {
	switch {
	case o.Until != nil && o.ToTime != nil:
		return x.Say("day.to", "day", x.Date(*o.Until-1), "time", *o.ToTime)
	case o.Until != nil:
		return x.Date(*o.Until - 1)
	case o.ExpectedUntil != nil:
		return x.Say("day.expected", "day", x.Date(*o.ExpectedUntil-1))
	}
	return x.Say("day.open")
}
