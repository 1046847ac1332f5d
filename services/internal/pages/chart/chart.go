// Package chart draws figures on the server: SVG whose looks are classes of the
// site's style sheet, and under each a table of the same values.
//
// A missing value is NaN (Missing). Figures are 640 units wide and scale with the
// page; on narrow screens every second tick is left out by the style sheet.
package chart

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Missing is a value that is not known.
var Missing = math.NaN()

// Size of the drawing.
const (
	width  = 640.0
	left   = 46.0
	right  = 16.0
	top    = 22.0
	bottom = 30.0
)

// figure is what all charts have.
type figure struct {
	s *pages.Speaker
	b strings.Builder
}

func esc(s string) string { return template.HTMLEscapeString(s) }

func (f *figure) w(format string, a ...any) { fmt.Fprintf(&f.b, format, a...) }

func (f *figure) open(id, title, desc string, height float64, legend [][2]string) {
	f.w(`<figure class="lotse-chart" id="%s"><figcaption id="%s-c">%s</figcaption>`, esc(id), esc(id), esc(title))
	f.legend(legend)
	f.w(`<svg viewBox="0 0 %g %g" role="img" aria-labelledby="%s-t %s-d"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		width, height, esc(id), esc(id), esc(id), esc(title), esc(id), esc(desc))
}

// legend names what the lines are, where there is more than one.
func (f *figure) legend(entries [][2]string) {
	if len(entries) < 2 {
		return
	}
	f.w(`<ul class="lotse-legend">`)
	for _, e := range entries {
		mark := `<path class="` + esc(e[1]) + `" d="M1 6H31"/>`
		if e[1] == "band" {
			mark = `<rect class="band" x="1" width="30" height="12"/>`
		}
		f.w(`<li><svg viewBox="0 0 32 12" aria-hidden="true" focusable="false">%s</svg>%s</li>`, mark, esc(e[0]))
	}
	f.w(`</ul>`)
}

// table closes a figure with the twin of its drawing.
func (f *figure) table(id, title string, head []string, rows [][]string) template.HTML {
	f.w(`</svg><details id="%s-data"><summary>%s</summary><div class="lotse-scroll" role="region" aria-label="%s" tabindex="0"><table class="kern-table kern-table--small"><caption class="kern-sr-only">%s</caption><thead><tr>`,
		esc(id), esc(f.s.Say("chart.table")), esc(title), esc(title))
	for i, h := range head {
		f.w(`<th scope="col" class="kern-table__header%s">%s</th>`, numeric(i), esc(h))
	}
	f.w(`</tr></thead><tbody>`)
	for _, r := range rows {
		f.w(`<tr>`)
		for i, c := range r {
			if i == 0 {
				f.w(`<th scope="row" class="kern-table__header">%s</th>`, esc(c))
			} else {
				f.w(`<td class="kern-table__cell kern-table__cell--numeric">%s</td>`, esc(c))
			}
		}
		f.w(`</tr>`)
	}
	f.w(`</tbody></table></div></details></figure>`)
	return template.HTML(f.b.String())
}

func numeric(column int) string {
	if column == 0 {
		return ""
	}
	return " kern-table__header--numeric"
}

// value writes a number as the language does.
func (f *figure) value(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return f.s.Decimal(v, 1)
}

// scale is a range of values with round steps.
type scale struct{ low, high, step float64 }

// round makes a scale of about so many steps that holds all values, and 0.
func round(steps int, values ...[]float64) scale {
	s := scale{low: 0, high: 1}
	for _, list := range values {
		for _, v := range list {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				s.low, s.high = math.Min(s.low, v), math.Max(s.high, v)
			}
		}
	}
	raw := (s.high - s.low) / float64(steps)
	size := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5, 10} {
		if s.step = m * size; s.step >= raw {
			break
		}
	}
	s.low, s.high = math.Floor(s.low/s.step)*s.step, math.Ceil(s.high/s.step)*s.step
	return s
}

// y is where a value lies in a drawing of a height.
func (s scale) y(v, height float64) float64 {
	return top + (s.high-v)/(s.high-s.low)*(height-top-bottom)
}
