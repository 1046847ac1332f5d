package front

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/queue"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// act does something for a form and goes back to the desk, or shows it with what
// was refused.
func (d *front) act(x *pages.Context, do func(f *pages.Form, b *board) (said string, rec journal.Receipt, err error)) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	c, err := d.centre(x)
	if err != nil {
		return err
	}
	b := &board{ID: c.ID, Base: "/front/" + string(c.ID), Counter: counterOf(x, c.ID)}
	said, rec, err := do(f, b)
	if err != nil {
		whole, wrong := d.board(x, f)
		if wrong != nil {
			return wrong
		}
		if errors.Is(err, errNoCounter) {
			f.Wrong("sign", x.Say("counter.needed"))
			err = nil
		}
		return x.Again(f, err, d.page(x, whole))
	}
	return x.Redirect(b.Base+"/", said, rec.Position)
}

// next calls whose turn it is to the counter, after finishing whom the form names.
func (d *front) next(x *pages.Context) error {
	return d.act(x, func(f *pages.Form, b *board) (string, journal.Receipt, error) {
		if b.Counter.Sign == "" {
			return "", journal.Receipt{}, errNoCounter
		}
		if done := f.Value("done"); done != "" {
			if rec, err := d.finish(x, f.Key, f.Value("kind"), done); err != nil {
				return "", rec, err
			}
		}
		n, rec, err := d.app.NextAt(x.R.Context(), f.Key, app.Call{Centre: b.ID, Use: b.Counter.Use, Counter: b.Counter.Sign})
		switch {
		case errors.Is(err, queue.ErrNobodyWaits):
			return x.Say("next.nobody"), rec, nil
		case errors.Is(err, app.ErrNeededForAppointments):
			return x.Say("next.needed"), rec, nil
		case err != nil:
			return "", rec, err
		}
		number := callSign(n.Number)
		if n.Ticket != nil {
			number = fmt.Sprint(n.Ticket.Number)
		}
		return x.Say("next.called", "number", number, "sign", b.Counter.Sign), rec, nil
	})
}

// errNoCounter: nobody can be called to nowhere.
var errNoCounter = errors.New("no counter is chosen")

func (d *front) finish(x *pages.Context, key, kind, who string) (journal.Receipt, error) {
	if kind == "ticket" {
		return d.app.TicketStep(x.R.Context(), key, app.Serve, id.Ticket(who))
	}
	return d.app.Keep(x.R.Context(), key, id.Appointment(who))
}

// visit takes a step with an appointment.
func (d *front) visit(x *pages.Context) error {
	return d.act(x, func(f *pages.Form, b *board) (said string, rec journal.Receipt, err error) {
		ap, ctx := id.Appointment(x.Path("id")), x.R.Context()
		switch f.Value("do") {
		case "check-in":
			if rec, err = d.app.CheckIn(ctx, f.Key, ap); err == nil {
				said = x.Say("did.check-in", "number", d.number(x, b.ID, ap))
			}
		case "call":
			if b.Counter.Sign == "" {
				return "", rec, errNoCounter
			}
			rec, err = d.app.CallAppointment(ctx, f.Key, ap, b.Counter.Sign)
			said = x.Say("did.call")
		case "serve":
			rec, err = d.app.Keep(ctx, f.Key, ap)
			said = x.Say("did.serve")
		case "miss":
			rec, err = d.app.Miss(ctx, f.Key, ap)
			said = x.Say("did.miss")
		default:
			err = pages.ErrNotFound
		}
		return said, rec, err
	})
}

// number under which an appointment of today is called.
func (d *front) number(x *pages.Context, c id.Centre, ap id.Appointment) string {
	all, err := d.app.VisitsToday(x.R.Context(), c)
	if err != nil {
		return ""
	}
	for _, v := range all {
		if v.Appointment == ap {
			return callSign(v.Number)
		}
	}
	return ""
}

