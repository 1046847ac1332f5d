package proposals

import (
	"html/template"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/chart"
)

// figure is what a proposal does to one district.
type figure struct {
	District string
	Charts   []template.HTML
	Same     []string // names of curves that do not change
}

func figures(x *pages.Context, t told, curves []proposal.Curve) (all []figure) {
	for _, c := range curves {
		f := figure{District: t.places.district(c.District)}
		for _, k := range []struct {
			name          string
			before, after []int
		}{{"lead", c.Before.Lead, c.After.Lead}, {"uncovered", c.Before.Uncovered, c.After.Uncovered}, {"fill", c.Before.Fill, c.After.Fill}} {
			if slices.Equal(k.before, k.after) {
				f.Same = append(f.Same, x.Say("curve."+k.name))
				continue
			}
			f.Charts = append(f.Charts, curve(x, t, c, k.name, k.before, k.after))
		}
		all = append(all, f)
	}
	return all
}

func curve(x *pages.Context, t told, c proposal.Curve, name string, before, after []int) template.HTML {
	l := chart.Lines{ID: "curve-" + name + "-" + string(c.District), XName: x.Say("curve.day"), Height: 220,
		Title:  x.Say("curve."+name+".title", "district", t.places.district(c.District)),
		Series: []chart.Series{{Name: x.Say("curve.after"), Values: floats(after)}, {Name: x.Say("curve.before"), Values: floats(before)}}}
	for i := range before {
		d := c.From + day.Day(i)
		l.X = append(l.X, x.DateShort(d))
		if d == d.Monday() && i+3 < len(before) || i == 0 && d+3 < (d+7).Monday() {
			l.Ticks = append(l.Ticks, chart.Tick{At: i, Text: x.DateShort(d)})
		}
	}
	l.Desc = x.Say("curve."+name+".desc", "n", differ(before, after), "before", worst(before), "after", worst(after))
	if name == "lead" {
		l.Marks = []chart.Mark{{Kind: "goal", Name: x.Say("curve.goal", "n", t.policy.GoalDays), Value: float64(t.policy.GoalDays)},
			{Kind: "limit", Name: x.Say("curve.limit", "n", t.policy.LimitDays), Value: float64(t.policy.LimitDays)}}
	} else {
		l.Steps = name == "uncovered"
	}
	return l.HTML(x.Speaker)
}

func floats(v []int) []float64 {
	out := make([]float64, len(v))
	for i, n := range v {
		if out[i] = float64(n); n < 0 {
			out[i] = chart.Missing
		}
	}
	return out
}

func differ(a, b []int) (n int) {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func worst(v []int) int { return max(0, slices.Max(append([]int{0}, v...))) }
