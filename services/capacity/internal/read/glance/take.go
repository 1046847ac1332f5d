package glance

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/asked"
)

// PastDays is how far back trends go.
const PastDays = 28

// Raw is what stands, copied.
type Raw struct {
	city      City
	policy    capacity.PolicyChanged
	catalogue capacity.CatalogueChanged
	free      []map[id.Skill][]int // by district
	index     map[id.District]int
	asked     *asked.Expected
}

// Take copies what a glance needs: once over duties, loads and offerings of the
// horizon. It is called inside node.View.
func Take(c *read.City, h *read.History) *Raw {
	days := c.Horizon().Days()
	r := &Raw{policy: c.Policy, catalogue: c.Catalogue, asked: c.Expect(), index: map[id.District]int{}}
	r.city = City{Position: c.Position, Today: c.Today, Days: days, Goal: c.Policy.GoalDays, Limit: c.Policy.LimitDays}
	for _, g := range c.Catalogue.Groups {
		r.city.Groups = append(r.city.Groups, Group{g.Skill, g.Name})
	}
	for i, d := range c.Policy.Districts {
		r.index[d.ID] = i
		free, _ := c.FreeByDay(d.ID)
		r.free = append(r.free, free)
		r.city.Districts = append(r.city.Districts, r.district(c, h, d))
	}
	r.centres(c)
	r.decisions(c)
	return r
}

func (r *Raw) district(c *read.City, h *read.History, d capacity.District) District {
	out := District{ID: d.ID, Name: d.Name, Worst: -1}
	for _, g := range c.Catalogue.Groups {
		gauge := read.Gauge{District: d.ID, Skill: g.Skill}
		l := Lead{Skill: g.Skill, Days: -1, Goal: c.Policy.GoalDays, Limit: c.Policy.LimitDays, Demand: d.DailyDemand[g.Skill] > 0}
		if s, ok := c.LeadTimes[gauge]; ok && s.Measured {
			l.Measured, l.Days, l.Third = true, s.Last.Days, s.Last.ThirdNext
		}
		for _, x := range h.Days(gauge, c.Today-PastDays, c.Today+1) {
			l.Past = append(l.Past, Past{x.Day, x.Days})
		}
		out.Leads = append(out.Leads, l)
	}
	return out
}

// centres fills cells day by day.
func (r *Raw) centres(c *read.City) {
	at := map[id.Centre]int{}
	for _, k := range c.CentreIDs() {
		x := c.Centres[k]
		at[k] = len(r.city.Centres)
		v := Centre{ID: k, Name: x.Name, District: x.District, Lat: x.Lat, Lon: x.Lon, Estimated: x.CoordinatesEstimated, Days: make([]Cell, r.city.Days)}
		for t := range v.Days {
			v.Days[t] = cell(c, read.Place{Centre: k, Day: c.Today + day.Day(t)})
		}
		r.city.Centres = append(r.city.Centres, v)
	}
	// Deployed people are found by their duties.
	for _, d := range c.Duties {
		home, known := at[d.Home]
		for _, x := range d.Duties {
			t := int(x.Day - c.Today)
			if x.Centre == d.Home || t < 0 || t >= r.city.Days {
				continue
			}
			if k, there := at[x.Centre]; there {
				r.city.Centres[k].Days[t].Staff.In++
			}
			if known {
				r.city.Centres[home].Days[t].Staff.Out++
			}
		}
	}
}

func cell(c *read.City, p read.Place) Cell {
	l := c.Loads[p]
	v := Cell{Day: p.Day, Booked: l.BookedMinutes(), Uncovered: l.UncoveredMinutes(), Appointments: l.Appointments, AtRisk: l.AtRisk,
		Staff: Staff{Present: c.OnDuty(p), Absent: len(c.Losses[p])}}
	for _, line := range c.Offerings[p].Lines {
		if line.Use == capacity.ForAppointments {
			v.Offered += observed.WithoutBreaks(line.Span, line.Breaks)
			v.Open = true
		}
	}
	return v
}

// See reckons: worst groups, forecasts, sums, and what is most urgent.
func (r *Raw) See() *City {
	c := &r.city
	slices.SortStableFunc(c.Centres, func(a, b Centre) int {
		if a.District != b.District {
			return r.index[a.District] - r.index[b.District]
		}
		return cmp.Compare(a.Name, b.Name)
	})
	for i := range c.Districts {
		c.Districts[i].Days = make([]Cell, c.Days)
		for t := range c.Days {
			c.Districts[i].Days[t].Day = c.Today + day.Day(t)
		}
	}
	for _, k := range c.Centres {
		i, known := r.index[k.District]
		if !known {
			continue
		}
		d := &c.Districts[i]
		for t, x := range k.Days {
			d.Days[t].add(x)
			d.Uncovered += x.AtRisk
			c.Uncovered += x.AtRisk
		}
		if len(k.Days) > 0 {
			c.Staff.add(k.Days[0].Staff)
		}
	}
	r.forecast()
	for i := range c.Districts {
		c.Districts[i].judge()
	}
	r.rank()
	return c
}
