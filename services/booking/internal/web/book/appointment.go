package book

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/spelling"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// askView asks for a code.
type askView struct{ Form *pages.Form }

// ask asks for the code of an appointment.
func (b *book) ask(x *pages.Context) error {
	return show(x, pages.Page{Template: "ask", Title: x.Say("ask.title"), Data: askView{x.NewForm()}})
}

// find leads to the appointment that a code belongs to. The code travels in a
// cookie for that appointment's pages; the address does not have it.
func (b *book) find(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	code := form.Value("code")
	if code == "" && form.OK() {
		form.Wrong("code", x.Say("ask.missing"))
	}
	status := http.StatusUnprocessableEntity
	if form.OK() {
		ap, err := b.app.ByCode(code)
		if err = b.tried(x.R.Context(), err); err == nil && prove(x.W, x.R, appointments, string(ap), code) {
			return x.Redirect(appointments+"/"+string(ap), "", 0)
		}
		var known bool
		var text string
		if status, text, known = refusal(x, err); !known {
			return err
		}
		form.Wrong("code", text)
	}
	form.Set("code", "")
	return show(x, pages.Page{Template: "ask", Title: x.Say("form.title", "title", x.Say("ask.title")), Data: askView{form}, Status: status})
}

// appointmentView is step 5, and what one comes back to.
type appointmentView struct {
	Form     *pages.Form
	Steps    *pages.Steps // just booked
	ID       string
	Heading  string
	Lead     string
	Code     string
	Spelled  []spelling.Sign
	Services []string
	When     string
	Clocks   string
	Place    string
	Address  string
	Life     string
	Open     bool // it can be moved and cancelled
	AtRisk   bool
	Offers   []offerLine
	Bring    []string
	Mail     bool // something can be told by mail
	Base     string
	Question string // what is asked before it is done: cancel, opt-in, take
	Hold     string
}

// offerLine is a slot kept for somebody whose appointment is at risk.
type offerLine struct{ Hold, When, Where, Until string }

// seen is an appointment that the browser may show; without a proof the citizen is
// asked for the code.
func (b *book) seen(x *pages.Context) (v app.View, p app.Proof, err error) {
	p = app.Proof{Secret: proof(x.R)}
	if p.Secret == "" {
		return v, p, errUnproven
	}
	v, err = b.app.Appointment(x.R.Context(), id.Appointment(x.Path("id")), p)
	return v, p, b.tried(x.R.Context(), err)
}

var errUnproven = errors.New("the browser has no proof that the appointment is the citizen's")

// unseen answers who may not see an appointment: they are asked for its code.
func (b *book) unseen(x *pages.Context, err error) error {
	if errors.Is(err, errUnproven) {
		return x.Redirect(appointments, x.Say("ask.again"), 0)
	}
	status, text, known := refusal(x, err)
	if !known {
		return err
	}
	forgetProof(x, appointments, x.Path("id"))
	form := x.NewForm()
	form.Wrong("code", text)
	return show(x, pages.Page{Template: "ask", Title: x.Say("form.title", "title", x.Say("ask.title")), Data: askView{form}, Status: status})
}

func (b *book) appointment(x *pages.Context) error {
	v, _, err := b.seen(x)
	if err != nil {
		return b.unseen(x, err)
	}
	return b.showAppointment(x, x.NewForm(), v, "", http.StatusOK)
}

// showAppointment shows it; with a question, what is asked before that is done.
func (b *book) showAppointment(x *pages.Context, form *pages.Form, v app.View, question string, status int) error {
	visit := b.app.Describe(v, language(x))
	end := v.At + day.TimeOfDay(visit.End.Sub(visit.Begin)/time.Minute)
	d := appointmentView{Form: form, ID: string(v.Appointment), Services: visit.Services, When: x.Day(v.Day), Clocks: x.Clocks(v.At, end), Place: visit.Centre, Address: visit.Address,
		Life: v.Life, AtRisk: v.AtRisk, Open: v.Life == centreday.Booked.String(), Mail: v.Contact.Email != "" && b.app.Writes(), Base: appointments + "/" + string(v.Appointment), Question: question}
	title := x.Say("appointment.title")
	if d.Open {
		d.Code, d.Spelled, d.Bring = spelling.Grouped(visit.Code), spelling.Out(visit.Code, language(x)), b.bring(x, v)
		for _, o := range v.Offers {
			there := b.app.Describe(app.View{Service: v.Service, Place: o.Place, Parts: v.Parts}, language(x))
			d.Offers = append(d.Offers, offerLine{string(o.Hold), x.Day(o.Place.Day) + ", " + x.Clock(o.Place.At), strings.TrimSuffix(there.Centre+", "+there.Address, ", "), x.Moment(o.Expires)})
		}
	}
	switch {
	case question != "":
		title = x.Say("question." + question + ".title")
	case d.Open && x.Query("new") != "" && form.OK():
		s := steps(x, 5)
		d.Steps, title = &s, x.Say("appointment.booked")
	case !d.Open:
		title = x.Say("life." + lives(v.Life) + ".title")
		d.Lead = x.Say("life." + lives(v.Life) + ".text")
	}
	d.Heading = title
	if !form.OK() {
		title = x.Say("form.title", "title", title)
	}
	return show(x, pages.Page{Template: "appointment", Title: title, Data: d, Status: status})
}

// lives are the ends that pages speak of.
func lives(life string) string {
	switch life {
	case centreday.Cancelled.String(), centreday.Missed.String():
		return life
	}
	return centreday.Kept.String()
}

