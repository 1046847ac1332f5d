package flow

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Two districts with a centre each; whoever may serve in either serves where a broken
// promise costs more, and what is told of slots late stays what it is.
func TestTheOwnPromiseCanBeDearer(t *testing.T) {
	in := &planning.Instance{Format: planning.Format, Horizon: 4, Open: []int{1, 1, 1, 1}, PromiseDays: 1, GoalDays: 1,
		Skills: []string{"id"}, SlotMinutes: []float64{1}, Districts: []string{"a", "b"}, Centres: []planning.Centre{{ID: "a", Counters: 5}, {ID: "b", District: 1, Counters: 5}},
		Travel: [][]int{{0, 1}, {1, 0}}, Staff: []planning.Employee{{ID: "e", Skills: []int{0}, Reach: []int{0, 1}}}, Avail: [][]int{{0, 10, 0, 0}}, Prev: [][]int{{-1, 0, -1, -1}},
		Booked: [][][]int{{make([]int, 4)}, {make([]int, 4)}}, Walkin: [][][]int{{make([]int, 4)}, {make([]int, 4)}},
		DemandOwn: [][][]int{{{10, 0, 0, 0}}, {{10, 0, 0, 0}}}, DemandAny: [][]int{make([]int, 4)}, Weights: planning.Weights{BreachSlotDay: 1}}
	for name, c := range map[string]struct {
		own  []float64
		want [2]float64 // with the person in a, in b
	}{
		"both alike":        {nil, [2]float64{30, 30}}, // ten slots, late on each of three days
		"a's promise":       {[]float64{2, 1}, [2]float64{30, 60}},
		"b's promise":       {[]float64{1, 2}, [2]float64{60, 30}},
		"a's does not cost": {[]float64{0, 1}, [2]float64{30, 0}},
	} {
		in.OwnLate = c.own
		if err := in.Validate(); err != nil {
			t.Fatal(err)
		}
		for at, want := range c.want {
			w, err := New(in)
			if err != nil {
				t.Fatal(err)
			}
			w.Staff([][]int{{-1, at, -1, -1}})
			if err := w.Optimise(); err != nil {
				t.Fatal(err)
			}
			if got := w.Objective(); got != want {
				t.Errorf("%s, in %s: %v points, want %v", name, in.Districts[at], got, want)
			}
			if _, days := w.Waits(); days != 30 {
				t.Errorf("%s: %v slot-days late, want 30", name, days)
			}
		}
	}
	in.OwnLate, in.OwnGoal, in.Weights.GoalSlotDay = nil, []float64{3, 1}, .5
	for at, want := range [2]float64{45, 75} { // half a point for each of the other's thirty, three halves for a's
		w, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		w.Staff([][]int{{-1, at, -1, -1}})
		if err := w.Optimise(); err != nil {
			t.Fatal(err)
		}
		if got := w.Objective(); got != want {
			t.Errorf("with a's goal, in %s: %v points, want %v", in.Districts[at], got, want)
		}
	}
	in.OwnGoal = []float64{1, -1}
	if in.Validate() == nil {
		t.Error("a factor of the goal below 0 is taken")
	}
	in.OwnGoal, in.OwnLate = nil, []float64{1, -1}
	if in.Validate() == nil {
		t.Error("a factor below 0 is taken")
	}
	in.OwnLate = []float64{1}
	if in.Validate() == nil {
		t.Error("a factor for one of two districts is taken")
	}
}
