package desk

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
)

func TestEachAreaIsNearestToItsCentre(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var centres []glance.Centre
		for range rapid.IntRange(1, 12).Draw(rt, "n") {
			centres = append(centres, glance.Centre{District: id.District(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "d")),
				Lat: 53 + float64(rapid.IntRange(0, 1000).Draw(rt, "y"))/1000, Lon: 10 + float64(rapid.IntRange(0, 1000).Draw(rt, "x"))/1000})
		}
		at := make([]point, len(centres))
		for i, k := range centres {
			at[i] = point{k.Lon * 100, k.Lat * 100, -1}
		}
		hull, total := around(at), 0.0
		_, _, whole := middle(hull)
		seen := map[point]bool{}
		for i := range at {
			if seen[at[i]] {
				return // two at one spot share an area
			}
			seen[at[i]] = true
			cell := hull
			for j := range at {
				if j != i {
					cell = nearer(cell, at[i], at[j], j)
				}
			}
			for _, p := range cell {
				for j := range at {
					if d, e := away(p, at[i]), away(p, at[j]); d > e+1e-6*(1+e) {
						rt.Fatalf("a corner of %d's area is nearer to %d", i, j)
					}
				}
			}
			_, _, a := middle(cell)
			total += a
		}
		if total < whole*(1-1e-6) || total > whole*(1+1e-6) {
			rt.Fatalf("areas sum to %v of %v", total, whole)
		}
		if m := drawAtlas(centres); len(m.Areas) != len(centres) || m.Width <= 0 || m.Height <= 0 || strings.Contains(m.Borders, "NaN") {
			rt.Fatalf("%+v", m)
		}
	})
}

func away(a, b point) float64 { return (a.x-b.x)*(a.x-b.x) + (a.y-b.y)*(a.y-b.y) }

func TestBordersPartDistrictsOnly(t *testing.T) {
	two := []glance.Centre{{District: "a", Lat: 53.5, Lon: 9.9}, {District: "a", Lat: 53.5, Lon: 10.1}}
	if m := drawAtlas(two); m.Borders != "" || len(m.Labels) != 1 {
		t.Errorf("%+v", m)
	}
	two[1].District = "b"
	if m := drawAtlas(two); strings.Count(m.Borders, "M") != 1 || len(m.Labels) != 2 {
		t.Errorf("%+v", m)
	}
	if m := drawAtlas([]glance.Centre{{District: "a"}}); m.Width != 0 {
		t.Errorf("a centre without coordinates is drawn: %+v", m)
	}
}

func TestCurvesStayWithinTheirFrame(t *testing.T) {
	past := []glance.Past{{Day: 72, Days: 3}, {Day: 99, Days: -1}, {Day: 100, Days: 200}}
	band := forecast.Band{Low: []int{1, 0, 0}, Middle: []int{2, -1, 3}, High: []int{-1, 90, 4}}
	c := drawCurve(past, band, 100, 10, 14, 400, 100, true)
	for _, points := range []string{c.Past, c.Middle, c.Band} {
		for _, p := range strings.Fields(points) {
			x, y, _ := strings.Cut(p, ",")
			if len(x) > 5 || len(y) > 5 || strings.HasPrefix(x, "-") || strings.HasPrefix(y, "-") {
				t.Errorf("%s lies outside", p)
			}
		}
	}
	if n := len(strings.Fields(c.Band)); n != 6 || len(c.Scale) < 3 {
		t.Errorf("%d points, %d ticks", n, len(c.Scale))
	}
}

func TestColoursOfCells(t *testing.T) {
	for want, c := range map[int]glance.Cell{-1: {}, 0: {Open: true, Offered: 100}, 2: {Open: true, Offered: 100, Booked: 60}, 5: {Booked: 10}, 4: {Open: true, Offered: 100, Booked: 95}} {
		if got := step(c); got != want {
			t.Errorf("%+v: %d instead of %d", c, got, want)
		}
	}
}
