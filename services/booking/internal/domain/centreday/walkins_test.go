package centreday

import (
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

func aside(use string, from, to int, skills ...id.Skill) Line {
	l := line(from, to, skills...)
	l.Use = use
	return l
}

func TestWaits(t *testing.T) {
	pass := WalkIn{Skill: "pass", Minutes: 15}
	car := WalkIn{Skill: "car", Minutes: 10}
	quick := WalkIn{Skill: "pass", Minutes: 5, Express: true}
	sitting := pass
	sitting.AtCounter, sitting.Minutes = true, 7
	broken := aside("walk-in", 9, 10, "pass")
	broken.Breaks = []day.Span{{From: nine + 10, To: nine + 30}}
	for _, c := range []struct {
		name  string
		lines []Line
		queue []WalkIn
		now   day.TimeOfDay
		want  []int
	}{
		{"one counter, one after the other", []Line{aside("walk-in", 9, 10, "pass")}, []WalkIn{pass, pass, pass}, nine, []int{0, 15, 30}},
		{"two counters", []Line{aside("walk-in", 9, 10, "pass"), aside("walk-in", 9, 10, "pass", "car")}, []WalkIn{pass, car, pass}, nine, []int{0, 0, 10}},
		{"before it opens", []Line{aside("walk-in", 9, 10, "pass")}, []WalkIn{pass}, nine - 20, []int{20}},
		{"not today", []Line{aside("walk-in", 9, 10, "pass")}, []WalkIn{pass, pass}, nine + 35, []int{0, -1}},
		{"who sits there is served first", []Line{aside("walk-in", 9, 10, "pass")}, []WalkIn{sitting, pass}, nine, []int{0, 7}},
		{"a break", []Line{broken}, []WalkIn{pass}, nine, []int{30}},
		{"express counters are for express", []Line{aside("express", 9, 10, "pass")}, []WalkIn{pass, quick}, nine, []int{-1, 0}},
		{"express may take any", []Line{aside("walk-in", 9, 10, "pass")}, []WalkIn{quick}, nine, []int{0}},
		{"nobody can", []Line{aside("walk-in", 9, 10, "pass")}, []WalkIn{car}, nine, []int{-1}},
		{"what appointments leave unused", []Line{line(9, 10, "pass"), aside("walk-in", 9, 10, "pass")}, []WalkIn{pass, pass, pass, pass}, nine, []int{0, 15, 15, 15}},
	} {
		s := Decider.Fold(Initial(), adopted(1, c.lines...))
		if c.name == "what appointments leave unused" { // the first quarter is booked
			s = Decider.Fold(Initial(), adopted(1, c.lines...), booked("a", nine, 0))
			c.want = []int{0, 15, 15, 30}
		}
		if got := s.Waits(c.queue, c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
