package simulation_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// Whoever knows everything ahead sends people of the west to the east, whose people
// are too few, with the services at work: more is kept than where nobody moves, by
// the same citizens, within what each person may be away, and nothing is planned or
// drafted.
func TestWhoKnowsEverythingSendsPeopleThroughTheServices(t *testing.T) {
	planningtest.InOneGoroutine(t)
	busy := func(c *simulation.City, s *scenario.Scenario) {
		s.Demand.Level, s.Citizens.Elsewhere = 1.9, 0
		for i := range c.Network.Districts {
			c.Network.Districts[i].AnyShare = 0
		}
	}
	none, best := playing(t, "none", 40, busy), playing(t, "clairvoyant", 40, busy)
	if none.Citizens != best.Citizens || none.Messages != best.Messages {
		t.Errorf("%d and %d citizens, %d and %d messages", none.Citizens, best.Citizens, none.Messages, best.Messages)
	}
	a, b := none.Figure("kept-14"), best.Figure("kept-14")
	if !(a+10 < b) {
		t.Errorf("kept %.1f %% where nobody moves, %.1f %% by who knows everything", a, b)
	}
	// Twelve people of the west, two days a week each.
	if most := 12 * 2 * 40 / 7; best.Moves == 0 || best.Moves > most || best.Across == 0 || best.Proposals != 0 {
		t.Errorf("%d moves, %d across the border, at most %d; %d proposals", best.Moves, best.Across, most, best.Proposals)
	}
}
