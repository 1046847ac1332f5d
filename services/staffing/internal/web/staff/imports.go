package staff

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/app"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
)

// maxFile bounds an upload, as the API does.
const maxFile = 32 << 20

var kinds = []struct{ what, badge string }{{app.Created, "success"}, {app.Changed, "warning"}, {app.CalendarChanged, "warning"}, {app.Unchanged, "info"}}

type importsPage struct {
	Tabs  []pages.Tab
	Form  *pages.Form // nil: may not
	Bad   *pages.Table
	Table pages.Table
}

func (w *web) imports(x *pages.Context) error { return w.showImports(x, x.NewForm(), nil, nil) }

func (w *web) showImports(x *pages.Context, f *pages.Form, bad *app.BadRows, err error) error {
	p := importsPage{Tabs: tabs(x)}
	if x.May("POST /staff/imports") {
		p.Form = f
	}
	var all []intake.Import
	w.node.View(func() { all = w.app.Imports().Newest(onPage) })
	p.Table = pages.Table{ID: "imports", Caption: x.Say("imports.caption"), Hidden: true, Empty: x.Say("imports.empty"), Head: []pages.Cell{{Text: x.Say("col.when")}, {Text: x.Say("col.source")},
		{Text: x.Say("col.entries"), Number: true}, {Text: x.Say("col.state")}}}
	for _, i := range all {
		p.Table.Rows = append(p.Table.Rows, []pages.Cell{{Text: x.MomentShort(i.AcceptedAt), Href: "/staff/imports/" + i.ID}, {Text: i.Source}, {Text: x.Number(i.Total), Number: true}, {Badge: stateOf(x, i)}})
	}
	if bad != nil {
		t := badRows(x, bad.Fields)
		p.Bad = &t
	}
	show := pages.Page{Template: "imports", Title: x.Say("imports.title"), Data: p, Wide: true}
	if err == nil && f.OK() {
		return x.Show(show)
	}
	return x.Again(f, err, show)
}

func stateOf(x *pages.Context, i intake.Import) *pages.Badge {
	switch {
	case i.Broken != "":
		return &pages.Badge{Kind: "danger", Text: x.Say("imports.broken", "done", i.Done, "total", i.Total)}
	case i.EndedAt.IsZero():
		return &pages.Badge{Kind: "info", Text: x.Say("imports.running", "done", i.Done, "total", i.Total)}
	}
	return &pages.Badge{Kind: "success", Text: x.Say("imports.ended")}
}

// badRows lists what is wrong with a file, with the cure.
func badRows(x *pages.Context, bad []*events.FieldError) pages.Table {
	t := pages.Table{ID: "bad", Caption: x.Say("bad.caption", "n", len(bad)), Head: []pages.Cell{{Text: x.Say("bad.where")}, {Text: x.Say("bad.value")}, {Text: x.Say("bad.cure")}}}
	for _, f := range bad {
		cure := reasons.In(x.Speaker, f.Reason)
		if r := []rune(cure); len(r) > 0 {
			cure = strings.ToUpper(string(r[:1])) + string(r[1:]) + "."
		}
		t.Rows = append(t.Rows, []pages.Cell{{Text: places.In(x.Speaker, f.Field)}, {Text: f.Value, Missing: f.Value == ""}, {Text: cure}})
	}
	return t
}

func (w *web) upload(x *pages.Context) error {
	f, _, data, err := x.Upload("file", maxFile)
	if errors.Is(err, pages.ErrTooLarge) {
		f = x.NewForm()
		f.Wrong("file", x.Say("imports.large", "mib", maxFile>>20))
		return w.showImports(x, f, nil, nil)
	}
	if err != nil {
		return err
	}
	source := f.Value("source")
	if len(source) > 40 {
		f.Wrong("source", x.Say("form.long"))
	}
	if len(data) == 0 {
		f.Wrong("file", x.Say("imports.none"))
	}
	if !f.OK() {
		return w.showImports(x, f, nil, nil)
	}
	draft, err := w.app.Read(x.R.Context(), f.Key+x.Principal().Subject, source, data)
	var bad *app.BadRows
	if errors.As(err, &bad) {
		f.Wrong("file", x.Say("imports.refused", "n", len(bad.Fields)+bad.More))
		return w.showImports(x, f, bad, nil)
	}
	if err != nil {
		return w.showImports(x, f, nil, err)
	}
	return x.Redirect("/staff/imports/"+draft, "", 0)
}

type importPage struct {
	Tabs     []pages.Tab
	ID       string
	About    intake.About
	Counts   []pages.Fact
	Form     *pages.Form
	Effect   string
	Nothing  bool
	Changed  bool
	Unlisted int
	Leaving  int
	Changes  pages.Table
	Pager    pages.Pager
	More     int
	Import   intake.Import
	Running  bool
	Progress pages.Progress
	By       string
}

func (w *web) find(draft string) (i intake.Import, ok bool) {
	w.node.View(func() { i, ok = w.app.Imports().Find(draft) })
	return i, ok
}

