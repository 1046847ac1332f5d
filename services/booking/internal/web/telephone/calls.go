package telephone

import (
	"net/url"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/relocation"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// onPage is how many calls a page shows, and so whose contacts are opened at once.
const onPage = 10

// list is the call list: who must be told that their appointment is at risk, and is
// reached by no letter.
type list struct {
	Tabs  []pages.Tab
	Form  *pages.Form
	All   bool
	Calls []line
	Pager pages.Pager
}

type line struct {
	told
	Dial    string // the number as a link takes it
	Due     bool
	Tries   int
	Outcome string
	NotedAt *time.Time
	Retry   *time.Time
}

func (d *desk) listPage(x *pages.Context, f *pages.Form) (pages.Page, error) {
	l := list{Tabs: d.tabs(x, "/telephone/calls"), Form: f, All: x.Query("all") != ""}
	page, next, err := d.app.CallList(x.R.Context(), l.All, x.Query("cursor"), onPage)
	if err != nil {
		return pages.Page{}, err
	}
	for _, c := range page {
		w := c.What
		v := app.View{Appointment: w.Appointment, Service: w.Service, Parts: w.Parts, Place: w.Place, Contact: c.Contact, AtRisk: true, Offers: c.Slots}
		n := line{told: d.tell(x, v), Due: c.Due, Tries: c.Last.Tries, Outcome: string(c.Last.Outcome), Retry: c.Last.Retry, Dial: dial(c.Contact.Phone)}
		if !c.Last.At.IsZero() {
			n.NotedAt = &c.Last.At
		}
		l.Calls = append(l.Calls, n)
	}
	q := url.Values{}
	if l.All {
		q.Set("all", "yes")
	}
	if x.Query("cursor") != "" {
		l.Pager.First = "/telephone/calls?" + q.Encode()
	}
	if next != "" {
		q.Set("cursor", next)
		l.Pager.Next = "/telephone/calls?" + q.Encode()
	}
	return pages.Page{Template: "calls", Title: x.Say("calls.title"), Data: l}, nil
}

func dial(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

func (d *desk) calls(x *pages.Context) error {
	page, err := d.listPage(x, x.NewForm())
	if err != nil {
		return err
	}
	return x.Show(page)
}

func (d *desk) note(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	outcome, hold := relocation.Outcome(f.Value("outcome")), centreday.HoldID("")
	if h, accepted := strings.CutPrefix(string(outcome), "accepted "); accepted {
		outcome, hold = relocation.Accepted, centreday.HoldID(h)
	}
	rec, err := d.app.NoteCall(x.R.Context(), f.Key+" "+f.Value("outcome"), id.Appointment(x.Path("id")), outcome, hold)
	if err != nil {
		page, wrong := d.listPage(x, f)
		if wrong != nil {
			return wrong
		}
		return x.Again(f, err, page)
	}
	if outcome == relocation.Accepted {
		return x.Redirect("/telephone/appointment/"+url.PathEscape(x.Path("id")), x.Say("told.moved"), rec.Position)
	}
	return x.Redirect("/telephone/calls", x.Say("calls.noted"), rec.Position)
}
