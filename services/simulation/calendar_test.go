package simulation_test

import (
	"math"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// A district's level multiplies what its citizens ask for, and nobody else's.
func TestADistrictHasALevelOfItsOwn(t *testing.T) {
	c, s := town(t), quietYear(60)
	days := day.Period{From: s.From, Until: s.From + 60}
	count := func() map[id.District]float64 {
		out := map[id.District]float64{}
		for k, all := range simulation.Truth(1, &s, c.Network.Districts, c.Network.Services, days) {
			for _, n := range all {
				out[k.District] += float64(n)
			}
		}
		return out
	}
	before := count()
	s.Demand.District = map[id.District]float64{"east": .5}
	after := count()
	if before["west"] != after["west"] || math.Abs(after["east"]/before["east"]-.5) > .03 {
		t.Errorf("%v became %v", before, after)
	}
}

// What was asked before the first day stands in the calendars: who asks then waits
// longer, in that district.
func TestCalendarsNeedNotBeEmpty(t *testing.T) {
	full := func(days float64) func(*simulation.City, *scenario.Scenario) {
		return func(_ *simulation.City, s *scenario.Scenario) {
			none := 0.
			s.Citizens.Any, s.Citizens.Elsewhere, s.WarmUp, s.Demand.Level = &none, 0, 7, 1.1
			s.Demand.Ahead = map[id.District]float64{"east": days}
		}
	}
	next := func(r *simulation.Result, d id.District) float64 {
		return float64(r.Districts[d].SumNext) / float64(r.Districts[d].Measured)
	}
	empty, ahead := playing(t, "none-book", 5, full(0)), playing(t, "none-book", 5, full(8))
	if a, b := next(empty, "east"), next(ahead, "east"); b < a+3 {
		t.Errorf("the third next appointment in the east is %.1f days ahead, and %.1f where eight days had been asked for", a, b)
	}
	if a, b := next(empty, "west"), next(ahead, "west"); a != b {
		t.Errorf("the third next appointment in the west is %.1f and %.1f days ahead", a, b)
	}
	if pool := playing(t, "pooled", 5, full(8)); pool.Citizens != ahead.Citizens {
		t.Errorf("%d and %d citizens", pool.Citizens, ahead.Citizens)
	}
}
