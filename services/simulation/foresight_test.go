package simulation_test

import (
	"math"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// The book meets the same citizens as the services, and who knows everything
// ahead keeps more than who moves nobody, and at most what one centre for all would.
// The east has too few people, the town enough.
func TestForesightBoundsWhatCanBeKept(t *testing.T) {
	planningtest.InOneGoroutine(t)
	busy := func(c *simulation.City, s *scenario.Scenario) {
		s.Demand.Level, s.Citizens.Elsewhere, s.Days = 1.4, 0, 90
		for i := range c.Network.Districts {
			c.Network.Districts[i].AnyShare = 0
		}
	}
	runs := map[string]*simulation.Result{}
	for _, name := range []string{"none-book", "clairvoyant-book", "pooled"} {
		r := playing(t, name, 60, busy)
		if again := playing(t, name, 60, busy); again.Kept14 != r.Kept14 || again.SumLead != r.SumLead {
			t.Errorf("%s: the same seed keeps %d and %d", name, r.Kept14, again.Kept14)
		}
		if r.Booked+r.Unmet != r.Asked || r.Uncovered != 0 {
			t.Errorf("%s: %d asked, %d booked, %d found nothing, %d uncovered", name, r.Asked, r.Booked, r.Unmet, r.Uncovered)
		}
		runs[name] = r
	}
	none, best, pool := runs["none-book"], runs["clairvoyant-book"], runs["pooled"]
	if none.Citizens != best.Citizens || none.Citizens != pool.Citizens {
		t.Errorf("%d, %d and %d citizens", none.Citizens, best.Citizens, pool.Citizens)
	}
	if a, b, c := none.Figure("kept-14"), best.Figure("kept-14"), pool.Figure("kept-14"); !(a < b && b <= c) || math.IsNaN(c) {
		t.Errorf("kept %.1f %% without moves, %.1f %% clairvoyant, %.1f %% pooled", a, b, c)
	}
	if best.Moves == 0 || math.Abs(float64(best.Travel-25*best.Moves)) > 25 || none.Moves != 0 || best.CapUse > 1 {
		t.Errorf("%d moves, %d minutes, %.2f of the caps; %d moves without", best.Moves, best.Travel, best.CapUse, none.Moves)
	}
}

// In a quiet town nothing but the first day that suits makes citizens wait, so the
// book gives what the services give.
func TestTheBookAgreesWithTheServicesWhereNothingIsShort(t *testing.T) {
	planningtest.InOneGoroutine(t)
	quiet := func(c *simulation.City, s *scenario.Scenario) {
		s.Demand.Level = .4
		s.Sickness.Rate[""], s.Leave.Days, s.Citizens.Cancelled = 0, 0, 0
	}
	services, book := playing(t, "none", 14, quiet), playing(t, "none-book", 14, quiet)
	if services.Citizens != book.Citizens || services.Kept14 != services.Measured || book.Kept14 != book.Measured || services.Measured != book.Measured {
		t.Errorf("services %+v, book %+v", services, book)
	}
	if a, b := services.Figure("booked-mean"), book.Figure("booked-mean"); math.Abs(a-b) > .25 {
		t.Errorf("booked %.2f days ahead with the services, %.2f in the book", a, b)
	}
}
