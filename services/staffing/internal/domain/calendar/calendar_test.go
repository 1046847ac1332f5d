package calendar

import (
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var (
	xmas   = Holiday{Name: "Christmas", Period: day.Period{From: day.Date(2026, 12, 25), Until: day.Date(2026, 12, 27)}}
	school = Holiday{Name: "school", Period: day.Period{From: day.Date(2026, 12, 21), Until: day.Date(2027, 1, 4)}, School: true}
)

func TestTable(t *testing.T) {
	first := Changed{1, []Holiday{xmas}, 60}
	given := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider(), decider.NewCodec(Changed{}), []decidertest.Case[Command]{
		{Name: "set", When: Set{[]Holiday{xmas}, 60}, Then: given(first)},
		{Name: "set again", Given: given(first), When: Set{[]Holiday{xmas}, 60}},
		{Name: "without either all stays", Given: given(first), When: Set{}},
		{Name: "another horizon", Given: given(first), When: Set{nil, 90}, Then: given(Changed{2, []Holiday{xmas}, 90})},
		{Name: "other holidays", Given: given(first), When: Set{[]Holiday{school}, 0}, Then: given(Changed{2, []Holiday{school}, 60})},
		{Name: "more than a year ahead", Given: given(first), When: Set{nil, 367}, Err: ErrHorizon},
	})
}

func TestPublic(t *testing.T) {
	again := xmas
	again.From--
	got := Public([]Holiday{xmas, school, again}, day.Period{From: day.Date(2026, 12, 1), Until: day.Date(2026, 12, 26)})
	if want := []day.Day{day.Date(2026, 12, 24), day.Date(2026, 12, 25)}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
}
