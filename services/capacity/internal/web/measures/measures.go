// Package measures has the pages of the districts' temporary measures: closures,
// relocations, temporary sites, other hours, local reserves. A district enters its
// own, sees what it does to what is on offer before it does, and may end it early;
// all who plan see all.
package measures

import (
	"cmp"
	"embed"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

//go:embed templates texts
var files embed.FS

type desk struct{ app *app.App }

// Register serves the pages.
func Register(site *pages.Site, a *app.App) {
	d := &desk{a}
	pack := site.Package(files)
	pack.Handle("GET /measures/{$}", d.list)
	pack.Handle("GET /measures/new", d.fill)
	pack.Handle("POST /measures/new", d.enter)
	pack.Handle("GET /measures/{id}", d.show)
	pack.Handle("POST /measures/{id}/end", d.end)
}

// known is a measure with what its page names.
type known struct {
	capacity.MeasureChanged
	Centre, District string
	State            string
}

func (d *desk) all() (all []known, today day.Day) {
	d.app.Node().View(func() {
		c := d.app.City
		today = c.Today
		for _, m := range c.Measures {
			all = append(all, known{m, c.Centres[m.Centre].Name, c.DistrictName(m.District), read.StateOf(m, today)})
		}
	})
	slices.SortFunc(all, func(a, b known) int {
		return cmp.Or(cmp.Compare(b.From, a.From), cmp.Compare(a.ID, b.ID))
	})
	return all, today
}

// over reports whether a measure counts no more.
func (k known) over() bool { return k.State == read.MeasureEnded || k.State == read.MeasureCut }

// where is the centre, the site, or the district.
func (k known) where() string {
	switch {
	case k.Site != nil && k.Centre != "":
		return k.Centre + " → " + k.Site.Name + ", " + k.Site.Address
	case k.Site != nil:
		return k.Site.Name + ", " + k.Site.Address
	case k.Centre != "":
		return k.Centre
	}
	return k.District
}

var badges = map[string]string{read.MeasurePlanned: "info", read.MeasureInForce: "warning", read.MeasureEnded: "success", read.MeasureCut: "success"}

func state(x *pages.Context, k known) *pages.Badge {
	return &pages.Badge{Kind: badges[k.State], Text: x.Say("state." + k.State)}
}

// period is from the first day to the last, or that it never began.
func period(x *pages.Context, p day.Period) string {
	if p.Days() == 0 {
		return x.Say("never")
	}
	return x.Span(p.From, p.Until-1)
}

type listData struct {
	Tabs  []pages.Tab
	Table pages.Table
	New   bool
}

func (d *desk) list(x *pages.Context) error {
	all, _ := d.all()
	past := x.Query("show") == "past"
	data := listData{New: x.May("GET /measures/new"), Table: pages.Table{ID: "measures", Caption: x.Say("list.now"), Empty: x.Say("list.none"),
		Head: []pages.Cell{{Text: x.Say("word.what")}, {Text: x.Say("word.district")}, {Text: x.Say("word.where")}, {Text: x.Say("word.when")}, {Text: x.Say("word.why")}, {Text: x.Say("word.state")}}}}
	if past {
		data.Table.Caption = x.Say("list.past")
	}
	now := 0
	for _, k := range all {
		if !k.over() {
			now++
		}
		if k.over() != past {
			continue
		}
		data.Table.Rows = append(data.Table.Rows, []pages.Cell{{Text: x.Say("kind." + k.Kind), Href: "/measures/" + string(k.ID), Spoken: k.where()}, {Text: k.District}, {Text: k.where()},
			{Text: period(x, k.Period)}, {Text: k.Reason}, {Badge: state(x, k)}})
	}
	data.Tabs = []pages.Tab{{Text: x.Say("list.now"), Href: "/measures/", Current: !past, Count: now}, {Text: x.Say("list.past"), Href: "/measures/?show=past", Current: past}}
	return x.Show(pages.Page{Template: "list", Title: x.Say("title"), Data: data, Wide: true})
}

type showData struct {
	Title string
	Facts []pages.Fact
	Form  *pages.Form // nil: it cannot be ended
	ID    id.Measure
	Ends  string // the default
}

func (d *desk) find(which string) (k known, today day.Day, ok bool) {
	all, today := d.all()
	i := slices.IndexFunc(all, func(k known) bool { return string(k.ID) == which })
	if i < 0 {
		return k, today, false
	}
	return all[i], today, true
}

func (d *desk) page(x *pages.Context, k known, today day.Day, f *pages.Form) pages.Page {
	data := showData{Title: x.Say("show.title", "kind", x.Say("kind."+k.Kind), "where", k.where()), ID: k.ID}
	data.Facts = []pages.Fact{{Key: x.Say("word.state"), Badge: state(x, k)}, {Key: x.Say("word.district"), Value: k.District}, {Key: x.Say("word.when"), Value: period(x, k.Period)},
		{Key: x.Say("word.why"), Value: k.Reason}}
	if k.People > 0 {
		data.Facts = append(data.Facts, pages.Fact{Key: x.Say("word.people"), Value: x.Number(k.People)})
	}
	if len(k.Hours) > 0 {
		data.Facts = append(data.Facts, pages.Fact{Key: x.Say("word.hours"), Value: hoursText(x, k.Hours)})
	}
	if s := k.Site; s != nil && s.Counters > 0 {
		data.Facts = append(data.Facts, pages.Fact{Key: x.Say("word.counters"), Value: x.Number(s.Counters)})
	}
	p := x.Principal()
	bound := !p.Is(access.CentralPlanner)
	if !k.over() && x.May("POST /measures/{id}/end") && (!bound || access.Owns(p.Districts, k.MeasureChanged.District)) {
		data.Form, data.Ends = f, max(today+1, k.From).String()
	}
	return pages.Page{Template: "show", Title: data.Title, Data: data}
}

func (d *desk) show(x *pages.Context) error {
	k, today, ok := d.find(x.Path("id"))
	if !ok {
		return pages.ErrNotFound
	}
	return x.Show(d.page(x, k, today, x.NewForm()))
}

func (d *desk) end(x *pages.Context) error {
	k, today, ok := d.find(x.Path("id"))
	if !ok {
		return pages.ErrNotFound
	}
	f, err := x.Form()
	if err != nil {
		return err
	}
	on := f.Day("on")
	if f.OK() && on < today {
		f.Wrong("on", x.Say("form.past"))
	}
	if !f.OK() {
		return x.Again(f, nil, d.page(x, k, today, f))
	}
	r, err := d.app.EndMeasure(x.R.Context(), f.Key, k.ID, on)
	if err != nil {
		return x.Again(f, err, d.page(x, k, today, f))
	}
	return x.Redirect("/measures/"+string(k.ID), x.Say("show.ended", "day", on), r.Position)
}

// hoursText is "Mo 8:00 bis 18:00 Uhr; Di …".
func hoursText(x *pages.Context, hours map[int][]day.Span) string {
	var all []string
	for w := 1; w <= 7; w++ {
		if len(hours[w]) > 0 {
			all = append(all, x.WeekdayShort(weekday(w))+" "+spans(x, hours[w]))
		}
	}
	return strings.Join(all, "; ")
}

// spans are times of a day, or closed.
func spans(x *pages.Context, all []day.Span) string {
	if len(all) == 0 {
		return x.Say("closed")
	}
	each := make([]string, len(all))
	for i, s := range all {
		each[i] = x.Clocks(s.From, s.To)
	}
	return strings.Join(each, ", ")
}
