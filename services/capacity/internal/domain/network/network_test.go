package network_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var codec = decider.NewCodec(capacity.CentreChanged{}, capacity.CatalogueChanged{}, capacity.PolicyChanged{}, capacity.MeasureChanged{}, PolicyEdited{}, PolicyFiled{})

var today = day.Date(2026, 11, 23)

func week(from, to int) map[int][]day.Span {
	h := map[int][]day.Span{}
	for i := 1; i <= 5; i++ {
		h[i] = []day.Span{{From: day.Clock(from, 0), To: day.Clock(to, 0)}}
	}
	return h
}

func good() Network {
	return Network{
		Districts: []capacity.District{{ID: "d", AnyShare: .2}},
		Centres:   []capacity.Centre{{ID: "c", District: "d", Hours: week(8, 18)}},
		Groups:    []capacity.ServiceGroup{{Skill: "id"}},
		Services:  []capacity.ServiceType{{ID: "s", Skill: "id", Minutes: 15, Share: 1}},
		Policy: capacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 60, MinLeadDays: 1, HoldMinutes: 10, NoticeDays: 4,
			MaxDaysAwayPerWeek: 2, MaxTravelMinutes: 40, ProposalDays: 3, StaleLoss: .2},
	}
}

func hoursMeasure() capacity.Measure {
	return capacity.Measure{ID: "m", District: "d", Centre: "c", Kind: capacity.MeasureHours, Period: day.Period{From: today - 5, Until: today + 5},
		Hours: week(7, 12), Reason: "one shift only"}
}

