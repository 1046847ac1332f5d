package observed_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var codec = decider.NewCodec(DutiesObserved{}, LoadObserved{})

func TestNewestWins(t *testing.T) {
	v1, v2 := DutiesObserved{Employee: "e", Version: 1}, DutiesObserved{Employee: "e", Version: 2, Home: "a"}
	restored := DutiesObserved{Employee: "e", Epoch: 2, Version: 1}
	decidertest.Run(t, Duties, codec, []decidertest.Case[DutiesObserved]{
		{Name: "first", When: v1, Then: []decider.Event{v1}},
		{Name: "newer", Given: []decider.Event{v1}, When: v2, Then: []decider.Event{v2}},
		{Name: "older", Given: []decider.Event{v2}, When: v1},
		{Name: "staffing was restored", Given: []decider.Event{v2}, When: restored, Then: []decider.Event{restored}},
		{Name: "from before the restore", Given: []decider.Event{restored}, When: v2},
	})
	l1, l2 := LoadObserved{Centre: "a", Version: 1}, LoadObserved{Centre: "a", Version: 2, AtRisk: 3}
	decidertest.Run(t, Load, codec, []decidertest.Case[LoadObserved]{
		{Name: "newer", Given: []decider.Event{l1}, When: l2, Then: []decider.Event{l2}},
		{Name: "older", Given: []decider.Event{l2}, When: l1},
	})
}

func TestMinutesWithoutBreaks(t *testing.T) {
	s := day.Span{From: day.Clock(8, 0), To: day.Clock(16, 0)}
	got := Duty{Span: s, Breaks: []day.Span{{From: day.Clock(12, 0), To: day.Clock(12, 30)}, {From: day.Clock(15, 30), To: day.Clock(17, 0)}}}.Minutes()
	if got != 420 {
		t.Errorf("%d minutes, want 420", got)
	}
}