// question shows what a link or button leads to before it does anything: opening a
// page changes nothing, since mail scanners open links, too.
func (b *book) question(x *pages.Context) error {
	what := x.Path("what")
	if what == "opt-in" {
		return b.optInQuestion(x)
	}
	v, p, err := b.seen(x)
	if err != nil {
		return b.unseen(x, err)
	}
	open := v.Life == centreday.Booked.String()
	switch {
	case what == "calendar":
		file, err := b.app.Calendar(x.R.Context(), v.Appointment, p, language(x))
		if err != nil {
			return err
		}
		return x.File(x.Say("appointment.file")+".ics", "text/calendar; charset=utf-8", file)
	case what == "move" && open:
		return b.showMove(x, x.NewForm(), v, nil, http.StatusOK)
	case what == "take" && open:
		return b.showAppointment(x, x.NewForm(), v, "", http.StatusOK) // its offers stand there
	case what == "cancel" && open:
		return b.showAppointment(x, x.NewForm(), v, what, http.StatusOK)
	case what == "cancel" || what == "move" || what == "take":
		return b.showAppointment(x, x.NewForm(), v, "", http.StatusOK)
	}
	return pages.ErrNotFound
}

func (b *book) answer(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	what := x.Path("what")
	base := appointments + "/" + x.Path("id")
	switch what {
	case "opt-in":
		return b.optIn(x, form)
	case "forget":
		forgetProof(x, appointments, x.Path("id"))
		return x.Redirect("/book/", x.Say("appointment.forgotten"), 0)
	}
	v, p, err := b.seen(x)
	if err != nil {
		return b.unseen(x, err)
	}
	ctx := x.R.Context()
	switch what {
	case "cancel":
		rec, err := b.app.Cancel(ctx, form.Key, v.Appointment, p)
		if err != nil && !errors.Is(err, centreday.ErrAlreadyOver) {
			return b.refused(x, form, v, err)
		}
		return x.Redirect(base, x.Say("appointment.cancelled"), rec.Position)
	case "take":
		_, rec, err := b.app.Accept(ctx, form.Key, v.Appointment, p, centreday.HoldID(cmp.Or(form.Value("hold"), x.Query("hold"))))
		if err != nil {
			return b.refused(x, form, v, err)
		}
		return x.Redirect(base, x.Say("appointment.moved"), rec.Position)
	case "move":
		return b.move(x, form, v, p)
	case "earlier":
		return b.waitForEarlier(x, form, v, p)
	}
	return pages.ErrNotFound
}

func (b *book) refused(x *pages.Context, form *pages.Form, v app.View, err error) error {
	status, text, known := refusal(x, b.tried(x.R.Context(), err))
	if !known {
		return err
	}
	form.Wrong("", text)
	form.Key = x.NewForm().Key
	return b.showAppointment(x, form, v, "", status)
}

// optInQuestion asks whoever has opened the link of a mail to make it an appointment.
func (b *book) optInQuestion(x *pages.Context) error {
	v, _, err := b.seen(x)
	if errors.Is(err, errUnproven) {
		return b.unseen(x, err)
	}
	if err == nil {
		return b.showAppointment(x, x.NewForm(), v, "", http.StatusOK)
	}
	h, err := b.app.Held(x.R.Context(), centreday.HoldID(x.Path("id")))
	if err != nil || !h.Pending {
		return b.pendingGone(x)
	}
	visit := b.app.Describe(app.View{Service: h.Service, Place: h.Place, Parts: h.Parts}, language(x))
	d := appointmentView{Form: x.NewForm(), ID: x.Path("id"), Services: visit.Services, When: x.Day(h.Day), Clocks: x.Clock(h.At), Place: visit.Centre, Address: visit.Address,
		Base: appointments + "/" + x.Path("id"), Question: "opt-in", Heading: x.Say("question.opt-in.title")}
	return show(x, pages.Page{Template: "appointment", Title: d.Heading, Data: d})
}

func (b *book) pendingGone(x *pages.Context) error {
	return show(x, pages.Page{Template: "pending", Title: x.Say("pending.gone.title"), Status: http.StatusGone, Data: pendingView{Steps: steps(x, 4), Gone: true, Restart: "/book/"}})
}

func (b *book) optIn(x *pages.Context, form *pages.Form) error {
	secret := proof(x.R)
	if secret == "" {
		return b.unseen(x, errUnproven)
	}
	c, rec, err := b.app.OptIn(x.R.Context(), centreday.HoldID(x.Path("id")), secret)
	switch err = b.tried(x.R.Context(), err); {
	case errors.Is(err, centreday.ErrHoldExpired):
		return b.pendingGone(x)
	case err != nil:
		return b.unseen(x, err)
	}
	return x.Redirect(appointments+"/"+string(c.Appointment)+"?new=1", "", rec.Position)
}

// Proven leads from a link of a letter to what it is about: the browser is given the
// secret for these pages alone, and the address does not have it any more. Nothing
// is done yet; a form (POST) is sent on with what it holds.
func Proven(w http.ResponseWriter, r *http.Request, ident, secret, what string) {
	under, to := appointments, "/"+what
	switch what {
	case "earlier", "leave":
		under = waitings
	case "show":
		to = ""
	case "cancel", "move", "take", "opt-in":
	default:
		ident = ""
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	status, page := http.StatusSeeOther, url.URL{Path: appointments}
	if prove(w, r, under, ident, secret) {
		page = url.URL{Path: under + "/" + ident + to, RawQuery: r.URL.RawQuery}
		if r.Method == http.MethodPost {
			status = http.StatusTemporaryRedirect
		}
	}
	http.Redirect(w, r, page.String(), status)
}
