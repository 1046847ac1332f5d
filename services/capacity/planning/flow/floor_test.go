package flow

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

func TestQuickBoundIsBelowTheRelaxationAndClose(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for _, name := range []string{"small-1", "small-2", "small-3", "small-4", "small-5", "medium-1", "medium-2", "medium-4"} {
		in := planningtest.Load(t, name)
		r, err := NewRelaxation(in)
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Solve(30)
		if err != nil {
			t.Fatal(err)
		}
		for rounds, want := range map[int]float64{0: b.Network, 30: b.Fair} {
			quick, err := QuickBound(in, rounds)
			if err != nil {
				t.Fatal(err)
			}
			// The relaxation's own fairness multipliers are 1e-5 from their best.
			if quick > want*(1+2e-5) || quick < want*(1-5e-4) {
				t.Errorf("%s, %d rounds: %.3f, relaxation %.3f", name, rounds, quick, want)
			}
		}
	}
}

// At any prices a floor is a lower bound: here at those of plans at random,
// which are far from the best ones.
func TestFloorHoldsAtAnyPrices(t *testing.T) {
	in := planningtest.Load(t, "small-3")
	best := golden["small-3"].best
	for seed := uint64(1); seed < 12; seed++ {
		w, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		x := scattered(in, seed, 40*int(seed)).X
		w.Staff(x)
		if err := w.Optimise(); err != nil {
			t.Fatal(err)
		}
		plan, err := Evaluate(in, planning.Plan{X: x})
		if err != nil {
			t.Fatal(err)
		}
		if floor := w.Floor(x); floor > best || floor > plan.Objective || floor < best-plan.Objective*10 {
			t.Errorf("seed %d: floor %.2f, best plan %.2f, this one %.2f", seed, floor, best, plan.Objective)
		}
	}
}
