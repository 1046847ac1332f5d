package telephone

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/wishes"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// wish is what the caller wants, as far as it is known.
type wish struct {
	text    url.Values // as typed
	visit   []app.Item
	from    *day.Day
	until   *day.Day
	times   []day.Span
	near    *wishes.Spot
	centre  id.Centre
	centres map[id.Centre]network.Centre
}

// fields of the wishes, as they stand in the address.
var fields = []string{"q", "persons", "place", "day", "times", "centre", "move"}

func (w wish) query() string {
	q := url.Values{}
	for _, name := range fields {
		if v := w.text.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	return q.Encode()
}

// wish reads the form; what cannot be read is a problem of its field.
func (d *desk) wish(x *pages.Context, f *pages.Form, c *call) (w wish, err error) {
	w = wish{text: url.Values{}, centres: map[id.Centre]network.Centre{}}
	for _, name := range fields {
		w.text.Set(name, f.Value(name))
	}
	centres := d.app.Centres()
	c.Centres = []pages.Option{{Value: "", Label: x.Say("wish.centre.none")}}
	for _, k := range centres {
		w.centres[k.ID] = k
		c.Centres = append(c.Centres, pages.Option{Value: string(k.ID), Label: k.Name})
	}
	persons := 1
	if f.Value("persons") != "" {
		persons = f.Int("persons", 1, 20)
	} else {
		f.Set("persons", "1")
	}
	if v := f.Value("day"); v != "" {
		from, until, ok := wishes.Days(v, x.Today(x.Now()))
		if ok {
			w.from, w.until = &from, &until
		} else {
			f.Wrong("day", x.Say("wish.day.wrong"))
		}
	}
	if v := f.Value("times"); v != "" {
		if s, ok := wishes.Times(v); ok {
			w.times = []day.Span{s}
		} else {
			f.Wrong("times", x.Say("wish.times.wrong"))
		}
	}
	if v := f.Value("place"); v != "" {
		if spot, ok := wishes.Place(centres, v); ok {
			w.near = &spot
		} else {
			f.Wrong("place", x.Say("wish.place.wrong"))
		}
	}
	if v := id.Centre(f.Value("centre")); v != "" {
		if _, known := w.centres[v]; !known {
			f.Wrong("centre", x.Say("wish.centre.wrong"))
		} else {
			w.centre = v
		}
	}
	if ap := f.Value("move"); ap != "" {
		v, err := d.app.Appointment(x.R.Context(), id.Appointment(ap), proof)
		if err != nil {
			return w, err
		}
		t := d.tell(x, v)
		c.Moving, c.Minutes = &t, int(v.Minutes)
		w.visit = itemsOfParts(v.Service, v.Parts)
		return w, nil
	}
	d.services(x, f, c, &w, persons)
	return w, nil
}

// services are what was named: by commas, several of one visit.
func (d *desk) services(x *pages.Context, f *pages.Form, c *call, w *wish, persons int) {
	q := f.Value("q")
	if q == "" {
		return
	}
	var visit []string
	for _, one := range strings.FieldsFunc(q, func(r rune) bool { return r == ',' || r == '+' }) {
		if strings.TrimSpace(one) == "" {
			continue
		}
		found := d.matching(x, one, 5)
		if len(found) == 0 {
			f.Wrong("q", x.Say("wish.service.wrong", "name", strings.TrimSpace(one)))
			w.visit = nil
			return
		}
		t := found[0]
		c.Services = append(c.Services, service{t.ID, nameOf(x, t), t.Online})
		if len(c.Services) == 1 && wishes.Plain(strings.TrimSpace(one)) != wishes.Plain(nameOf(x, t)) {
			for _, o := range found[1:] {
				c.Others = append(c.Others, nameOf(x, o))
			}
		}
		w.visit = append(w.visit, app.Item{Service: t.ID, Persons: persons})
		visit = append(visit, string(t.ID)+":"+strconv.Itoa(persons))
		c.Minutes += int(t.Minutes) * persons
	}
	if len(c.Services) > 1 {
		c.Others = nil
	}
	c.Visit = strings.Join(visit, ",")
}

func (d *desk) matching(x *pages.Context, text string, most int) []network.ServiceType {
	found := wishes.Services(d.app.Services(), text, x.Pick("de", "en"))
	return found[:min(most, len(found))]
}

func nameOf(x *pages.Context, t network.ServiceType) string {
	return cmp.Or(x.Pick(t.Name["de"], t.Name["en"]), string(t.ID))
}

// itemsOf reads passport:2,licence:1 back.
func itemsOf(visit string) (items []app.Item, err error) {
	for _, one := range strings.Split(visit, ",") {
		name, persons, _ := strings.Cut(one, ":")
		n, err := strconv.Atoi(persons)
		if err != nil {
			return nil, &events.FieldError{Field: "visit", Value: one, Reason: "names no service and number of persons"}
		}
		items = append(items, app.Item{Service: id.Service(name), Persons: n})
	}
	return items, nil
}

func itemsOfParts(s id.Service, parts []booking.Part) (items []app.Item) {
	for _, p := range parts {
		items = append(items, app.Item{Service: p.Service, Persons: max(1, p.Persons)})
	}
	if len(items) == 0 {
		items = []app.Item{{Service: s, Persons: 1}}
	}
	return items
}

// column is one of the three places side by side.
type column struct {
	ID      string
	Title   string
	Note    string
	Slots   []slot
	Nothing string // why there are none
}

// slot is one to choose.
type slot struct {
	Key    int // on the keyboard
	Value  string
	Day    day.Day
	At     day.TimeOfDay
	Centre string
	Travel int // minutes
	First  bool
}

// shown is how many slots a column has, and looked how many are looked at to find
// ones that differ by more than minutes.
const (
	shown  = 3
	looked = 120
	apart  = day.TimeOfDay(120)
)

// columns are the earliest slots near the caller, anywhere, and at one centre.
func (d *desk) columns(x *pages.Context, w wish, moving *told) ([]column, error) {
	base := app.Search{Visit: w.visit, Channel: booking.Telephone, From: w.from, Until: w.until, Times: w.times, Limit: looked}
	near := column{ID: "near", Title: x.Say("column.near")}
	if w.near == nil {
		near.Nothing = x.Say("column.near.ask")
	} else {
		q := base
		q.Near, q.Order = &w.near.Point, app.Distance
		if w.near.Estimated {
			near.Note = x.Say("column.near.estimated", "code", w.near.Name)
		} else {
			near.Note = x.Say("column.near.of", "place", w.near.Name)
		}
		offers, err := d.app.Starts(x.R.Context(), q)
		if err != nil {
			return nil, err
		}
		d.fill(x, &near, offers, w)
	}
	anywhere := column{ID: "anywhere", Title: x.Say("column.anywhere")}
	q := base
	q.PerCentre = 8
	f, err := d.app.Search(x.R.Context(), q)
	if err != nil {
		return nil, err
	}
	for _, other := range []struct {
		offers []slots.Offer
		note   string
	}{{f.Offers, ""}, {f.OtherTimes, x.Say("column.other")}, {f.Later, x.Say("column.later")}, {f.Anywhere, x.Say("column.other")}} {
		if len(other.offers) > 0 {
			anywhere.Note = other.note
			d.fill(x, &anywhere, other.offers, w)
			break
		}
	}
	if len(anywhere.Slots) == 0 {
		anywhere.Nothing = x.Say("column.full", "day", f.Last)
	}
	chosen := column{ID: "chosen", Title: x.Say("column.chosen")}
	centre := w.centre
	if centre == "" && w.near != nil {
		centre = w.near.Centre
	}
	if centre == "" {
		chosen.Nothing = x.Say("column.chosen.ask")
	} else {
		q := base
		q.Centres, q.Limit = []id.Centre{centre}, looked
		chosen.Title = w.centres[centre].Name
		offers, err := d.app.Starts(x.R.Context(), q)
		if err != nil {
			return nil, err
		}
		d.fill(x, &chosen, offers, w)
	}
	all := []column{near, anywhere, chosen}
	key := 0
	for i := range all {
		for k := range all[i].Slots {
			all[i].Slots[k].First = key == 0
			key++
			all[i].Slots[k].Key = key
		}
	}
	return all, nil
}

// fill takes the first offers that differ by hours, and others where there are no
// such.
func (d *desk) fill(x *pages.Context, c *column, offers []slots.Offer, w wish) {
	var picked []slots.Offer
	take := func(near bool) {
		for _, o := range offers {
			if len(picked) == shown {
				return
			}
			close, same := false, false
			for _, p := range picked {
				gap := max(o.At-p.At, p.At-o.At)
				same = same || p == o
				close = close || p.Day == o.Day && p.Centre == o.Centre && gap < apart
			}
			if !same && (near || !close) {
				picked = append(picked, o)
			}
		}
	}
	take(false)
	take(true)
	for _, o := range picked {
		c.Slots = append(c.Slots, slot{Value: string(o.Centre) + " " + o.Day.String() + " " + o.At.String(), Day: o.Day, At: o.At,
			Centre: w.centres[o.Centre].Name, Travel: o.Travel})
	}
	if len(c.Slots) == 0 {
		c.Nothing = x.Say("column.none")
	}
}

// placeOf reads a slot's value back.
func placeOf(text string) (p app.NewPlace, err error) {
	centre, rest, _ := strings.Cut(text, " ")
	date, at, _ := strings.Cut(rest, " ")
	p.Centre = id.Centre(centre)
	if p.Day, err = day.Parse(date); err == nil {
		p.At, err = day.ParseTime(at)
	}
	if err != nil {
		return p, &events.FieldError{Field: "slot", Value: text, Reason: "is no slot: choose one of the list"}
	}
	return p, nil
}
