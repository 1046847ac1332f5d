package absences

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// maxFile bounds an upload, as the API bounds a table; calendars have a bound
// of their own.
const maxFile = 8 << 20

// kinds of what a word does, in the order in which they are told.
var kinds = []struct{ what, badge string }{{app.Added, "success"}, {app.Changed, "warning"}, {app.Cancelled, "danger"}, {app.Kept, "info"}, {app.Same, "info"}}

// importsPage has the form of an upload, and what was imported before.
type importsPage struct {
	Tabs    []pages.Tab
	Form    *pages.Form // nil: may not
	Sources []pages.Option
	Bad     *pages.Table // what is wrong with the file
	Table   pages.Table
}

func (w *web) imports(x *pages.Context) error { return w.showImports(x, x.NewForm(), nil, nil) }

// showImports shows the form, after a file that was refused with what is wrong in it.
func (w *web) showImports(x *pages.Context, f *pages.Form, bad []*events.FieldError, err error) error {
	p := importsPage{Tabs: tabs(x)}
	if x.May("POST /absences/imports") {
		p.Form = f
	}
	if own := sources(x); own != nil {
		for _, s := range own {
			p.Sources = append(p.Sources, pages.Option{Value: s, Label: s})
		}
	}
	var all []intake.Import
	w.node.View(func() { all = w.app.Imports().Newest(onPage) })
	p.Table = w.importsTable(x, all)
	if len(bad) > 0 {
		t := badLines(x, bad)
		p.Bad = &t
	}
	show := pages.Page{Template: "imports", Title: x.Say("imports.title"), Data: p, Wide: true}
	if err == nil && f.OK() {
		return x.Show(show)
	}
	return x.Again(f, err, show)
}

