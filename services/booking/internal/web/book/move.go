package book

import (
	"errors"
	"net/http"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// moveView offers other slots for an appointment, which stays until one is taken.
type moveView struct {
	Base    string
	When    string
	Where   string
	Visit   []string
	Pick    pick
	Instead *slotList
	Fields  []hidden
	Path    string
	CanWait bool
}

// visitOf is a wish for what an appointment is for.
func visitOf(x *pages.Context, v app.View) wish {
	w := wishOf(x.R.URL.Query())
	if x.R.Method == http.MethodPost {
		w = wishOf(x.R.PostForm)
	}
	w.Items = nil
	for _, p := range v.Parts {
		w.Items = append(w.Items, app.Item{Service: p.Service, Persons: max(1, p.Persons)})
	}
	if len(v.Parts) == 0 {
		w.Items = []app.Item{{Service: v.Service, Persons: 1}}
	}
	return w
}

func moveAt(v app.View) func(wish) string {
	return func(w wish) string { w.Items = nil; return w.at(appointments + "/" + string(v.Appointment) + "/move") }
}

func (b *book) showMove(x *pages.Context, form *pages.Form, v app.View, instead []slots.Offer, status int) error {
	w, at := visitOf(x, v), moveAt(v)
	base := appointments + "/" + string(v.Appointment)
	visit := b.app.Describe(v, language(x))
	d := moveView{Base: base, When: x.Day(v.Day) + ", " + x.Clock(v.At), Where: visit.Centre, Visit: visit.Services, Path: base + "/move", CanWait: v.Contact.Email != ""}
	var err error
	if d.Pick, err = b.pick(x.R.Context(), x, w, at, base+"/move"); err != nil {
		return err
	}
	d.Pick.Form = form
	w.Items = nil
	d.Fields = fields(w)
	if len(instead) > 0 {
		d.Instead = insteadOf(x, instead, b.city())
	}
	page := pages.Page{Template: "move", Title: x.Say("move.title"), Data: d, Status: status, Parts: []string{"free"}}
	if status == http.StatusOK && x.R.Method == http.MethodGet {
		page.Live = w.at(base + "/live")
	}
	if !form.OK() {
		page.Title = x.Say("form.title", "title", page.Title)
	}
	return show(x, page)
}

// liveMove says whether the slots have changed that an open move page shows.
func (b *book) liveMove(x *pages.Context) map[string]string {
	done, ok := b.turns.take(x.R.Context())
	if !ok {
		return nil
	}
	defer done()
	v, _, err := b.seen(x)
	if err != nil {
		return nil
	}
	p, err := b.pick(x.R.Context(), x, visitOf(x, v), moveAt(v), "")
	if err != nil {
		return nil
	}
	return map[string]string{"free": version(p)}
}

// move takes the chosen slot; the appointment stays where it is if that has gone.
func (b *book) move(x *pages.Context, form *pages.Form, v app.View, p app.Proof) error {
	to, ok := placeOf(form.Value("slot"))
	if !ok {
		form.Wrong("", x.Say("slots.choose"))
		return b.showMove(x, form, v, nil, http.StatusUnprocessableEntity)
	}
	_, rec, err := b.app.Move(x.R.Context(), form.Key, v.Appointment, p, app.NewPlace{Centre: to.Centre, Day: to.Day, At: to.At})
	if err == nil {
		return x.Redirect(appointments+"/"+string(v.Appointment), x.Say("appointment.moved"), rec.Position)
	}
	status, text, known := refusal(x, b.tried(x.R.Context(), err))
	switch {
	case !known:
		return err
	case errors.Is(err, centreday.ErrAlreadyOver):
		return b.refused(x, form, v, err)
	}
	if app.Elsewhere(err) {
		text = x.Say("move.gone")
	}
	form.Wrong("", text)
	form.Key = x.NewForm().Key
	w := visitOf(x, v)
	return b.showMove(x, form, v, b.app.Instead(x.R.Context(), err, app.Wish{Visit: w.Items, Centre: to.Centre, Day: to.Day, At: to.At}), status)
}
