package desk

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// heatData is the heat map, district by day. It is a table, and thus its own twin.
type heatData struct {
	Head, Body template.HTML
	Days       int
}

// heat writes the table by hand: some hundred cells of numbers and our own words.
func heat(x *pages.Context, c *glance.City, days int) heatData {
	var head, body strings.Builder
	e := template.HTMLEscapeString
	fmt.Fprintf(&head, `<th scope="col" class="desk-corner">%s</th>`, e(x.Say("district.name")))
	for t := range days {
		d := c.Today + day.Day(t)
		_, m, n := d.Date()
		class := ""
		if d == d.Monday() {
			class = ` class="desk-monday"`
		}
		fmt.Fprintf(&head, `<th scope="col"%s><span aria-hidden="true">%s<br>%d.<br><small>%d.</small></span><span class="kern-sr-only">%s</span></th>`, class, e(x.WeekdayShort(d.Weekday())), n, int(m), e(x.Date(d)))
	}
	closed := e(x.Say("cell.closed"))
	for _, r := range c.Districts {
		fmt.Fprintf(&body, `<tr><th scope="row"><a class="kern-link kern-link--small" href="/desk/districts/%s">%s</a></th>`, e(string(r.ID)), e(r.Name))
		for _, y := range r.Days[:min(days, len(r.Days))] {
			s := step(y)
			if s < 0 {
				fmt.Fprintf(&body, `<td class="desk-closed"><span aria-hidden="true">·</span><span class="kern-sr-only">%s</span></td>`, closed)
				continue
			}
			class := fmt.Sprintf("heat-%d", s)
			if y.AtRisk > 0 {
				class += " desk-risk"
			}
			fmt.Fprintf(&body, `<td class="%s">%d`, class, int(y.Fill()*100+.5))
			if y.AtRisk > 0 {
				fmt.Fprintf(&body, `<b><span aria-hidden="true">▲%d</span><span class="kern-sr-only"> %s</span></b>`, y.AtRisk, e(x.Say("cell.risk", "n", y.AtRisk)))
			}
			body.WriteString("</td>")
		}
		body.WriteString("</tr>\n")
	}
	return heatData{template.HTML(head.String()), template.HTML(body.String()), days}
}

// curveTable is the twin of a curve.
func curveTable(x *pages.Context, c *glance.City, id string, r glance.District) pages.Table {
	t := pages.Table{ID: id, Caption: x.Say("curve.table", "district", r.Name), Head: []pages.Cell{{Text: x.Say("curve.day")}, {Text: x.Say("curve.was"), Number: true},
		{Text: x.Say("curve.low"), Number: true}, {Text: x.Say("curve.middle"), Number: true}, {Text: x.Say("curve.high"), Number: true}}}
	missing := pages.Cell{Missing: true, Number: true}
	lead := func(n int) pages.Cell { return pages.Cell{Text: leadDays(x, n), Number: true} }
	for _, p := range r.Past {
		if p.Day < c.Today {
			t.Rows = append(t.Rows, []pages.Cell{{Text: x.Date(p.Day)}, lead(p.Days), missing, missing, missing})
		}
	}
	for i, n := range r.Ahead.Middle {
		row := []pages.Cell{{Text: x.Date(c.Today + day.Day(i))}, missing, lead(r.Ahead.Low[i]), lead(n), lead(r.Ahead.High[i])}
		if k := len(r.Past) - 1; i == 0 && k >= 0 && r.Past[k].Day == c.Today {
			row[1] = lead(r.Past[k].Days)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// curvesTable is the twin of all districts' small curves: what was, and the middle
// of what is expected, with the band.
func curvesTable(x *pages.Context, c *glance.City) template.HTML {
	var b strings.Builder
	e := template.HTMLEscapeString
	say := func(n int) string {
		if n < 0 {
			return "–"
		}
		return fmt.Sprint(n)
	}
	for t := -glance.PastDays; t < c.Days; t++ {
		d, any := c.Today+day.Day(t), false
		var row strings.Builder
		for _, r := range c.Districts {
			text := ""
			if t >= 0 && t < len(r.Ahead.Middle) {
				text, any = fmt.Sprintf("%s (%s–%s)", say(r.Ahead.Middle[t]), say(r.Ahead.Low[t]), say(r.Ahead.High[t])), true
			}
			for _, p := range r.Past {
				if p.Day == d && t < 0 {
					text, any = say(p.Days), true
				}
			}
			fmt.Fprintf(&row, `<td class="kern-table__cell kern-table__cell--numeric">%s</td>`, e(text))
		}
		if any {
			fmt.Fprintf(&b, `<tr class="kern-table__row"><th scope="row" class="kern-table__header">%s</th>%s</tr>`, e(x.Date(d)), row.String())
		}
	}
	return template.HTML(b.String())
}
