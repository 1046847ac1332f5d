package simulation

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation/dice"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// request is one citizen who asks for an appointment. All that is left to chance
// about it is drawn when it is made, so that every policy meets the same citizen.
type request struct {
	at       time.Duration // after the day began
	district id.District
	service  id.Service
	any      bool // any centre will do
	wish     int  // days ahead from which on it looks
	again    int  // how often it has asked before
	// Chances, drawn once, between 0 and 1.
	elsewhere, again1, cancels, cancelWhen, comes, phone, accepts float64
}

// demand draws the requests of a day.
type demand struct {
	seed     uint64
	from     day.Day
	set      *scenario.Scenario
	kinds    []kind // by district and service
	weekMean float64
	// begins is the first day of a run: in its first week comes what had been asked
	// before it. 0: there is no run.
	begins day.Day
}

// kind is who comes for what: requests of a mean week.
type kind struct {
	district id.District
	service  id.Service
	skill    id.Skill
	any      float64
	weekly   float64
}

// newDemand counts a mean week's requests of each district and service from the
// network: daily minutes of a skill, by the shares of its services that take
// appointments, five working days.
func newDemand(seed uint64, s *scenario.Scenario, districts []capacity.District, services []capacity.ServiceType) *demand {
	d := &demand{seed: seed, from: s.From, set: s}
	for _, x := range s.Demand.Week[:52] {
		d.weekMean += x / 52
	}
	for _, r := range districts {
		for _, skill := range sortedKeys(r.DailyDemand) {
			var of []capacity.ServiceType
			mean := 0.0 // minutes of a request
			shares := 0.0
			for _, t := range services {
				if t.Skill == skill && !t.Express {
					of = append(of, t)
					mean, shares = mean+t.Share*float64(t.Minutes), shares+t.Share
				}
			}
			if mean <= 0 {
				continue
			}
			requests := 5 * float64(r.DailyDemand[skill]) / (mean / shares)
			for _, t := range of {
				d.kinds = append(d.kinds, kind{r.ID, t.ID, skill, anyOf(s, r), requests * t.Share / shares})
			}
		}
	}
	return d
}

// anyOf is the share of a district's citizens that accepts every centre.
func anyOf(s *scenario.Scenario, r capacity.District) float64 {
	if s.Citizens.Any != nil {
		return *s.Citizens.Any
	}
	return r.AnyShare
}

// levelOf is how many times what the network says a district's citizens ask for.
func levelOf(s *scenario.Scenario, r id.District) float64 {
	if x, given := s.Demand.District[r]; given {
		return s.Demand.Level * x
	}
	return s.Demand.Level
}

// known is the city as its services are told of it: how many ask in an ordinary
// week, and who accepts every centre.
func (c City) known(s *scenario.Scenario) City {
	all := slices.Clone(c.Network.Districts)
	for i, r := range all {
		all[i].DailyDemand, all[i].AnyShare = map[id.Skill]day.Minutes{}, anyOf(s, r)
		for k, m := range r.DailyDemand {
			all[i].DailyDemand[k] = day.Minutes(math.Round(levelOf(s, r.ID) * float64(m)))
		}
	}
	c.Network.Districts = all
	return c
}

// mean is how many of a kind ask on a day.
func (d *demand) mean(k kind, on day.Day) float64 {
	t := on.At(0, time.UTC)
	_, week := t.ISOWeek()
	set := d.set.Demand
	m := levelOf(d.set, k.district) * k.weekly * set.Weekday[int(on-on.Monday())] * set.Week[min(week, len(set.Week))-1] / d.weekMean
	m *= 1 + set.Growth*float64(on-d.from)/365
	if d.begins > 0 && on < d.begins+7 {
		m *= 1 + set.Ahead[k.district]/5
	}
	for _, s := range set.Seasons {
		if s.Contains(on) && (s.Skill == "" || s.Skill == k.skill) && (s.District == "" || s.District == k.district) {
			m *= s.Factor
		}
	}
	return m
}

// requests of a day, in order.
func (d *demand) requests(on day.Day) (all []request) {
	noise := map[id.District]float64{}
	for _, k := range d.kinds {
		if _, drawn := noise[k.district]; !drawn {
			s := d.set.Demand.Noise
			noise[k.district] = dice.Of(d.seed, "noise", string(k.district), on.String()).LogNormal(1, s) / exp(s*s/2)
		}
		c := dice.Of(d.seed, "citizens", string(k.district), string(k.service), on.String())
		for range c.Poisson(d.mean(k, on) * noise[k.district]) {
			hour := c.Pick(d.set.Demand.Hour[:])
			all = append(all, request{
				at:       time.Duration(hour)*time.Hour + time.Duration(c.Float64()*float64(time.Hour)),
				district: k.district, service: k.service, any: c.Chance(k.any), wish: d.wish(c),
				elsewhere: c.Float64(), again1: c.Float64(), cancels: c.Float64(), cancelWhen: c.Float64(),
				comes: c.Float64(), phone: c.Float64(), accepts: c.Float64(),
			})
		}
	}
	slices.SortStableFunc(all, func(a, b request) int { return int(a.at - b.at) })
	return all
}

func (d *demand) wish(c dice.Dice) int {
	at := c.Float64()
	for _, w := range d.set.Citizens.Wish {
		if at -= w.Share; at < 0 {
			return w.Days
		}
	}
	return 0
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
