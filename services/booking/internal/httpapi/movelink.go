package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/letter"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
)

// choice is what the page that moves an appointment offers: two plain forms, one
// that asks for slots, one that takes a slot.
type choice struct {
	Centres           []centreChoice
	From, First, Last string
	Time              string // of day, before which nothing is shown; empty: any
	Days              []dayChoice
	More              string // link to later slots
	Button            string
}

type centreChoice struct {
	ID     id.Centre
	Name   string
	Chosen bool
}

type dayChoice struct {
	Name  string
	Slots []slotChoice
}

type slotChoice struct{ Value, Text string }

// slotsOnPage is how many slots one page shows.
const slotsOnPage = 30

// maxForm bounds the form that comes back, in bytes.
const maxForm = 16 << 10

// moveLink shows slots that an appointment could be moved to, and moves it.
func (h *api) moveLink(w http.ResponseWriter, r *http.Request, ap id.Appointment, proof app.Proof, lang string) {
	v, err := h.app.Appointment(r.Context(), ap, proof)
	if v.Contact.Language != "" {
		lang = letter.Language(v.Contact.Language)
	}
	if err == nil && v.Life != centreday.Booked.String() {
		err = centreday.ErrAlreadyOver
	}
	if err = guard.Tried(r.Context(), err); err != nil {
		failed(w, lang, err)
		return
	}
	status, note := http.StatusOK, say(lang, "move!")
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		to, ok := placeIn(r.PostFormValue("slot"))
		if ok {
			_, _, err = h.app.Move(r.Context(), "", ap, proof, to)
		}
		switch {
		case !ok:
			status, note = http.StatusUnprocessableEntity, say(lang, "choose!")
		case err == nil:
			if v, err = h.app.Appointment(r.Context(), ap, proof); err == nil {
				h.moved(w, r, v, lang)
				return
			}
			failed(w, lang, err)
			return
		case app.Elsewhere(err), errors.Is(err, app.ErrUnknownCentre), errors.Is(err, app.ErrMissingHour), errors.Is(err, app.ErrDoubledHour):
			status, note = http.StatusConflict, say(lang, "gone!")
		default:
			failed(w, lang, guard.Tried(r.Context(), err))
			return
		}
	}
	h.offerMoves(w, r, v, lang, status, note)
}

// moved shows the appointment where it is now.
func (h *api) moved(w http.ResponseWriter, r *http.Request, v app.View, lang string) {
	p := h.shown(v, lang)
	p.Heading, p.Cancel, p.Move = say(lang, "moved"), "cancel", "move"
	p.Calendar = "../../../appointments/" + string(v.Appointment) + "/calendar?lang=" + lang + "&code=" + r.PathValue("secret")
	show(w, http.StatusOK, p)
}

// shown is what the page says of an appointment in any case.
func (h *api) shown(v app.View, lang string) page {
	visit := h.app.Describe(v, lang)
	return page{Lang: lang, What: visit.Services, When: letter.Date(lang, visit.Begin) + ", " + visit.Begin.Format("15:04") + "–" + visit.End.Format("15:04"),
		Where: strings.TrimSuffix(visit.Centre+", "+visit.Address, ", ")}
}