func (w *web) showImport(x *pages.Context) error {
	draft := x.Path("id")
	if i, ok := w.find(draft); ok {
		return w.showProgress(x, i)
	}
	about, preview, err := w.app.Drafts().Show(x.R.Context(), draft)
	if err != nil {
		return err
	}
	p := importPage{Tabs: tabs(x), ID: draft, About: about, Counts: countFacts(x, preview.Counts), Effect: preview.Effect, More: preview.More, Unlisted: preview.Unlisted,
		Leaving: preview.Leaving, Changed: x.Query("changed") == "yes", Nothing: preview.Counts[app.Unchanged] == about.Total}
	if x.May("POST /staff/imports/{id}/apply") {
		p.Form = x.NewForm()
	}
	begin, err := strconv.Atoi(x.Query("from"))
	if err != nil || begin < 0 || begin >= len(preview.Changes) {
		begin = 0
	}
	end := min(begin+onPage, len(preview.Changes))
	here := "/staff/imports/" + draft
	if begin > 0 {
		p.Pager.First = here
	}
	if end < len(preview.Changes) {
		p.Pager.Next = address(here, "from", strconv.Itoa(end))
	}
	p.Changes = w.changesTable(x, preview.Changes[begin:end])
	return x.Show(pages.Page{Template: "preview", Title: x.Say("preview.title"), Data: p, Wide: true})
}

func (w *web) changesTable(x *pages.Context, changes []app.Change) pages.Table {
	names := map[id.Centre]string{}
	w.node.View(func() {
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
	t := pages.Table{ID: "changes", Caption: x.Say("preview.caption"), Hidden: true, Empty: x.Say("preview.empty"), Head: []pages.Cell{{Text: x.Say("col.employee")}, {Text: x.Say("col.what")}, {Text: x.Say("col.before")}, {Text: x.Say("col.after")}}}
	for _, c := range changes {
		badge := &pages.Badge{Kind: "success", Text: x.Say("what." + c.What)}
		if c.What == app.Changed {
			badge.Kind = "warning"
		}
		before, after := difference(x, c, name)
		t.Rows = append(t.Rows, []pages.Cell{{Text: string(c.Employee)}, {Badge: badge}, {Text: before}, {Text: after}})
	}
	return t
}

// difference writes down what differs before and after; of somebody new, all.
func difference(x *pages.Context, c app.Change, name func(id.Centre) string) (before, after string) {
	var was []pages.Fact
	if c.Before != nil {
		was = termFacts(x, *c.Before, name)
		was = append(was, rotaFact(x, *c.Before))
	}
	old := map[string]string{}
	for _, f := range was {
		old[f.Key] = f.Value
	}
	var b, a []string
	seen := map[string]bool{}
	for _, f := range append(termFacts(x, c.After, name), rotaFact(x, c.After)) {
		seen[f.Key] = true
		if v, known := old[f.Key]; c.Before != nil && v == f.Value {
			continue
		} else if known {
			b = append(b, f.Key+": "+v)
		}
		a = append(a, f.Key+": "+f.Value)
	}
	for _, f := range was {
		if !seen[f.Key] {
			b = append(b, f.Key+": "+f.Value)
		}
	}
	return strings.Join(b, "; "), strings.Join(a, "; ")
}

// rotaFact is a rotation in one line.
func rotaFact(x *pages.Context, t employee.Terms) pages.Fact {
	var all []string
	table := rotaTable(x, t)
	for _, row := range table.Rows {
		var days []string
		for i, c := range row[1:] {
			if c.Text != "" {
				days = append(days, table.Head[i+1].Text+" "+c.Text)
			}
		}
		all = append(all, strings.Join(days, ", "))
	}
	return pages.Fact{Key: x.Say("employee.rota"), Value: strings.Join(all, " | ")}
}

func countFacts(x *pages.Context, counts map[string]int) (all []pages.Fact) {
	for _, k := range kinds {
		if k.what != app.CalendarChanged || counts[k.what] > 0 {
			all = append(all, pages.Fact{Key: x.Say("what." + k.what), Value: x.Number(counts[k.what])})
		}
	}
	return all
}

func (w *web) showProgress(x *pages.Context, i intake.Import) error {
	p := importPage{Tabs: tabs(x), ID: i.ID, About: i.About, Import: i, Running: i.EndedAt.IsZero(), Counts: countFacts(x, i.Counts), By: i.By()}
	p.Progress = pages.Progress{ID: "progress-bar", Label: x.Say("progress.label", "done", i.Done, "total", i.Total), Value: i.Done, Max: max(i.Total, 1)}
	page := pages.Page{Template: "progress", Title: x.Say("progress.title"), Data: p, Parts: []string{"progress-part"}}
	if p.Running {
		page.Live, page.Refresh = "/staff/imports/"+i.ID+"/live", 2
	}
	return x.Show(page)
}

func (w *web) importVersions(x *pages.Context) map[string]string {
	i, _ := w.find(x.Path("id"))
	return map[string]string{"progress-part": fmt.Sprint(i.Done, i.EndedAt.UnixMicro())}
}

func (w *web) applyImport(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	draft, rec, err := w.app.Apply(x.R.Context(), x.Path("id"), f.Value("effect"))
	if errors.Is(err, intake.ErrOtherwise) {
		return x.Redirect(address("/staff/imports/"+draft, "changed", "yes"), "", 0)
	}
	if err != nil {
		return err
	}
	return x.Redirect("/staff/imports/"+draft, x.Say("preview.accepted"), rec.Position)
}

func (w *web) discardImport(x *pages.Context) error {
	draft := x.Path("id")
	if _, accepted := w.find(draft); accepted {
		return x.Redirect("/staff/imports/"+draft, "", 0)
	}
	if err := w.app.Drafts().Discard(x.R.Context(), draft); err != nil {
		return err
	}
	return x.Redirect("/staff/imports", x.Say("preview.discarded"), 0)
}
