package simulation_test

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// playing runs a town whose scenario and network are changed first.
func playing(t *testing.T, policy string, days int, change func(*simulation.City, *scenario.Scenario)) *simulation.Result {
	t.Helper()
	p, err := simulation.PolicyOf(policy)
	if err != nil {
		t.Fatal(err)
	}
	c, s := town(t), quietYear(days)
	change(&c, &s)
	out, err := simulation.Run(t.Context(), simulation.Options{City: c, Scenario: s, Seed: 5, Policy: p})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Everything that happens once, in one month: the services take it in, citizens
// and people at work are the same whatever the policy.
func TestWhatHappensOnceHappens(t *testing.T) {
	planningtest.InOneGoroutine(t)
	const made = "made for tests"
	calm := playing(t, "none", 21, func(*simulation.City, *scenario.Scenario) {})
	on := day.Date(2026, time.March, 9)
	for name, c := range map[string]struct {
		change func(*simulation.City, *scenario.Scenario)
		look   func(r *simulation.Result) bool
	}{
		"strike": {func(_ *simulation.City, s *scenario.Scenario) {
			s.Events = []scenario.Special{{Kind: scenario.Strike, Source: made, Period: day.Period{From: on, Until: on + 3}, Share: .7, Notice: 2}}
		}, func(r *simulation.Result) bool { return r.Messages > calm.Messages+10 && r.Uncovered > calm.Uncovered }},
		"outage": {func(_ *simulation.City, s *scenario.Scenario) {
			s.Events = []scenario.Special{{Kind: scenario.Outage, Source: made, Period: day.Period{From: on, Until: on + 2}}}
		}, func(r *simulation.Result) bool { return r.Moved > calm.Moved && r.Messages == calm.Messages }},
		"closure": {func(_ *simulation.City, s *scenario.Scenario) {
			s.Events = []scenario.Special{{Kind: scenario.Closure, Source: made, Centre: "east-1", Period: day.Period{From: on, Until: on + 7}, Notice: 3}}
		}, func(r *simulation.Result) bool { return r.Districts["east"].SumNext > calm.Districts["east"].SumNext }},
		"merger": {func(_ *simulation.City, s *scenario.Scenario) {
			s.Events = []scenario.Special{{Kind: scenario.Opening, Source: made, Centre: "east-new", Centres: []id.Centre{"east-1", "east-2"},
				Period: day.Period{From: on, Until: on + 1}, Notice: 21}}
		}, func(r *simulation.Result) bool { return r.Booked > calm.Booked*9/10 && r.Uncovered < r.Booked/20 }},
		"turnover": {func(_ *simulation.City, s *scenario.Scenario) {
			s.Days, s.Turnover = 50, scenario.Turnover{Source: made, Leaving: 1, Notice: 20, Vacant: 3, Onboarding: 2}
		}, func(r *simulation.Result) bool { return r.Left > 0 && r.Joined > 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			r := playing(t, "none", 21, c.change)
			if name != "turnover" && r.Citizens != calm.Citizens {
				t.Errorf("%d citizens, %d in calm times", r.Citizens, calm.Citizens)
			}
			if !c.look(r) {
				t.Errorf("%+v, in calm times %+v", r, calm)
			}
		})
	}
}

// Those who walk in are the same whoever steers; fewer counters make them wait
// longer.
func TestWalkInsWait(t *testing.T) {
	planningtest.InOneGoroutine(t)
	with := func(perDay float64) func(*simulation.City, *scenario.Scenario) {
		return func(c *simulation.City, s *scenario.Scenario) {
			c.Network.Policy.WalkInShare, s.WalkIns.PerDay = .2, perDay
		}
	}
	few, many := playing(t, "none", 14, with(10)), playing(t, "none", 14, with(60))
	for _, r := range []*simulation.Result{few, many} {
		if w := r.WalkIns; w.Came == 0 || w.Served+w.Left != w.Came {
			t.Errorf("%d came, %d were served, %d left", w.Came, w.Served, w.Left)
		}
	}
	if few.Figure("walk-in-wait") >= many.Figure("walk-in-wait") {
		t.Errorf("%v minutes where few come, %v where many do", few.Figure("walk-in-wait"), many.Figure("walk-in-wait"))
	}
}
