package chart

import (
	"html/template"
	"math"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Bars are horizontal, one below the other, so that their names have room.
type Bars struct {
	ID, Title, Desc string
	// Name is what the bars are ("Bezirk"), Value what they measure ("Tage").
	Name, Value string
	Bars        []Bar
	Marks       []Mark
}

// Bar is one; Kind good, warn, bad, muted or "".
type Bar struct {
	Name  string
	Value float64
	Kind  string
	// Text is written after the bar; "": the number.
	Text string
}

const (
	barHeight = 30.0
	barLeft   = 190.0
	barRight  = 90.0
)

// HTML draws them.
func (c Bars) HTML(s *pages.Speaker) template.HTML {
	f := &figure{s: s}
	h := 24 + barHeight*float64(len(c.Bars)) + 8
	values := []float64{}
	for _, b := range c.Bars {
		values = append(values, b.Value)
	}
	for _, m := range c.Marks {
		values = append(values, m.Value)
	}
	sc := round(4, values)
	x := func(v float64) float64 {
		return barLeft + math.Max(0, v)/sc.high*(width-barLeft-barRight)
	}
	f.open(c.ID, c.Title, c.Desc, h, nil)
	var rows [][]string
	for i, b := range c.Bars {
		y := 24 + barHeight*float64(i)
		text := b.Text
		if text == "" {
			text = f.value(b.Value)
		}
		kind := "bar"
		if b.Kind != "" {
			kind = "bar bar-" + b.Kind
		}
		f.w(`<text class="label" x="%g" y="%g" text-anchor="end">%s</text>`, barLeft-10, y+18, esc(b.Name))
		if !math.IsNaN(b.Value) {
			f.w(`<rect class="%s" x="%g" y="%g" width="%s" height="20"/>`, esc(kind), barLeft, y+4, num(math.Max(1, x(b.Value)-barLeft)))
		}
		f.w(`<text x="%s" y="%g">%s</text>`, num(x(zero(b.Value))+8), y+18, esc(text))
		rows = append(rows, []string{b.Name, text})
	}
	for _, m := range c.Marks {
		f.w(`<path class="%s" d="M%s 20V%g"/><text class="%s-label" x="%s" y="14" text-anchor="middle">%s</text>`, esc(m.Kind), num(x(m.Value)), h-4, esc(m.Kind), num(x(m.Value)), esc(m.Name))
	}
	f.w(`<path class="axis" d="M%g 20V%g"/>`, barLeft, h-4)
	return f.table(c.ID, c.Title, []string{c.Name, c.Value}, rows)
}

func zero(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// Spark is a small line without axes, to stand beside its figures in a table or a
// card; text says what it shows, for who does not see it.
func Spark(text string, values []float64, marks ...Mark) template.HTML {
	f := &figure{}
	lists := [][]float64{values}
	for _, m := range marks {
		lists = append(lists, []float64{m.Value})
	}
	sc := round(2, lists...)
	const w, h = 120.0, 32.0
	y := func(v float64) float64 { return 2 + (sc.high-v)/(sc.high-sc.low)*(h-4) }
	f.w(`<span class="lotse-chart lotse-spark"><svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, w, h, esc(text))
	for _, m := range marks {
		f.w(`<path class="%s" d="M0 %sH%g"/>`, esc(m.Kind), num(y(m.Value)), w)
	}
	d, pen, last := "", false, -1
	px := func(i int) float64 { return 2 + float64(i)*(w-6)/math.Max(1, float64(len(values)-1)) }
	for i, v := range values {
		if math.IsNaN(v) {
			pen = false
			continue
		}
		d += map[bool]string{true: "L", false: "M"}[pen] + num(px(i)) + " " + num(y(v))
		pen, last = true, i
	}
	f.w(`<path class="line" d="%s"/>`, d)
	if last >= 0 {
		f.w(`<circle class="point" cx="%s" cy="%s" r="3"/>`, num(px(last)), num(y(values[last])))
	}
	f.w(`</svg></span>`)
	return template.HTML(f.b.String())
}
