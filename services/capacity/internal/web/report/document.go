package report

import (
	"strings"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Document is a report in one language, to be set as page or as PDF.
type Document struct {
	Title, Lead string
	Points      []string // at a glance
	Sections    []Section
}

// Section is a heading, a sentence or two, and a table.
type Section struct {
	ID, Title, Text string
	Table           *pages.Table
}

// Write says what a month was.
func Write(s *pages.Speaker, m read.Month) Document {
	d := Document{Title: s.Say("title", "district", m.District.Name, "month", s.Month(m.From)), Lead: s.Say("lead", "district", m.District.Name, "limit", m.Limit, "goal", m.Goal)}
	if !m.Over {
		d.Lead += " " + s.Say("provisional", "day", m.Until-1)
	}
	d.Points = points(s, m)
	d.Sections = []Section{
		{"promise", s.Say("promise.title"), s.Say("promise.text"), promiseTable(s, m)},
		{"bookings", s.Say("bookings.title"), s.Say("bookings.text", "n", promise.Least), bookingsTable(s, m)},
		{"moves", s.Say("moves.title"), movesText(s, m), movesTable(s, m)},
		{"decisions", s.Say("decisions.title"), decisionsText(s, m), nil},
		{"service", s.Say("service.title"), serviceText(s, m), nil},
		{"measures", s.Say("measures.title"), s.Say("measures.text"), measuresTable(s, m)},
		{"method", s.Say("method.title"), s.Say("method.text"), nil},
	}
	return d
}

// points say the most important first.
func points(s *pages.Speaker, m read.Month) (all []string) {
	measured, kept := 0, 0
	var broken []string
	for _, g := range m.Groups {
		measured, kept = measured+len(g.Days), kept+g.Kept
		if lost := len(g.Days) - g.Kept; lost > 0 {
			broken = append(broken, s.Say("point.group", "group", group(s, g), "n", lost))
		}
	}
	switch {
	case measured == 0:
		return []string{s.Say("point.unmeasured")}
	case len(broken) == 0:
		all = append(all, s.Say("point.kept"))
	default:
		all = append(all, s.Say("point.share", "share", s.Percent(float64(kept)/float64(measured), 1)), s.Say("point.broken", "groups", strings.Join(broken, ", ")))
	}
	if n := m.Service.AtRisk; n > 0 {
		all = append(all, s.Say("point.risk", "n", n))
	}
	all = append(all, s.Say("point.moves", "in", m.Moves.In, "out", m.Moves.Out))
	force := 0
	for _, x := range m.Measures {
		if x.State == read.MeasureInForce {
			force++
		}
	}
	if force > 0 {
		all = append(all, s.Say("point.measures", "n", force))
	}
	return all
}

func group(s *pages.Speaker, g read.GroupMonth) string { return s.Pick(g.Name["de"], g.Name["en"]) }

func promiseTable(s *pages.Speaker, m read.Month) *pages.Table {
	t := &pages.Table{ID: "t-promise", Caption: s.Say("promise.table"), Head: []pages.Cell{{Text: s.Say("word.group")}, number(s.Say("promise.kept")), number(s.Say("promise.goal", "n", m.Goal)),
		number(s.Say("promise.mean")), number(s.Say("promise.longest")), number(s.Say("promise.nothing"))}}
	for _, g := range m.Groups {
		row := []pages.Cell{{Text: group(s, g)}}
		if len(g.Days) == 0 {
			t.Rows = append(t.Rows, append(row, pages.Cell{Missing: true}, pages.Cell{Missing: true}, pages.Cell{Missing: true}, pages.Cell{Missing: true}, pages.Cell{Missing: true}))
			continue
		}
		row = append(row, number(s.Say("of", "n", g.Kept, "all", len(g.Days))), number(s.Say("of", "n", g.GoalMet, "all", len(g.Days))))
		if g.Nothing == len(g.Days) {
			row = append(row, pages.Cell{Missing: true}, pages.Cell{Missing: true})
		} else {
			row = append(row, number(roughly(s, g.Mean)), number(s.Days(g.Greatest)))
		}
		t.Rows = append(t.Rows, append(row, number(s.Number(g.Nothing))))
	}
	return t
}

// roughly is a number of days with a digit after the point.
func roughly(s *pages.Speaker, days float64) string {
	if d := s.Decimal(days, 1); d != "1" {
		return s.Say("days", "n", d)
	}
	return s.Days(1)
}

func number(text string) pages.Cell { return pages.Cell{Text: text, Number: true} }

func bookingsTable(s *pages.Speaker, m read.Month) *pages.Table {
	t := &pages.Table{ID: "t-bookings", Caption: s.Say("bookings.table"), Head: []pages.Cell{{Text: s.Say("word.group")}, number(s.Say("bookings.count")), number(s.Say("bookings.mean")),
		number(s.Say("bookings.within", "n", m.Goal)), number(s.Say("bookings.within", "n", m.Limit))}}
	for _, g := range m.Groups {
		count, ok := promise.Told(g.Booked.Count)
		row := []pages.Cell{{Text: group(s, g)}}
		switch {
		case !ok:
			row = append(row, number(s.Say("small", "n", promise.Least)), pages.Cell{Missing: true}, pages.Cell{Missing: true}, pages.Cell{Missing: true})
		case count == 0:
			row = append(row, number(s.Number(0)), pages.Cell{Missing: true}, pages.Cell{Missing: true}, pages.Cell{Missing: true})
		default:
			n := float64(g.Booked.Count)
			row = append(row, number(s.Number(count)), number(roughly(s, float64(g.Booked.SumDays)/n)),
				number(s.Percent(float64(g.Booked.WithinGoal)/n, 0)), number(s.Percent(float64(g.Booked.WithinLast)/n, 0)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func movesText(s *pages.Speaker, m read.Month) string {
	if m.Moves.In+m.Moves.Out+m.Moves.Within == 0 {
		return s.Say("moves.none")
	}
	return s.Say("moves.text", "in", m.Moves.In, "out", m.Moves.Out, "within", m.Moves.Within)
}

func movesTable(s *pages.Speaker, m read.Month) *pages.Table {
	if len(m.Moves.With) == 0 {
		return nil
	}
	t := &pages.Table{ID: "t-moves", Caption: s.Say("moves.table"), Head: []pages.Cell{{Text: s.Say("word.district")}, number(s.Say("moves.in")), number(s.Say("moves.out"))}}
	for _, p := range m.Moves.With {
		t.Rows = append(t.Rows, []pages.Cell{{Text: p.Name}, number(s.Number(p.In)), number(s.Number(p.Out))})
	}
	return t
}

func decisionsText(s *pages.Speaker, m read.Month) string {
	d := m.Decisions
	if d.Total() == 0 {
		return s.Say("decisions.none")
	}
	return s.Say("decisions.text", "automatic", d.Automatic, "approved", d.Approved, "rejected", d.Rejected, "undone", d.Undone, "expired", d.Expired, "superseded", d.Superseded)
}

func serviceText(s *pages.Speaker, m read.Month) string {
	v := m.Service
	count, ok := promise.Told(v.Appointments)
	told := s.Number(count)
	if !ok {
		told = s.Say("small", "n", promise.Least)
	}
	switch {
	case v.Days == 0:
		return s.Say("service.none")
	case v.AtRisk == 0:
		return s.Say("service.covered", "appointments", told)
	}
	return s.Say("service.text", "appointments", told, "risk", v.AtRisk, "n", v.DaysAtRisk, "minutes", s.Minutes(int(v.Uncovered)))
}

func measuresTable(s *pages.Speaker, m read.Month) *pages.Table {
	t := &pages.Table{ID: "t-measures", Caption: s.Say("measures.table"), Empty: s.Say("measures.none"), Head: []pages.Cell{{Text: s.Say("measures.what")}, {Text: s.Say("measures.where")},
		{Text: s.Say("measures.when")}, {Text: s.Say("measures.why")}, {Text: s.Say("measures.state")}}}
	for _, x := range m.Measures {
		where := x.CentreName
		if x.Site != nil {
			where = strings.TrimPrefix(where+": "+x.Site.Name+", "+x.Site.Address, ": ")
		}
		if where == "" {
			where = s.Say("measures.district")
		}
		when := s.Span(x.From, x.Until-1)
		if x.Until <= x.From {
			when = s.Say("measures.never")
		}
		t.Rows = append(t.Rows, []pages.Cell{{Text: s.Say("kind." + x.Kind)}, {Text: where}, {Text: when}, {Text: x.Reason}, {Text: s.Say("state." + x.State)}})
	}
	return t
}
