package read

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Person-days count by their day, decisions by when they were made, both for the
// districts that they concern; what was refused or sent back does not count.
func TestMovesAndDecisionsOfAMonth(t *testing.T) {
	h, c := tell(t), NewCity()
	first := day.Date(2026, time.November, 23)
	say := func(stream string, d day.Day, e decider.Event) {
		h.at++
		s := eventlog.Event{Position: h.at, Stream: stream, NewEvent: eventlog.NewEvent{Meta: eventlog.Meta{Time: d.At(600, h.zone)}}}
		c.Apply(s, e)
		h.Apply(s, e)
	}
	say("policy-city", first, capacity.PolicyChanged{Policy: capacity.Policy{GoalDays: 10, LimitDays: 14}, Districts: []capacity.District{{ID: "altona", Name: "Altona"}, {ID: "mitte", Name: "Mitte"}, {ID: "nord", Name: "Nord"}}})
	say("calendar-x", first, calendar.Began{Day: first})
	move := func(d id.Deployment, on day.Day, from, to id.District) capacity.Move {
		return capacity.Move{Deployment: d, Employee: id.Employee("e-" + d), Day: on, From: id.Centre(from) + "-1", FromDistrict: from, To: id.Centre(to) + "-1", ToDistrict: to}
	}
	say("proposal-p1", first, capacity.ProposalDrafted{Proposal: "p1", Moves: []capacity.Move{
		move("a", first+4, "mitte", "altona"), move("b", first+5, "mitte", "altona"), move("c", first+9, "mitte", "altona"), // the last is in December
		move("d", first+4, "altona", "nord"), move("e", first+4, "altona", "altona"), move("f", first+4, "nord", "altona")}})
	say("proposal-p1", first+1, capacity.ProposalApproved{Proposal: "p1", Deployments: []id.Deployment{"a", "b", "c", "d", "e", "f"}})
	for _, d := range []id.Deployment{"a", "b", "c", "d", "e"} {
		say("proposal-p1", first+1, proposal.Ordered{Deployment: d})
	}
	say("proposal-p1", first+1, proposal.Refused{Deployment: "f", Rule: "rest"})
	say("proposal-p2", first+1, capacity.ProposalDrafted{Proposal: "p2", Moves: []capacity.Move{move("g", first+6, "mitte", "nord")}})
	say("proposal-p2", first+2, capacity.ProposalRejected{Proposal: "p2", Reason: "no"})
	say("proposal-p3", first+2, capacity.ProposalDrafted{Proposal: "p3", Moves: []capacity.Move{move("h", first+20, "altona", "nord")}})
	say("proposal-p3", first+8, capacity.ProposalApproved{Proposal: "p3", Deployments: []id.Deployment{"h"}, Automatic: true}) // the first of December
	november := MonthOf(first)
	m, ok := h.Month(c, "altona", november)
	if !ok || m.Moves.In != 2 || m.Moves.Out != 1 || m.Moves.Within != 1 {
		t.Fatalf("%+v", m.Moves)
	}
	if len(m.Moves.With) != 2 || m.Moves.With[0] != (Partner{"mitte", "Mitte", 2, 0}) || m.Moves.With[1] != (Partner{"nord", "Nord", 0, 1}) {
		t.Errorf("%+v", m.Moves.With)
	}
	if m.Decisions != (Decisions{Approved: 1}) {
		t.Errorf("%+v", m.Decisions)
	}
	if m.Over || m.Until != first+1 {
		t.Errorf("the month is under way: %+v", m.Period)
	}
	say("calendar-y", first+10, calendar.Began{Day: first + 10})
	if m, _ := h.Month(c, "nord", november); m.Decisions != (Decisions{Approved: 1, Rejected: 1}) || !m.Over {
		t.Errorf("%+v", m.Decisions)
	}
	if m, _ := h.Month(c, "altona", MonthOf(first+10)); m.Decisions != (Decisions{Automatic: 1}) || m.Moves.In != 1 {
		t.Errorf("%+v %+v", m.Decisions, m.Moves)
	}
	if _, ok := h.Month(c, "harburg", november); ok {
		t.Error("a district that does not exist")
	}
	if _, ok := h.Month(c, "altona", MonthOf(first+60)); ok {
		t.Error("a month that has not begun")
	}
}
