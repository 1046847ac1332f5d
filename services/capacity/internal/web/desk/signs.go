package desk

import (
	"hash/maphash"
	"strconv"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// signs of the parts of the city's page: another sign, another look.
type signs map[string]string

var seed = maphash.MakeSeed()

// changes are told to open pages. What a glance looks like is worked out once.
func (d *desk) changes(x *pages.Context) map[string]string {
	c := d.app.GlanceSoon(x.R.Context())
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.at != c {
		d.at, d.told = c, signsOf(c)
	}
	return d.told
}

func signsOf(c *glance.City) signs {
	var decisions, districts, heat, places maphash.Hash
	for _, h := range []*maphash.Hash{&decisions, &districts, &heat, &places} {
		h.SetSeed(seed)
		maphash.WriteComparable(h, c.Today)
	}
	for _, x := range c.Decisions {
		maphash.WriteComparable(&decisions, [...]string{x.Kind, string(x.Proposal), x.ID, string(x.Centre), string(x.District)})
		maphash.WriteComparable(&decisions, [...]int{x.Urgency, int(x.Day), int(x.Expires), x.Uncovered, x.Moves, x.Lead, len(x.Groups)})
	}
	for _, x := range c.Districts {
		maphash.WriteComparable(&districts, x.Worst)
		for _, l := range x.Leads {
			maphash.WriteComparable(&districts, [...]int{l.Days, l.Goal, l.Limit})
		}
		for _, lead := range x.Ahead.Middle {
			maphash.WriteComparable(&districts, lead)
		}
		for i, y := range x.Days {
			maphash.WriteComparable(&heat, [...]int{step(y), y.AtRisk})
			if i == 0 {
				maphash.WriteComparable(&districts, y.Staff)
			}
		}
		maphash.WriteComparable(&districts, x.Uncovered)
	}
	for _, k := range c.Centres {
		maphash.WriteComparable(&places, [...]float64{k.Lat, k.Lon})
		if len(k.Days) > 0 {
			maphash.WriteComparable(&places, [...]int{k.Days[0].AtRisk, k.Days[0].Staff.Present})
		}
	}
	maphash.WriteComparable(&places, districts.Sum64())
	sign := func(h *maphash.Hash) string { return strconv.FormatUint(h.Sum64(), 36) }
	s := signs{"decisions": sign(&decisions), "city": sign(&districts), "heat": sign(&heat), "map": sign(&places)}
	s["summary"] = s["decisions"] + s["city"]
	return s
}
