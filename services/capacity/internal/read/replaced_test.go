package read

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// A proposal that another one replaces has been answered for by that one: its cause
// is not asked about again, or one would follow the other for ever.
func TestACauseIsNotAskedAgainForAProposalThatWasReplaced(t *testing.T) {
	const today = day.Day(100)
	place := Place{Centre: "near", Day: today + 1}
	for by, want := range map[id.Proposal]bool{"": true, "p-2": false} {
		c := NewCity()
		c.Today = today
		c.Losses[place] = map[id.Employee]Lost{"ill": {Cause: "hr-1"}}
		c.Apply(eventlog.Event{Position: 1}, damage.Assessed{Cause: "hr-1", Position: 1, Places: []Place{place}, Unsolved: []string{"nobody can be spared"}})
		stored := eventlog.Event{Position: 2, Stream: "proposal-p-1"}
		c.Apply(stored, proposal.Detailed{Proposal: "p-1", Losses: []proposal.Loss{{Centre: place.Centre, Day: place.Day}}})
		c.Apply(stored, capacity.ProposalDrafted{Proposal: "p-1", Causes: []string{"hr-1"},
			Moves: []capacity.Move{{Deployment: "d", Employee: "kept", Day: place.Day, From: "home", To: "near"}}})
		c.Apply(stored, capacity.ProposalSuperseded{Proposal: "p-1", By: by})
		if got := len(c.WaitingCauses()) == 1; got != want {
			t.Errorf("replaced by %q: %v", by, c.WaitingCauses())
		}
	}
}
