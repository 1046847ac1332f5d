package book

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// detailsView is step 4: whose appointment it will be.
type detailsView struct {
	Form   *pages.Form
	Steps  pages.Steps
	Wish   wish
	Visit  []visitLine
	Kept   *keptView // nil: nothing is kept any more
	Slot   string    // what was kept, to be asked for again
	Others []pages.Option
	Mail   bool // an address must be given
	Back   string
	Hidden map[string]string
}

func (b *book) details(x *pages.Context) error {
	w := wishOf(x.R.URL.Query())
	h, err := b.app.Held(x.R.Context(), centreday.HoldID(x.Query("hold")))
	if errors.Is(err, centreday.ErrHoldExpired) { // opened late, or again
		form := x.NewForm()
		form.Wrong("", x.Say("refused.expired"))
		return b.showSlots(x, form, w, nil, http.StatusGone)
	}
	if err != nil {
		return err
	}
	if to := done(h, w); to != "" {
		return x.Redirect(to, "", 0)
	}
	return b.showDetails(x, x.NewForm(), w, &h, nil, http.StatusOK)
}

// done is where somebody is led who comes back to a hold that is none any more.
func done(h app.HoldOf, w wish) string {
	switch {
	case h.Booked:
		return appointments + "/" + string(h.Hold)
	case h.Pending:
		return heldAt("/book/pending", w, h.Hold)
	}
	return ""
}

func (b *book) showDetails(x *pages.Context, form *pages.Form, w wish, h *app.HoldOf, others []slots.Offer, status int) error {
	v := detailsView{Form: form, Steps: steps(x, 4), Wish: w, Mail: b.app.MailWanted(), Back: w.at(slotsPath)}
	v.Visit, _ = b.visit(x, w)
	v.Hidden = map[string]string{}
	for name, value := range w.values() {
		v.Hidden[name] = value[0]
	}
	if h != nil {
		k := b.keptOf(x, *h)
		v.Kept, v.Slot = &k, place{h.Centre, h.Day, h.At}.String()
	}
	c := b.city()
	for _, o := range others {
		v.Others = append(v.Others, pages.Option{Value: place{o.Centre, o.Day, o.At}.String(), Label: x.Day(o.Day) + ", " + x.Clock(o.At) + ", " + c.on(o.Centre, o.Day).Name})
	}
	page := pages.Page{Template: "details", Title: x.Say("details.title"), Data: v, Status: status}
	if !form.OK() {
		page.Title = x.Say("form.title", "title", page.Title)
	}
	return show(x, page)
}

// whom reads the contact, and notes what is wrong with it.
func (b *book) whom(x *pages.Context, form *pages.Form, mail bool) contact.Contact {
	c := contact.Contact{Name: form.Value("name"), Email: form.Value("email"), Phone: form.Value("phone"), Language: language(x)}
	if c.Name == "" && form.Error("name") == "" {
		form.Wrong("name", x.Say("details.name.missing"))
	}
	if mail && c.Email == "" && form.Error("email") == "" {
		form.Wrong("email", x.Say("details.email.missing"))
	}
	for _, f := range []struct {
		name, value string
		most        int
	}{{"name", c.Name, 200}, {"email", c.Email, 254}, {"phone", c.Phone, 40}} {
		if len(f.value) > f.most {
			form.Wrong(f.name, x.Say("details.long", "most", f.most))
		}
	}
	var field *events.FieldError
	if err := c.Check(); errors.As(err, &field) {
		if form.Error(field.Field) == "" {
			key := "details.control"
			if field.Field == "email" {
				key = "details.email.wrong"
			}
			form.Wrong(field.Field, x.Say(key))
		}
	}
	return c
}

// confirm makes the hold an appointment. If it has run out meanwhile the same slot
// is asked for again; only if that is gone the citizen is asked to choose another,
// with all that was written.
func (b *book) confirm(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	w, ctx := wishOf(x.R.PostForm), b.solved(x, form)
	hold := centreday.HoldID(form.Value("hold"))
	was, chosen := placeOf(form.Value("slot"))
	other, another := placeOf(form.Value("other"))
	who := b.whom(x, form, b.app.MailWanted())
	if !another && form.Is("others", "yes") {
		form.Wrong("other", x.Say("slots.choose"))
	}
	if !form.OK() {
		return b.wrongDetails(ctx, x, form, w, hold, was)
	}
	var out app.Confirmation
	var rec journal.Receipt
	if err = centreday.ErrHoldExpired; !another && hold != "" {
		out, rec, err = b.app.Confirm(ctx, form.Key, hold, who)
	}
	if errors.Is(err, centreday.ErrHoldExpired) && (chosen || another) {
		if another {
			was = other
		}
		out, rec, err = b.holdAndConfirm(ctx, form.Key, w, was, who)
	}
	if errors.Is(err, journal.ErrReusedKey) || errors.Is(err, centreday.ErrOptInNeeded) { // sent again with something changed: it is done
		if h, wrong := b.app.Held(ctx, hold); wrong == nil && done(h, w) != "" {
			return x.Redirect(done(h, w), "", 0)
		}
	}
	if err != nil {
		return b.refusedDetails(ctx, x, form, w, hold, was, err)
	}
	rememberHold(x, "", 0)
	if out.Expires != nil {
		return x.Redirect(heldAt("/book/pending", w, centreday.HoldID(out.Appointment)), "", rec.Position)
	}
	prove(x.W, x.R, appointments, string(out.Appointment), out.Code)
	return x.Redirect(appointments+"/"+string(out.Appointment)+"?new=1", "", rec.Position)
}

