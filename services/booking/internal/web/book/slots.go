package book

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/wishes"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// slotsView is step 3: when and where.
type slotsView struct {
	Steps   pages.Steps
	Visit   []visitLine
	Minutes int
	Pick    pick
	Instead *slotList // what is free instead of a slot that went
	Kept    *keptView // what this browser keeps already
	Back    string
	Fields  []hidden // of the form in which one writes where one is
	Path    string
}

type visitLine struct {
	Name    string
	Persons int
}

type hidden struct{ Name, Value string }

// keptView is a slot that is kept for whoever is booking.
type keptView struct {
	Hold         string
	When, Where  string
	Until        day.TimeOfDay
	Left         int // seconds
	Extended     bool
	Href         string
	HoldsMinutes int
}

const slotsPath, livePath = "/book/slots", "/book/live"

// slots shows what is free. An address with persons in fields of their own, as a
// form without scripts sends it, is made one that can be kept.
func (b *book) slots(x *pages.Context) error {
	w := wishOf(x.R.URL.Query())
	if len(x.R.URL.Query()["s"]) > 0 {
		return x.Redirect(w.at(slotsPath), "", 0)
	}
	return b.showSlots(x, x.NewForm(), w, nil, http.StatusOK)
}

func (b *book) showSlots(x *pages.Context, form *pages.Form, w wish, instead []slots.Offer, status int) error {
	v := slotsView{Steps: steps(x, 3), Back: w.at("/book/people"), Path: slotsPath}
	var err error
	if v.Pick, err = b.pick(x.R.Context(), x, w, func(w wish) string { return w.at(slotsPath) }, "/book/hold"); err != nil {
		return b.refuseVisit(x, w, err)
	}
	v.Pick.Form, v.Pick.Solve, v.Pick.Wait = form, b.app.CaptchaWanted(), wish{Items: w.Items, By: soonest, Centre: v.Pick.Wish.Centre}.at(waitings)
	v.Visit, v.Minutes = b.visit(x, w)
	v.Fields = fields(w)
	if len(instead) > 0 {
		v.Instead = insteadOf(x, instead, b.city())
	}
	if status == http.StatusOK && x.Wants("") {
		v.Kept = b.keptBefore(x, w)
		b.note(x, w)
	}
	page := pages.Page{Template: "slots", Title: x.Say("slots.title"), Data: v, Status: status, Parts: []string{"free"}}
	if status == http.StatusOK {
		page.Live = w.at(livePath)
	}
	if !form.OK() {
		page.Title = x.Say("form.title", "title", page.Title)
	}
	return show(x, page)
}

// fields are a wish as hidden fields, but where one is.
func fields(w wish) (all []hidden) {
	q := w.values()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if name != "near" {
			all = append(all, hidden{name, q.Get(name)})
		}
	}
	return all
}

// note searches as the API does, so that what is asked for in vain is known to
// who plans.
func (b *book) note(x *pages.Context, w wish) {
	s := w.search()
	if s.Limit = 1; w.Centre != "" {
		s.Centres = []id.Centre{w.Centre}
	}
	_, _ = b.app.Search(x.R.Context(), s) // the page shows what there is without it
}

func (b *book) visit(x *pages.Context, w wish) (all []visitLine, minutes int) {
	types := b.types()
	for _, it := range w.Items {
		t := types[it.Service]
		all = append(all, visitLine{nameOf(x, t), it.Persons})
		minutes += it.Persons * int(t.Minutes)
	}
	return all, minutes
}

// refuseVisit leads back to where the visit is mended.
func (b *book) refuseVisit(x *pages.Context, w wish, err error) error {
	form := x.NewForm()
	var field *events.FieldError
	switch {
	case errors.Is(err, app.ErrUnknownService), errors.Is(err, app.ErrNothingToDo):
		return b.choosePeople(x, form, w, http.StatusUnprocessableEntity) // which leaves out what it does not know
	case errors.As(err, &field) && field.Field == "services":
		form.Wrong("n."+string(w.Items[0].Service), x.Say("people.long"))
		return b.choosePeople(x, form, w, http.StatusUnprocessableEntity)
	}
	return err
}

// live says whether what a page shows has changed.
func (b *book) live(x *pages.Context) map[string]string {
	done, ok := b.turns.take(x.R.Context())
	if !ok {
		return nil
	}
	defer done()
	w := wishOf(x.R.URL.Query())
	v, err := b.pick(x.R.Context(), x, w, func(w wish) string { return w.at(slotsPath) }, "")
	if err != nil {
		return nil
	}
	return map[string]string{"free": version(v)}
}