func TestCheckNamesTheField(t *testing.T) {
	if err := good().Check(today); err != nil {
		t.Fatal(err)
	}
	for field, edit := range map[string]func(*Network){
		"policy.planning.seasons[0].skill": func(n *Network) {
			n.Policy.Planning = &capacity.Planning{Seasons: []capacity.Season{{Skill: "idd", Period: day.Period{From: today, Until: today + 9}, Factor: 1, Weight: 1}}}
		},
		"districts":             func(n *Network) { n.Districts = nil },
		"centres[0].district":   func(n *Network) { n.Centres[0].District = "" },
		"centres[0].hours.3":    func(n *Network) { n.Centres[0].Hours[3] = nil },
		"centres[0].hours.5":    func(n *Network) { n.Centres[0].Hours[5][0].To = day.Clock(14, 0) },
		"centres[0].hours.8":    func(n *Network) { n.Centres[0].Hours[8] = nil },
		"services[0].skill":     func(n *Network) { n.Services[0].Skill = "x" },
		"services[0].minutes":   func(n *Network) { n.Services[0].Minutes = 12 },
		"policy.goal_days":      func(n *Network) { n.Policy.GoalDays = 15 },
		"policy.walk_in_share":  func(n *Network) { n.Policy.WalkInShare = 2 },
		"policy.planning.drift": func(n *Network) { n.Policy.Planning = &capacity.Planning{Drift: 2} },
		"measures[0].reason":    func(n *Network) { m := hoursMeasure(); m.Reason = ""; n.Measures = []capacity.Measure{m} },
		"measures[0].until":     func(n *Network) { m := hoursMeasure(); m.Until = m.From; n.Measures = []capacity.Measure{m} },
		"measures[0].centre":    func(n *Network) { m := hoursMeasure(); m.Centre = "x"; n.Measures = []capacity.Measure{m} },
		"holidays[0].until":     func(n *Network) { n.Holidays = []capacity.Holiday{{Period: day.Period{From: today, Until: today}}} },
	} {
		n := good()
		edit(&n)
		var f *events.FieldError
		if err := n.Check(today); !errors.As(err, &f) || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestMinimumOpeningHours(t *testing.T) {
	n := good()
	n.Centres[0].Hours = week(9, 17)
	err := n.Check(today)
	if err == nil || !strings.Contains(err.Error(), `"c" on Monday`) || !strings.Contains(err.Error(), "measure") {
		t.Fatalf("%v", err)
	}
	n.Measures = []capacity.Measure{hoursMeasure()}
	if err := n.Check(today); err != nil {
		t.Errorf("a measure covers it: %v", err)
	}
	if err := n.Check(today + 5); err == nil {
		t.Error("the measure has ended")
	}
	n.Measures = nil
	n.Centres[0].Hours[1] = []day.Span{{From: day.Clock(8, 0), To: day.Clock(12, 0)}, {From: day.Clock(12, 0), To: day.Clock(18, 0)}}
	for i := 2; i <= 5; i++ {
		n.Centres[0].Hours[i] = n.Centres[0].Hours[1]
	}
	if err := n.Check(today); err != nil {
		t.Errorf("two spans without a gap: %v", err)
	}
}

func TestOpening(t *testing.T) {
	opens := today + 1
	c := capacity.Centre{ID: "c", Hours: week(8, 18), Opens: &opens, Exceptions: []capacity.HoursException{{Day: today + 3, Hours: []day.Span{{From: day.Clock(10, 0), To: day.Clock(11, 0)}}}}}
	closed := hoursMeasure()
	closed.Kind, closed.Hours, closed.Period = capacity.MeasureClosure, nil, day.Period{From: today + 7, Until: today + 8}
	short := hoursMeasure()
	short.Period = day.Period{From: today + 8, Until: today + 9}
	holidays := []capacity.Holiday{{Period: day.Period{From: today + 2, Until: today + 4}}, {Period: day.Period{From: today, Until: today + 30}, School: true}}
	for d, want := range map[day.Day]day.Minutes{today: 0, today + 1: 600, today + 2: 0, today + 3: 60, today + 4: 600, today + 5: 0, today + 7: 0, today + 8: 300} {
		var m day.Minutes
		for _, s := range Opening(c, []capacity.Measure{closed, short}, holidays, d) {
			m += s.Minutes()
		}
		if m != want {
			t.Errorf("%s: open %d minutes, want %d", d, m, want)
		}
	}
}

func TestDeciders(t *testing.T) {
	c := capacity.Centre{ID: "c", District: "d", Hours: week(8, 18)}
	added := capacity.CentreChanged{Version: 1, Centre: c}
	gone := capacity.CentreChanged{Version: 2, Centre: c, Removed: true}
	decidertest.Run(t, Centre, codec, []decidertest.Case[CentreCommand]{
		{Name: "new", When: SetCentre{c}, Then: []decider.Event{added}},
		{Name: "same", Given: []decider.Event{added}, When: SetCentre{c}},
		{Name: "remove", Given: []decider.Event{added}, When: RemoveCentre{}, Then: []decider.Event{gone}},
		{Name: "remove nothing", When: RemoveCentre{}},
		{Name: "back again", Given: []decider.Event{added, gone}, When: SetCentre{c}, Then: []decider.Event{capacity.CentreChanged{Version: 3, Centre: c}}},
	})
	m := hoursMeasure()
	ended := m
	ended.Until = today + 1
	entered := capacity.MeasureChanged{Version: 1, Measure: m}
	decidertest.Run(t, Measure, codec, []decidertest.Case[MeasureCommand]{
		{Name: "enter", When: SetMeasure{m}, Then: []decider.Event{entered}},
		{Name: "end", Given: []decider.Event{entered}, When: EndMeasure{today + 1}, Then: []decider.Event{capacity.MeasureChanged{Version: 2, Measure: ended, Ended: true}}},
		{Name: "end the unknown", When: EndMeasure{today}, Err: ErrUnknownMeasure},
		{Name: "end after its end", Given: []decider.Event{entered}, When: EndMeasure{today + 9}},
	})
	cat := capacity.CatalogueChanged{Groups: []capacity.ServiceGroup{{Skill: "id"}}, Services: []capacity.ServiceType{}}
	said := cat
	said.Version = 1
	decidertest.Run(t, Catalogue, codec, []decidertest.Case[SetCatalogue]{
		{Name: "set", When: SetCatalogue{cat}, Then: []decider.Event{said}},
		{Name: "same", Given: []decider.Event{said}, When: SetCatalogue{cat}},
	})
}
