package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/chart"
	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/compare"
)

// drawable are the policies in the order in which lines are given to them. There is
// room for four; pooled knows no districts, and the book is for comparison.
var drawable = []string{compare.Steered, compare.Unsteered, compare.Foresight, "local", "lotse-review", "none-book", "pooled"}

const lines = 4

// place is a district's part of the report.
type place struct {
	Name   string
	Charts []template.HTML
}

// curves draws means over weeks, or over days where there are few, and over seeds.
type curves struct {
	s     *pages.Speaker
	p     Page
	drawn []string
	width int // days of a point: 7 or 1
	from  day.Day
	n     int // points
}

// fewDays are drawn each.
const fewDays = 45

func newCurves(s *pages.Speaker, p Page) curves {
	c := curves{s: s, p: p, width: 7, from: p.Scenario.From.Monday()}
	if p.Scenario.Days <= fewDays {
		c.width, c.from = 1, p.Scenario.From
	}
	c.n = (int(p.Scenario.From-c.from) + p.Scenario.Days + c.width - 1) / c.width
	played := policies(p.Runs)
	for _, name := range drawable {
		if slices.Contains(played, name) && len(c.drawn) < lines {
			c.drawn = append(c.drawn, name)
		}
	}
	return c
}

func (c curves) leftOut(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(p string) bool { return slices.Contains(c.drawn, p) })
}

// mean of a policy over seeds and the days of each point. of answers a sum and how
// many it is of, for a day of a run.
func (c curves) mean(policy string, of func(r *simulation.Result, i int) (sum, n float64)) []float64 {
	sums, counts := make([]float64, c.n), make([]float64, c.n)
	for _, r := range c.p.Runs {
		if r.Policy != policy {
			continue
		}
		for i, p := range r.Result.Curve {
			at := int(p.Day-c.from) / c.width
			sum, n := of(r.Result, i)
			sums[at], counts[at] = sums[at]+sum, counts[at]+n
		}
	}
	for i := range sums {
		if sums[i] /= counts[i]; counts[i] == 0 {
			sums[i] = chart.Missing
		}
	}
	return sums
}

// lines of all policies that are drawn.
func (c curves) lines(id, title, desc string, of func(r *simulation.Result, i int) (sum, n float64)) chart.Lines {
	l := chart.Lines{ID: id, Title: title, Desc: desc, XName: "Week of", Height: 240}
	if c.width == 1 {
		l.XName = "Day"
	}
	for _, p := range c.drawn {
		if v := c.mean(p, of); slices.ContainsFunc(v, func(x float64) bool { return !math.IsNaN(x) }) {
			l.Series = append(l.Series, chart.Series{Name: p, Values: v})
		}
	}
	return c.axis(l)
}

// axis names the points, and labels months, or every fifth day.
func (c curves) axis(l chart.Lines) chart.Lines {
	last := -1
	for i := range c.n {
		on := c.from + day.Day(i*c.width)
		l.X = append(l.X, c.s.Date(on))
		_, month, date := on.Date()
		switch {
		case c.width == 1 && i%7 == 0 && i+3 < c.n:
			l.Ticks = append(l.Ticks, chart.Tick{At: i, Text: fmt.Sprintf("%d %.3s", date, month.String())})
		case c.width > 1 && int(month) != last && i+1 < c.n && (i > 0 || date <= 7):
			l.Ticks = append(l.Ticks, chart.Tick{At: i, Text: month.String()[:3]})
		}
		last = int(month)
	}
	return l
}

// limits marks what is promised.
func (c curves) limits() []chart.Mark {
	p := c.p.City.Network.Policy
	return []chart.Mark{{Kind: "limit", Name: fmt.Sprintf("limit %d days", p.LimitDays), Value: float64(p.LimitDays)},
		{Kind: "goal", Name: fmt.Sprintf("goal %d days", p.GoalDays), Value: float64(p.GoalDays)}}
}