func (w *web) importsTable(x *pages.Context, all []intake.Import) pages.Table {
	t := pages.Table{ID: "imports", Caption: x.Say("imports.caption"), Hidden: true, Empty: x.Say("imports.empty"), Head: []pages.Cell{{Text: x.Say("col.when")},
		{Text: x.Say("col.source")}, {Text: x.Say("col.form")}, {Text: x.Say("col.entries"), Number: true}, {Text: x.Say("col.state")}}}
	for _, i := range all {
		if !mine(x)(read.Off{Absence: id.Absence(i.Source + "/")}) {
			continue
		}
		t.Rows = append(t.Rows, []pages.Cell{{Text: x.MomentShort(i.AcceptedAt), Href: "/absences/imports/" + i.ID}, {Text: i.Source}, {Text: x.Say("imports.kind." + i.Kind)},
			{Text: x.Number(i.Total), Number: true}, {Badge: stateOf(x, i)}})
	}
	return t
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

// badLines lists what is wrong with a file, by line, with the cure.
func badLines(x *pages.Context, bad []*events.FieldError) pages.Table {
	t := pages.Table{ID: "bad", Caption: x.Say("bad.caption", "n", len(bad)), Head: []pages.Cell{{Text: x.Say("bad.where")}, {Text: x.Say("bad.value")}, {Text: x.Say("bad.cure")}}}
	for _, f := range bad {
		value := pages.Cell{Text: f.Value}
		if f.Value == "" {
			value = pages.Cell{Missing: true}
		}
		t.Rows = append(t.Rows, []pages.Cell{{Text: places.In(x.Speaker, f.Field)}, value, {Text: sentence(reasons.In(x.Speaker, f.Reason))}})
	}
	return t
}

// fieldsOf are all fields that an error refuses.
func fieldsOf(err error) (all []*events.FieldError) {
	var r *hr.Refusal
	if errors.As(err, &r) {
		return r.Fields
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range several.Unwrap() {
			all = append(all, fieldsOf(e)...)
		}
		return all
	}
	var f *events.FieldError
	if errors.As(err, &f) {
		return []*events.FieldError{f}
	}
	return nil
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
	u := app.Upload{Key: f.Key + x.Principal().Subject, Source: f.Value("source"), Employee: f.Value("employee"), Data: data}
	if len(data) == 0 {
		f.Wrong("file", x.Say("imports.none"))
	}
	if !f.OK() {
		return w.showImports(x, f, nil, nil)
	}
	if u.Source == "" {
		u.Source = map[string]string{app.TableKind: "csv", app.CalendarKind: "calendar"}[app.KindOf(data)]
	}
	if err := access.Source(x.R.Context(), u.Source); err != nil {
		return err
	}
	draft, err := w.app.Read(x.R.Context(), u)
	if err != nil {
		bad := fieldsOf(err)
		if len(bad) > 0 {
			f.Wrong("file", x.Say("imports.refused", "n", len(bad)))
			err = nil
		}
		return w.showImports(x, f, bad, err)
	}
	return x.Redirect("/absences/imports/"+draft, "", 0)
}

// importPage is one import: what it would do, or how far it is.
type importPage struct {
	Tabs     []pages.Tab
	ID       string
	About    intake.About
	Counts   []pages.Fact
	Dropped  string
	Reasons  bool // among what was dropped were columns that tell why
	Form     *pages.Form
	Effect   string
	Nothing  bool // would change nothing
	Changed  bool // since it was looked at before
	Changes  pages.Table
	Pager    pages.Pager
	Filter   []pages.Tab
	More     int
	Import   intake.Import
	Running  bool
	Progress pages.Progress
	By       string
}

func (w *web) find(id string) (i intake.Import, ok bool) {
	w.node.View(func() { i, ok = w.app.Imports().Find(id) })
	return i, ok
}

func (w *web) showImport(x *pages.Context) error {
	id := x.Path("id")
	if i, ok := w.find(id); ok {
		return w.showProgress(x, i)
	}
	about, preview, err := w.app.Drafts().Show(x.R.Context(), id)
	if err != nil {
		return err
	}
	if err := access.Source(x.R.Context(), about.Source); err != nil {
		return err
	}
	p := importPage{Tabs: tabs(x), ID: id, About: about, Counts: countFacts(x, preview.Counts), Effect: preview.Effect, More: preview.More, Changed: x.Query("changed") == "yes"}
	p.Nothing = preview.Counts[app.Added]+preview.Counts[app.Changed]+preview.Counts[app.Cancelled] == 0
	if n := preview.Reasons + preview.Unknown; n > 0 {
		p.Dropped, p.Reasons = x.Say("preview.dropped", "n", n), preview.Reasons > 0
	}
	if x.May("POST /absences/imports/{id}/apply") {
		p.Form = x.NewForm()
	}
	w.changes(x, &p, preview)
	title := x.Say("preview.title")
	return x.Show(pages.Page{Template: "preview", Title: title, Data: p, Wide: true})
}

// changes are a page of what would be done, of all kinds or of one.
func (w *web) changes(x *pages.Context, p *importPage, preview app.Preview) {
	what := x.Query("what")
	here := address("/absences/imports/" + p.ID)
	list := preview.Changes
	p.Filter = []pages.Tab{{Text: x.Say("filter.all"), Href: here, Current: what == ""}}
	for _, k := range kinds {
		if n := preview.Counts[k.what]; n > 0 && k.what != app.Same {
			p.Filter = append(p.Filter, pages.Tab{Text: x.Say("what." + k.what), Href: address(here, "what", k.what), Current: what == k.what, Count: n})
		}
	}
	if what != "" {
		list = slices.DeleteFunc(slices.Clone(list), func(c app.Change) bool { return c.What != what })
	}
	begin, err := strconv.Atoi(x.Query("from"))
	if err != nil || begin < 0 || begin >= len(list) {
		begin = 0
	}
	end := min(begin+onPage, len(list))
	if begin > 0 {
		p.Pager.First = address(here, "what", what)
	}
	if end < len(list) {
		p.Pager.Next = address(here, "what", what, "from", strconv.Itoa(end))
	}
	p.Changes = pages.Table{ID: "changes", Caption: x.Say("preview.caption"), Hidden: true, Empty: x.Say("preview.empty"), Head: []pages.Cell{{Text: x.Say("col.absence")},
		{Text: x.Say("col.what")}, {Text: x.Say("col.employee")}, {Text: x.Say("col.before")}, {Text: x.Say("col.after")}}}
	for _, c := range list[begin:end] {
		name := strings.TrimPrefix(string(c.Absence), p.About.Source+"/")
		if c.Line > 0 {
			name = x.Say("preview.line", "line", strconv.Itoa(c.Line), "absence", name)
		}
		p.Changes.Rows = append(p.Changes.Rows, []pages.Cell{{Text: name}, {Badge: &pages.Badge{Kind: badgeOf(c.What), Text: x.Say("what." + c.What)}},
			{Text: string(c.Employee), Missing: c.Employee == ""}, extentCell(x, c.Before), extentCell(x, c.After)})
	}
}

func badgeOf(what string) string {
	for _, k := range kinds {
		if k.what == what {
			return k.badge
		}
	}
	return "info"
}

// extentCell says when somebody is off.
func extentCell(x *pages.Context, e *absence.Extent) pages.Cell {
	if e == nil {
		return pages.Cell{Text: x.Say("extent.none")}
	}
	o := read.Off{Extent: *e}
	kind := x.Say("off.unplanned")
	if e.Planned {
		kind = x.Say("off.planned")
	}
	return pages.Cell{Text: x.Say("extent.some", "first", firstDay(x, o), "last", lastDay(x, o), "kind", kind)}
}

func countFacts(x *pages.Context, counts map[string]int) (all []pages.Fact) {
	for _, k := range kinds {
		all = append(all, pages.Fact{Key: x.Say("what." + k.what), Value: x.Number(counts[k.what])})
	}
	return all
}

func (w *web) showProgress(x *pages.Context, i intake.Import) error {
	if err := access.Source(x.R.Context(), i.Source); err != nil {
		return err
	}
	p := importPage{Tabs: tabs(x), ID: i.ID, About: i.About, Import: i, Running: i.EndedAt.IsZero(), Counts: countFacts(x, i.Counts), By: i.By()}
	p.Progress = pages.Progress{ID: "progress-bar", Label: x.Say("progress.label", "done", i.Done, "total", i.Total), Value: i.Done, Max: max(i.Total, 1)}
	page := pages.Page{Template: "progress", Title: x.Say("progress.title"), Data: p, Parts: []string{"progress-part"}}
	if p.Running {
		page.Live, page.Refresh = "/absences/imports/"+i.ID+"/live", 2
	}
	return x.Show(page)
}

func (w *web) importVersions(x *pages.Context) map[string]string {
	i, _ := w.find(x.Path("id"))
	return map[string]string{"progress-part": fmt.Sprint(i.Done, i.EndedAt.UnixMicro())}
}

// owned refuses what is not of the asker's sources.
func (w *web) owned(x *pages.Context, id string) error {
	about, _, err := w.app.Drafts().Show(x.R.Context(), id)
	if i, ok := w.find(id); ok {
		about, err = i.About, nil
	}
	if err != nil {
		return err
	}
	return access.Source(x.R.Context(), about.Source)
}

func (w *web) applyImport(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	id := x.Path("id")
	if err := w.owned(x, id); err != nil {
		return err
	}
	id, rec, err := w.app.Apply(x.R.Context(), id, f.Value("effect"))
	if errors.Is(err, intake.ErrOtherwise) {
		return x.Redirect(address("/absences/imports/"+id, "changed", "yes"), "", 0)
	}
	if err != nil {
		return err
	}
	return x.Redirect("/absences/imports/"+id, x.Say("preview.accepted"), rec.Position)
}

func (w *web) discardImport(x *pages.Context) error {
	id := x.Path("id")
	if err := w.owned(x, id); err != nil {
		return err
	}
	if _, accepted := w.find(id); accepted {
		return x.Redirect("/absences/imports/"+id, "", 0)
	}
	if err := w.app.Drafts().Discard(x.R.Context(), id); err != nil {
		return err
	}
	return x.Redirect("/absences/imports", x.Say("preview.discarded"), 0)
}
