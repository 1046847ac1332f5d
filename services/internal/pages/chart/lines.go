package chart

import (
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Lines is a chart of values over time: up to four series, a band around one of
// them, thresholds.
type Lines struct {
	// ID must be unique on the page.
	ID, Title string
	// Desc says in a sentence what there is to see.
	Desc string
	// X names each point, as the table says it; XName is what they are ("Tag").
	X     []string
	XName string
	// Ticks are the axis' labels.
	Ticks  []Tick
	Series []Series
	Band   *Band
	Marks  []Mark
	// Today is the point after which everything is forecast; 0: none is.
	Today int
	// Steps draws values that hold until the next one, such as staff over a day.
	Steps bool
	// Height in units of 640 across; 0: 260.
	Height float64
}

// Tick is a label below a point.
type Tick struct {
	At   int
	Text string
}

// Series is one line.
type Series struct {
	Name   string
	Values []float64
}

// Band is the range that values lie in.
type Band struct {
	Name      string
	Low, High []float64
}

// Mark is a threshold: kind "goal" or "limit".
type Mark struct {
	Kind, Name string
	Value      float64
}

// HTML draws it.
func (l Lines) HTML(s *pages.Speaker) template.HTML {
	f := &figure{s: s}
	h := l.Height
	if h == 0 {
		h = 260
	}
	values := [][]float64{}
	legend := [][2]string{}
	for i, se := range l.Series {
		values = append(values, se.Values)
		legend = append(legend, [2]string{se.Name, lineClass(i)})
	}
	if l.Band != nil {
		values = append(values, l.Band.Low, l.Band.High)
		legend = append(legend, [2]string{l.Band.Name, "band"})
	}
	for _, m := range l.Marks {
		values = append(values, []float64{m.Value * 1.1})
	}
	sc := round(4, values...)
	x := func(i int) float64 {
		return left + float64(i)*(width-left-right)/math.Max(1, float64(len(l.X)-1))
	}
	f.open(l.ID, l.Title, l.Desc, h, legend)
	for v := sc.low; v <= sc.high+sc.step/2; v += sc.step {
		f.w(`<path class="grid" d="M%g %.1fH%g"/><text x="%g" y="%.1f" text-anchor="end">%s</text>`, left, sc.y(v, h), width-right, left-8, sc.y(v, h)+4, esc(f.value(v)))
	}
	for i, t := range l.Ticks {
		f.w(`<text class="tick-%d" x="%.1f" y="%g" text-anchor="%s">%s</text>`, i%2, x(t.At), h-8, anchor(t.At, len(l.X)), esc(t.Text))
	}
	if l.Band != nil {
		f.w(`<path class="band" d="%s"/>`, area(l.Band.Low, l.Band.High, x, sc, h))
	}
	for _, m := range l.Marks {
		f.w(`<path class="%s" d="M%g %.1fH%g"/><text class="%s-label" x="%g" y="%.1f" text-anchor="end">%s</text>`,
			esc(m.Kind), left, sc.y(m.Value, h), width-right, esc(m.Kind), width-right, sc.y(m.Value, h)-5, esc(m.Name))
	}
	if l.Today > 0 && l.Today < len(l.X) {
		f.w(`<path class="today" d="M%.1f %gV%g"/><text class="label" x="%.1f" y="%g">%s</text>`, x(l.Today), top, h-bottom, x(l.Today)+5, top-7, esc(s.Say("chart.today")))
	}
	for i, se := range l.Series {
		if l.Today > 0 && !l.Steps {
			f.w(`<path class="%s" d="%s"/>`, lineClass(i), path(se.Values, 0, l.Today+1, x, sc, h, false))
			f.w(`<path class="%s forecast" d="%s"/>`, lineClass(i), path(se.Values, l.Today, len(se.Values), x, sc, h, false))
		} else {
			f.w(`<path class="%s" d="%s"/>`, lineClass(i), path(se.Values, 0, len(se.Values), x, sc, h, l.Steps))
		}
	}
	f.w(`<path class="axis" d="M%g %.1fH%g"/>`, left, sc.y(math.Max(0, sc.low), h), width-right)
	return f.table(l.ID, l.Title, l.head(), l.rows(f))
}

func (l Lines) head() []string {
	head := []string{l.XName}
	for _, se := range l.Series {
		head = append(head, se.Name)
	}
	if l.Band != nil {
		head = append(head, l.Band.Name)
	}
	return head
}

func (l Lines) rows(f *figure) (rows [][]string) {
	for i, name := range l.X {
		r := []string{name}
		for _, se := range l.Series {
			r = append(r, f.value(at(se.Values, i)))
		}
		if l.Band != nil {
			low, high := at(l.Band.Low, i), at(l.Band.High, i)
			if math.IsNaN(low) || math.IsNaN(high) {
				r = append(r, "–")
			} else {
				r = append(r, f.s.Say("chart.range", "low", f.value(low), "high", f.value(high)))
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func at(v []float64, i int) float64 {
	if i < len(v) {
		return v[i]
	}
	return Missing
}

func lineClass(i int) string {
	if i == 0 {
		return "line"
	}
	return "line line-" + strconv.Itoa(i%4)
}

func anchor(i, n int) string {
	switch {
	case i == 0:
		return "start"
	case i == n-1:
		return "end"
	}
	return "middle"
}

// path leads through values; it is broken where one is missing.
func path(v []float64, from, until int, x func(int) float64, sc scale, h float64, steps bool) string {
	var b strings.Builder
	pen := false
	for i := max(from, 0); i < min(until, len(v)); i++ {
		if math.IsNaN(v[i]) {
			pen = false
			continue
		}
		px, py := num(x(i)), num(sc.y(v[i], h))
		switch {
		case !pen:
			b.WriteString("M" + px + " " + py)
		case steps:
			b.WriteString("H" + px + "V" + py)
		default:
			b.WriteString("L" + px + " " + py)
		}
		pen = true
	}
	return b.String()
}

// area lies between two lines, in pieces where values are missing.
func area(low, high []float64, x func(int) float64, sc scale, h float64) string {
	var b strings.Builder
	for i := 0; i < len(low) && i < len(high); {
		j := i
		for j < len(low) && j < len(high) && !math.IsNaN(low[j]) && !math.IsNaN(high[j]) {
			j++
		}
		if j > i+1 {
			for k := i; k < j; k++ {
				b.WriteString(map[bool]string{true: "M", false: "L"}[k == i] + num(x(k)) + " " + num(sc.y(high[k], h)))
			}
			for k := j - 1; k >= i; k-- {
				b.WriteString("L" + num(x(k)) + " " + num(sc.y(low[k], h)))
			}
			b.WriteString("Z")
		}
		i = max(j, i) + 1
	}
	return b.String()
}

func num(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
