package network

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestNewestWins(t *testing.T) {
	two := CatalogueObserved{Epoch: 1, Version: 2, Services: []ServiceType{{ID: "passport", Skill: "pass", Minutes: 15}}}
	decidertest.Run(t, Decider, decider.NewCodec(Events()...), []decidertest.Case[Observe]{
		{Name: "first", When: Observe{two}, Then: []decider.Event{two}},
		{Name: "older", Given: []decider.Event{two}, When: Observe{CatalogueObserved{Epoch: 1, Version: 1}}},
		{Name: "capacity was restored", Given: []decider.Event{two}, When: Observe{CatalogueObserved{Epoch: 2, Version: 1}}, Then: []decider.Event{CatalogueObserved{Epoch: 2, Version: 1}}},
		{Name: "newer policy", Given: []decider.Event{PolicyObserved{1, 1, DefaultPolicy}}, When: Observe{PolicyObserved{1, 2, Policy{HoldMinutes: 5}}},
			Then: []decider.Event{PolicyObserved{1, 2, Policy{HoldMinutes: 5}}}},
		{Name: "centre", When: Observe{CentreObserved{1, 1, Centre{ID: "altona"}}}, Then: []decider.Event{CentreObserved{1, 1, Centre{ID: "altona"}}}},
	})
}

func TestOpening(t *testing.T) {
	tuesday := day.Date(2026, time.December, 1)
	c := Centre{Hours: map[int][]day.Span{2: {{From: 780, To: 1080}, {From: 480, To: 720}}},
		Exceptions: []Exception{{Day: tuesday + 7}}}
	if o := c.Opening(tuesday); o == nil || *o != 480 {
		t.Fatalf("opens at %v", o)
	}
	if c.Opening(tuesday+1) != nil || c.Opening(tuesday+7) != nil {
		t.Fatal("open on a closed day")
	}
}