// ticket takes a step with a ticket.
func (d *front) ticket(x *pages.Context) error {
	return d.act(x, func(f *pages.Form, b *board) (said string, rec journal.Receipt, err error) {
		t, ctx := id.Ticket(x.Path("id")), x.R.Context()
		switch do := f.Value("do"); do {
		case "call":
			if b.Counter.Sign == "" {
				return "", rec, errNoCounter
			}
			rec, err = d.app.CallTicket(ctx, f.Key, t, b.Counter.Sign)
			said = x.Say("did.call")
		case "serve":
			rec, err = d.app.TicketStep(ctx, f.Key, app.Serve, t)
			said = x.Say("did.serve")
		case "miss":
			rec, err = d.app.TicketStep(ctx, f.Key, app.MissTicket, t)
			said = x.Say("did.miss")
		case "park":
			rec, err = d.app.TicketStep(ctx, f.Key, app.Park, t)
			said = x.Say("did.park")
		case "resume":
			rec, err = d.app.TicketStep(ctx, f.Key, app.Resume, t)
			said = x.Say("did.resume")
		default:
			err = pages.ErrNotFound
		}
		return said, rec, err
	})
}

var clockDigits = regexp.MustCompile(`^(\d{1,2})[:.]?(\d{2})$`)

// most bounds how many a search at the desk shows by name.
const most = 20

// find looks for who stands at the desk: by code, by time, or by name. It answers
// in the answer to the POST, since names do not belong into addresses.
func (d *front) find(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	b, err := d.board(x, f)
	if err != nil {
		return err
	}
	page := d.page(x, b)
	page.Live, page.Refresh = "", 0 // the address answers only to the form
	b.Asked = f.Required("who")
	if !f.OK() {
		return x.Again(f, nil, page)
	}
	visits, err := d.app.VisitsToday(x.R.Context(), b.ID)
	if err != nil {
		return err
	}
	var ids []id.Appointment
	if m := clockDigits.FindStringSubmatch(b.Asked); m != nil {
		at, _ := day.ParseTime(fmt.Sprintf("%02s:%s", m[1], m[2]))
		for _, v := range visits {
			if v.At == at && len(ids) < most {
				ids = append(ids, v.Appointment)
			}
		}
	} else if ap, err := d.app.ByCode(b.Asked); err == nil {
		ids = append(ids, ap)
		if b.Elsewhere, err = d.elsewhere(x, b.ID, ap); err != nil {
			return err
		}
	} else {
		today, _ := d.app.Clock(x.Now())
		all, err := d.app.ByName(x.R.Context(), booking.Desk, b.Asked, today, b.ID, nil)
		if err != nil {
			return x.Again(f, err, page)
		}
		for _, m := range all[:min(len(all), most)] {
			ids = append(ids, m.Appointment)
		}
	}
	if b.Elsewhere == "" {
		who, err := d.app.Names(x.R.Context(), b.ID, ids)
		if err != nil {
			return err
		}
		names := map[id.Service]string{}
		for _, t := range d.app.Services() {
			names[t.ID] = nameOf(x, t)
		}
		for _, v := range visits {
			if c, found := who[v.Appointment]; found {
				b.Found = append(b.Found, arrival{ID: v.Appointment, Number: callSign(v.Number), At: v.At, Service: what(names, v.Service, v.Parts), Stage: v.Stage, Name: c.Name, AtRisk: v.AtRisk, Late: v.Late})
			}
		}
	}
	return x.Show(page)
}

// elsewhere says where and when an appointment is that is not here today; who shows
// its code may know.
func (d *front) elsewhere(x *pages.Context, here id.Centre, ap id.Appointment) (string, error) {
	if d.number(x, here, ap) != "" {
		return "", nil
	}
	v, err := d.app.Appointment(x.R.Context(), ap, app.Proof{Secret: x.R.PostFormValue("who")})
	if errors.Is(err, centreday.ErrNoSuchAppointment) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	at := d.app.Describe(v, x.Pick("de", "en"))
	return x.Day(v.Day) + ", " + x.Clock(v.At) + ", " + strings.TrimSuffix(at.Centre+", "+at.Address, ", "), nil
}
