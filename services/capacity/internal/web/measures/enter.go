package measures

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// kinds in the order in which they are offered.
var kinds = []string{capacity.MeasureClosure, capacity.MeasureHours, capacity.MeasureRelocation, capacity.MeasureSite, capacity.MeasureReserve}

func weekday(w int) time.Weekday { return time.Weekday(w % 7) }

// longest a measure may be: it is temporary.
const longest = 366

type enterData struct {
	Form      *pages.Form
	Kind      string
	Tabs      []pages.Tab
	Centres   []pages.Option
	Districts []pages.Option
	Week      []weekdayRow
	Today     string
	Effect    *effectData
	Seen      string // what the effect shown is of
}

type weekdayRow struct{ Name, From, To string }

// own are the districts and centres that whoever asks may enter measures for.
func (d *desk) own(x *pages.Context) (districts, centres []pages.Option) {
	p, bound := access.Bound(x.R.Context(), access.DistrictPlanner)
	d.app.Node().View(func() {
		c := d.app.City
		for _, r := range c.Policy.Districts {
			if bound && !access.Owns(p.Districts, r.ID) {
				continue
			}
			districts = append(districts, pages.Option{Value: string(r.ID), Label: r.Name})
			for _, k := range c.CentreIDs() {
				if o := c.Centres[k]; o.District == r.ID && (o.Closes == nil || *o.Closes > c.Today) {
					centres = append(centres, pages.Option{Value: string(k), Label: o.Name + " (" + r.Name + ")"})
				}
			}
		}
	})
	return districts, centres
}

func (d *desk) form(x *pages.Context, f *pages.Form, kind string) (pages.Page, *enterData) {
	data := &enterData{Form: f, Kind: kind, Today: d.app.Today().String()}
	data.Districts, data.Centres = d.own(x)
	for _, k := range kinds {
		data.Tabs = append(data.Tabs, pages.Tab{Text: x.Say("kind." + k), Href: "/measures/new?kind=" + k, Current: k == kind})
	}
	for w := 1; w <= 7; w++ {
		data.Week = append(data.Week, weekdayRow{x.Weekday(weekday(w)), fmt.Sprintf("h%d-from", w), fmt.Sprintf("h%d-to", w)})
	}
	return pages.Page{Template: "enter", Title: x.Say("enter.title"), Data: data}, data
}

func kindOf(asked string) string {
	if slices.Contains(kinds, asked) {
		return asked
	}
	return capacity.MeasureClosure
}

func (d *desk) fill(x *pages.Context) error {
	kind := kindOf(x.Query("kind"))
	f := x.NewForm("centre", x.Query("centre"), "counters", "2")
	if kind == capacity.MeasureHours || kind == capacity.MeasureSite {
		for w := 1; w <= 5; w++ {
			f.Set(fmt.Sprintf("h%d-from", w), "08:00")
			f.Set(fmt.Sprintf("h%d-to", w), "18:00")
		}
	}
	page, _ := d.form(x, f, kind)
	return x.Show(page)
}

// enter shows what a measure would do, and enters it when exactly that was seen.
func (d *desk) enter(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	kind := kindOf(f.Value("kind"))
	m := d.measure(x, f, kind)
	page, data := d.form(x, f, kind)
	if !f.OK() {
		return x.Again(f, nil, page)
	}
	if err := access.District(x.R.Context(), m.District); err != nil {
		return err
	}
	effect, err := d.app.MeasureEffect(m)
	if err != nil {
		return x.Again(f, err, page)
	}
	seen := digest(m)
	if f.Value("step") == "enter" && f.Value("seen") == seen {
		r, err := d.app.ReportMeasure(x.R.Context(), f.Key, m)
		if err != nil {
			return x.Again(f, err, page)
		}
		return x.Redirect("/measures/"+string(m.ID), x.Say("enter.done"), r.Position)
	}
	data.Effect, data.Seen = effectOf(x, m, effect), seen
	return x.Show(page)
}

// digest tells measures apart: what was seen is what is entered.
func digest(m capacity.Measure) string {
	b, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// measure reads the form. Its id follows from the form's key, so that a double
// click enters one.
func (d *desk) measure(x *pages.Context, f *pages.Form, kind string) (m capacity.Measure) {
	m.Kind = kind
	m.ID = id.Measure(kind + "-" + plain(f.Key))
	m.From = f.Day("from")
	last := f.Day("last")
	m.Until = last + 1
	if f.OK() && last < m.From {
		f.Wrong("last", x.Say("form.order"))
	}
	if f.OK() && m.Until-m.From > longest {
		f.Wrong("last", x.Say("form.longest", "days", longest))
	}
	if f.OK() && last < d.app.Today() {
		f.Wrong("last", x.Say("form.past"))
	}
	if m.Reason = f.Required("reason"); len([]rune(m.Reason)) > 300 {
		f.Wrong("reason", x.Say("form.short", "n", 300))
	}
	var at capacity.Centre
	if kind == capacity.MeasureSite {
		m.District = id.District(f.Required("district"))
	} else {
		m.Centre = id.Centre(f.Required("centre"))
		known := false
		d.app.Node().View(func() { at, known = d.app.City.Centres[m.Centre] })
		if m.Centre != "" && !known {
			f.Wrong("centre", x.Say("form.centre"))
		}
		m.District = at.District
	}
	switch kind {
	case capacity.MeasureHours:
		m.Hours = week(x, f)
	case capacity.MeasureSite:
		m.Hours, m.Site = week(x, f), site(x, f, nil)
	case capacity.MeasureRelocation:
		m.Site = site(x, f, &at)
	case capacity.MeasureReserve:
		m.People = f.Int("people", 1, 500)
	}
	return m
}

// plain is the beginning of a key, as ids may have it.
func plain(key string) string {
	k := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(key))
	return k[:min(10, len(k))]
}

