package simulation

import (
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// Asked is who asks for what.
type Asked struct {
	District id.District
	Skill    id.Skill
}

// Truth counts, day by day of a period, how many citizens of a scenario ask for an
// appointment, whether they find one or not: what forecasts are held against. The
// period may begin before the scenario does.
func Truth(seed uint64, s *scenario.Scenario, districts []capacity.District, services []capacity.ServiceType, days day.Period) map[Asked][]int {
	d := newDemand(seed, s, districts, services)
	skill := map[id.Service]id.Skill{}
	out := map[Asked][]int{}
	for _, k := range d.kinds {
		skill[k.service] = k.skill
		out[Asked{k.district, k.skill}] = make([]int, days.Days())
	}
	for x := days.From; x < days.Until; x++ {
		for _, q := range d.requests(x) {
			out[Asked{q.district, skill[q.service]}][x-days.From]++
		}
	}
	return out
}
