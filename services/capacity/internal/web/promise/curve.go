package promise

import (
	"html/template"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/chart"
)

// curve of the lead time, with its table. Days without a figure leave a gap.
func curve(x *pages.Context, g gauge, h history) template.HTML {
	first, last := h.Days[0].Day, h.Days[len(h.Days)-1].Day
	n := int(last-first) + 1
	noon, worst := make([]float64, n), make([]float64, n)
	l := chart.Lines{ID: "curve", Title: x.Say("district.curve", "group", name(x, g)), XName: x.Say("district.day"), X: make([]string, n),
		Series: []chart.Series{{Name: x.Say("district.noon"), Values: noon}, {Name: x.Say("district.worst"), Values: worst}}}
	for i := range n {
		l.X[i], noon[i], worst[i] = x.Date(first+day.Day(i)), chart.Missing, chart.Missing
	}
	kept, none := 0, 0
	for _, d := range h.Days {
		i := int(d.Day - first)
		if d.Days >= 0 {
			noon[i] = float64(d.Days)
		} else {
			none++
		}
		if d.Worst >= 0 {
			worst[i] = float64(d.Worst)
		}
		if d.Kept() {
			kept++
		}
	}
	l.Desc = x.Say("district.curve-text", "kept", kept, "days", len(h.Days), "none", none)
	for i := 0; i < n; i += max(1, (n+4)/5) {
		l.Ticks = append(l.Ticks, chart.Tick{At: i, Text: x.DateShort(first + day.Day(i))})
	}
	l.Marks = []chart.Mark{{Kind: "goal", Name: x.Say("district.goal"), Value: float64(h.goal())}, {Kind: "limit", Name: x.Say("district.limit"), Value: float64(h.limit())}}
	return l.HTML(x.Speaker)
}
