package forecast

import (
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
)

// schoolHolidays lowers the requests of a day of school holidays, an estimate.
const schoolHolidays = 0.85

// OfDay is a day's requests against those of an ordinary working day: 0 on
// weekends and public holidays.
func OfDay(holidays []capacity.Holiday, d day.Day) float64 {
	switch {
	case d-d.Monday() > 4 || network.PublicHoliday(holidays, d):
		return 0
	case network.SchoolHoliday(holidays, d):
		return schoolHolidays
	}
	return 1
}

// Requests tells how many minutes at the counter are expected to be asked for on
// a day by a district's citizens in a service group.
type Requests func(capacity.District, id.Skill, day.Day) float64

// Policy is the expectation that stands in the policy: the district's daily
// demand, by weekday, holidays and seasons.
func Policy(p capacity.PolicyChanged) Requests {
	seasons := demand.Of(p.Planning).Seasons
	return func(d capacity.District, s id.Skill, on day.Day) float64 {
		return OfDay(p.Holidays, on) * demand.Season(seasons, s, on) * float64(d.DailyDemand[s])
	}
}
