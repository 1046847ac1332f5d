package promise

import (
	"html/template"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// shown is how many days the curve goes back, and how many months are told.
const (
	shownDays   = 90
	shownMonths = 12
)

// history is one gauge over time.
type history struct {
	Days   []read.Closed
	Months []month
}

type month struct {
	In day.Period
	read.GroupMonth
}

// districtData is what the page about one service group of a district shows.
type districtData struct {
	District district
	Gauge    gauge
	Verdict  pages.Alert
	Tabs     []pages.Tab
	Facts    []pages.Fact
	Chart    template.HTML // the curve, with its table
	Days     []read.Closed
	Months   pages.Table
	Reports  []pages.Tab // of the last months
}

func (d *desk) district(x *pages.Context) error {
	b := d.board()
	i := slices.IndexFunc(b.Districts, func(r district) bool { return string(r.ID) == x.Path("district") })
	if i < 0 {
		return pages.ErrNotFound
	}
	r := b.Districts[i]
	g, ok := chosen(r, id.Skill(x.Query("group")))
	if !ok {
		return pages.ErrNotFound
	}
	h := d.history(r, g)
	data := districtData{District: r, Gauge: g, Verdict: verdictOf(x, r, g, b.Limit), Facts: facts(x, g, b), Days: h.Days, Months: monthsTable(x, h)}
	for _, o := range r.Gauges {
		data.Tabs = append(data.Tabs, pages.Tab{Text: name(x, o), Href: "/promise/districts/" + string(r.ID) + "?group=" + string(o.Group.Skill), Current: o.Group.Skill == g.Group.Skill})
	}
	if len(h.Days) > 1 {
		data.Chart = curve(x, g, h)
	}
	for _, m := range h.Months[:min(3, len(h.Months))] {
		data.Reports = append(data.Reports, pages.Tab{Text: x.Month(m.In.From), Href: "/promise/reports/" + string(r.ID) + "/" + m.In.From.String()[:7]})
	}
	return x.Show(pages.Page{Template: "district", Title: x.Say("district.title", "district", r.Name), Data: data, Public: true})
}

// chosen is the group that was asked for, else the one that is worst now.
func chosen(r district, s id.Skill) (g gauge, ok bool) {
	for _, o := range r.Gauges {
		switch {
		case s != "" && o.Group.Skill == s:
			return o, true
		case s == "" && (!ok || o.Measured && (!g.Measured || o.Now < 0 && g.Now >= 0 || g.Now >= 0 && o.Now > g.Now)):
			g, ok = o, true
		}
	}
	return g, ok
}

func (d *desk) history(r district, g gauge) history {
	return of(d, &d.views, "history/"+string(r.ID)+"/"+string(g.Group.Skill), func() history {
		m := d.app.History
		at := read.Gauge{District: r.ID, Skill: g.Group.Skill}
		h := history{Days: m.Days(at, m.Today-shownDays+1, m.Today+1)}
		first := m.First()
		for p := read.MonthOf(m.Today); len(h.Months) < shownMonths && first > 0 && p.Until > first; p = read.MonthOf(p.From - 1) {
			h.Months = append(h.Months, month{p, m.Group(g.Group, r.ID, day.Period{From: p.From, Until: min(p.Until, m.Today+1)})})
		}
		return h
	}, same)
}

func verdictOf(x *pages.Context, r district, g gauge, limit int) pages.Alert {
	v := pages.Alert{Kind: "danger", Title: x.Say("district.broken", "district", r.Name, "group", name(x, g), "limit", limit), Text: x.Say("district.next", "n", g.Now)}
	switch {
	case !g.Measured:
		return pages.Alert{Kind: "info", Title: x.Say("city.unmeasured")}
	case g.Kept:
		v.Kind, v.Title = "success", x.Say("district.kept", "group", name(x, g))
	}
	switch {
	case g.Now < 0:
		v.Text = x.Say("district.next-none")
	case g.Now == 0:
		v.Text = x.Say("district.next-today")
	}
	return v
}

func facts(x *pages.Context, g gauge, b board) (all []pages.Fact) {
	if g.Measured {
		all = append(all, pages.Fact{Key: x.Say("fact.next"), Badge: judged(x, g.Now, g.Kept, g.GoalMet).Badge})
	}
	count, ok := promise.Told(g.Booked.Count)
	switch {
	case !ok:
		all = append(all, pages.Fact{Key: x.Say("fact.bookings", "days", promise.Window), Value: x.Say("small", "least", promise.Least)})
	case count > 0:
		all = append(all, pages.Fact{Key: x.Say("fact.bookings", "days", promise.Window), Value: x.Say("about", "n", count)},
			pages.Fact{Key: x.Say("fact.booked"), Value: roughly(x, mean(g.Booked))},
			pages.Fact{Key: x.Say("fact.within", "days", b.Goal), Value: x.Percent(share(g.Booked.WithinGoal, g.Booked), 0)},
			pages.Fact{Key: x.Say("fact.within", "days", b.Limit), Value: x.Percent(share(g.Booked.WithinLast, g.Booked), 0)})
	default:
		all = append(all, pages.Fact{Key: x.Say("fact.bookings", "days", promise.Window), Value: x.Say("none")})
	}
	if s := g.Budget; s.Measured > 0 {
		all = append(all, pages.Fact{Key: x.Say("fact.kept", "n", s.Measured), Value: x.Say("fact.kept-value", "n", s.Kept, "share", x.Percent(s.Share(), 1))},
			pages.Fact{Key: x.Say("fact.budget", "objective", x.Percent(promise.Objective, 0)), Badge: budgetBadge(x, s)},
			pages.Fact{Key: x.Say("fact.burn", "n", s.Recent), Value: x.Say("fact.burn-value", "rate", x.Decimal(s.Burn, 1))})
	}
	return all
}

func mean(b read.Booked) float64 { return float64(b.SumDays) / float64(max(1, b.Count)) }

// roughly is a number of days with a digit after the point.
func roughly(x *pages.Context, days float64) string {
	if d := x.Decimal(days, 1); d != "1" {
		return x.Say("days", "n", d)
	}
	return x.Days(1)
}

func share(n int, b read.Booked) float64 { return float64(n) / float64(max(1, b.Count)) }

func monthsTable(x *pages.Context, h history) pages.Table {
	t := pages.Table{ID: "months", Caption: x.Say("months.table"), Empty: x.Say("city.unmeasured"),
		Head: []pages.Cell{{Text: x.Say("word.month")}, {Text: x.Say("months.kept"), Number: true}, {Text: x.Say("months.mean"), Number: true}, {Text: x.Say("months.worst"), Number: true},
			{Text: x.Say("months.bookings"), Number: true}, {Text: x.Say("months.booked"), Number: true}, {Text: x.Say("months.goal", "days", h.goal()), Number: true}, {Text: x.Say("months.limit", "days", h.limit()), Number: true}}}
	for _, m := range h.Months {
		row := []pages.Cell{{Text: x.Month(m.In.From)}}
		if len(m.Days) == 0 {
			row = append(row, pages.Cell{Missing: true}, pages.Cell{Missing: true}, pages.Cell{Missing: true})
		} else {
			mean, worst := pages.Cell{Text: roughly(x, m.Mean), Number: true}, x.Days(m.Greatest)
			if m.Nothing > 0 {
				worst = x.Say("wait.none")
			}
			if m.Nothing == len(m.Days) {
				mean = pages.Cell{Missing: true}
			}
			row = append(row, pages.Cell{Text: x.Say("months.of", "kept", m.Kept, "days", len(m.Days)), Number: true}, mean, pages.Cell{Text: worst, Number: true})
		}
		t.Rows = append(t.Rows, append(row, bookedCells(x, m.Booked)...))
	}
	return t
}

func (h history) goal() int {
	if n := len(h.Days); n > 0 {
		return h.Days[n-1].Goal
	}
	return 0
}

func (h history) limit() int {
	if n := len(h.Days); n > 0 {
		return h.Days[n-1].Limit
	}
	return 0
}

// bookedCells are count, mean and shares of bookings, where there are enough.
func bookedCells(x *pages.Context, b read.Booked) []pages.Cell {
	count, ok := promise.Told(b.Count)
	if !ok {
		return []pages.Cell{{Text: x.Say("small", "least", promise.Least), Number: true}, {Missing: true}, {Missing: true}, {Missing: true}}
	}
	if count == 0 {
		return []pages.Cell{{Text: x.Number(0), Number: true}, {Missing: true}, {Missing: true}, {Missing: true}}
	}
	return []pages.Cell{{Text: x.Number(count), Number: true}, {Text: roughly(x, mean(b)), Number: true},
		{Text: x.Percent(share(b.WithinGoal, b), 0), Number: true}, {Text: x.Percent(share(b.WithinLast, b), 0), Number: true}}
}
