package main

import (
	"path/filepath"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

// What the best known plan covers, ours covers; and no plan covers more than
// ours where a relaxation without indivisible persons proves so. The instances
// of Hamburg's size are held to the same by the planning report.
func TestAsManyBookedAppointmentsAsTheOptimum(t *testing.T) {
	values, err := readKnown(filepath.Join(testdata, "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	rounds := map[string]int{"small-1": 4, "small-2": 4, "small-3": 5, "small-4": 4, "small-5": 4, "medium-1": 2, "medium-2": 4, "medium-3": 2, "medium-4": 4, "medium-5": 2}
	for name, n := range rounds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := read(filepath.Join(testdata, name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			known := values[name].Booked
			if known == nil {
				t.Fatal("golden.json does not say what the optimum covers")
			}
			out, err := search.Solve(in, search.Options{Seed: 1, Rounds: n})
			if err != nil {
				t.Fatal(err)
			}
			slots, heads := out.Result.Parts.Uncovered/in.Weights.UncoveredSlot, out.Result.Parts.MissingHead/in.Weights.MissingHead
			if slots > known.UncoveredSlots+nothing || heads > known.MissingHeads+nothing {
				t.Errorf("%.4f booked slots uncovered and %v heads missing, in the optimum %.4f and %v", slots, heads, known.UncoveredSlots, known.MissingHeads)
			}
			least, err := leastUncovered(in)
			if err != nil {
				t.Fatal(err)
			}
			if least > known.LeastUncoveredSlots+nothing || known.LeastUncoveredSlots > known.UncoveredSlots || slots < least-nothing {
				t.Errorf("bound %.4f, least possible %.4f, best plan %.4f, ours %.4f", least, known.LeastUncoveredSlots, known.UncoveredSlots, slots)
			}
			t.Logf("ours %.4f, bound %.4f", slots, least)
			if b := broken(in, out.Plan); b > 0 {
				t.Errorf("%d rules broken", b)
			}
		})
	}
}
