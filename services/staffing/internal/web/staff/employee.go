package staff

import (
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
)

type employeesPage struct {
	Tabs    []pages.Tab
	Form    *pages.Form
	Count   int
	Table   pages.Table
	Pager   pages.Pager
	Unknown *pages.Table
}

func (w *web) employees(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	who := id.Employee(f.Value("employee"))
	p := employeesPage{Tabs: tabs(x), Form: f}
	var page []read.Employee
	var unknown []read.Unknown
	more, found := false, false
	names := map[id.Centre]string{}
	w.node.View(func() {
		p.Count = w.Employees.Count()
		if who != "" {
			_, found = w.Employees.Find(who)
		}
		page, more = w.Employees.Page(id.Employee(x.Query("after")), onPage)
		unknown, _ = w.Unknown.Page("", onPage)
		for _, e := range page {
			names[e.Terms.Home] = w.Centres.Name(e.Terms.Home)
		}
	})
	if found {
		return x.Redirect("/staff/employees/"+string(who), "", 0)
	}
	if who != "" {
		f.Wrong("employee", x.Say("employees.notfound"))
	}
	p.Table = pages.Table{ID: "employees", Caption: x.Say("employees.caption"), Empty: x.Say("employees.empty"), Head: []pages.Cell{{Text: x.Say("col.employee")}, {Text: x.Say("col.home")},
		{Text: x.Say("col.skills")}, {Text: x.Say("col.traits")}, {Text: x.Say("col.cap"), Number: true}}}
	for _, e := range page {
		p.Table.Rows = append(p.Table.Rows, []pages.Cell{employeeCell(e.ID), {Text: names[e.Terms.Home]}, {Text: skills(e.Terms.Skills)}, {Text: traits(x, e.Terms)},
			{Text: strconv.Itoa(e.Terms.MaxDaysAwayPerWeek), Number: true}})
	}
	if x.Query("after") != "" {
		p.Pager.First = "/staff/employees"
	}
	if more {
		p.Pager.Next = address("/staff/employees", "after", string(page[len(page)-1].ID))
	}
	if len(unknown) > 0 {
		t := pages.Table{ID: "unknown", Caption: x.Say("unknown.caption"), Head: []pages.Cell{{Text: x.Say("col.employee")}, {Text: x.Say("unknown.cases"), Number: true}}}
		for _, u := range unknown {
			t.Rows = append(t.Rows, []pages.Cell{{Text: string(u.Employee)}, {Text: strconv.Itoa(len(u.Absences)), Number: true}})
		}
		p.Unknown = &t
	}
	show := pages.Page{Template: "employees", Title: x.Say("employees.title"), Data: p, Wide: true}
	if !f.OK() {
		return x.Again(f, nil, show)
	}
	return x.Show(show)
}

type employeePage struct {
	Tabs           []pages.Tab
	ID             string
	Facts          []pages.Fact
	Monday, Sunday day.Day
	Weeks          weeks
	Away           string
	Week           pages.Table
	Rota           pages.Table
	Deployments    pages.Table
	More           string
}

