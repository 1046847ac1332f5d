package telephone

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/wishes"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// search is the page that finds an appointment.
type search struct {
	Tabs    []pages.Tab
	Form    *pages.Form
	Centres []pages.Option
	Asked   bool
	Found   []told
}

// most bounds how many citizens one search shows.
const most = 20

func (d *desk) searchPage(x *pages.Context, f *pages.Form) (pages.Page, *search) {
	s := &search{Tabs: d.tabs(x, "/telephone/find"), Form: f, Centres: []pages.Option{{Value: "", Label: x.Say("find.anywhere")}}}
	for _, k := range d.app.Centres() {
		s.Centres = append(s.Centres, pages.Option{Value: string(k.ID), Label: k.Name})
	}
	return pages.Page{Template: "find", Title: x.Say("find.title"), Data: s}, s
}

func (d *desk) find(x *pages.Context) error {
	page, _ := d.searchPage(x, x.NewForm())
	return x.Show(page)
}

// found answers in the answer to the POST itself: neither a code nor a name belongs
// into an address, which browsers and gateways keep.
func (d *desk) found(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	page, s := d.searchPage(x, f)
	if code := f.Value("code"); code != "" {
		ap, err := d.app.ByCode(code)
		if err != nil {
			f.Wrong("code", x.Say("find.code.wrong"))
			page.Status = http.StatusNotFound
			return x.Show(page)
		}
		return x.Redirect("/telephone/appointment/"+url.PathEscape(string(ap)), "", 0)
	}
	name := f.Required("name")
	var on day.Day
	if v := f.Required("day"); v != "" {
		from, until, ok := wishes.Days(v, x.Today(x.Now()))
		if on = from; !ok || until != from+1 {
			f.Wrong("day", x.Say("wish.day.wrong"))
		}
	}
	centre := id.Centre(f.Value("centre"))
	var at *day.TimeOfDay
	if v := f.Value("time"); v != "" {
		t := f.Time("time")
		at = &t
	}
	if f.OK() && centre == "" && at == nil {
		f.Wrong("centre", x.Say("find.narrow"))
	}
	if !f.OK() {
		return x.Again(f, nil, page)
	}
	all, err := d.app.ByName(x.R.Context(), booking.Telephone, name, on, centre, at)
	if errors.Is(err, app.ErrTooManyNames) {
		f.Wrong("centre", x.Say("find.narrow"))
		return x.Again(f, nil, page)
	}
	if err != nil {
		return x.Again(f, err, page)
	}
	s.Asked = true
	for _, m := range all[:min(len(all), most)] {
		s.Found = append(s.Found, d.tell(x, m.View))
	}
	return x.Show(page)
}

// one is the page of an appointment.
type one struct {
	Tabs []pages.Tab
	Form *pages.Form
	Told told
	Open bool
}

func (d *desk) onePage(x *pages.Context, f *pages.Form) (pages.Page, error) {
	v, err := d.app.Appointment(x.R.Context(), id.Appointment(x.Path("id")), proof)
	if err != nil {
		return pages.Page{}, err
	}
	t := d.tell(x, v)
	if code, err := d.app.CodeToReadOut(x.R.Context(), v.Appointment); err == nil {
		t.spell(x, code)
	}
	o := one{Tabs: d.tabs(x, ""), Form: f, Told: t, Open: v.Life == centreday.Booked.String()}
	return pages.Page{Template: "appointment", Title: x.Say("one.title"), Data: o}, nil
}

func (d *desk) appointment(x *pages.Context) error {
	page, err := d.onePage(x, x.NewForm())
	if err != nil {
		return err
	}
	return x.Show(page)
}

func (d *desk) cancel(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	rec, err := d.app.Cancel(x.R.Context(), f.Key, id.Appointment(x.Path("id")), proof)
	if err != nil {
		page, wrong := d.onePage(x, f)
		if wrong != nil {
			return wrong
		}
		return x.Again(f, err, page)
	}
	return x.Redirect("/telephone/appointment/"+url.PathEscape(x.Path("id")), x.Say("one.cancelled"), rec.Position)
}

func (d *desk) accept(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	_, rec, err := d.app.Accept(x.R.Context(), f.Key, id.Appointment(x.Path("id")), proof, centreday.HoldID(f.Value("hold")))
	if err != nil {
		page, wrong := d.onePage(x, f)
		if wrong != nil {
			return wrong
		}
		return x.Again(f, err, page)
	}
	return x.Redirect("/telephone/appointment/"+url.PathEscape(x.Path("id")), x.Say("told.moved"), rec.Position)
}