// holdAndConfirm does both, under keys made of the form's: a double click finds
// what the first one has done.
func (b *book) holdAndConfirm(ctx context.Context, key string, w wish, p place, who contact.Contact) (out app.Confirmation, rec journal.Receipt, err error) {
	key += "/" + p.String()
	h, _, err := b.app.Hold(ctx, key, app.Wish{Visit: w.Items, Centre: p.Centre, Day: p.Day, At: p.At, Wanted: b.wanted(w)})
	if err != nil {
		return out, rec, err
	}
	return b.app.Confirm(ctx, key, h.Hold, who)
}

func (b *book) wrongDetails(ctx context.Context, x *pages.Context, form *pages.Form, w wish, hold centreday.HoldID, was place) error {
	h, err := b.app.Held(ctx, hold)
	if err != nil {
		return b.showDetails(x, form, w, nil, b.near(ctx, w, was), http.StatusUnprocessableEntity)
	}
	return b.showDetails(x, form, w, &h, nil, http.StatusUnprocessableEntity)
}

func (b *book) refusedDetails(ctx context.Context, x *pages.Context, form *pages.Form, w wish, hold centreday.HoldID, was place, err error) error {
	status, text, known := refusal(x, err)
	if !known {
		return err
	}
	if app.Elsewhere(err) || errors.Is(err, centreday.ErrHoldExpired) {
		form.Wrong("", x.Say("refused.gone"))
		form.Set("other", "")
		return b.showDetails(x, form, w, nil, b.near(ctx, w, was), http.StatusConflict)
	}
	form.Wrong("", text)
	if h, gone := b.app.Held(ctx, hold); gone == nil && done(h, w) == "" {
		return b.showDetails(x, form, w, &h, nil, status)
	}
	return b.showDetails(x, form, w, nil, b.near(ctx, w, was), status)
}

// near are the slots nearest to one that is gone, or the earliest.
func (b *book) near(ctx context.Context, w wish, was place) []slots.Offer {
	if was.Centre != "" {
		if all := b.app.Instead(ctx, centreday.ErrSlotTaken, app.Wish{Visit: w.Items, Centre: was.Centre, Day: was.Day, At: was.At}); len(all) > 0 {
			return all
		}
	}
	s := w.search()
	s.Limit, s.PerCentre = soonMost/2, 2
	all, _ := b.app.Starts(ctx, s) // none is an answer
	return all
}

// extend gives more time, once, and keeps what was written.
func (b *book) extend(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	w, hold := wishOf(x.R.PostForm), centreday.HoldID(form.Value("hold"))
	was, _ := placeOf(form.Value("slot"))
	if _, err = b.app.Extend(x.R.Context(), form.Key, hold); err != nil {
		return b.refusedDetails(x.R.Context(), x, form, w, hold, was, err)
	}
	h, err := b.app.Held(x.R.Context(), hold)
	if err != nil {
		return b.refusedDetails(x.R.Context(), x, form, w, hold, was, err)
	}
	rememberHold(x, string(hold), h.Expires.Sub(x.Now()))
	form.Key = x.NewForm().Key
	return b.showDetails(x, form, w, &h, nil, http.StatusOK)
}

// release gives the slot back, to choose another or none.
func (b *book) release(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	rec, err := b.app.Release(x.R.Context(), form.Key, centreday.HoldID(form.Value("hold")))
	if err != nil && !errors.Is(err, centreday.ErrHoldExpired) {
		return err
	}
	rememberHold(x, "", 0)
	return x.Redirect(wishOf(x.R.PostForm).at(slotsPath), x.Say("slots.released"), rec.Position)
}

// pendingView is step 4 still: the link in the mail is to be opened.
type pendingView struct {
	Steps   pages.Steps
	When    string
	Where   string
	Until   day.TimeOfDay
	Gone    bool
	Booked  bool
	Restart string
}

func (b *book) pending(x *pages.Context) error {
	w := wishOf(x.R.URL.Query())
	h, err := b.app.Held(x.R.Context(), centreday.HoldID(x.Query("hold")))
	v := pendingView{Steps: steps(x, 4), Restart: w.at(slotsPath)}
	title := x.Say("pending.title")
	switch {
	case errors.Is(err, centreday.ErrHoldExpired):
		v.Gone, title = true, x.Say("pending.gone.title")
	case err != nil:
		return err
	default:
		visit := b.app.Describe(app.View{Service: h.Service, Place: h.Place, Parts: h.Parts}, language(x))
		v.When, v.Where = x.Day(h.Day)+", "+x.Clock(h.At), strings.TrimSuffix(visit.Centre+", "+visit.Address, ", ")
		if v.Booked = h.Booked; v.Booked {
			title = x.Say("pending.booked.title")
		} else {
			_, v.Until = b.app.Clock(h.Expires)
		}
	}
	return show(x, pages.Page{Template: "pending", Title: title, Data: v})
}
