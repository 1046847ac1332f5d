package search

import (
	"reflect"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// Proven optima (HiGHS), in points.
var optimum = map[string]float64{"small-1": 6566.93, "small-2": 5788.92, "small-3": 4234.52, "medium-1": 1587.91}

func TestSolveComesCloseToTheOptimum(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for name, best := range optimum {
		in := planningtest.Load(t, name)
		out, err := Solve(in, Options{Seed: 1, Rounds: 12})
		if err != nil {
			t.Fatal(err)
		}
		if broken := Broken(in, out.Plan); len(broken) > 0 {
			t.Errorf("%s: %v", name, broken)
		}
		// The optimum is proven to 0.01 %.
		if v := out.Result.Objective; v > best*1.005 || v < best*(1-2e-4) {
			t.Errorf("%s: %.2f, optimum %.2f", name, v, best)
		}
		again, err := flow.Evaluate(in, out.Plan)
		if err != nil {
			t.Fatal(err)
		}
		if d := again.Objective - out.Result.Objective; d > 1e-3 || d < -1e-3 {
			t.Errorf("%s: warm %.5f, cold %.5f", name, out.Result.Objective, again.Objective)
		}
	}
}

func TestSolveIsDeterministic(t *testing.T) {
	in := planningtest.Load(t, "small-3")
	a, err := Solve(in, Options{Seed: 5, Rounds: 3})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Solve(in, Options{Seed: 5, Rounds: 3})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Fatal("the same seed gives two plans")
	}
}

func TestNoBudgetAnswersThePreviousPlan(t *testing.T) {
	in := planningtest.Load(t, "medium-1")
	out, err := Solve(in, Options{Stop: func() bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(out.Plan, in.Previous()) || out.Complete {
		t.Fatal("without a budget the plan is not the previous one")
	}
	if out.Result.Objective < 9395 || out.Result.Objective > 9397 {
		t.Fatalf("previous plan priced %.2f, model 9396.05", out.Result.Objective)
	}
}

// The cells' floor lies between the one by staff prices and the exact cost, for
// single steps and pairs; pairs priced together equal pairs applied.
func TestFloors(t *testing.T) {
	in := planningtest.Load(t, "small-1")
	p, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	s, k := p.s, p.k
	if _, _, err := s.relax(10, nil); err != nil {
		t.Fatal(err)
	}
	k.recount()
	k.refresh()
	var l list
	s.collect(&l, 1<<60, 0, in.Horizon)
	d := newDice(3)
	const slip = 1000 // units: rounding of prices per minute
	exact, below := 0, 0
	for range 800 {
		a, b := l.all[d.below(len(l.all))], l.all[d.below(len(l.all))]
		one := k.single(a.step)
		if one < a.floor+a.heads-slip {
			t.Fatalf("cells' floor %d below the floor by staff prices %d", one, a.floor+a.heads)
		}
		if f := k.floor([]step{a.step}); f != one {
			t.Fatalf("single %d, floor %d", one, f)
		}
		steps := []step{a.step}
		if a.i != b.i {
			steps = append(steps, b.step)
			if f, two := k.floor(steps), k.double(a.step, b.step); f != two {
				t.Fatalf("double %d, floor %d", two, f)
			}
		}
		f := k.floor(steps)
		tries := s.tries
		cost, _ := s.try(steps, -1<<60)
		if s.tries == tries {
			continue // a rule forbids it
		}
		if cost < f-slip {
			t.Fatalf("steps cost %d, less than their floor %d", cost, f)
		}
		if cost < f+slip {
			exact++
		} else {
			below++
		}
	}
	if exact < 100 || below == 0 {
		t.Errorf("%d floors are exact and %d are not: the test looks at one kind only", exact, below)
	}
}