func (c curves) city() []template.HTML {
	kept := c.lines("city-kept", "Promises kept in the whole city: third next appointment within 14 days, %",
		"Share of districts and service groups by "+c.unit()+", under "+list(c.drawn),
		func(r *simulation.Result, i int) (float64, float64) {
			return 100 * float64(r.Curve[i].Kept14), float64(r.Curve[i].Measured)
		})
	next := c.lines("city-next", "Days to the third next appointment, mean of all districts and groups",
		"Mean days by "+c.unit()+", under "+list(c.drawn), func(r *simulation.Result, i int) (float64, float64) {
			return float64(r.Curve[i].SumNext), float64(r.Curve[i].Measured)
		})
	next.Marks = c.limits()
	return []template.HTML{kept.HTML(c.s), next.HTML(c.s)}
}

func (c curves) places() (all []place) {
	for _, d := range names(c.p).districts {
		of := func(f func(s *simulation.Series, i int) (float64, float64)) func(*simulation.Result, int) (float64, float64) {
			return func(r *simulation.Result, i int) (float64, float64) {
				if s := r.Series[d.ID]; s != nil {
					return f(s, i)
				}
				return 0, 0
			}
		}
		id := "d-" + string(d.ID)
		next := c.lines(id+"-next", "Days to the third next appointment, mean of all groups", "Mean days in "+d.Name+" by "+c.unit()+", under "+list(c.drawn),
			of(func(s *simulation.Series, i int) (sum, n float64) {
				for _, list := range s.Next {
					if list[i] >= 0 {
						sum, n = sum+float64(min(list[i], c.p.City.Network.Policy.HorizonDays)), n+1
					}
				}
				return sum, n
			}))
		next.Marks = c.limits()
		kept := c.lines(id+"-kept", "Promises kept within 14 days, %", "Share of service groups in "+d.Name+" by "+c.unit()+", under "+list(c.drawn),
			of(func(s *simulation.Series, i int) (sum, n float64) {
				for _, list := range s.Next {
					if list[i] >= 0 {
						n++
					}
					if list[i] >= 0 && list[i] <= 14 {
						sum += 100
					}
				}
				return sum, n
			}))
		moved := c.lines(id+"-moved", "People from other districts less those sent there, a day", "Mean of people in "+d.Name+" by "+c.unit()+", under "+list(c.drawn),
			of(func(s *simulation.Series, i int) (float64, float64) { return s.In[i] - s.Out[i], 1 }))
		staff := c.lines(id+"-staff", "Own people at work, a day", "Mean of people of "+d.Name+" by "+c.unit()+", wherever they serve",
			of(func(s *simulation.Series, i int) (float64, float64) { return float64(s.Staff[i]), 1 }))
		staff.Series = one(staff.Series)
		if len(next.Series) == 0 {
			continue
		}
		all = append(all, place{d.Name, []template.HTML{next.HTML(c.s), kept.HTML(c.s), moved.HTML(c.s), staff.HTML(c.s)}})
	}
	return all
}

// one line stands for all: on the same seeds the same people are away.
func one(all []chart.Series) []chart.Series {
	if len(all) == 0 {
		return nil
	}
	return []chart.Series{{Name: "people", Values: all[0].Values}}
}

func (c curves) unit() string {
	if c.width == 1 {
		return "day"
	}
	return "week"
}

func list(names []string) string {
	s := ""
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			s += " and "
		default:
			s += ", "
		}
		s += n
	}
	return s
}

// named is what districts and groups are called.
type named struct {
	districts []capacity.District
	groups    map[id.Skill]string
}

func names(p Page) named {
	n := named{districts: p.City.Network.Districts, groups: map[id.Skill]string{}}
	for _, g := range p.City.Network.Groups {
		n.groups[g.Skill] = g.Name["en"]
		if n.groups[g.Skill] == "" {
			n.groups[g.Skill] = string(g.Skill)
		}
	}
	return n
}
