package proposal_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var codec = decider.NewCodec(Detailed{}, Closing{}, Failed{}, Ordered{}, Refused{}, Cancelled{}, ReturnBegan{}, capacity.ProposalDrafted{},
	capacity.ProposalApproved{}, capacity.ProposalRejected{}, capacity.ProposalSuperseded{}, capacity.ProposalExpired{},
	capacity.ProposalApplied{}, capacity.ProposalUndone{}, capacity.DeploymentRequested{}, capacity.DeploymentWithdrawn{})

var (
	today   = day.Date(2026, 11, 23)
	m1      = capacity.Move{Deployment: "p-1-1", Employee: "e1", Day: today + 5, From: "a", To: "b", Gain: 9}
	m2      = capacity.Move{Deployment: "p-1-2", Employee: "e2", Day: today + 6, From: "a", To: "b", Gain: 8}
	detail  = Detailed{Proposal: "p-1"}
	draft   = capacity.ProposalDrafted{Proposal: "p-1", Causes: []string{"hr-1"}, Moves: []capacity.Move{m1, m2}, Effects: []capacity.Effect{}, Approval: "review", ExpiresOn: today + 3}
	yes     = capacity.ProposalApproved{Proposal: "p-1", Deployments: []id.Deployment{"p-1-1", "p-1-2"}}
	one     = capacity.ProposalApproved{Proposal: "p-1", Deployments: []id.Deployment{"p-1-1"}, Dropped: []id.Deployment{"p-1-2"}}
	closing = Closing{Deployment: "p-1-1", OfferingVersion: 4, UncoveredBefore: 15}
	request = capacity.DeploymentRequested{Deployment: "p-1-1", Proposal: "p-1", Employee: "e1", Day: today + 5, From: "a", To: "b"}
	ordered = Ordered{"p-1-1"}
)

func given(more ...decider.Event) []decider.Event {
	return append([]decider.Event{detail, draft}, more...)
}

func then(e ...decider.Event) []decider.Event { return e }

