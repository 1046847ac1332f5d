package wishes

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
)

// Spot is where somebody is, or wants to go.
type Spot struct {
	// Name as it is shown: of the centre, of the district, or the postcode.
	Name     string
	Point    slots.Point
	Centre   id.Centre   // if one was named
	District id.District // if one was named
	// Estimated: the point is worked out from the postcodes of centres near by.
	Estimated bool
}

var postcode = regexp.MustCompile(`\b\d{5}\b`)

// Place finds what a text names: a postcode, a centre, a district, or a part of
// a centre's address. A postcode that no centre has lies, as an estimate, between
// those of the centres that are nearest by number, since numbers run through a city
// region by region.
func Place(centres []network.Centre, text string) (p Spot, found bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return p, false
	}
	if code := postcode.FindString(text); code != "" && strings.Trim(text, "0123456789") == "" {
		return byPostcode(centres, code)
	}
	asked := Plain(text)
	rank := func(c network.Centre) int {
		name := Plain(c.Name)
		switch {
		case name == asked, string(c.ID) == asked:
			return 4
		case strings.HasPrefix(name, asked):
			return 3
		case len(asked) >= 3 && strings.Contains(name, asked):
			return 2
		case len(asked) >= 4 && strings.Contains(Plain(c.Address), asked):
			return 1
		}
		return 0
	}
	var best *network.Centre
	most := 0
	for i, c := range centres {
		if r := rank(c); r > most {
			best, most = &centres[i], r
		}
	}
	if d, there := district(centres, asked); there && most < 4 {
		return d, true
	}
	if best == nil {
		return p, false
	}
	return Spot{Name: best.Name, Point: slots.Point{Lat: best.Lat, Lon: best.Lon}, Centre: best.ID}, true
}

// district is the middle of the centres of one.
func district(centres []network.Centre, asked string) (p Spot, found bool) {
	n := 0.0
	for _, c := range centres {
		if d := Plain(string(c.District)); len(asked) >= 3 && strings.HasPrefix(d, strings.ReplaceAll(asked, "hamburg-", "")) {
			if found && p.District != c.District {
				continue
			}
			found, p.District = true, c.District
			p.Point.Lat, p.Point.Lon, n = p.Point.Lat+c.Lat, p.Point.Lon+c.Lon, n+1
		}
	}
	if !found {
		return p, false
	}
	p.Point.Lat, p.Point.Lon, p.Name = p.Point.Lat/n, p.Point.Lon/n, string(p.District)
	return p, true
}

func byPostcode(centres []network.Centre, code string) (Spot, bool) {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	type known struct {
		code string
		at   slots.Point
	}
	var all []known
	for _, c := range centres {
		if k := postcode.FindString(c.Address); k != "" {
			all = append(all, known{k, slots.Point{Lat: c.Lat, Lon: c.Lon}})
		}
	}
	// The same region first, which is what the leading figures say.
	common := func(k known) (n int) {
		for n < len(code) && k.code[n] == code[n] {
			n++
		}
		return n
	}
	slices.SortStableFunc(all, func(x, y known) int {
		dx, dy := number(x.code)-number(code), number(y.code)-number(code)
		return cmp.Or(common(y)-common(x), cmp.Compare(max(dx, -dx), max(dy, -dy)))
	})
	if len(all) == 0 || common(all[0]) < 2 {
		return Spot{}, false
	}
	p := Spot{Name: code, Point: all[0].at, Estimated: all[0].code != code}
	if p.Estimated && len(all) > 1 && common(all[1]) == common(all[0]) {
		// By the inverse of the distance in number.
		d := func(k known) float64 { n := number(k.code) - number(code); return 1 / float64(max(n, -n)+1) }
		a, b := d(all[0]), d(all[1])
		p.Point.Lat = (all[0].at.Lat*a + all[1].at.Lat*b) / (a + b)
		p.Point.Lon = (all[0].at.Lon*a + all[1].at.Lon*b) / (a + b)
	}
	return p, true
}
