package promise_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var codec = decider.NewCodec(capacity.LeadTimeMeasured{}, capacity.PromiseAtRisk{}, capacity.PromiseRestored{})

func TestPromise(t *testing.T) {
	lead := func(n int) capacity.LeadTime { return capacity.LeadTime{District: "d", Skill: "id", Days: n} }
	says := func(n int) capacity.LeadTimeMeasured {
		return capacity.LeadTimeMeasured{LeadTime: lead(n), Goal: 10, Limit: 14}
	}
	risk := capacity.PromiseAtRisk{LeadTime: lead(15), Limit: 14}
	decidertest.Run(t, Decider, codec, []decidertest.Case[Measure]{
		{Name: "first", When: Measure{says(14)}, Then: []decider.Event{says(14)}},
		{Name: "the same", Given: []decider.Event{says(3)}, When: Measure{says(3)}},
		{Name: "past the limit", Given: []decider.Event{says(3)}, When: Measure{says(15)}, Then: []decider.Event{says(15), risk}},
		{Name: "worse still", Given: []decider.Event{says(15), risk}, When: Measure{says(20)}, Then: []decider.Event{says(20)}},
		{Name: "nothing on offer", Given: []decider.Event{says(3)}, When: Measure{says(-1)}, Then: []decider.Event{says(-1), capacity.PromiseAtRisk{LeadTime: lead(-1), Limit: 14}}},
		{Name: "restored", Given: []decider.Event{says(15), risk}, When: Measure{says(14)}, Then: []decider.Event{says(14), capacity.PromiseRestored{LeadTime: lead(14), Limit: 14}}},
	})
}