func TestProposal(t *testing.T) {
	back := Detailed{Proposal: "p-1", Returns: map[id.Deployment]Reference{"p-1-1": {Proposal: "p-0", Deployment: "p-0-7"}}}
	withdrawn := capacity.DeploymentWithdrawn{Deployment: "p-0-7", Proposal: "p-0", Employee: "e1", Day: today + 5}
	refused := Refused{"p-1-1", "rest-period", "too little rest"}
	over := map[string]string{"de": "vorbei", "en": "over"}
	rejected := capacity.ProposalRejected{Proposal: "p-1", Reason: "no"}
	undone := capacity.ProposalUndone{Proposal: "p-1", Deployments: []id.Deployment{"p-1-1"}, Reason: "wrong"}
	applied := capacity.ProposalApplied{Proposal: "p-1", Ordered: []id.Deployment{"p-1-1"}}
	decidertest.Run(t, Decider, codec, []decidertest.Case[Command]{
		{Name: "draft", When: Draft{detail, draft}, Then: given()},
		{Name: "draft over another", Given: given(), When: Draft{detail, draft}},
		{Name: "unknown", When: Reject{Reason: "no", Today: today}, Err: ErrUnknown},
		{Name: "approve", Given: given(), When: Approve{Today: today}, Then: then(yes)},
		{Name: "approve the version seen", Given: given(), When: Approve{Today: today, Version: 2}, Then: then(yes)},
		{Name: "approve another version", Given: given(), When: Approve{Today: today, Version: 1}, Err: ErrChanged},
		{Name: "approve without one move", Given: given(), When: Approve{Drop: []id.Deployment{"p-1-2"}, Today: today}, Then: then(one)},
		{Name: "approve without any", Given: given(), When: Approve{Drop: []id.Deployment{"p-1-2", "p-1-1"}, Today: today}, Err: ErrNothingLeft},
		{Name: "drop what is not there", Given: given(), When: Approve{Drop: []id.Deployment{"x"}, Today: today}, Err: ErrUnknownMove},
		{Name: "approve with other moves", Given: given(one), When: Approve{Today: today}, Err: ErrDecided},
		{Name: "approve too late", Given: given(), When: Approve{Today: today + 3}, Err: ErrExpired},
		{Name: "reject", Given: given(), When: Reject{"no", today}, Then: then(rejected)},
		{Name: "reject without reason", Given: given(), When: Reject{"", today}, Err: ErrNoReason},
		{Name: "approve a rejected one", Given: given(rejected), When: Approve{Today: today}, Err: ErrDecided},
		{Name: "supersede", Given: given(), When: Supersede{By: "p-2", Why: over}, Then: then(capacity.ProposalSuperseded{Proposal: "p-1", By: "p-2", Reason: "over", Why: over})},
		{Name: "supersede an approved one", Given: given(yes), When: Supersede{Why: over}},
		{Name: "expire", Given: given(), When: Expire{today + 3}, Then: then(capacity.ProposalExpired{Proposal: "p-1"})},
		{Name: "expire too early", Given: given(), When: Expire{today + 2}},
		{Name: "close the giver", Given: given(one), When: CloseGiver{closing}, Then: then(closing)},
		{Name: "close a dropped one", Given: given(one), When: CloseGiver{Closing{Deployment: "p-1-2"}}},
		{Name: "giver stays covered", Given: given(one, closing), When: GiverAnswered{"p-1-1", 15}, Then: then(request)},
		{Name: "giver would be uncovered", Given: given(yes, closing), When: GiverAnswered{"p-1-1", 16},
			Then: then(Failed{"p-1-1", WouldUncover, "16 booked minutes at a would be uncovered on " + (today + 5).String() + ", 15 were before"})},
		{Name: "ordered", Given: given(one, closing, request), When: Answer{Deployment: "p-1-1", Ordered: true}, Then: then(ordered, applied)},
		{Name: "ordered, another waits", Given: given(yes, closing, request), When: Answer{Deployment: "p-1-1", Ordered: true}, Then: then(ordered)},
		{Name: "answered before asked", Given: given(one, closing), When: Answer{Deployment: "p-1-1", Ordered: true}},
		{Name: "refused", Given: given(one, closing, request), When: Answer{Deployment: "p-1-1", Rule: "rest-period", Reason: "too little rest"},
			Then: then(refused, capacity.ProposalApplied{Proposal: "p-1", Ordered: []id.Deployment{}, Refused: []capacity.Refusal{{Deployment: "p-1-1", Rule: "rest-period", Reason: "too little rest"}}})},
		{Name: "answer to a stranger", Given: given(one), When: Answer{Deployment: "x"}, Err: ErrUnknownMove},
		{Name: "fail while closing", Given: given(yes, closing), When: Fail{Failed{"p-1-1", "off-duty", "gone"}}, Then: then(Failed{"p-1-1", "off-duty", "gone"})},
		{Name: "fail what staffing never answered", Given: given(yes, closing, request), When: Fail{Failed{"p-1-1", "past", "over"}}, Then: then(Failed{"p-1-1", "past", "over"})},
		{Name: "fail what is ordered", Given: given(one, closing, request, ordered, applied), When: Fail{Failed{"p-1-1", "past", "over"}}},
		{Name: "cancelled after ordering", Given: given(one, closing, request, ordered, applied), When: Cancel{Cancelled{"p-1-1", "off-duty"}}, Then: then(Cancelled{"p-1-1", "off-duty"})},
		{Name: "undo", Given: given(one, closing, request, ordered, applied), When: Undo{"wrong", today},
			Then: then(undone, capacity.DeploymentWithdrawn{Deployment: "p-1-1", Proposal: "p-1", Employee: "e1", Day: today + 5})},
		{Name: "undo before the request", Given: given(one, closing), When: Undo{"wrong", today}, Then: then(undone)},
		{Name: "undo a draft", Given: given(), When: Undo{"wrong", today}, Err: ErrNotApproved},
		{Name: "undo a day under way", Given: given(one, closing, request, ordered, applied), When: Undo{"wrong", today + 5}, Err: ErrUnderWay},
		{Name: "a return is withdrawn, not requested", Given: []decider.Event{back, draft, one, closing}, When: GiverAnswered{"p-1-1", 0}, Then: then(withdrawn)},
		{Name: "a return is answered", Given: []decider.Event{back, draft, one, closing, withdrawn}, When: Answer{Deployment: "p-1-1", Ordered: true}, Then: then(ordered, applied)},
		{Name: "sent back by another", Given: given(one, closing, request, ordered, applied), When: BeginReturn{ReturnBegan{"p-1-1", Reference{"p-2", "p-2-1"}}},
			Then: then(ReturnBegan{"p-1-1", Reference{"p-2", "p-2-1"}})},
	})
}
