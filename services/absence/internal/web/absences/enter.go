package absences

import (
	"encoding/json"
	"strings"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// enterPage is the form of one absence.
type enterPage struct {
	Tabs       []pages.Tab
	Form       *pages.Form
	Absence    string // that is corrected
	CancelHref string
}

const formPrefix = app.FormSource + "/"

// entered finds an absence that was entered by form and stands.
func (w *web) entered(x *pages.Context, absence string) (o read.Off, err error) {
	found := false
	if strings.HasPrefix(absence, formPrefix) {
		w.node.View(func() { o, found = w.Off.Find(id.Absence(absence)) })
	}
	if !found {
		return o, pages.ErrNotFound
	}
	return o, access.Source(x.R.Context(), app.FormSource)
}

func (w *web) enterForm(x *pages.Context) error {
	absence := x.Query("absence")
	if absence == "" {
		return w.showEnter(x, x.NewForm("from", x.Today(x.Now()).String()), nil)
	}
	o, err := w.entered(x, absence)
	if err != nil {
		return err
	}
	f := x.NewForm("absence", absence, "employee", string(o.Employee), "from", o.From.String())
	if o.Until != nil {
		f.Set("last_day", (*o.Until - 1).String())
	}
	if o.ExpectedUntil != nil {
		f.Set("expected_until", o.ExpectedUntil.String())
	}
	if o.FromTime != nil {
		f.Set("from_time", o.FromTime.String())
	}
	if o.ToTime != nil {
		f.Set("to_time", o.ToTime.String())
	}
	if o.Planned {
		f.Set("planned", "yes")
	}
	return w.showEnter(x, f, nil)
}

func (w *web) showEnter(x *pages.Context, f *pages.Form, err error) error {
	p := enterPage{Tabs: tabs(x), Form: f, Absence: f.Value("absence")}
	page := pages.Page{Template: "enter", Title: x.Say("enter.title")}
	if p.Absence != "" {
		page.Title, p.CancelHref = x.Say("enter.correct"), address("/absences/cancel", "absence", p.Absence)
	}
	page.Data = p
	if err == nil && f.OK() {
		return x.Show(page)
	}
	return x.Again(f, err, page)
}

// optional reads a value that may be missing in the form that the schema asks for.
func optional[T interface{ String() string }](f *pages.Form, name string, read func(string) T) string {
	if f.Value(name) == "" {
		return ""
	}
	return read(name).String()
}

func (w *web) enter(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	if err := access.Source(x.R.Context(), app.FormSource); err != nil {
		return err
	}
	planned := f.Is("planned", "yes")
	fields := hr.Fields{Employee: f.Required("employee"), From: optional(f, "from", f.Day), LastDay: optional(f, "last_day", f.Day),
		ExpectedUntil: optional(f, "expected_until", f.Day), FromTime: optional(f, "from_time", f.Time), ToTime: optional(f, "to_time", f.Time), Planned: &planned}
	f.Required("from")
	kind := hr.TypeReported
	if a := f.Value("absence"); a != "" {
		if _, err := w.entered(x, a); err != nil {
			return err
		}
		fields.AbsenceID, kind = strings.TrimPrefix(a, formPrefix), hr.TypeChanged
	}
	if !f.OK() {
		return w.showEnter(x, f, nil)
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	r, err := w.app.Enter(x.R.Context(), f.Key, kind, data)
	if err != nil {
		if refused(x, f, err) {
			err = nil
		}
		return w.showEnter(x, f, err)
	}
	said := "enter.done"
	if r.Status == app.Unchanged {
		said = "enter.same"
	}
	return x.Redirect(address("/absences/", "week", mondayOf(x, fields.From).String(), "source", app.FormSource), x.Say(said), r.Position)
}

type cancelPage struct {
	Tabs        []pages.Tab
	Form        *pages.Form
	Absence     string
	Facts       []pages.Fact
	CorrectHref string
}

func (w *web) cancelForm(x *pages.Context) error {
	if x.Query("absence") == "" {
		return x.Redirect(address("/absences/list", "source", app.FormSource), "", 0)
	}
	o, err := w.entered(x, x.Query("absence"))
	if err != nil {
		return err
	}
	p := cancelPage{Tabs: tabs(x), Form: x.NewForm(), Absence: string(o.Absence), CorrectHref: address("/absences/enter", "absence", string(o.Absence)), Facts: []pages.Fact{
		{Key: x.Say("col.employee"), Value: string(o.Employee)}, {Key: x.Say("col.first"), Value: firstDay(x, o)}, {Key: x.Say("col.last"), Value: lastDay(x, o)}}}
	return x.Show(pages.Page{Template: "cancel", Title: x.Say("cancel.title"), Data: p})
}

func (w *web) cancel(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	if err := access.Source(x.R.Context(), app.FormSource); err != nil {
		return err
	}
	name, ok := strings.CutPrefix(f.Value("absence"), formPrefix)
	if !ok {
		return pages.ErrNotFound
	}
	r, err := w.app.CancelEntered(x.R.Context(), f.Key, name)
	if err != nil {
		return err
	}
	return x.Redirect(address("/absences/list", "source", app.FormSource), x.Say("cancel.done"), r.Position)
}
