// Package front is what the desks of a centre work with, and the screen in its
// waiting room. Names are opened for the few whom a desk is about to greet, and for
// nobody else; the screen knows numbers and counters only.
package front

import (
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

//go:embed templates texts
var files embed.FS

type front struct{ app *app.App }

// Register the pages under /front/.
func Register(site *pages.Site, a *app.App) {
	d, pack := &front{a}, site.Package(files)
	pack.Handle("GET /front/{$}", d.choose)
	pack.Handle("GET /front/{centre}/{$}", d.desk)
	pack.Live("GET /front/{centre}/live/desk", d.stir)
	pack.Handle("POST /front/{centre}/find", d.find)
	pack.Handle("POST /front/{centre}/counter", d.sit)
	pack.Handle("POST /front/{centre}/next", d.next)
	pack.Handle("POST /front/{centre}/appointment/{id}", d.visit)
	pack.Handle("POST /front/{centre}/ticket", d.issue)
	pack.Handle("POST /front/{centre}/ticket/{id}", d.ticket)
	pack.Handle("GET /front/{centre}/ticket/{id}/paper", d.paper)
	pack.Handle("GET /front/kiosk/{centre}", d.kiosk)
	pack.Handle("POST /front/kiosk/{centre}/draw/ticket", d.draw)
	pack.Handle("GET /front/display/{centre}", d.display)
	pack.Live("GET /front/display/{centre}/live", d.stir)
}

// stir tells all parts of a page when anything at its centre has changed.
func (d *front) stir(x *pages.Context) map[string]string {
	mark := fmt.Sprint(d.app.Stir(id.Centre(x.Path("centre"))))
	return map[string]string{"now": mark, "queue": mark, "arrivals": mark, "load": mark, "shouts": mark, "waits": mark, "latest": mark}
}

// centres that whoever asks works for.
func (d *front) centres(x *pages.Context) []network.Centre {
	who, bound := access.Bound(x.R.Context(), access.Desk)
	return slices.DeleteFunc(d.app.Centres(), func(c network.Centre) bool { return bound && !access.Owns(who.Centres, c.ID) })
}

func (d *front) choose(x *pages.Context) error {
	all := d.centres(x)
	if len(all) == 1 {
		return x.Redirect("/front/"+url.PathEscape(string(all[0].ID))+"/", "", 0)
	}
	return x.Show(pages.Page{Template: "choose", Title: x.Say("choose.title"), Data: all})
}

// centre of the address; a desk's own.
func (d *front) centre(x *pages.Context) (c network.Centre, err error) {
	name := id.Centre(x.Path("centre"))
	if err := access.Centre(x.R.Context(), name); err != nil {
		return c, err
	}
	for _, k := range d.app.Centres() {
		if k.ID == name {
			return k, nil
		}
	}
	return c, pages.ErrNotFound
}

// counter is where somebody sits, as their browser remembers it.
type counter struct{ Sign, Use string }

const counterCookie = "lotse-counter"

func counterOf(x *pages.Context, c id.Centre) (at counter) {
	k, err := x.R.Cookie(counterCookie)
	if err != nil {
		return at
	}
	q, err := url.ParseQuery(k.Value)
	if err != nil || q.Get("centre") != string(c) {
		return at
	}
	return counter{q.Get("sign"), q.Get("use")}
}

// board is the page of a desk.
type board struct {
	Form      *pages.Form
	ID        id.Centre
	Name      string
	Base      string
	Counter   counter
	Uses      []pages.Option
	Services  []pages.Option
	Now       []serving
	Queue     []queued
	Present   []arrival
	Expected  []arrival
	Later     int // expected and not shown
	Load      load
	Issued    *queued
	Asked     string // what was searched for
	Found     []arrival
	Elsewhere string
}

// serving is who was called and is not done.
type serving struct {
	Kind    string // ticket, appointment
	ID      string
	Number  string
	Service string
	Counter string
	Mine    bool
	Since   time.Time
}

// queued is a ticket that waits or is parked.
type queued struct {
	ID      id.Ticket
	Number  string
	Service string
	Express bool
	Parked  bool
	Minutes int // -1: not known
	Ahead   int
	Issued  time.Time
}

// arrival is an appointment of today.
type arrival struct {
	ID      id.Appointment
	Number  string
	At      day.TimeOfDay
	Service string
	Stage   string
	Name    string
	AtRisk  bool
	Late    bool
}

// load is today's, so far.
type load struct {
	Expected, Present, Served, Missed int // appointments
	Waiting, Called, Done             int // tickets
	MeanWait                          int // minutes of today's tickets until their call
	Promise                           int // minutes
	Kept                              float64
	Measured                          bool // anybody was called yet
}

// mostExpected is how many of those who are expected next a desk sees by name.
const mostExpected = 10

// callSign of an appointment, as screens show it.
func callSign(number int) string { return fmt.Sprint("A ", number) }

func (d *front) desk(x *pages.Context) error {
	b, err := d.board(x, x.NewForm())
	if err != nil {
		return err
	}
	if t := x.Query("issued"); t != "" {
		if w, err := d.app.Ticket(id.Ticket(t)); err == nil && w.Centre == b.ID {
			q := d.queued(x, w)
			b.Issued = &q
		}
	}
	return x.Show(d.page(x, b))
}

func (d *front) page(x *pages.Context, b *board) pages.Page {
	return pages.Page{Template: "desk", Title: x.Say("desk.title", "centre", b.Name), Data: b, Wide: true, Live: b.Base + "/live/desk", Parts: []string{"now", "queue", "arrivals", "load"}, Refresh: 30}
}

func (d *front) board(x *pages.Context, f *pages.Form) (*board, error) {
	c, err := d.centre(x)
	if err != nil {
		return nil, err
	}
	b := &board{Form: f, ID: c.ID, Name: c.Name, Base: "/front/" + url.PathEscape(string(c.ID)), Counter: counterOf(x, c.ID)}
	for _, use := range []string{"", app.CallAppointments, app.CallWalkIns, app.CallExpress} {
		b.Uses = append(b.Uses, pages.Option{Value: use, Label: d.use(x, use)})
	}
	names := map[id.Service]string{}
	b.Services = []pages.Option{{Value: "", Label: x.Say("issue.choose")}}
	for _, t := range d.app.Services() {
		names[t.ID] = nameOf(x, t)
		b.Services = append(b.Services, pages.Option{Value: string(t.ID), Label: nameOf(x, t)})
	}
	tickets, err := d.app.Queue(c.ID)
	if err != nil {
		return nil, err
	}
	visits, err := d.app.VisitsToday(x.R.Context(), c.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range tickets {
		if t.Life.String() == app.Called {
			b.Now = append(b.Now, serving{"ticket", string(t.Ticket.Ticket), fmt.Sprint(t.Number), names[t.Service], t.Counter, b.Counter.Sign != "" && t.Counter == b.Counter.Sign, t.CalledAt})
			b.Load.Called++
			continue
		}
		if t.Life.String() == "waiting" {
			b.Load.Waiting++
		}
		b.Queue = append(b.Queue, d.queued(x, t))
	}
	_, now := d.app.Clock(x.Now())
	var open []id.Appointment
	for _, v := range visits {
		a := arrival{ID: v.Appointment, Number: callSign(v.Number), At: v.At, Service: what(names, v.Service, v.Parts), Stage: v.Stage, AtRisk: v.AtRisk, Late: v.Late}
		switch v.Stage {
		case app.Expected:
			b.Load.Expected++
			// Whoever is over an hour late comes last, by the search.
			if v.At >= now-60 && len(b.Expected) < mostExpected {
				b.Expected = append(b.Expected, a)
				open = append(open, a.ID)
			} else {
				b.Later++
			}
		case app.Present:
			b.Load.Present++
			b.Present = append(b.Present, a)
		case app.Called, app.AtDesk:
			b.Load.Present++
			b.Now = append(b.Now, serving{"appointment", string(v.Appointment), a.Number, a.Service, v.Counter, b.Counter.Sign != "" && v.Counter == b.Counter.Sign, v.CalledAt})
		case "kept":
			b.Load.Served++
		case "missed":
			b.Load.Missed++
		}
	}
	slices.SortStableFunc(b.Now, func(p, q serving) int {
		if p.Mine != q.Mine {
			return map[bool]int{true: -1, false: 1}[p.Mine]
		}
		return p.Since.Compare(q.Since)
	})
	if x.Wants("arrivals") {
		who, err := d.app.Names(x.R.Context(), c.ID, open)
		if err != nil {
			return nil, err
		}
		for i := range b.Expected {
			b.Expected[i].Name = who[b.Expected[i].ID].Name
		}
	}
	d.measure(x, b)
	return b, nil
}

func (d *front) measure(x *pages.Context, b *board) {
	today, _ := d.app.Clock(x.Now())
	for _, t := range d.app.WaitingTimes(day.Period{From: today, Until: today + 1}) {
		if t.Centre != b.ID {
			continue
		}
		b.Load.Done += t.Served
		if !t.Express {
			b.Load.MeanWait, b.Load.Promise, b.Load.Kept, b.Load.Measured = (t.MeanSeconds+59)/60, t.PromiseMinutes, t.Kept, t.Called > 0
		}
	}
}

func (d *front) use(x *pages.Context, use string) string {
	switch use {
	case app.CallAppointments:
		return x.Say("use.appointments")
	case app.CallWalkIns:
		return x.Say("use.walk-in")
	case app.CallExpress:
		return x.Say("use.express")
	}
	return x.Say("use.any")
}

func (d *front) queued(x *pages.Context, w app.Waiting) queued {
	q := queued{ID: w.Ticket.Ticket, Number: fmt.Sprint(w.Number), Express: w.Express, Parked: w.Life.String() == "parked", Minutes: w.Minutes, Ahead: w.Ahead, Issued: w.At}
	for _, t := range d.app.Services() {
		if t.ID == w.Service {
			q.Service = nameOf(x, t)
		}
	}
	return q
}

func nameOf(x *pages.Context, t network.ServiceType) string {
	if name := x.Pick(t.Name["de"], t.Name["en"]); name != "" {
		return name
	}
	return string(t.ID)
}

func what(names map[id.Service]string, s id.Service, parts []booking.Part) string {
	if len(parts) == 0 {
		return names[s]
	}
	var all []string
	for _, p := range parts {
		n := names[p.Service]
		if p.Persons > 1 {
			n += fmt.Sprint(" × ", p.Persons)
		}
		all = append(all, n)
	}
	return strings.Join(all, ", ")
}

// sit remembers in the browser at which counter somebody sits.
func (d *front) sit(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	b, err := d.board(x, f)
	if err != nil {
		return err
	}
	sign, use := strings.ToUpper(f.Required("sign")), f.Value("use")
	if f.OK() && app.CheckCounter(sign) != nil {
		f.Wrong("sign", x.Say("counter.wrong"))
	}
	if !f.OK() {
		return x.Again(f, nil, d.page(x, b))
	}
	q := url.Values{"centre": {string(b.ID)}, "sign": {sign}, "use": {use}}
	http.SetCookie(x.W, &http.Cookie{Name: counterCookie, Value: q.Encode(), Path: "/front/", MaxAge: 12 * 60 * 60, HttpOnly: true, Secure: pages.Encrypted(x.R), SameSite: http.SameSiteLaxMode})
	return x.Redirect(b.Base+"/", x.Say("counter.chosen", "sign", sign), 0)
}
