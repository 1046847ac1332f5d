package network

import (
	"fmt"
	"math"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

func checkSite(f string, s capacity.Site) error {
	switch {
	case s.Name == "":
		return bad(f+".name", "", "is missing: say how citizens find the place")
	case s.Address == "":
		return bad(f+".address", "", "is missing: give street, number, postcode and town")
	case !(s.Lat >= -90 && s.Lat <= 90) || !(s.Lon >= -180 && s.Lon <= 180) || s.Lat == 0 && s.Lon == 0:
		return bad(f+".lat", fmt.Sprint(s.Lat, " ", s.Lon), "and lon are no place: give degrees north and east, such as 53.55 and 9.99")
	case s.Counters < 0 || s.Counters > 500:
		return bad(f+".counters", fmt.Sprint(s.Counters), "must lie between 0 and 500")
	}
	return nil
}

// SiteCentre is the centre that a temporary site is.
func SiteCentre(m id.Measure) id.Centre { return id.Centre("site-" + string(m)) }

// IsSiteOf reports whether a centre is the temporary site of one of the measures,
// so that it belongs to the network although no file lists it.
func IsSiteOf(k id.Centre, measures map[id.Measure]capacity.MeasureChanged) bool {
	for _, m := range measures {
		if m.Kind == capacity.MeasureSite && m.Site != nil && SiteCentre(m.ID) == k {
			return true
		}
	}
	return false
}

// CentreOf makes a temporary site a centre of its district: open for the time of
// the measure, by its hours, else by the minimum opening hours. Travel to the
// other centres is estimated.
func CentreOf(m capacity.Measure, others map[id.Centre]capacity.Centre) (c capacity.Centre, ok bool) {
	if m.Kind != capacity.MeasureSite || m.Site == nil {
		return c, false
	}
	opens, closes := m.From, m.Until
	c = capacity.Centre{ID: SiteCentre(m.ID), Name: m.Site.Name, District: m.District, Address: m.Site.Address, Lat: m.Site.Lat, Lon: m.Site.Lon,
		Accessible: m.Site.Accessible, Opens: &opens, Closes: &closes, Counters: max(1, m.Site.Counters), MinStaff: 1, Hours: m.Hours,
		TravelMinutes: map[id.Centre]int{}}
	if len(c.Hours) == 0 {
		c.Hours = map[int][]day.Span{}
		for w := 1; w <= 5; w++ {
			c.Hours[w] = []day.Span{MinimumHours}
		}
	}
	for k, o := range others {
		if k != c.ID {
			c.TravelMinutes[k] = Travel(c.Lat, c.Lon, o.Lat, o.Lon)
		}
	}
	return c, true
}

// Travel estimates minutes one way by public transport from the straight line s in
// km, with no timetable behind it: 10 minutes to walk and wait, and 1.3 s at
// 24 km/h, as the network's travel.yaml does.
func Travel(lat1, lon1, lat2, lon2 float64) int {
	const radius, degree = 6371.0, math.Pi / 180
	x := (lon2 - lon1) * degree * math.Cos((lat1+lat2)/2*degree)
	y := (lat2 - lat1) * degree
	return int(math.Round(10 + 1.3*radius*math.Hypot(x, y)/24*60))
}
