package promise

import (
	"strings"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// cityData is what the page about the whole city shows.
type cityData struct {
	board
	Verdict  pages.Alert
	Where    []string // sentences: where it is not kept
	Table    pages.Table
	Budget   pages.Table
	Closures pages.Table
	Licence  string
	Address  string // of the licence
}

func (d *desk) city(x *pages.Context) error {
	b := d.board()
	data := cityData{board: b, Table: boardTable(x, b), Budget: budgetTable(x, b), Closures: closuresTable(x, b.Closures),
		Licence: d.opt.Licence, Address: Licences[d.opt.Licence]}
	data.Verdict, data.Where = verdict(x, b)
	return x.Show(pages.Page{Template: "city", Title: x.Say("city.title"), Data: data, Public: true, Wide: true})
}

// verdict says plainly how it stands, and where it is not kept.
func verdict(x *pages.Context, b board) (v pages.Alert, where []string) {
	lost, measured := 0, 0
	for _, r := range b.Districts {
		if r.measured() {
			measured++
		}
		broken := r.broken()
		if len(broken) == 0 {
			continue
		}
		lost++
		where = append(where, x.Say("city.where", "district", r.Name, "groups", together(x, broken, len(r.Gauges))))
	}
	switch {
	case measured == 0:
		return pages.Alert{Kind: "info", Title: x.Say("city.unmeasured"), Text: x.Say("city.unmeasured-text")}, nil
	case lost == 0:
		return pages.Alert{Kind: "success", Title: x.Say("city.kept", "n", measured), Text: x.Say("city.means", "limit", b.Limit)}, nil
	}
	return pages.Alert{Kind: "danger", Title: x.Say("city.broken", "n", lost, "of", measured)}, where
}

// together names groups that wait as long in one breath.
func together(x *pages.Context, broken []gauge, all int) string {
	var waits []int
	by := map[int][]string{}
	for _, g := range broken {
		if by[g.Now] == nil {
			waits = append(waits, g.Now)
		}
		by[g.Now] = append(by[g.Now], name(x, g))
	}
	parts := make([]string, len(waits))
	for i, n := range waits {
		names := strings.Join(by[n], ", ")
		if len(by[n]) == all && all > 1 {
			names = x.Say("city.all")
		}
		parts[i] = x.Say("city.group", "group", names, "wait", wait(x, n))
	}
	return strings.Join(parts, "; ")
}

func name(x *pages.Context, g gauge) string { return x.Pick(g.Group.Name["de"], g.Group.Name["en"]) }

// wait is "9 Tage", "heute" or "nichts frei".
func wait(x *pages.Context, days int) string {
	switch {
	case days < 0:
		return x.Say("wait.none")
	case days == 0:
		return x.Say("wait.today")
	}
	return x.Days(days)
}

// judged is a lead time with its verdict: colour, sign and words.
func judged(x *pages.Context, days int, kept, goalMet bool) pages.Cell {
	kind, spoken := "success", "judge.goal"
	switch {
	case !kept:
		kind, spoken = "danger", "judge.broken"
	case !goalMet:
		kind, spoken = "warning", "judge.kept"
	}
	return pages.Cell{Badge: &pages.Badge{Kind: kind, Text: wait(x, days)}, Spoken: x.Say(spoken)}
}

func boardTable(x *pages.Context, b board) pages.Table {
	t := pages.Table{ID: "now", Caption: x.Say("city.table"), Hidden: true, Head: []pages.Cell{{Text: x.Say("word.district")}}}
	for _, g := range b.Groups {
		t.Head = append(t.Head, pages.Cell{Text: x.Pick(g.Name["de"], g.Name["en"])})
	}
	for _, r := range b.Districts {
		row := []pages.Cell{{Text: r.Name, Href: "/promise/districts/" + string(r.ID)}}
		for _, g := range r.Gauges {
			if !g.Measured {
				row = append(row, pages.Cell{Missing: true})
				continue
			}
			row = append(row, judged(x, g.Now, g.Kept, g.GoalMet))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func budgetTable(x *pages.Context, b board) pages.Table {
	t := pages.Table{ID: "budget", Caption: x.Say("budget.table", "days", promise.Window), Hidden: true,
		Head: []pages.Cell{{Text: x.Say("word.district")}, {Text: x.Say("budget.share"), Number: true}, {Text: x.Say("budget.measured"), Number: true}, {Text: x.Say("budget.lost"), Number: true},
			{Text: x.Say("budget.allowed"), Number: true}, {Text: x.Say("budget.state")}}}
	for _, r := range b.Districts {
		s := r.budget()
		if s.Measured == 0 {
			t.Rows = append(t.Rows, []pages.Cell{{Text: r.Name}, {Missing: true}, {Missing: true}, {Missing: true}, {Missing: true}, {Missing: true}})
			continue
		}
		t.Rows = append(t.Rows, []pages.Cell{{Text: r.Name}, {Text: x.Percent(s.Share(), 1), Number: true}, {Text: x.Number(s.Measured), Number: true}, {Text: x.Number(s.Lost), Number: true},
			{Text: x.Decimal(s.Allowed, 1), Number: true}, {Badge: budgetBadge(x, s)}})
	}
	return t
}

func budgetBadge(x *pages.Context, b promise.Budget) *pages.Badge {
	switch {
	case b.Allowed < 1 && b.Lost <= 1:
		return &pages.Badge{Kind: "info", Text: x.Say("budget.early")}
	case !b.Met():
		return &pages.Badge{Kind: "danger", Text: x.Say("budget.overdrawn")}
	case b.Used > 0.75:
		return &pages.Badge{Kind: "warning", Text: x.Say("budget.nearly", "share", x.Percent(b.Used, 0))}
	}
	return &pages.Badge{Kind: "success", Text: x.Say("budget.left", "share", x.Percent(1-b.Used, 0))}
}

func closuresTable(x *pages.Context, all []read.MeasureOfMonth) pages.Table {
	t := pages.Table{ID: "closures", Caption: x.Say("closures.table"), Hidden: true, Empty: x.Say("closures.none"),
		Head: []pages.Cell{{Text: x.Say("closures.centre")}, {Text: x.Say("closures.what")}, {Text: x.Say("closures.when")}, {Text: x.Say("closures.why")}}}
	for _, m := range all {
		where := m.CentreName
		if where == "" {
			where = x.Say("closures.district")
		}
		what := x.Say("kind." + m.Kind)
		if m.Site != nil {
			what = x.Say("closures.at", "what", what, "place", strings.TrimSuffix(m.Site.Name+", "+m.Site.Address, ", "))
		}
		t.Rows = append(t.Rows, []pages.Cell{{Text: where}, {Text: what}, {Text: x.Span(m.From, m.Until-1)}, {Text: m.Reason}})
	}
	return t
}
