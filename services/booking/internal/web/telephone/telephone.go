// Package telephone is the screen of the telephone service's agents: while somebody
// is on the line they find what is free, hold it, and read out what was booked. All
// of it goes by keyboard; what the page's script adds, single keys and suggestions,
// works only within the field or the list that has the focus (WCAG 2.1.4).
package telephone

import (
	"embed"
	"net/http"
	"net/url"
	"strings"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

//go:embed templates texts
var files embed.FS

// proof is what agents show instead of a citizen's code.
var proof = app.Proof{Channel: booking.Telephone}

type desk struct{ app *app.App }

// Register the pages under /telephone/.
func Register(site *pages.Site, a *app.App) {
	d, pack := &desk{a}, site.Package(files)
	pack.Handle("GET /telephone/{$}", d.call)
	pack.Handle("GET /telephone/services", d.suggest)
	pack.Handle("POST /telephone/online", d.online)
	pack.Handle("POST /telephone/hold", d.hold)
	pack.Handle("POST /telephone/release", d.release)
	pack.Handle("POST /telephone/book", d.book)
	pack.Handle("POST /telephone/move", d.move)
	pack.Handle("GET /telephone/find", d.find)
	pack.Handle("POST /telephone/find", d.found)
	pack.Handle("GET /telephone/appointment/{id}", d.appointment)
	pack.Handle("POST /telephone/appointment/{id}/cancel", d.cancel)
	pack.Handle("POST /telephone/appointment/{id}/accept", d.accept)
	pack.Handle("GET /telephone/calls", d.calls)
	pack.Handle("POST /telephone/calls/{id}", d.note)
}

// The steps of a call.
const (
	asking   = "asking"   // for a service
	choosing = "choosing" // a slot
	naming   = "naming"   // who it is for
	telling  = "telling"  // what was booked
)

// call is the one screen.
type call struct {
	Tabs     []pages.Tab
	Step     string
	Form     *pages.Form
	Query    string // of the wishes, to come back to
	Services []service
	Others   []string // that may be meant, too
	Centres  []pages.Option
	// Languages in which messages are written.
	Languages []pages.Option
	Minutes   int
	Visit     string
	Columns   []column
	Hold      *hold
	Told      *told
	Moving    *told
}

// service is one that was chosen.
type service struct {
	ID     id.Service
	Name   string
	Online string
}

// suggestion is a service that may be meant.
type suggestion struct {
	Name    string
	Minutes int
}

// hold is a slot kept while its citizen says their name.
type hold struct {
	ID          centreday.HoldID
	Slot        told
	SecondsLeft int
}

// Minutes that are left, begun ones too.
func (h hold) Minutes() int { return (h.SecondsLeft + 59) / 60 }

func (d *desk) tabs(x *pages.Context, now string) []pages.Tab {
	all := []pages.Tab{{Text: x.Say("tab.call"), Href: "/telephone/"}, {Text: x.Say("tab.find"), Href: "/telephone/find"}, {Text: x.Say("tab.calls"), Href: "/telephone/calls"}}
	for i := range all {
		all[i].Current = all[i].Href == now
	}
	return all
}

func (d *desk) call(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	page, err := d.screen(x, f)
	if err != nil {
		return err
	}
	if !f.OK() {
		page.Status = http.StatusUnprocessableEntity
	}
	return x.Show(page)
}

// screen is the call as its form stands.
func (d *desk) screen(x *pages.Context, f *pages.Form) (pages.Page, error) {
	c := call{Tabs: d.tabs(x, "/telephone/"), Step: asking, Form: f, Languages: []pages.Option{{Value: "de", Label: "Deutsch"}, {Value: "en", Label: "English"}}}
	page := pages.Page{Template: "call", Wide: true, Title: x.Say("call.title")}
	w, err := d.wish(x, f, &c)
	if err != nil {
		return page, err
	}
	c.Query = w.query()
	switch {
	case f.Value("done") != "":
		v, err := d.app.Appointment(x.R.Context(), id.Appointment(f.Value("done")), proof)
		if err != nil {
			return page, err
		}
		t := d.tell(x, v)
		if code, err := d.app.CodeToReadOut(x.R.Context(), v.Appointment); err == nil {
			t.spell(x, code)
		}
		c.Step, c.Told, page.Title = telling, &t, x.Say("told.title")
	case f.Value("hold") != "":
		h := centreday.HoldID(f.Value("hold"))
		p, err := d.app.Process(x.R.Context(), h, d.app.SecretOf(h))
		if err == nil && p.Stage != app.Reserved {
			err = centreday.ErrHoldExpired
		}
		if err != nil {
			return page, err
		}
		if f.Value("language") == "" {
			f.Set("language", x.Pick("de", "en"))
		}
		c.Step, c.Hold, page.Title = naming, &hold{h, d.tell(x, p.View), int(p.Expires.Sub(x.Now()).Seconds())}, x.Say("hold.title")
	case len(w.visit) > 0:
		c.Step = choosing
		if c.Columns, err = d.columns(x, w, c.Moving); err != nil {
			return page, err
		}
	}
	page.Data = c
	return page, nil
}

// again shows the call once more, with what is wrong.
func (d *desk) again(x *pages.Context, f *pages.Form, why error) error {
	page, err := d.screen(x, f)
	if err != nil { // the hold itself is gone: back to what was wished
		f.Set("hold", "")
		f.Set("done", "")
		if page, err = d.screen(x, f); err != nil {
			return err
		}
	}
	return x.Again(f, why, page)
}

// posted reads a form and the wishes that it carries along.
func posted(x *pages.Context) (*pages.Form, error) {
	f, err := x.Form()
	if err != nil {
		return nil, err
	}
	back, err := url.ParseQuery(f.Value("back"))
	if err != nil {
		return f, pages.ErrNotFound
	}
	for name := range back {
		if name != "hold" && name != "done" && name != "back" && f.Value(name) == "" {
			f.Set(name, back.Get(name))
		}
	}
	return f, nil
}

func with(query, name, value string) string {
	q, _ := url.ParseQuery(query)
	q.Set(name, value)
	return "/telephone/?" + q.Encode()
}

func (d *desk) hold(x *pages.Context) error {
	f, err := posted(x)
	if err != nil {
		return err
	}
	to, err := placeOf(f.Value("slot"))
	if err != nil {
		return d.again(x, f, err)
	}
	items, err := itemsOf(f.Value("visit"))
	if err != nil {
		return d.again(x, f, err)
	}
	wish := app.Wish{Visit: items, Centre: to.Centre, Day: to.Day, At: to.At, Channel: booking.Telephone}
	held, rec, err := d.app.Hold(x.R.Context(), f.Key+" "+f.Value("slot"), wish)
	if err != nil {
		return d.again(x, f, err)
	}
	return x.Redirect(with(f.Value("back"), "hold", string(held.Hold)), "", rec.Position)
}

func (d *desk) release(x *pages.Context) error {
	f, err := posted(x)
	if err != nil {
		return err
	}
	rec, err := d.app.Release(x.R.Context(), f.Key, centreday.HoldID(f.Value("hold")))
	if err != nil {
		return d.again(x, f, err)
	}
	return x.Redirect("/telephone/?"+f.Value("back"), x.Say("hold.released"), rec.Position)
}

func (d *desk) book(x *pages.Context) error {
	f, err := posted(x)
	if err != nil {
		return err
	}
	who := contact.Contact{Name: f.Required("name"), Email: f.Value("email"), Phone: f.Value("phone"), Language: f.Value("language")}
	if who.Language != "en" {
		who.Language = "de"
	}
	if !f.OK() {
		return d.again(x, f, nil)
	}
	out, rec, err := d.app.Confirm(x.R.Context(), f.Key, centreday.HoldID(f.Value("hold")), who)
	if err != nil {
		return d.again(x, f, err)
	}
	return x.Redirect("/telephone/?done="+url.QueryEscape(string(out.Appointment)), x.Say("told.booked"), rec.Position)
}

// online counts that the caller does without a visit.
func (d *desk) online(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	_, rec, err := d.app.TakeOnline(x.R.Context(), f.Key, id.Service(f.Value("service")), booking.Telephone)
	if err != nil {
		return err
	}
	return x.Redirect("/telephone/", x.Say("online.taken"), rec.Position)
}

func (d *desk) move(x *pages.Context) error {
	f, err := posted(x)
	if err != nil {
		return err
	}
	to, err := placeOf(f.Value("slot"))
	if err != nil {
		return d.again(x, f, err)
	}
	ap := f.Value("move")
	_, rec, err := d.app.Move(x.R.Context(), f.Key+" "+f.Value("slot"), id.Appointment(ap), proof, to)
	if err != nil {
		return d.again(x, f, err)
	}
	return x.Redirect("/telephone/appointment/"+url.PathEscape(ap), x.Say("told.moved"), rec.Position)
}

// suggest lists services by what was typed so far, for the script.
func (d *desk) suggest(x *pages.Context) error {
	q := x.Query("q")
	if i := strings.LastIndexAny(q, ",+"); i >= 0 {
		q = q[i+1:]
	}
	var all []suggestion
	for _, t := range d.matching(x, q, 8) {
		all = append(all, suggestion{nameOf(x, t), int(t.Minutes)})
	}
	return x.Part("suggestions", all)
}