func (w *web) employee(x *pages.Context) error {
	who := id.Employee(x.Path("id"))
	monday := mondayOf(x, x.Query("week"))
	var e read.Employee
	var week read.WeekOf
	var list []read.Deployment
	found, more := false, false
	names := map[id.Centre]string{}
	w.node.View(func() {
		if e, found = w.Employees.Find(who); !found {
			return
		}
		week = e.Week(monday)
		list, more = w.Deployments.Newest("", who, 0, 20)
		for _, c := range w.Centres.All() {
			names[c.ID] = c.Name
		}
	})
	if !found {
		return pages.ErrNotFound
	}
	name := func(c id.Centre) string {
		if names[c] != "" {
			return names[c]
		}
		return string(c)
	}
	p := employeePage{Tabs: tabs(x), ID: string(who), Monday: monday, Sunday: monday + 6, Weeks: weeksOf(x, monday, "/staff/employees/"+string(who))}
	p.Away = x.Say("employee.away", "n", week.Away, "most", e.Terms.MaxDaysAwayPerWeek)
	p.Facts = termFacts(x, e.Terms, name)
	p.Week = pages.Table{ID: "week", Caption: x.Say("employee.week", "span", x.Span(monday, monday+6)), Hidden: true, Head: []pages.Cell{{Text: x.Say("col.day")}, {Text: x.Say("col.duty")}, {Text: x.Say("col.breaks")}}}
	for n, d := range week.Days {
		breaks := ""
		for i, b := range d.Duty.Breaks {
			if i > 0 {
				breaks += ", "
			}
			breaks += times(x, b)
		}
		p.Week.Rows = append(p.Week.Rows, []pages.Cell{{Text: x.DateShort(monday + day.Day(n))}, dayCell(x, d, e.Terms.Home, e.Terms.Home, names), {Text: breaks}})
	}
	p.Rota = rotaTable(x, e.Terms)
	p.Deployments = deploymentsTable(x, list, name, false)
	if more {
		p.More = address("/staff/deployments", "employee", string(who))
	}
	return x.Show(pages.Page{Template: "employee", Title: x.Say("employee.title", "employee", string(who)), Data: p, Wide: true})
}

func termFacts(x *pages.Context, t employee.Terms, name func(id.Centre) string) []pages.Fact {
	all := []pages.Fact{{Key: x.Say("col.home"), Value: name(t.Home), Href: address("/staff/", "centre", string(t.Home))}, {Key: x.Say("col.skills"), Value: skills(t.Skills)},
		{Key: x.Say("employee.hours"), Value: x.Say("employee.hoursvalue", "hours", x.Decimal(float64(read.WeekMinutes(t))/60, 1))}}
	if v := traits(x, t); v != "" {
		all = append(all, pages.Fact{Key: x.Say("col.traits"), Value: v})
	}
	all = append(all, pages.Fact{Key: x.Say("col.cap"), Value: x.Number(t.MaxDaysAwayPerWeek)})
	if t.From != nil {
		all = append(all, pages.Fact{Key: x.Say("employee.from"), Value: x.Date(*t.From)})
	}
	if t.Until != nil {
		all = append(all, pages.Fact{Key: x.Say("employee.until"), Value: x.Date(*t.Until - 1)})
	}
	return all
}

