package search_test

import (
	"reflect"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

// A search that is bounded by its work draws no more than that, but for one step
// a walk, finds the same plan each time, and one that is no worse than nothing.
func TestDrawsBoundTheWork(t *testing.T) {
	in := planningtest.Load(t, "small-1")
	before, err := search.New(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := before.Price(); err != nil {
		t.Fatal(err)
	}
	begin, err := before.Improve(search.Options{Rounds: 1, Stop: func() bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	solve := func(draws int) search.Outcome {
		out, err := search.Solve(in, search.Options{Seed: 1, Rounds: 2, Draws: draws})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	const draws = 5000
	few, again, free := solve(draws), solve(draws), solve(0)
	walks := 100 * 3
	if few.Draws == 0 || few.Draws > 2*draws+walks || free.Draws <= few.Draws {
		t.Errorf("%d draws in 2 rounds bounded by %d, %d unbounded", few.Draws, draws, free.Draws)
	}
	if !few.Complete || !reflect.DeepEqual(few, again) {
		t.Errorf("complete %v; objective %v, again %v", few.Complete, few.Result.Objective, again.Result.Objective)
	}
	if few.Result.Objective > begin.Result.Objective {
		t.Errorf("objective %v, nothing done %v", few.Result.Objective, begin.Result.Objective)
	}
}
