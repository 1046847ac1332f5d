package offering_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var codec = decider.NewCodec(capacity.OfferingChanged{})

func span(from, to int) day.Span { return day.Span{From: day.Clock(from, 0), To: day.Clock(to, 0)} }

func TestOffering(t *testing.T) {
	d := day.Date(2026, 12, 1)
	lines := []capacity.Line{{Span: span(8, 16), Skills: []id.Skill{"id"}, Use: capacity.ForAppointments}}
	first := capacity.OfferingChanged{Centre: "a", Day: d, Version: 1, Lines: lines}
	many := make([]string, 20)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	decidertest.Run(t, Offering, codec, []decidertest.Case[Set]{
		{Name: "nothing on nothing", When: Set{Centre: "a", Day: d}},
		{Name: "first", When: Set{Centre: "a", Day: d, Lines: lines}, Then: []decider.Event{first}},
		{Name: "the same", Given: []decider.Event{first}, When: Set{Centre: "a", Day: d, Lines: lines, Causes: []string{"x"}}},
		{Name: "nobody left", Given: []decider.Event{first}, When: Set{Centre: "a", Day: d, Causes: many},
			Then: []decider.Event{capacity.OfferingChanged{Centre: "a", Day: d, Version: 2, Lines: []capacity.Line{}, Causes: many[:16]}}},
		{Name: "becomes tentative", Given: []decider.Event{first}, When: Set{Centre: "a", Day: d, Lines: lines, Tentative: true},
			Then: []decider.Event{capacity.OfferingChanged{Centre: "a", Day: d, Version: 2, Lines: lines, Tentative: true}}},
	})
}

func team(n int) []Presence {
	var all []Presence
	for i := range n {
		all = append(all, Presence{Employee: id.Employee(fmt.Sprintf("e%02d", i)), Span: span(8, 16), Skills: []id.Skill{"pass", "id"}})
	}
	return all
}

func uses(lines []capacity.Line) map[string]int {
	m := map[string]int{}
	for _, l := range lines {
		m[l.Use]++
	}
	return m
}

func TestLines(t *testing.T) {
	rules := Rules{WalkInShare: .2, ExpressCounters: 1, ExpressSkills: []id.Skill{"id"}}
	open := []day.Span{span(9, 12), span(13, 18)}
	got := Lines(team(5), open, rules)
	if u := uses(got); u[capacity.ForAppointments] != 4 || u[capacity.ForWalkIns] != 1 || u[capacity.ForExpress] != 0 {
		t.Errorf("five: %v", u)
	}
	if l := got[0]; l.Span != span(9, 16) || !slices.Equal(l.Breaks, []day.Span{span(12, 13)}) || !slices.Equal(l.Skills, []id.Skill{"id", "pass"}) {
		t.Errorf("clipped to the opening hours: %+v", l)
	}
	if u := uses(Lines(team(10), open, rules)); u[capacity.ForExpress] != 1 || u[capacity.ForWalkIns] != 2 || u[capacity.ForAppointments] != 7 {
		t.Errorf("ten: %v", u)
	}
	for _, l := range Lines(team(10), open, rules) {
		if l.Use == capacity.ForExpress && !slices.Equal(l.Skills, []id.Skill{"id"}) {
			t.Errorf("express line serves %v", l.Skills)
		}
	}
	if got := Lines(team(3), nil, rules); len(got) != 0 {
		t.Errorf("closed: %v", got)
	}
	if got := Lines([]Presence{{Employee: "e", Span: span(6, 8), Skills: []id.Skill{"id"}}}, open, rules); len(got) != 0 {
		t.Errorf("before opening: %v", got)
	}
}

// Whoever leaves takes one line along and changes the use of few others; the
// order in which people are listed does not matter.
func TestLinesAreStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 15).Draw(t, "people")
		people := team(n)
		for i := range people {
			people[i].Span.To = day.Clock(rapid.IntRange(10, 16).Draw(t, "to"), 0)
		}
		rules := Rules{WalkInShare: rapid.Float64Range(0, .5).Draw(t, "share"), ExpressCounters: rapid.IntRange(0, 2).Draw(t, "express"), ExpressSkills: []id.Skill{"id"}}
		open := []day.Span{span(8, 18)}
		all := Lines(people, open, rules)
		shuffled := rapid.Permutation(people).Draw(t, "order")
		if again := Lines(shuffled, open, rules); fmt.Sprint(again) != fmt.Sprint(all) {
			t.Fatal("the order of people shows in the lines")
		}
		if n-1 >= 6 || n < 6 { // across the express threshold more may change
			left := Lines(slices.Delete(slices.Clone(people), 0, 1), open, rules)
			a, b := uses(all), uses(left)
			for use, k := range a {
				if d := k - b[use]; d < -1 || d > 2 {
					t.Fatalf("one left, but %s went from %d to %d", use, k, b[use])
				}
			}
		}
	})
}
