package book

import (
	"errors"
	"net/http"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// waitView asks whom to tell when something becomes free.
type waitView struct {
	Form    *pages.Form
	Wish    wish
	Visit   []visitLine
	Fields  []hidden
	Centres []pages.Option
	First   day.Day
	Last    day.Day
	Back    string
}

func (b *book) wait(x *pages.Context) error {
	w := wishOf(x.R.URL.Query())
	form := x.NewForm("place", string(w.Centre))
	return b.showWait(x, form, w, http.StatusOK)
}

func (b *book) showWait(x *pages.Context, form *pages.Form, w wish, status int) error {
	if len(w.Items) == 0 {
		return b.chooseServices(x, x.NewForm(), w, http.StatusOK)
	}
	bookable := b.app.Bookable()
	v := waitView{Form: form, Wish: w, First: bookable.From, Last: bookable.Until - 1, Back: w.at(slotsPath), Fields: []hidden{{"visit", w.visit()}}}
	v.Visit, _ = b.visit(x, w)
	v.Centres = []pages.Option{{Value: "", Label: x.Say("wait.anywhere")}}
	for _, k := range b.app.Centres() {
		v.Centres = append(v.Centres, pages.Option{Value: string(k.ID), Label: k.Name})
	}
	page := pages.Page{Template: "wait", Title: x.Say("wait.title"), Data: v, Status: status}
	if !form.OK() {
		page.Title = x.Say("form.title", "title", page.Title)
	}
	return show(x, page)
}

// enlist takes a place on the waiting list.
func (b *book) enlist(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	w := wishOf(x.R.PostForm)
	e := app.Earlier{Search: w.search(), Contact: b.whom(x, form, true)}
	if c := form.Value("place"); c != "" {
		e.Centres = []id.Centre{id.Centre(c)}
	}
	if form.Value("until") != "" {
		until := form.Day("until") + 1
		e.Until = &until
		if bookable := b.app.Bookable(); form.Error("until") == "" && (until <= bookable.From || until > bookable.Until) {
			form.Wrong("until", x.Say("wait.until.wrong"))
		}
	}
	if !form.OK() {
		return b.showWait(x, form, w, http.StatusUnprocessableEntity)
	}
	o, rec, err := b.app.WaitForEarlier(b.solved(x, form), form.Key, e)
	if err != nil {
		return b.refusedWait(x, form, w, err)
	}
	return b.listed(x, o, rec.Position)
}

func (b *book) refusedWait(x *pages.Context, form *pages.Form, w wish, err error) error {
	status, text, known := refusal(x, err)
	if errors.Is(err, app.ErrUnknownCentre) {
		form.Wrong("place", x.Say("slots.choose"))
		return b.showWait(x, form, w, http.StatusUnprocessableEntity)
	}
	if !known {
		return b.refuseVisit(x, w, err)
	}
	form.Wrong("", text)
	return b.showWait(x, form, w, status)
}

func (b *book) listed(x *pages.Context, o app.OnList, position int64) error {
	prove(x.W, x.R, waitings, string(o.Waiting), o.Secret)
	return x.Redirect(waitings+"/"+string(o.Waiting), x.Say("waiting.enlisted"), position)
}

// waitForEarlier asks for an earlier slot than an appointment's, which stays.
func (b *book) waitForEarlier(x *pages.Context, form *pages.Form, v app.View, p app.Proof) error {
	o, rec, err := b.app.WaitForEarlier(x.R.Context(), form.Key, app.Earlier{Appointment: v.Appointment, Proof: p})
	if err != nil {
		if _, _, known := refusal(x, err); !known {
			form.Wrong("", x.Say("waiting.none-earlier"))
			return b.showAppointment(x, form, v, "", http.StatusUnprocessableEntity)
		}
		return b.refused(x, form, v, err)
	}
	return b.listed(x, o, rec.Position)
}

// waitingView is a place on the waiting list.
type waitingView struct {
	Form   *pages.Form
	Base   string
	Before int
	Offer  *offerLine
	Ended  string
	Leave  bool // asked whether to leave
}

// waiting shows a place on the list to who has its secret. Opening it changes nothing.
func (b *book) waiting(x *pages.Context) error {
	what := x.Path("what")
	if what != "" && what != "earlier" && what != "leave" {
		return pages.ErrNotFound
	}
	return b.showWaiting(x, x.NewForm(), what == "leave", http.StatusOK)
}

func (b *book) showWaiting(x *pages.Context, form *pages.Form, leave bool, status int) error {
	secret := proof(x.R)
	if secret == "" {
		return show(x, pages.Page{Template: "waiting", Title: x.Say("waiting.unproven.title"), Status: http.StatusForbidden, Data: waitingView{Form: form, Ended: "unproven"}})
	}
	o, err := b.app.OnWaitingList(x.R.Context(), waiting.ID(x.Path("id")), secret)
	if err = b.tried(x.R.Context(), err); err != nil {
		if _, _, known := refusal(x, err); !known {
			return err
		}
		forgetProof(x, waitings, x.Path("id"))
		return show(x, pages.Page{Template: "waiting", Title: x.Say("waiting.unproven.title"), Status: http.StatusForbidden, Data: waitingView{Form: form, Ended: "unproven"}})
	}
	v := waitingView{Form: form, Base: waitings + "/" + x.Path("id"), Before: o.Before, Ended: o.Ended, Leave: leave && o.Ended == ""}
	title := x.Say("waiting.title")
	if s := o.Offer; s != nil && o.Ended == "" {
		there := b.app.Describe(app.View{Place: s.Place}, language(x))
		v.Offer = &offerLine{string(s.Hold), x.Day(s.Place.Day) + ", " + x.Clock(s.Place.At), strings.TrimSuffix(there.Centre+", "+there.Address, ", "), x.Moment(s.Expires)}
		title = x.Say("waiting.offer.title")
	}
	switch {
	case v.Leave:
		title = x.Say("waiting.leave.title")
	case o.Ended == waiting.Taken:
		title = x.Say("waiting.taken.title")
	case o.Ended != "":
		title = x.Say("waiting.ended.title")
	}
	if !form.OK() {
		title = x.Say("form.title", "title", title)
	}
	return show(x, pages.Page{Template: "waiting", Title: title, Data: v, Status: status})
}

// waitingDo takes what is kept, or gives the place up.
func (b *book) waitingDo(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	secret, place := proof(x.R), waiting.ID(x.Path("id"))
	if secret == "" {
		return b.showWaiting(x, form, false, http.StatusForbidden)
	}
	switch x.Path("what") {
	case "earlier":
		c, rec, err := b.app.TakeEarlier(b.solved(x, form), form.Key, place, secret)
		if err != nil {
			return b.refusedWaiting(x, form, err)
		}
		prove(x.W, x.R, appointments, string(c.Appointment), c.Code)
		return x.Redirect(appointments+"/"+string(c.Appointment)+"?new=1", "", rec.Position)
	case "leave":
		rec, err := b.app.LeaveWaitingList(x.R.Context(), form.Key, place, secret)
		if err != nil {
			return b.refusedWaiting(x, form, err)
		}
		return x.Redirect(waitings+"/"+string(place), x.Say("waiting.left"), rec.Position)
	}
	return pages.ErrNotFound
}

func (b *book) refusedWaiting(x *pages.Context, form *pages.Form, err error) error {
	if errors.Is(err, waiting.ErrNotWaiting) { // it has ended, maybe by the same button: the page says how
		return b.showWaiting(x, x.NewForm(), false, http.StatusOK)
	}
	status, text, known := refusal(x, b.tried(x.R.Context(), err))
	if !known {
		return err
	}
	form.Wrong("", text)
	return b.showWaiting(x, form, false, status)
}
