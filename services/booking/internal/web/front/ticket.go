package front

import (
	"cmp"
	"net/url"
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/queue"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// issue draws a ticket at the desk.
func (d *front) issue(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	b, err := d.board(x, f)
	if err != nil {
		return err
	}
	service := f.Required("service")
	if !f.OK() {
		return x.Again(f, nil, d.page(x, b))
	}
	t, rec, err := d.app.IssueTicket(x.R.Context(), f.Key, b.ID, id.Service(service))
	if err != nil {
		return x.Again(f, err, d.page(x, b))
	}
	return x.Redirect(b.Base+"/?issued="+url.QueryEscape(string(t.Ticket)), x.Say("issue.done", "number", t.Number), rec.Position)
}

// slip is a ticket as it is printed, or shown at the kiosk.
type slip struct {
	Centre string
	Ticket queued
	Kiosk  string // address to go back to; "": not at a kiosk
	Desk   string
}

func (d *front) paper(x *pages.Context) error {
	c, err := d.centre(x)
	if err != nil {
		return err
	}
	w, err := d.app.Ticket(id.Ticket(x.Path("id")))
	if err != nil {
		return err
	}
	if w.Centre != c.ID {
		return queue.ErrNoSuchTicket
	}
	s := slip{Centre: c.Name, Ticket: d.queued(x, w), Desk: "/front/" + url.PathEscape(string(c.ID)) + "/"}
	if x.Query("kiosk") != "" {
		s.Kiosk = "/front/kiosk/" + url.PathEscape(string(c.ID))
	}
	return x.Show(pages.Page{Template: "paper", Title: x.Say("paper.title", "number", s.Ticket.Number), Data: s, Bare: s.Kiosk != ""})
}

// kiosk is a page for a screen at the door at which walk-ins draw their own number;
// it is logged in as a desk of the centre.
type kiosk struct {
	Form     *pages.Form
	Centre   string
	Action   string
	Services []network.ServiceType
}

func (d *front) kioskPage(x *pages.Context, f *pages.Form) (pages.Page, network.Centre, error) {
	c, err := d.centre(x)
	if err != nil {
		return pages.Page{}, c, err
	}
	all := d.app.Services()
	slices.SortStableFunc(all, func(s, t network.ServiceType) int { // short visits first, then what is asked for most
		if s.Express != t.Express {
			return map[bool]int{true: -1, false: 1}[s.Express]
		}
		return cmp.Compare(t.Share, s.Share)
	})
	k := kiosk{f, c.Name, "/front/kiosk/" + url.PathEscape(string(c.ID)) + "/draw/ticket", all}
	return pages.Page{Template: "kiosk", Title: x.Say("kiosk.title"), Data: k, Bare: true}, c, nil
}

func (d *front) kiosk(x *pages.Context) error {
	page, _, err := d.kioskPage(x, x.NewForm())
	if err != nil {
		return err
	}
	return x.Show(page)
}

func (d *front) draw(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	page, c, err := d.kioskPage(x, f)
	if err != nil {
		return err
	}
	t, rec, err := d.app.IssueTicket(x.R.Context(), f.Key+" "+f.Value("service"), c.ID, id.Service(f.Value("service")))
	if err != nil {
		return x.Again(f, err, page)
	}
	return x.Redirect("/front/"+url.PathEscape(string(c.ID))+"/ticket/"+url.PathEscape(string(t.Ticket))+"/paper?kiosk=yes", "", rec.Position)
}

// screen is what a waiting room sees.
type screen struct {
	Centre string
	Shouts []shout
	// Waiting tickets, and the longest estimate of each kind in minutes; -1: not
	// known.
	Waiting, Express         int
	WaitMinutes, ExpressWait int
}

type shout struct{ Number, Counter string }

// onScreen is how many calls a screen shows.
const onScreen = 8

func (d *front) display(x *pages.Context) error {
	var c *network.Centre
	for _, k := range d.app.Centres() {
		if string(k.ID) == x.Path("centre") {
			c = &k
			break
		}
	}
	if c == nil {
		return pages.ErrNotFound
	}
	shouts, err := d.app.Shouts(c.ID, onScreen)
	if err != nil {
		return err
	}
	s := screen{Centre: c.Name, WaitMinutes: -1, ExpressWait: -1}
	for _, k := range shouts {
		n := x.Number(k.Number)
		if k.Appointment {
			n = callSign(k.Number)
		}
		s.Shouts = append(s.Shouts, shout{n, k.Counter})
	}
	tickets, err := d.app.Queue(c.ID)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		if t.Life != queue.Waiting {
			continue
		}
		if t.Express {
			s.Express, s.ExpressWait = s.Express+1, max(s.ExpressWait, t.Minutes)
		} else {
			s.Waiting, s.WaitMinutes = s.Waiting+1, max(s.WaitMinutes, t.Minutes)
		}
	}
	return x.Show(pages.Page{Template: "display", Title: x.Say("display.title", "centre", c.Name), Data: s, Bare: true,
		Live: "/front/display/" + url.PathEscape(string(c.ID)) + "/live", Parts: []string{"shouts", "waits", "latest"}, Refresh: 10})
}
