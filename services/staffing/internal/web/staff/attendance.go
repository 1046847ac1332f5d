package staff

import (
	"html/template"
	"strconv"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/chart"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
)

type postsPage struct {
	Tabs  []pages.Tab
	Table pages.Table
	Pager pages.Pager
}

func (w *web) posts(x *pages.Context) error {
	after := id.Post(x.Query("after"))
	var list []read.Post
	more := false
	names := map[id.Centre]string{}
	w.node.View(func() {
		list, more = w.Posts.Page(after, onPage)
		for _, p := range list {
			names[p.Centre] = w.Centres.Name(p.Centre)
		}
	})
	p := postsPage{Tabs: tabs(x), Table: pages.Table{ID: "posts", Caption: x.Say("posts.caption"), Empty: x.Say("posts.empty"), Head: []pages.Cell{{Text: x.Say("col.post")}, {Text: x.Say("col.centre")},
		{Text: x.Say("col.state")}, {Text: x.Say("col.employee")}, {Text: x.Say("col.since")}}}}
	for _, v := range list {
		state, who := &pages.Badge{Kind: "warning", Text: x.Say("posts.vacant")}, pages.Cell{Missing: true}
		if v.Employee != "" {
			state, who = &pages.Badge{Kind: "success", Text: x.Say("posts.filled")}, employeeCell(v.Employee)
		}
		p.Table.Rows = append(p.Table.Rows, []pages.Cell{{Text: string(v.Post)}, {Text: names[v.Centre]}, {Badge: state}, who, {Text: x.Date(v.From)}})
	}
	if after != "" {
		p.Pager.First = "/staff/posts"
	}
	if more {
		p.Pager.Next = address("/staff/posts", "after", string(list[len(list)-1].Post))
	}
	return x.Show(pages.Page{Template: "posts", Title: x.Say("posts.title"), Data: p, Wide: true})
}

// shownWeeks is how many weeks of attendance one page tells, the last one this.
const shownWeeks = 8

type attendancePage struct {
	Tabs       []pages.Tab
	By         []pages.Tab
	SmallGroup int
	Chart      template.HTML
	Table      pages.Table
	Weeks      weeks
}

func (w *web) attendance(x *pages.Context) error {
	by := x.Query("by")
	if by != read.ByDistrict && by != read.ByCentre {
		by = read.ByCity
	}
	last := mondayOf(x, x.Query("week"))
	p := attendancePage{Tabs: tabs(x), SmallGroup: w.SmallGroup, Weeks: weeksOf(x, last, "/staff/attendance", "by", by)}
	for _, b := range []string{read.ByCity, read.ByDistrict, read.ByCentre} {
		p.By = append(p.By, pages.Tab{Text: x.Say("by." + b), Href: address("/staff/attendance", "by", b, "week", last.String()), Current: b == by})
	}
	in := day.Period{From: last - (shownWeeks-1)*7, Until: last + 7}
	if by != read.ByCity {
		in.From = last - 7
	}
	var list []read.WeekOff
	names := map[id.Centre]string{}
	w.node.View(func() {
		list = w.Attendance.Weeks(in, w.app.Today(), by, w.SmallGroup)
		for _, c := range w.Centres.All() {
			names[c.ID] = c.Name
		}
	})
	if by == read.ByCity {
		p.Chart = offChart(x, list)
	}
	p.Table = pages.Table{ID: "attendance", Caption: x.Say("attendance.caption", "span", x.Span(in.From, in.Until-1)), Empty: x.Say("attendance.empty"), Head: []pages.Cell{{Text: x.Say("col.week")}}}
	if by != read.ByCity {
		p.Table.Head = append(p.Table.Head, pages.Cell{Text: x.Say("by." + by)})
	}
	for _, key := range []string{"attendance.persons", "attendance.hours", "attendance.planned", "attendance.unplanned"} {
		p.Table.Head = append(p.Table.Head, pages.Cell{Text: x.Say(key), Number: true})
	}
	for _, o := range list {
		row := []pages.Cell{{Text: x.Span(o.Week, o.Week+6)}}
		switch by {
		case read.ByDistrict:
			row = append(row, pages.Cell{Text: string(o.District)})
		case read.ByCentre:
			row = append(row, pages.Cell{Text: names[o.Centre]})
		}
		p.Table.Rows = append(p.Table.Rows, append(row, figures(x, o)...))
	}
	return x.Show(pages.Page{Template: "attendance", Title: x.Say("attendance.title"), Data: p, Wide: true})
}

func figures(x *pages.Context, o read.WeekOff) []pages.Cell {
	if o.Suppressed || o.Scheduled == 0 {
		return []pages.Cell{{Text: x.Say("attendance.small"), Span: 4}}
	}
	share := func(m day.Minutes) pages.Cell {
		return pages.Cell{Text: x.Percent(float64(m)/float64(o.Scheduled), 1), Number: true}
	}
	return []pages.Cell{{Text: strconv.Itoa(o.Persons), Number: true}, {Text: x.Decimal(float64(o.Scheduled)/60, 0), Number: true}, share(o.Planned), share(o.Unplanned)}
}

// offChart draws the share of scheduled work that was off, by week.
func offChart(x *pages.Context, weeks []read.WeekOff) template.HTML {
	l := chart.Lines{ID: "off", Title: x.Say("attendance.chart"), XName: x.Say("col.week"), Series: []chart.Series{{Name: x.Say("attendance.planned")}, {Name: x.Say("attendance.unplanned")}}}
	for i, o := range weeks {
		if o.Suppressed || o.Scheduled == 0 {
			return ""
		}
		l.X = append(l.X, x.Date(o.Week))
		if i%2 == 0 {
			l.Ticks = append(l.Ticks, chart.Tick{At: i, Text: x.Date(o.Week)})
		}
		l.Series[0].Values = append(l.Series[0].Values, 100*float64(o.Planned)/float64(o.Scheduled))
		l.Series[1].Values = append(l.Series[1].Values, 100*float64(o.Unplanned)/float64(o.Scheduled))
	}
	if len(l.X) < 2 {
		return ""
	}
	newest := weeks[len(weeks)-1]
	l.Desc = x.Say("attendance.desc", "planned", x.Percent(float64(newest.Planned)/float64(newest.Scheduled), 1), "unplanned", x.Percent(float64(newest.Unplanned)/float64(newest.Scheduled), 1))
	return l.HTML(x.Speaker)
}
