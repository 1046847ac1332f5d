package book

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
)

// Ways to look for a slot.
const (
	soonest = "soon"
	byDay   = "day"
	byPlace = "place"
)

// Bounds of what an address may ask for; the application has its own.
const (
	maxItems   = 8
	maxPersons = 20
)

// wish is what the addresses of a booking carry.
type wish struct {
	Items  []app.Item
	By     string // soonest, byDay, byPlace
	Day    day.Day
	Centre id.Centre
	Near   string // a postcode or a place, as it was written
	Month  int    // months after the first one that the calendar shows
}

// wishOf reads an address. What is no wish is left out: addresses are written by
// hand, too.
func wishOf(q url.Values) (w wish) {
	for _, text := range q["visit"] {
		for _, part := range strings.Split(text, ",") {
			name, n, _ := strings.Cut(part, ":")
			w.add(id.Service(name), n)
		}
	}
	for _, name := range q["s"] {
		w.add(id.Service(name), q.Get("n."+name))
	}
	if w.By = q.Get("by"); w.By != byDay && w.By != byPlace {
		w.By = soonest
	}
	if d, err := day.Parse(q.Get("day")); err == nil {
		w.Day = d
	}
	w.Centre = id.Centre(short(q.Get("centre"), 64))
	w.Near = short(strings.TrimSpace(q.Get("near")), 80)
	if n, err := strconv.Atoi(q.Get("month")); err == nil && n > 0 && n < 24 {
		w.Month = n
	}
	return w
}

func short(s string, most int) string {
	if len(s) > most {
		return ""
	}
	return strings.ToValidUTF8(s, "")
}

func (w *wish) add(s id.Service, persons string) {
	n, err := strconv.Atoi(strings.TrimSpace(persons))
	if err != nil {
		n = 1
	}
	if s == "" || len(s) > 64 || len(w.Items) == maxItems || w.has(s) {
		return
	}
	w.Items = append(w.Items, app.Item{Service: s, Persons: min(max(n, 1), maxPersons)})
}

func (w wish) has(s id.Service) bool {
	return slices.ContainsFunc(w.Items, func(it app.Item) bool { return it.Service == s })
}

// visit is the Items as an address has them: "passport:2,licence".
func (w wish) visit() string {
	var all []string
	for _, it := range w.Items {
		if it.Persons > 1 {
			all = append(all, string(it.Service)+":"+strconv.Itoa(it.Persons))
		} else {
			all = append(all, string(it.Service))
		}
	}
	return strings.Join(all, ",")
}

func (w wish) values() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("visit", w.visit())
	if w.By != soonest {
		set("by", w.By)
	}
	if w.Day != 0 {
		set("day", w.Day.String())
	}
	set("centre", string(w.Centre))
	set("near", w.Near)
	if w.Month > 0 {
		set("month", strconv.Itoa(w.Month))
	}
	return q
}

// At is an address with the wish.
func (w wish) At(path string) string { return w.at(path) }

func (w wish) at(path string) string {
	if q := w.values().Encode(); q != "" {
		return path + "?" + q
	}
	return path
}

// on, with, seen and in change one thing of a wish.
func (w wish) on(d day.Day) wish     { w.Day = d; return w }
func (w wish) with(c id.Centre) wish { w.Centre, w.Day, w.Month = c, 0, 0; return w }
func (w wish) seen(by string) wish   { w.By, w.Centre, w.Day, w.Month = by, "", 0, 0; return w }
func (w wish) in(month int) wish     { w.Month, w.Day = month, 0; return w }
func (w wish) search() app.Search    { return app.Search{Visit: w.Items} }

// place is a free start as a form sends it: "altona~2026-12-01~08:15".
type place struct {
	Centre id.Centre
	Day    day.Day
	At     day.TimeOfDay
}

func (p place) String() string { return string(p.Centre) + "~" + p.Day.String() + "~" + p.At.String() }

func placeOf(text string) (p place, ok bool) {
	part := strings.Split(text, "~")
	if len(part) != 3 || part[0] == "" || len(text) > 100 {
		return p, false
	}
	d, wrong := day.Parse(part[1])
	at, wrong2 := day.ParseTime(part[2])
	return place{id.Centre(part[0]), d, at}, wrong == nil && wrong2 == nil
}