// version changes with what is shown.
func version(v pick) string {
	h := fnv.New64a()
	_ = json.NewEncoder(h).Encode([]any{v.Places, v.Month, v.Lists, v.Nearby, v.Day}) // plain values
	return fmt.Sprint(h.Sum64())
}

// challenge is what the page's script solves before a slot is kept (ALTCHA).
func (b *book) challenge(x *pages.Context) error {
	c, _, err := b.app.Captcha()
	if err != nil {
		return err
	}
	x.W.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(x.W).Encode(c)
}

// wanted is the district that the citizen looked in, if they named one, or a centre
// of it.
func (b *book) wanted(w wish) id.District {
	all := b.app.Centres()
	p, _ := wishes.Place(all, w.Near)
	for _, c := range all {
		if p.Centre != "" && c.ID == p.Centre {
			return c.District
		}
	}
	return p.District
}

// hold keeps the chosen slot; the one that was kept before is given back.
func (b *book) hold(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	w := wishOf(x.R.PostForm)
	p, ok := placeOf(form.Value("slot"))
	if !ok {
		form.Wrong("", x.Say("slots.choose"))
		return b.showSlots(x, form, w, nil, http.StatusUnprocessableEntity)
	}
	ctx, want := b.solved(x, form), app.Wish{Visit: w.Items, Centre: p.Centre, Day: p.Day, At: p.At, Wanted: b.wanted(w)}
	before := heldBefore(x.R)
	held, rec, err := b.app.Hold(ctx, form.Key, want)
	if errors.Is(err, app.ErrTooManyHolds) && before != "" {
		if _, gone := b.app.Release(ctx, "", centreday.HoldID(before)); gone == nil {
			held, rec, err = b.app.Hold(ctx, form.Key, want)
		}
	}
	if err != nil {
		status, text, known := refusal(x, err)
		if !known {
			return b.refuseVisit(x, w, err)
		}
		form.Wrong("", text)
		form.Key = x.NewForm().Key
		return b.showSlots(x, form, w, b.app.Instead(ctx, err, want), status)
	}
	if before != "" && before != string(held.Hold) {
		_, _ = b.app.Release(ctx, "", centreday.HoldID(before)) // or it runs out
	}
	rememberHold(x, string(held.Hold), held.Expires.Sub(x.Now()))
	return x.Redirect(heldAt("/book/details", w, held.Hold), "", rec.Position)
}

// heldAt is an address with a wish and the slot that is kept for it.
func heldAt(path string, w wish, h centreday.HoldID) string {
	to := w.at(path)
	if strings.Contains(to, "?") {
		return to + "&hold=" + url.QueryEscape(string(h))
	}
	return to + "?hold=" + url.QueryEscape(string(h))
}

// keptBefore is what this browser keeps already.
func (b *book) keptBefore(x *pages.Context, w wish) *keptView {
	before := heldBefore(x.R)
	if before == "" {
		return nil
	}
	h, err := b.app.Held(x.R.Context(), centreday.HoldID(before))
	if err != nil || h.Booked || h.Pending {
		return nil
	}
	k := b.keptOf(x, h)
	k.Href = heldAt("/book/details", w, h.Hold)
	return &k
}

func (b *book) keptOf(x *pages.Context, h app.HoldOf) keptView {
	visit := b.app.Describe(app.View{Service: h.Service, Place: h.Place, Parts: h.Parts}, language(x))
	_, until := b.app.Clock(h.Expires)
	return keptView{Hold: string(h.Hold), When: x.Day(h.Day) + ", " + x.Clock(h.At), Where: strings.TrimSuffix(visit.Centre+", "+visit.Address, ", "),
		Until: until, Left: max(0, int(h.Expires.Sub(x.Now())/time.Second)), Extended: h.Extended, HoldsMinutes: b.app.HoldMinutes()}
}

func insteadOf(x *pages.Context, offers []slots.Offer, c city) *slotList {
	l := &slotList{ID: "instead", Heading: x.Say("slots.instead")}
	for _, o := range offers {
		s := slotOf(x, o, c, true)
		s.ID, s.Label = "instead-"+s.ID, x.DateShort(o.Day)+" "+x.Clock(o.At)
		l.Slots = append(l.Slots, s)
	}
	return l
}
