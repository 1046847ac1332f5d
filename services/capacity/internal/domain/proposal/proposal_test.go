package proposal_test

import (
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var codec = decider.NewCodec(Detailed{}, Closing{}, Failed{}, Ordered{}, Refused{}, Cancelled{}, ReturnBegan{}, Reappraised{}, capacity.ProposalDrafted{},
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
	own := capacity.Move{Employee: "e3", Day: today + 5, From: "c", To: "b", Gain: 4}
	named := own
	named.Deployment = "p-1-own1"
	left := []capacity.Effect{{District: "b", UncoveredBefore: 3, UncoveredAfter: 1}}
	mine := capacity.ProposalApproved{Proposal: "p-1", Deployments: []id.Deployment{"p-1-1", "p-1-own1"}, Dropped: []id.Deployment{"p-1-2"},
		Added: []capacity.Move{named}, Gain: 13, Effects: left}
	amend := Approve{Drop: []id.Deployment{"p-1-2"}, Add: []capacity.Move{own}, Gain: 13, Effects: left, Today: today}
	change := func(edit func(*capacity.Move)) Approve {
		m, c := own, amend
		edit(&m)
		c.Add = []capacity.Move{own, m}
		return c
	}
	found := Reappraised{Proposal: "p-1", Was: 17, Now: 8, Moves: []MoveWorth{{Deployment: "p-1-1", Was: 9, Rule: "presence"}, {"p-1-2", 8, 8, ""}}}
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
		{Name: "approve with an own move", Given: given(), When: amend, Then: then(mine)},
		{Name: "approve only an own move", Given: given(), When: Approve{Drop: []id.Deployment{"p-1-1", "p-1-2"}, Add: []capacity.Move{own}, Today: today},
			Then: then(capacity.ProposalApproved{Proposal: "p-1", Deployments: []id.Deployment{"p-1-own1"}, Dropped: []id.Deployment{"p-1-1", "p-1-2"}, Added: []capacity.Move{named}})},
		{Name: "approve again with the own move", Given: given(mine), When: amend},
		{Name: "approve again without the own move", Given: given(mine), When: Approve{Drop: []id.Deployment{"p-1-2"}, Today: today}, Err: ErrDecided},
		{Name: "approve again with another own move", Given: given(mine), When: Approve{Drop: []id.Deployment{"p-1-2"},
			Add: []capacity.Move{{Employee: "e4", Day: own.Day, From: "c", To: "b"}}, Today: today}, Err: ErrDecided},
		{Name: "add the same person twice", Given: given(), When: change(func(*capacity.Move) {}), Err: ErrTwice},
		{Name: "add a person whom it moves", Given: given(), When: change(func(m *capacity.Move) { m.Employee = "e1" }), Err: ErrTwice},
		{Name: "add a person whose move is dropped", Given: given(), When: Approve{Drop: []id.Deployment{"p-1-1"},
			Add: []capacity.Move{{Employee: "e1", Day: today + 5, From: "a", To: "c"}}, Today: today},
			Then: then(capacity.ProposalApproved{Proposal: "p-1", Deployments: []id.Deployment{"p-1-2", "p-1-own1"}, Dropped: []id.Deployment{"p-1-1"},
				Added: []capacity.Move{{Deployment: "p-1-own1", Employee: "e1", Day: today + 5, From: "a", To: "c"}}})},
		{Name: "add a day under way", Given: given(), When: change(func(m *capacity.Move) { m.Day = today }), Err: ErrNowhere},
		{Name: "add a move to where they are", Given: given(), When: change(func(m *capacity.Move) { m.To = "c" }), Err: ErrNowhere},
		{Name: "an own move goes the same way", Given: given(mine), When: CloseGiver{Closing{Deployment: "p-1-own1", OfferingVersion: 2}},
			Then: then(Closing{Deployment: "p-1-own1", OfferingVersion: 2})},
		{Name: "an own move is undone, too", Given: given(mine), When: Undo{"wrong", today},
			Then: then(capacity.ProposalUndone{Proposal: "p-1", Deployments: []id.Deployment{"p-1-1", "p-1-own1"}, Reason: "wrong"})},
		{Name: "approve too late", Given: given(), When: Approve{Today: today + 3}, Err: ErrExpired},
		{Name: "reject", Given: given(), When: Reject{"no", today}, Then: then(rejected)},
		{Name: "reject without reason", Given: given(), When: Reject{"", today}, Err: ErrNoReason},
		{Name: "approve a rejected one", Given: given(rejected), When: Approve{Today: today}, Err: ErrDecided},
		{Name: "supersede", Given: given(), When: Supersede{By: "p-2", Why: over}, Then: then(capacity.ProposalSuperseded{Proposal: "p-1", By: "p-2", Reason: "over", Why: over})},
		{Name: "supersede what has lost its worth", Given: given(), When: Supersede{Why: over, Found: &found},
			Then: then(found, capacity.ProposalSuperseded{Proposal: "p-1", Reason: "over", Why: over})},
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

func TestOutside(t *testing.T) {
	g := capacity.Guardrails{Enabled: true, MaxMoves: 2, MaxTravelMinutes: 30, MinGain: 2, MobileOnly: true}
	mobile := capacity.Move{Deployment: "p-1-1", Employee: "m", TravelMinutes: 30, Gain: 2}
	known := map[id.Deployment]Person{"p-1-1": {Mobile: true}, "p-1-3": {Mobile: true, Late: true}}
	for _, c := range []struct {
		name  string
		edit  func(*capacity.Guardrails, *State)
		rails []string
	}{
		{"at every bound", func(*capacity.Guardrails, *State) {}, nil},
		{"off", func(g *capacity.Guardrails, _ *State) { g.Enabled = false }, []string{RailEnabled}},
		{"one too many", func(_ *capacity.Guardrails, s *State) { s.Draft.Moves = append(s.Draft.Moves, mobile, mobile) }, []string{RailMoves}},
		{"too far and too little", func(_ *capacity.Guardrails, s *State) {
			s.Draft.Moves[0].TravelMinutes, s.Draft.Moves[0].Gain = 31, 1.9
		}, []string{RailTravel, RailGain}},
		{"not of a mobile team", func(_ *capacity.Guardrails, s *State) { s.Draft.Moves[0].Deployment = "p-1-2" }, []string{RailMobile}},
		{"anybody", func(g *capacity.Guardrails, s *State) { g.MobileOnly, s.Draft.Moves[0].Deployment = false, "p-1-2" }, nil},
		{"home within the notice", func(_ *capacity.Guardrails, s *State) {
			s.Draft.Moves[0].Deployment = "p-1-3"
			s.Details.Returns = map[id.Deployment]Reference{"p-1-3": {}}
		}, []string{RailNotice}},
		{"away within the notice", func(_ *capacity.Guardrails, s *State) { s.Draft.Moves[0].Deployment = "p-1-3" }, nil},
	} {
		rails, s := g, State{Draft: capacity.ProposalDrafted{Moves: []capacity.Move{mobile}}, Details: Detailed{People: known}}
		c.edit(&rails, &s)
		if got := s.OutsideOf(rails); !slices.Equal(got, c.rails) {
			t.Errorf("%s: %v, want %v", c.name, got, c.rails)
		}
	}
}
