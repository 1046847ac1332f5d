package faults

import (
	"encoding/json"
	"fmt"
	"time"

	eventscapacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity"
)

// monday is when all stories begin.
var monday = day.Date(2026, time.November, 23)

// begins is the time of day at which they do.
var begins = day.Clock(7, 0)

const (
	horizonDays = 9 // slots on offer; people's duties reach as far
	holdMinutes = 10
)

// town is three centres in two districts: few enough people that every absence
// is felt, and enough that somebody can help out.
func town(automatic bool) capacity.Network {
	n := capacity.Network{Policy: eventscapacity.Policy{GoalDays: 3, LimitDays: 5, HorizonDays: horizonDays, MinLeadDays: 0, HoldMinutes: holdMinutes, NoticeDays: 1,
		MaxDaysAwayPerWeek: 2, MaxTravelMinutes: 40, StaleLoss: .2, ProposalDays: 2, Planning: &eventscapacity.Planning{NightlyRounds: 1}}}
	if automatic {
		n.Policy.Automatic = eventscapacity.Guardrails{Enabled: true, MaxMoves: 3, MaxTravelMinutes: 40, MinGain: 0}
	}
	for _, s := range []id.Skill{"id", "reg"} {
		n.Groups = append(n.Groups, eventscapacity.ServiceGroup{Skill: s, Name: map[string]string{"de": string(s), "en": string(s)}})
	}
	n.Services = []eventscapacity.ServiceType{
		{ID: "id-card", Name: map[string]string{"de": "Ausweis", "en": "Identity card"}, Skill: "id", Minutes: 60, Share: 1},
		{ID: "move", Name: map[string]string{"de": "Anmeldung", "en": "Registration"}, Skill: "reg", Minutes: 90, Share: 1},
	}
	for i, k := range places {
		d := k.district
		if i == 0 || places[i-1].district != d {
			n.Districts = append(n.Districts, eventscapacity.District{ID: d, Name: string(d), Population: 20_000, AnyShare: .3, DailyDemand: map[id.Skill]day.Minutes{"id": 500, "reg": 400}})
		}
		c := eventscapacity.Centre{ID: k.centre, Name: string(k.centre), District: d, Address: "x", Lat: 53.5, Lon: 10, Counters: 5, MinStaff: 1,
			Hours: map[int][]day.Span{}, TravelMinutes: map[id.Centre]int{}}
		for weekday := 1; weekday <= 5; weekday++ {
			c.Hours[weekday] = []day.Span{{From: day.Clock(8, 0), To: day.Clock(18, 0)}}
		}
		for _, other := range places {
			if other.centre != k.centre {
				c.TravelMinutes[other.centre] = 20
			}
		}
		n.Centres = append(n.Centres, c)
	}
	return n
}

// places are the centres, with how many people each has.
var places = []struct {
	centre   id.Centre
	district id.District
	people   int
}{{"west", "left", 4}, {"mill", "left", 2}, {"east", "right", 3}}

// employee is a row of the staff list.
type employee struct {
	ID         id.Employee      `json:"employee"`
	Home       id.Centre        `json:"home"`
	Skills     []id.Skill       `json:"skills"`
	Mobile     bool             `json:"mobile"`
	Volunteer  bool             `json:"volunteer"`
	Deployable bool             `json:"deployable"`
	MaxAway    int              `json:"max_days_away_per_week"`
	Rotation   []map[string]any `json:"rotation"`
}

// staff are the town's people, Monday to Friday.
func staff() (all []employee) {
	shift := map[string]any{"from": "08:00", "to": "16:30", "breaks": []map[string]any{{"from": "12:00", "to": "12:30"}}}
	week := map[string]any{}
	for weekday := 1; weekday <= 5; weekday++ {
		week[fmt.Sprint(weekday)] = shift
	}
	for _, k := range places {
		for i := range k.people {
			skills := []id.Skill{"id", "reg"}
			if i == 2 {
				skills = skills[:1]
			}
			all = append(all, employee{ID: id.Employee(fmt.Sprintf("%s-%d", k.centre, i+1)), Home: k.centre, Skills: skills,
				Mobile: i == 0, Volunteer: i == 1, Deployable: true, MaxAway: 2, Rotation: []map[string]any{week}})
		}
	}
	return all
}

func staffList(all []employee) ([]byte, error) {
	return json.Marshal(map[string]any{"employees": all, "holidays": []any{}, "horizon_days": horizonDays})
}