func (h *api) offerMoves(w http.ResponseWriter, r *http.Request, v app.View, lang string, status int, note string) {
	bookable := h.app.Bookable()
	from, err := day.Parse(r.URL.Query().Get("from"))
	if err != nil || from < bookable.From || from >= bookable.Until {
		from = bookable.From
	}
	chosen, earliest, after := id.Centre(r.URL.Query().Get("centre")), timeIn(r, "time"), timeIn(r, "after")
	c := &choice{From: from.String(), First: bookable.From.String(), Last: (bookable.Until - 1).String(), Button: say(lang, "move")}
	names, search := map[id.Centre]string{}, app.Search{Service: v.Service, From: &from, Limit: slotsOnPage}
	if earliest > 0 {
		c.Time, search.Times = earliest.String(), []day.Span{{From: earliest, To: midnight}}
	}
	for _, k := range h.app.Centres() {
		names[k.ID] = k.Name
	}
	if len(v.Parts) > 0 {
		search.Service = ""
		for _, part := range v.Parts {
			search.Visit = append(search.Visit, app.Item{Service: part.Service, Persons: part.Persons})
		}
	}
	anywhere := search // centres without a free slot, closed ones among them, are no choice
	anywhere.From, anywhere.Times, anywhere.PerCentre, anywhere.Limit = &bookable.From, nil, 1, len(names)
	open, err := h.app.Starts(r.Context(), anywhere)
	if err != nil {
		failed(w, lang, err)
		return
	}
	for _, k := range h.app.Centres() {
		if k.ID == chosen || slices.ContainsFunc(open, func(o slots.Offer) bool { return o.Centre == k.ID }) {
			c.Centres = append(c.Centres, centreChoice{k.ID, k.Name, k.ID == chosen})
		}
		if k.ID == chosen {
			search.Centres = []id.Centre{chosen}
		}
	}
	offers, err := h.startsAfter(r.Context(), search, after)
	if err != nil {
		failed(w, lang, err)
		return
	}
	c.fill(offers, names, lang)
	if n := len(offers); n == slotsOnPage { // the next page begins with the last minute of this one, some of which may be missing
		last := offers[n-1]
		if last.Day == offers[0].Day && last.At == offers[0].At {
			last.At++
		}
		q := url.Values{"centre": {string(chosen)}, "from": {last.Day.String()}, "after": {last.At.String()}, "time": {c.Time}}
		c.More = "?" + q.Encode()
	}
	p := h.shown(v, lang)
	p.Heading, p.Text, p.Choice = say(lang, "move?"), note, c
	if len(offers) == 0 && status == http.StatusOK {
		p.Text = say(lang, "none!")
	}
	show(w, status, p)
}

// midnight ends a day.
const midnight = day.TimeOfDay(24 * 60)

// timeIn reads a time of day of the address; 0 where there is none.
func timeIn(r *http.Request, name string) day.TimeOfDay {
	t, err := day.ParseTime(r.URL.Query().Get(name))
	if err != nil || t >= midnight {
		return 0
	}
	return t
}

// startsAfter searches from a time of the first day on.
func (h *api) startsAfter(ctx context.Context, search app.Search, after day.TimeOfDay) ([]slots.Offer, error) {
	if after == 0 {
		return h.app.Starts(ctx, search)
	}
	first, next := search, *search.From+1
	for _, span := range search.Times {
		after = max(after, span.From)
	}
	first.Until, first.Times = &next, []day.Span{{From: after, To: midnight}}
	offers, err := h.app.Starts(ctx, first)
	if err != nil || len(offers) >= search.Limit || next >= h.app.Bookable().Until {
		return offers, err
	}
	search.From, search.Limit = &next, search.Limit-len(offers)
	rest, err := h.app.Starts(ctx, search)
	return append(offers, rest...), err
}

// fill groups slots by day.
func (c *choice) fill(offers []slots.Offer, names map[id.Centre]string, lang string) {
	last := day.Day(-1)
	for _, o := range offers {
		if o.Day != last {
			last = o.Day
			y, m, d := o.Day.Date()
			c.Days = append(c.Days, dayChoice{Name: letter.Date(lang, time.Date(y, m, d, 12, 0, 0, 0, time.UTC))})
		}
		days := &c.Days[len(c.Days)-1]
		days.Slots = append(days.Slots, slotChoice{string(o.Centre) + "~" + o.Day.String() + "~" + o.At.String(), o.At.String() + ", " + names[o.Centre]})
	}
}

// placeIn reads a slot's value back.
func placeIn(value string) (to app.NewPlace, ok bool) {
	part := strings.Split(value, "~")
	if len(part) != 3 {
		return to, false
	}
	d, wrong1 := day.Parse(part[1])
	at, wrong2 := day.ParseTime(part[2])
	return app.NewPlace{Centre: id.Centre(part[0]), Day: d, At: at}, wrong1 == nil && wrong2 == nil
}
