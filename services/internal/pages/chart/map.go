package chart

import (
	"html/template"
	"math"
	"slices"
	"sort"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Map shows places by their coordinates, and districts as grounds under theirs. It
// needs no tiles from anywhere.
type Map struct {
	ID, Title, Desc string
	// Name and Value head the table.
	Name, Value string
	Places      []Place
	// Groups names the grounds, by Place.Group.
	Groups map[string]string
	Legend []Kind
}

// Place is a point; Kind good, warn, bad, muted or "".
type Place struct {
	Name     string
	Lat, Lon float64
	Group    string
	Kind     string
	Text     string // what there is to say of it
	Href     string
}

// Kind explains one.
type Kind struct{ Kind, Text string }

type spot struct{ x, y float64 }

// HTML draws it.
func (m Map) HTML(s *pages.Speaker) template.HTML {
	f := &figure{s: s}
	spots, h := project(m.Places)
	var legend [][2]string
	for _, k := range m.Legend {
		legend = append(legend, [2]string{k.Text, placeClass(k.Kind)})
	}
	f.open(m.ID, m.Title, m.Desc, h, legend)
	groups := map[string][]spot{}
	for i, p := range m.Places {
		groups[p.Group] = append(groups[p.Group], spots[i])
	}
	names := make([]string, 0, len(groups))
	for g := range groups {
		names = append(names, g)
	}
	slices.Sort(names)
	for _, g := range names {
		d := ""
		for i, p := range hull(groups[g]) {
			d += map[bool]string{true: "M", false: "L"}[i == 0] + num(p.x) + " " + num(p.y)
		}
		f.w(`<path class="area" d="%sZ"/>`, d)
	}
	for _, g := range names {
		var c spot
		for _, p := range groups[g] {
			c.x, c.y = c.x+p.x/float64(len(groups[g])), c.y+p.y/float64(len(groups[g]))
		}
		f.w(`<text class="label" x="%s" y="%s" text-anchor="middle">%s</text>`, num(c.x), num(c.y-14), esc(m.Groups[g]))
	}
	var rows [][]string
	for i, p := range m.Places {
		dot := `<circle class="` + esc(placeClass(p.Kind)) + `" cx="` + num(spots[i].x) + `" cy="` + num(spots[i].y) + `" r="9"/><title>` + esc(p.Name+": "+p.Text) + `</title>`
		if p.Href != "" {
			f.w(`<a href="%s" aria-label="%s">%s</a>`, esc(p.Href), esc(p.Name+": "+p.Text), dot)
		} else {
			f.w(`<g>%s</g>`, dot)
		}
		rows = append(rows, []string{p.Name, p.Text})
	}
	return f.table(m.ID, m.Title, []string{m.Name, m.Value}, rows)
}

func placeClass(kind string) string {
	if kind == "" {
		return "place"
	}
	return "place place-" + kind
}

// project lays degrees out flat, true to scale in the middle of the city.
func project(places []Place) (spots []spot, height float64) {
	const margin = 48.0
	if len(places) == 0 {
		return nil, 2 * margin
	}
	low, high := spot{math.Inf(1), math.Inf(1)}, spot{math.Inf(-1), math.Inf(-1)}
	middle := places[0].Lat * math.Pi / 180
	for _, p := range places {
		q := spot{p.Lon * math.Cos(middle), -p.Lat}
		spots = append(spots, q)
		low, high = spot{math.Min(low.x, q.x), math.Min(low.y, q.y)}, spot{math.Max(high.x, q.x), math.Max(high.y, q.y)}
	}
	size := math.Max(math.Max(high.x-low.x, high.y-low.y), 1e-6)
	per := (width - 2*margin) / math.Max(high.x-low.x, size*0.75)
	for i, p := range spots {
		spots[i] = spot{width/2 + (p.x-(low.x+high.x)/2)*per, margin + (p.y-low.y)*per}
	}
	return spots, 2*margin + (high.y-low.y)*per
}

// hull is the smallest convex ground of points (Andrew's monotone chain).
func hull(p []spot) []spot {
	p = slices.Clone(p)
	sort.Slice(p, func(i, j int) bool { return p[i].x < p[j].x || p[i].x == p[j].x && p[i].y < p[j].y })
	if len(p) < 3 {
		return p
	}
	turn := func(a, b, c spot) float64 { return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x) }
	half := func(points []spot) (h []spot) {
		for _, q := range points {
			for len(h) > 1 && turn(h[len(h)-2], h[len(h)-1], q) <= 0 {
				h = h[:len(h)-1]
			}
			h = append(h, q)
		}
		return h[:len(h)-1]
	}
	back := slices.Clone(p)
	slices.Reverse(back)
	return append(half(p), half(back)...)
}
