package read

import (
	"fmt"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

func TestCurvesOfOldProposalsAreForgotten(t *testing.T) {
	c := NewCity()
	for i := range curvesKept + 3 {
		p := id.Proposal(fmt.Sprintf("p-%d", i))
		stored := eventlog.Event{Stream: "proposal-" + string(p)}
		c.Apply(stored, proposal.Detailed{Proposal: p, Curves: []proposal.Curve{{District: "a"}}, Losses: []proposal.Loss{{Centre: "c"}}})
		c.Apply(stored, capacity.ProposalDrafted{Proposal: p})
	}
	with := 0
	for _, p := range c.Order {
		s := c.Proposals[p]
		if len(s.Details.Curves) > 0 {
			with++
		}
		if s.ID != p || len(s.Details.Losses) != 1 {
			t.Fatalf("%s lost more than its curves: %+v", p, s)
		}
	}
	if with != curvesKept || len(c.DecisionsOn("p-0")) != 1 {
		t.Errorf("%d proposals have curves", with)
	}
}
