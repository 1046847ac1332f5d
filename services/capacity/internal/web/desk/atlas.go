package desk

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
)

// atlas is a map of the city from its centres' coordinates: each has the area that
// is nearer to it than to any other (Voronoi), within what lies about the centres;
// a district has those of its centres. There are no streets and no water.
type atlas struct {
	Width, Height int
	Areas         []area
	Borders       string // between districts, an SVG path
	Spots         []spot
	Labels        []label
}

type area struct {
	District id.District
	Path     string
}

type spot struct {
	Centre glance.Centre
	X, Y   string
}

type label struct {
	District id.District
	X, Y     string
}

type point struct {
	x, y float64
	side int // whose side the edge from here to the next point is; -1: the rim
}

const (
	mapWidth = 720
	rim      = 46 // around the outermost centres, in pixels
)

// draw makes the map. Centres without coordinates are left out.
func drawAtlas(centres []glance.Centre) atlas {
	var all []glance.Centre
	for _, k := range centres {
		if k.Lat != 0 || k.Lon != 0 {
			all = append(all, k)
		}
	}
	if len(all) == 0 {
		return atlas{}
	}
	// Equirectangular about the middle: true enough for a city.
	west, east, south, north := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, k := range all {
		west, east, south, north = min(west, k.Lon), max(east, k.Lon), min(south, k.Lat), max(north, k.Lat)
	}
	squeeze := math.Cos((south + north) / 2 * math.Pi / 180)
	scale := (mapWidth - 2*rim) / max(.02, (east-west)*squeeze, (north-south)*1.1)
	height := (north-south)*scale + 2*rim
	width := (east-west)*squeeze*scale + 2*rim
	at := make([]point, len(all))
	for i, k := range all {
		at[i] = point{rim + (k.Lon-west)*squeeze*scale, rim + (north-k.Lat)*scale, -1}
	}
	out := atlas{Width: int(math.Ceil(width)), Height: int(math.Ceil(height))}
	hull := around(at)
	var borders strings.Builder
	sums := map[id.District]*[3]float64{}
	for i, k := range all {
		cell := hull
		for j := range all {
			if i != j {
				cell = nearer(cell, at[i], at[j], j)
			}
		}
		out.Areas = append(out.Areas, area{k.District, path(cell)})
		for n, p := range cell {
			if p.side > i && all[p.side].District != k.District {
				q := cell[(n+1)%len(cell)]
				fmt.Fprintf(&borders, "M%.1f %.1fL%.1f %.1f", p.x, p.y, q.x, q.y)
			}
		}
		out.Spots = append(out.Spots, spot{k, number(at[i].x), number(at[i].y)})
		s := sums[k.District]
		if s == nil {
			s = &[3]float64{}
			sums[k.District] = s
		}
		x, y, a := middle(cell)
		s[0], s[1], s[2] = s[0]+x*a, s[1]+y*a, s[2]+a
	}
	out.Borders = borders.String()
	var names []id.District
	for d := range sums {
		names = append(names, d)
	}
	slices.Sort(names)
	for _, d := range names {
		if s := sums[d]; s[2] > 0 {
			out.Labels = append(out.Labels, label{d, number(s[0] / s[2]), number(s[1] / s[2])})
		}
	}
	return out
}

func number(f float64) string { return fmt.Sprintf("%.1f", f) }

func path(cell []point) string {
	var b strings.Builder
	for i, p := range cell {
		c := 'L'
		if i == 0 {
			c = 'M'
		}
		fmt.Fprintf(&b, "%c%.1f %.1f", c, p.x, p.y)
	}
	return b.String() + "Z"
}

// nearer cuts from a convex polygon what is nearer to b than to a. The new edge is
// side's.
func nearer(poly []point, a, b point, side int) []point {
	mx, my, nx, ny := (a.x+b.x)/2, (a.y+b.y)/2, b.x-a.x, b.y-a.y
	beyond := func(p point) float64 { return (p.x-mx)*nx + (p.y-my)*ny }
	var out []point
	for i, p := range poly {
		q := poly[(i+1)%len(poly)]
		f, g := beyond(p), beyond(q)
		if f <= 0 {
			out = append(out, p)
		}
		if f <= 0 && g > 0 || f > 0 && g <= 0 {
			t := f / (f - g)
			x := point{p.x + t*(q.x-p.x), p.y + t*(q.y-p.y), p.side}
			if f <= 0 {
				x.side = side
			}
			out = append(out, x)
		}
	}
	return out
}

// around is the convex hull of small octagons about points.
func around(at []point) []point {
	var all []point
	for _, p := range at {
		for k := range 8 {
			a := (float64(k) + .5) * math.Pi / 4
			all = append(all, point{p.x + rim*.92*math.Cos(a), p.y + rim*.92*math.Sin(a), -1})
		}
	}
	slices.SortFunc(all, func(a, b point) int {
		if a.x < b.x || a.x == b.x && a.y < b.y {
			return -1
		}
		return 1
	})
	half := func(points []point) []point {
		var h []point
		for _, p := range points {
			for len(h) > 1 && (h[len(h)-1].x-h[len(h)-2].x)*(p.y-h[len(h)-2].y)-(h[len(h)-1].y-h[len(h)-2].y)*(p.x-h[len(h)-2].x) <= 0 {
				h = h[:len(h)-1]
			}
			h = append(h, p)
		}
		return h[:len(h)-1]
	}
	lower := half(all)
	slices.Reverse(all)
	return append(lower, half(all)...)
}

// middle is the centroid of a polygon and its area.
func middle(poly []point) (x, y, a float64) {
	for i, p := range poly {
		q := poly[(i+1)%len(poly)]
		w := p.x*q.y - q.x*p.y
		x, y, a = x+(p.x+q.x)*w, y+(p.y+q.y)*w, a+w
	}
	if a == 0 {
		return 0, 0, 0
	}
	return x / (3 * a), y / (3 * a), math.Abs(a / 2)
}