func week(x *pages.Context, f *pages.Form) map[int][]day.Span {
	hours := map[int][]day.Span{}
	for w := 1; w <= 7; w++ {
		from, to := fmt.Sprintf("h%d-from", w), fmt.Sprintf("h%d-to", w)
		if f.Value(from) == "" && f.Value(to) == "" {
			continue // closed
		}
		s := day.Span{From: f.Time(from), To: f.Time(to)}
		if f.Error(from) == "" && f.Error(to) == "" && s.To <= s.From {
			f.Wrong(to, x.Say("form.times"))
		}
		hours[w] = []day.Span{s}
	}
	if len(hours) == 0 {
		f.Wrong("h1-from", x.Say("form.hours"))
	}
	return hours
}

// site reads a place; without coordinates it is where the centre was, if there was
// one.
func site(x *pages.Context, f *pages.Form, at *capacity.Centre) *capacity.Site {
	s := &capacity.Site{Name: f.Required("name"), Address: f.Required("address"), Counters: f.Int("counters", 1, 500), Accessible: f.Is("accessible", "yes")}
	if at != nil && f.Value("lat") == "" && f.Value("lon") == "" {
		s.Lat, s.Lon = at.Lat, at.Lon
		return s
	}
	s.Lat, s.Lon = degrees(x, f, "lat", 90), degrees(x, f, "lon", 180)
	return s
}

func degrees(x *pages.Context, f *pages.Form, name string, most float64) float64 {
	v := f.Required(name)
	d, err := strconv.ParseFloat(strings.Replace(v, ",", ".", 1), 64)
	if v != "" && (err != nil || !(d >= -most && d <= most)) {
		f.Wrong(name, x.Say("form.degrees"))
	}
	return d
}

// effectData is what a measure would do, as it is shown.
type effectData struct {
	Alert pages.Alert
	Notes []string
	Table pages.Table
}

// hours says minutes of work at counters: a day of it is no day of the calendar.
func hours(x *pages.Context, minutes int) string {
	if minutes%60 == 0 || minutes > 600 {
		return x.Say("unit.hours", "n", (minutes+30)/60)
	}
	return x.Minutes(minutes)
}

func effectOf(x *pages.Context, m capacity.Measure, e app.MeasureEffect) *effectData {
	v := &effectData{Alert: pages.Alert{Kind: "info", Title: x.Say("effect.none")}}
	switch {
	case m.Kind == capacity.MeasureSite:
		v.Alert = pages.Alert{Kind: "info", Title: x.Say("effect.site", "name", m.Site.Name), Text: x.Say("effect.site-text")}
		return v
	case m.Kind == capacity.MeasureReserve && len(e.Days) > 0:
		v.Alert = pages.Alert{Kind: "info", Title: x.Say("effect.reserve", "n", len(e.Days), "people", m.People)}
	case m.Kind == capacity.MeasureRelocation && len(e.Days) > 0:
		v.Alert = pages.Alert{Kind: "info", Title: x.Say("effect.move", "n", len(e.Days), "appointments", e.Appointments)}
	case e.Touched > 0:
		v.Alert = pages.Alert{Kind: "danger", Title: x.Say("effect.touched", "n", e.Touched, "appointments", e.Appointments), Text: x.Say("effect.touched-text")}
	case len(e.Days) > 0:
		v.Alert = pages.Alert{Kind: "warning", Title: x.Say("effect.days", "n", len(e.Days))}
	}
	if e.Beyond > 0 {
		v.Notes = append(v.Notes, x.Say("effect.beyond", "n", e.Beyond))
	}
	if e.Minutes > 0 {
		v.Notes = append(v.Notes, x.Say("effect.less", "time", hours(x, int(e.Minutes))))
	}
	if e.Minutes < 0 {
		v.Notes = append(v.Notes, x.Say("effect.more", "time", hours(x, int(-e.Minutes))))
	}
	v.Table = pages.Table{ID: "effect", Caption: x.Say("effect.table"), Head: []pages.Cell{{Text: x.Say("effect.day")}, {Text: x.Say("effect.before")}, {Text: x.Say("effect.after")},
		{Text: x.Say("effect.offered"), Number: true}, {Text: x.Say("effect.left"), Number: true}, {Text: x.Say("effect.booked"), Number: true}, {Text: x.Say("effect.cannot"), Number: true}}}
	for _, d := range e.Days {
		v.Table.Rows = append(v.Table.Rows, []pages.Cell{{Text: x.DateShort(d.Day)}, {Text: spans(x, d.Before)}, {Text: spans(x, d.After)}, {Text: hours(x, int(d.Offered)), Number: true},
			{Text: hours(x, int(d.Left)), Number: true}, {Text: x.Number(d.Appointments), Number: true}, {Text: x.Number(d.Touched), Number: true}})
	}
	return v
}
