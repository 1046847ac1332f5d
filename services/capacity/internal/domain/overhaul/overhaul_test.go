package overhaul_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/overhaul"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestOverhaul(t *testing.T) {
	began := Began{ID: "2026-11-24", Day: day.Date(2026, 11, 24), Reason: Nightly}
	ended := Ended{ID: "2026-11-24", Before: 100, After: 90, Bound: 89, Rounds: 24, Outcome: Proposed, Proposal: "p-1"}
	again := ended
	again.Outcome = GivenUp
	decidertest.Run(t, Decider, decider.NewCodec(Began{}, Ended{}), []decidertest.Case[Command]{
		{Name: "begin", When: began, Then: []decider.Event{began}},
		{Name: "begin twice", Given: []decider.Event{began}, When: began},
		{Name: "end", Given: []decider.Event{began}, When: ended, Then: []decider.Event{ended}},
		{Name: "end what has ended", Given: []decider.Event{began, ended}, When: again},
		{Name: "end what never began", When: ended, Err: ErrNotBegun},
	})
}
