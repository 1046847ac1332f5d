package absences

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/vacancy"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// postsPage lists posts, and has the forms to open and to fill one.
type postsPage struct {
	Tabs       []pages.Tab
	Open, Fill *pages.Form // nil: may not
	Vacant     []pages.Option
	Table      pages.Table
	Pager      pages.Pager
	All        bool
	OtherHref  string
}

func (w *web) posts(x *pages.Context) error {
	return w.showPosts(x, x.NewForm("from", x.Today(x.Now()).String()), x.NewForm("filled_from", x.Today(x.Now()).String(), "filled_post", x.Query("post")), nil)
}

func (w *web) showPosts(x *pages.Context, open, fill *pages.Form, err error) error {
	p := postsPage{Tabs: tabs(x), All: x.Query("all") == "yes"}
	if x.May("POST /absences/vacancies/open") {
		p.Open, p.Fill = open, fill
	}
	after := id.Post(x.Query("after"))
	var page, vacant []read.Post
	more := false
	w.node.View(func() {
		page, more = w.Vacancies.Page(p.All, after, onPage)
		vacant, _ = w.Vacancies.Page(false, "", 1000)
	})
	all, other := "", "yes"
	if p.All {
		all, other = "yes", ""
	}
	p.OtherHref = address("/absences/vacancies", "all", other)
	if after != "" {
		p.Pager.First = address("/absences/vacancies", "all", all)
	}
	if more {
		p.Pager.Next = address("/absences/vacancies", "all", all, "after", string(page[len(page)-1].Post))
	}
	for _, v := range vacant {
		p.Vacant = append(p.Vacant, pages.Option{Value: string(v.Post), Label: x.Say("posts.option", "post", string(v.Post), "centre", string(v.Centre))})
	}
	p.Table = postsTable(x, page, p.Fill != nil)
	show := pages.Page{Template: "posts", Title: x.Say("posts.title"), Data: p, Wide: true}
	for _, f := range []*pages.Form{open, fill} {
		if err != nil && f.Is("act", "sent") || !f.OK() {
			return x.Again(f, err, show)
		}
	}
	return x.Show(show)
}

func postsTable(x *pages.Context, page []read.Post, mayFill bool) pages.Table {
	t := pages.Table{ID: "posts", Caption: x.Say("posts.caption"), Empty: x.Say("posts.empty"), Head: []pages.Cell{{Text: x.Say("col.post")},
		{Text: x.Say("col.centre")}, {Text: x.Say("col.vacant")}, {Text: x.Say("col.state")}, {Text: x.Say("col.employee")}, {Text: x.Say("col.since")}}}
	for _, v := range page {
		row := []pages.Cell{{Text: string(v.Post)}, {Text: string(v.Centre)}, {Text: x.Date(v.VacantFrom)}}
		if v.Employee == "" {
			fill := pages.Cell{Missing: true}
			if mayFill {
				fill = pages.Cell{Text: x.Say("posts.filllink"), Href: address("/absences/vacancies", "post", string(v.Post)) + "#fill", Spoken: string(v.Post)}
			}
			row = append(row, pages.Cell{Badge: &pages.Badge{Kind: "warning", Text: x.Say("posts.vacant")}}, fill, pages.Cell{Missing: true})
		} else {
			row = append(row, pages.Cell{Badge: &pages.Badge{Kind: "success", Text: x.Say("posts.filled")}}, employeeCell(x, v.Employee), pages.Cell{Text: x.Date(*v.FilledFrom)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (w *web) openPost(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	f.Set("act", "sent")
	c := vacancy.Open{Post: id.Post(f.Required("post")), Centre: id.Centre(f.Required("centre")), From: f.Day("from")}
	fill := x.NewForm("filled_from", x.Today(x.Now()).String())
	return w.didPost(x, f, "posts.opened", func(err error) error { return w.showPosts(x, f, fill, err) }, func() (journal.Receipt, error) {
		return w.app.OpenVacancy(x.R.Context(), f.Key, c)
	})
}

func (w *web) fillPost(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	f.Set("act", "sent")
	c := vacancy.Fill{Post: id.Post(f.Required("filled_post")), Employee: id.Employee(f.Required("filled_employee")), From: f.Day("filled_from")}
	open := x.NewForm("from", x.Today(x.Now()).String())
	return w.didPost(x, f, "posts.done", func(err error) error { return w.showPosts(x, open, f, err) }, func() (journal.Receipt, error) {
		return w.app.FillVacancy(x.R.Context(), f.Key, c)
	})
}

func (w *web) didPost(x *pages.Context, f *pages.Form, said string, again func(error) error, do func() (journal.Receipt, error)) error {
	if !f.OK() {
		return again(nil)
	}
	rec, err := do()
	if err == nil {
		return x.Redirect("/absences/vacancies", x.Say(said), rec.Position)
	}
	fields := fieldsOf(err)
	for _, e := range fields {
		name := e.Field
		if filled := "filled_" + name; slices.Contains([]string{"filled_post", "filled_employee"}, filled) && f.Value(filled) != "" {
			name = filled
		}
		f.Wrong(name, sentence(reasons.In(x.Speaker, e.Reason)))
	}
	if len(fields) > 0 {
		err = nil
	}
	return again(err)
}
