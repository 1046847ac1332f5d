package simulation_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	eventscapacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// town is two districts with two centres each and six people a centre: the west
// has less to do than the east.
func town(t testing.TB) simulation.City {
	t.Helper()
	zone, err := clock.Zone(clock.City)
	if err != nil {
		t.Fatal(err)
	}
	c := simulation.City{Zone: zone}
	n := &c.Network
	n.Policy = eventscapacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 42, MinLeadDays: 1, HoldMinutes: 10, NoticeDays: 4,
		MaxDaysAwayPerWeek: 2, MaxTravelMinutes: 40, StaleLoss: .2, ProposalDays: 3}
	n.Groups = []eventscapacity.ServiceGroup{{Skill: "id", Name: map[string]string{"de": "Ausweis", "en": "Identity"}},
		{Skill: "reg", Name: map[string]string{"de": "Meldewesen", "en": "Registration"}}}
	n.Services = []eventscapacity.ServiceType{
		{ID: "id-card", Name: map[string]string{"de": "Ausweis", "en": "Identity card"}, Skill: "id", Minutes: 15, Share: 1},
		{ID: "move", Name: map[string]string{"de": "Anmeldung", "en": "Registration"}, Skill: "reg", Minutes: 20, Share: 1},
	}
	var staff []map[string]any
	for i, r := range []id.District{"west", "east"} {
		ask := day.Minutes(1200 + 900*i)
		n.Districts = append(n.Districts, eventscapacity.District{ID: r, Name: string(r), Population: 50_000, AnyShare: .2,
			DailyDemand: map[id.Skill]day.Minutes{"id": ask, "reg": ask}})
		for j := range 2 {
			k := eventscapacity.Centre{ID: id.Centre(fmt.Sprintf("%s-%d", r, j+1)), Name: fmt.Sprintf("%s %d", r, j+1), District: r, Address: "x",
				Lat: 53.5, Lon: 10, Counters: 10, MinStaff: 2, Hours: map[int][]day.Span{}, TravelMinutes: map[id.Centre]int{}}
			for weekday := 1; weekday <= 5; weekday++ {
				k.Hours[weekday] = []day.Span{{From: day.Clock(8, 0), To: day.Clock(18, 0)}}
			}
			for _, other := range []id.Centre{"west-1", "west-2", "east-1", "east-2"} {
				if other != k.ID {
					k.TravelMinutes[other] = 25
				}
			}
			n.Centres = append(n.Centres, k)
			for p := range 6 {
				who := id.Employee(fmt.Sprintf("e-%s-%d", k.ID, p))
				shift := map[string]any{"from": "08:00", "to": "16:30", "breaks": []map[string]any{{"from": "12:00", "to": "12:30"}}}
				if p%2 == 1 {
					shift = map[string]any{"from": "09:30", "to": "18:00", "breaks": []map[string]any{{"from": "13:00", "to": "13:30"}}}
				}
				week := map[string]any{}
				for weekday := 1; weekday <= 5; weekday++ {
					week[fmt.Sprint(weekday)] = shift
				}
				staff = append(staff, map[string]any{"employee": who, "home": k.ID, "skills": []string{"id", "reg"}, "mobile": p == 0,
					"deployable": true, "max_days_away_per_week": 2, "rotation": []any{week}})
				c.People = append(c.People, simulation.Person{ID: who, Home: k.ID, District: r})
			}
		}
	}
	if c.Staff, err = json.Marshal(map[string]any{"employees": staff, "holidays": []any{}}); err != nil {
		t.Fatal(err)
	}
	return c
}

// quietYear is a scenario whose numbers are made for tests.
func quietYear(days int) scenario.Scenario {
	const made = "made for tests"
	s := scenario.Scenario{Name: "test", About: made, From: day.Date(2026, time.March, 2), Days: days, WarmUp: 7}
	s.Demand = scenario.Demand{Source: made, Level: 1, Weekday: [7]float64{.2, .2, .2, .18, .12, .04, .06}, Noise: .1}
	for h := range s.Demand.Hour {
		if h >= 7 && h < 22 {
			s.Demand.Hour[h] = 1. / 15
		}
	}
	for range 53 {
		s.Demand.Week = append(s.Demand.Week, 1)
	}
	s.Citizens = scenario.Citizens{Source: made, Wish: []scenario.Wish{{Days: 1, Share: .7}, {Days: 7, Share: .3}}, Patience: 35, Elsewhere: .3,
		Again: .5, AgainAfter: 3, Cancelled: .08, NoShow: .03, NoShowPerDay: .003, Telephone: .15, Accepts: .8}
	s.WalkIns = scenario.WalkIns{Source: made, PerDay: 10, Minutes: 8}
	for h := 8; h < 18; h++ {
		s.WalkIns.Hour[h] = .1
	}
	s.Sickness = scenario.Sickness{Source: made, Rate: map[id.District]float64{"": .1}, Days: 4, Sigma: .6, Long: .05, LongDays: 30}
	s.Leave = scenario.Leave{Source: made, Days: 30, InHolidays: .5, Ahead: 28, Most: .25}
	s.Turnover = scenario.Turnover{Source: made}
	s.HR = scenario.HR{Source: made, Delay: .5, Late: .1, DelayLate: 20, Repeated: .05, Corrected: .2, OpenEnded: .2}
	s.Work = scenario.Work{Source: made, NightDraws: 50_000}
	s.Planners = scenario.Planners{Source: made, Hours: 3, Sigma: .7, Rejected: .1}
	return s
}
