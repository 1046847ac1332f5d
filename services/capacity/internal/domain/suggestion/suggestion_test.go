package suggestion_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/suggestion"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var today = day.Date(2026, 11, 23)

func TestSuggestion(t *testing.T) {
	made := Made{Suggestion: capacity.Suggestion{ID: "s-1", Kind: "overtime", Days: []day.Day{today + 2}}, On: today, Run: "2026-11-23"}
	yes := Accepted{ID: "s-1", Note: "asked them"}
	decidertest.Run(t, Decider, decider.NewCodec(Made{}, Accepted{}), []decidertest.Case[Command]{
		{Name: "make", When: made, Then: []decider.Event{made}},
		{Name: "make again", Given: []decider.Event{made}, When: made},
		{Name: "accept", Given: []decider.Event{made}, When: Accept{yes, today}, Then: []decider.Event{yes}},
		{Name: "accept twice", Given: []decider.Event{made, yes}, When: Accept{yes, today}},
		{Name: "accept with another note", Given: []decider.Event{made, yes}, When: Accept{Accepted{ID: "s-1", Note: "no"}, today}, Err: ErrTaken},
		{Name: "accept on the day", Given: []decider.Event{made}, When: Accept{yes, today + 2}, Err: ErrOver},
		{Name: "accept the unknown", When: Accept{yes, today}, Err: ErrUnknown},
	})
}

func TestMeasure(t *testing.T) {
	saturday := today + 5
	hours := map[int][]day.Span{6: {{From: day.Clock(8, 0), To: day.Clock(13, 0)}}}
	s := capacity.Suggestion{ID: "s-1", Kind: "saturday-opening", Centre: "c", District: "d", Days: []day.Day{saturday}}
	m, ok := Measure(s, hours, "many wait")
	if !ok || m.Kind != capacity.MeasureHours || m.From != saturday || m.Until != saturday+1 || len(m.Hours[6]) != 1 || m.Reason != "many wait" {
		t.Errorf("%+v", m)
	}
	s.Kind, s.Hours = "shorter-hours", &day.Span{From: day.Clock(8, 0), To: day.Clock(16, 0)}
	s.Days = []day.Day{today}
	if m, ok := Measure(s, nil, "few are there"); !ok || m.Hours[1][0] != *s.Hours {
		t.Errorf("%+v", m)
	}
	s.Kind = "close-for-a-day"
	if m, ok := Measure(s, nil, "few are there"); !ok || m.Kind != capacity.MeasureClosure || m.Hours != nil {
		t.Errorf("%+v", m)
	}
	s.Kind = "overtime"
	if m, ok := Measure(s, nil, "x"); ok {
		t.Errorf("overtime is a measure: %+v", m)
	}
}
