package proposals

import (
	"html/template"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
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
		}{{"uncovered", c.Before.Uncovered, c.After.Uncovered}, {"lead", c.Before.Lead, c.After.Lead}, {"fill", c.Before.Fill, c.After.Fill}} {
			if slices.Equal(k.before, k.after) {
				f.Same = append(f.Same, x.Say("curve."+k.name))
				continue
			}
			from, until := window(k.before, k.after)
			f.Charts = append(f.Charts, curve(x, t, c.District, c.From+day.Day(from), k.name, k.before[from:until], k.after[from:until]))
		}
		all = append(all, f)
	}
	return all
}

// window is the part of a curve that differs, with some days around it.
func window(before, after []int) (from, until int) {
	const around, least = 4, 14
	n := min(len(before), len(after))
	for from < n && before[from] == after[from] {
		from++
	}
	for until = n; until > from && before[until-1] == after[until-1]; {
		until--
	}
	from, until = max(0, from-around), min(n, until+around)
	until = min(n, max(until, from+least))
	return max(0, min(from, until-least)), until
}

func curve(x *pages.Context, t told, of id.District, first day.Day, name string, before, after []int) template.HTML {
	l := chart.Lines{ID: "curve-" + name + "-" + string(of), XName: x.Say("curve.day"), Height: 220,
		Title:  x.Say("curve."+name+".title", "district", t.places.district(of)),
		Series: []chart.Series{{Name: x.Say("curve.after"), Values: floats(after)}, {Name: x.Say("curve.before"), Values: floats(before)}}}
	for i := range before {
		d := first + day.Day(i)
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
