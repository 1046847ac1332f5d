package desk

import (
	"html/template"
	"net/http"
	"time"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// look is the glance that a page shows: after a change of the reader's own it
// contains that.
func (d *desk) look(x *pages.Context) *glance.City {
	least := int64(0)
	if _, err := x.R.Cookie("lotse-said"); err == nil && x.R.Method == http.MethodGet {
		least = d.app.Node().Applied()
	}
	return d.app.Glance(least)
}

type cityData struct {
	City      *glance.City
	Now       time.Time
	Decisions []decision
	More      int // decisions that are not shown
	Cards     []card
	Atlas     atlasData
	Heat      heatData
	Long      bool          // 60 days and not 30
	Values    template.HTML // the table twin of all small curves
	Key       string
	May       bool // take suggestions up
	MayAsk    bool // what if
}

// card is one district.
type card struct {
	glance.District
	Lead    glance.Lead
	Known   bool
	Group   string
	Badge   pages.Badge
	Trend   string
	Today   glance.Staff
	Curve   curve
	Summary string
}

const mostDecisions = 12

func (d *desk) city(x *pages.Context) error {
	c := d.look(x)
	v := cityData{City: c, Now: x.Now(), Long: x.Query("days") == "60", May: x.May("POST /desk/suggestions/{id}"), MayAsk: x.May(whatIfRoute)}
	all := mine(x.R.Context(), c.Decisions)
	if x.Wants("decisions") {
		v.Decisions, v.More = decisions(x, c, all[:min(len(all), mostDecisions)]), max(0, len(all)-mostDecisions)
		v.Key = x.NewForm().Key
	}
	if x.Wants("city") {
		for _, r := range c.Districts {
			v.Cards = append(v.Cards, cardOf(x, c, r, 260, 72, false))
		}
		v.Values = curvesTable(x, c)
	}
	if x.Wants("map") {
		v.Atlas = d.atlas(x, c)
	}
	if x.Wants("heat") {
		days := 30
		if v.Long {
			days = 60
		}
		v.Heat = heat(x, c, min(days, c.Days))
	}
	return x.Show(pages.Page{Template: "glance", Title: x.Say("city.title"), Data: v, Wide: true, Live: "/desk/live",
		Styles: styles, Parts: []string{"summary", "decisions", "city", "map", "heat"}, Refresh: 60})
}

func cardOf(x *pages.Context, c *glance.City, r glance.District, width, height int, axes bool) card {
	k := card{District: r}
	k.Lead, k.Known = r.WorstLead()
	if len(r.Days) > 0 {
		k.Today = r.Days[0].Staff
	}
	k.Group = group(x, c, k.Lead.Skill)
	k.Badge = judged(x, k.Lead, k.Known)
	k.Trend = trend(x, r)
	k.Curve = drawCurve(r.Past, r.Ahead, c.Today, c.Goal, c.Limit, width, height, axes)
	k.Summary = summary(x, r)
	return k
}

// judged says of a lead time whether it keeps the promise.
func judged(x *pages.Context, l glance.Lead, known bool) pages.Badge {
	switch {
	case !known:
		return pages.Badge{Kind: "info", Text: x.Say("lead.unknown")}
	case !l.Kept():
		return pages.Badge{Kind: "danger", Text: x.Say("lead.broken")}
	case !l.GoalMet():
		return pages.Badge{Kind: "warning", Text: x.Say("lead.kept")}
	}
	return pages.Badge{Kind: "success", Text: x.Say("lead.goal")}
}

func trend(x *pages.Context, r glance.District) string {
	n, ok := r.Trend()
	switch {
	case !ok:
		return x.Say("trend.unknown")
	case n > 0:
		return x.Say("trend.longer", "n", n)
	case n < 0:
		return x.Say("trend.shorter", "n", -n)
	}
	return x.Say("trend.same")
}

// leadDays says a lead time in words.
func leadDays(x *pages.Context, n int) string {
	if n < 0 {
		return x.Say("lead.none")
	}
	return x.Say("lead.days", "n", n)
}

// summary says what the small chart shows.
func summary(x *pages.Context, r glance.District) string {
	n := len(r.Ahead.Middle)
	if n == 0 {
		return x.Say("curve.empty", "district", r.Name)
	}
	return x.Say("curve.summary", "district", r.Name, "n", n, "now", leadDays(x, r.Ahead.Middle[0]), "then", leadDays(x, r.Ahead.Middle[n-1]),
		"low", leadDays(x, r.Ahead.Low[n-1]), "high", leadDays(x, r.Ahead.High[n-1]))
}

func group(x *pages.Context, c *glance.City, s id.Skill) string {
	for _, g := range c.Groups {
		if g.Skill == s {
			if name := x.Pick(g.Name["de"], g.Name["en"]); name != "" {
				return name
			}
		}
	}
	return string(s)
}

func district(c *glance.City, r id.District) string {
	for _, d := range c.Districts {
		if d.ID == r {
			return d.Name
		}
	}
	return string(r)
}

func centreName(c *glance.City, k id.Centre) string {
	for _, x := range c.Centres {
		if x.ID == k {
			return x.Name
		}
	}
	return string(k)
}

// decision is one line of what is to be decided.
type decision struct {
	glance.Decision
	Badge    pages.Badge
	Title    string
	Href     string
	Facts    string
	Headline string
}

func decisions(x *pages.Context, c *glance.City, all []glance.Decision) (out []decision) {
	for _, y := range all {
		v := decision{Decision: y, Badge: urgency(x, y), Headline: x.Pick(y.Words["de"], y.Words["en"])}
		where := district(c, y.District)
		switch y.Kind {
		case glance.Proposal:
			v.Title, v.Href = x.Say("decision.proposal", "n", y.Moves, "district", where), "/desk/proposals/"+string(y.Proposal)
			v.Facts = x.Say("decision.first", "day", y.Day) + " · " + x.Say("decision.expires", "day", y.Expires)
			if y.Uncovered > 0 {
				v.Facts = x.Say("decision.uncovered", "n", y.Uncovered) + " · " + v.Facts
			}
		case glance.Uncovered:
			v.Title, v.Href = x.Say("decision.without", "n", y.Uncovered, "centre", centreName(c, y.Centre)), "/desk/centres/"+string(y.Centre)+"?day="+y.Day.String()
			v.Facts = x.Say("decision.nobody", "day", y.Day)
		case glance.AtRisk:
			v.Title, v.Href = x.Say("decision.promise", "n", len(y.Groups), "district", where), "/desk/districts/"+string(y.District)
			v.Facts = leadDays(x, y.Lead) + " · " + groups(x, c, y.Groups)
		case glance.Suggestion:
			v.Title = x.Say("decision.suggestion", "centre", centreName(c, y.Centre), "day", y.Day)
			v.Facts = x.Say("decision.gain", "n", int(y.Gain+.5))
		}
		out = append(out, v)
	}
	return out
}

func urgency(x *pages.Context, y glance.Decision) pages.Badge {
	switch y.Urgency {
	case 1:
		return pages.Badge{Kind: "danger", Text: x.Say("urgency.now")}
	case 2:
		return pages.Badge{Kind: "warning", Text: x.Say("urgency.promise")}
	case 3:
		return pages.Badge{Kind: "info", Text: x.Say("urgency.open")}
	}
	return pages.Badge{Kind: "info", Text: x.Say("urgency.suggestion")}
}

// atlasData is the map with what it says.
type atlasData struct {
	atlas
	Kind  map[id.District]string // of its lead time, as badges are called
	Names map[id.District]string
	Leads map[id.District]string
	Table pages.Table
}

func (d *desk) atlas(x *pages.Context, c *glance.City) atlasData {
	v := atlasData{atlas: drawAtlas(c.Centres), Kind: map[id.District]string{}, Names: map[id.District]string{}, Leads: map[id.District]string{}}
	for _, r := range c.Districts {
		l, known := r.WorstLead()
		v.Kind[r.ID], v.Names[r.ID], v.Leads[r.ID] = judged(x, l, known).Kind, r.Name, x.Say("lead.unknown")
		if known {
			v.Leads[r.ID] = leadDays(x, l.Days)
		}
	}
	v.Table = pages.Table{ID: "places", Caption: x.Say("map.table"), Hidden: true, Head: []pages.Cell{{Text: x.Say("centre.name")}, {Text: x.Say("district.name")},
		{Text: x.Say("duty.present"), Number: true}, {Text: x.Say("duty.absent"), Number: true}, {Text: x.Say("cell.fill"), Number: true}, {Text: x.Say("cell.atrisk"), Number: true}}}
	for _, k := range c.Centres {
		var today glance.Cell
		if len(k.Days) > 0 {
			today = k.Days[0]
		}
		v.Table.Rows = append(v.Table.Rows, []pages.Cell{{Text: k.Name, Href: "/desk/centres/" + string(k.ID)}, {Text: district(c, k.District)},
			count(x, today.Staff.Present), count(x, today.Staff.Absent), fill(x, today), count(x, today.AtRisk)})
	}
	return v
}

// count is a number; one that is nothing stands back.
func count(x *pages.Context, n int) pages.Cell {
	c := pages.Cell{Text: x.Number(n), Number: true}
	if n == 0 {
		c.Class = "desk-zero"
	}
	return c
}

func fill(x *pages.Context, c glance.Cell) pages.Cell {
	if !c.Open && c.Booked == 0 {
		return pages.Cell{Missing: true, Number: true}
	}
	return pages.Cell{Text: x.Percent(c.Fill(), 0), Number: true}
}

// step is the colour of a cell, 0 to 5; -1: closed.
func step(c glance.Cell) int {
	if !c.Open && c.Booked == 0 {
		return -1
	}
	for i, upTo := range []float64{.2, .4, .6, .8, .95} {
		if c.Fill() <= upTo {
			return i
		}
	}
	return 5
}