// rotaTable is the shifts agreed, week by weekday.
func rotaTable(x *pages.Context, t employee.Terms) pages.Table {
	out := pages.Table{ID: "rota", Caption: x.Say("employee.shifts"), Hidden: true, Head: []pages.Cell{{Text: x.Say("employee.turn")}}}
	monday := day.Date(1970, 1, 5)
	for n := range 7 {
		out.Head = append(out.Head, pages.Cell{Text: x.WeekdayShort((monday + day.Day(n)).Weekday())})
	}
	for i, week := range t.Rotation {
		row := []pages.Cell{{Text: x.Say("employee.turnof", "n", i+1, "of", len(t.Rotation))}}
		for n := 1; n <= 7; n++ {
			c := pages.Cell{Spoken: x.Say("day.free")}
			if shift, works := week[n]; works {
				c = pages.Cell{Text: times(x, shift.Span)}
			}
			row = append(row, c)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// statuses of a deployment, with their badges.
var statuses = []struct{ status, badge string }{{"ordered", "success"}, {"refused", "danger"}, {"cancelled", "warning"}}

type deploymentsPage struct {
	Tabs   []pages.Tab
	Filter []pages.Tab
	Table  pages.Table
	Pager  pages.Pager
	Who    string
	Monday day.Day
	Sunday day.Day
	Weeks  weeks
	Away   pages.Table
}

func (w *web) deployments(x *pages.Context) error {
	status, who := x.Query("status"), id.Employee(x.Query("employee"))
	before, _ := strconv.ParseInt(x.Query("before"), 10, 64)
	monday := mondayOf(x, x.Query("week"))
	p := deploymentsPage{Tabs: tabs(x), Who: string(who), Monday: monday, Sunday: monday + 6, Weeks: weeksOf(x, monday, "/staff/deployments", "status", status, "employee", string(who))}
	here := func(status, before string) string {
		return address("/staff/deployments", "status", status, "employee", string(who), "before", before, "week", monday.String())
	}
	var list []read.Deployment
	var away []read.WeekOf
	more := false
	names := map[id.Centre]string{}
	w.node.View(func() {
		list, more = w.Deployments.Newest(status, who, before, onPage)
		_, away = w.Employees.City(monday)
		for _, c := range w.Centres.All() {
			names[c.ID] = c.Name
		}
	})
	name := func(c id.Centre) string {
		if names[c] != "" {
			return names[c]
		}
		return string(c)
	}
	p.Filter = []pages.Tab{{Text: x.Say("filter.all"), Href: here("", ""), Current: status == ""}}
	for _, s := range statuses {
		p.Filter = append(p.Filter, pages.Tab{Text: x.Say("status." + s.status), Href: here(s.status, ""), Current: status == s.status})
	}
	p.Table = deploymentsTable(x, list, name, true)
	if before > 0 {
		p.Pager.First = here(status, "")
	}
	if more {
		p.Pager.Next = here(status, strconv.FormatInt(list[len(list)-1].Position, 10))
	}
	slices.SortStableFunc(away, func(a, b read.WeekOf) int { return b.Away - a.Away })
	p.Away = pages.Table{ID: "away", Caption: x.Say("away.caption", "span", x.Span(monday, monday+6)), Empty: x.Say("away.empty"), Head: []pages.Cell{{Text: x.Say("col.employee")}, {Text: x.Say("col.home")},
		{Text: x.Say("away.days"), Number: true}, {Text: x.Say("col.cap"), Number: true}}}
	for _, a := range away[:min(len(away), 2*onPage)] {
		p.Away.Rows = append(p.Away.Rows, []pages.Cell{employeeCell(a.ID), {Text: name(a.Terms.Home)}, {Text: strconv.Itoa(a.Away), Number: true}, {Text: strconv.Itoa(a.Terms.MaxDaysAwayPerWeek), Number: true}})
	}
	return x.Show(pages.Page{Template: "deployments", Title: x.Say("deployments.title"), Data: p, Wide: true})
}

func deploymentsTable(x *pages.Context, list []read.Deployment, name func(id.Centre) string, people bool) pages.Table {
	t := pages.Table{ID: "deployments", Caption: x.Say("deployments.caption"), Hidden: true, Empty: x.Say("deployments.empty"), Head: []pages.Cell{{Text: x.Say("col.day")}}}
	if people {
		t.Head = append(t.Head, pages.Cell{Text: x.Say("col.employee")})
	}
	t.Head = append(t.Head, pages.Cell{Text: x.Say("col.from")}, pages.Cell{Text: x.Say("col.to")}, pages.Cell{Text: x.Say("col.state")}, pages.Cell{Text: x.Say("col.why")})
	for _, d := range list {
		row := []pages.Cell{{Text: x.Date(d.Day)}}
		if people {
			row = append(row, employeeCell(d.Employee))
		}
		badge := &pages.Badge{Kind: "info", Text: d.Status}
		for _, s := range statuses {
			if s.status == d.Status {
				badge = &pages.Badge{Kind: s.badge, Text: x.Say("status." + s.status)}
			}
		}
		t.Rows = append(t.Rows, append(row, pages.Cell{Text: name(d.From)}, pages.Cell{Text: name(d.To)}, pages.Cell{Badge: badge}, pages.Cell{Text: whyOf(x, d)}))
	}
	return t
}

// whyOf says why a deployment did not come about.
func whyOf(x *pages.Context, d read.Deployment) string {
	switch d.Status {
	case "refused":
		if key := "rule." + d.Rule; x.Knows(key) {
			return x.Say("rule." + d.Rule)
		}
	case "cancelled":
		if key := "cause." + d.Reason; x.Knows(key) {
			return x.Say("cause." + d.Reason)
		}
	}
	return d.Reason
}
