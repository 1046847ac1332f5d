package flow

import (
	"errors"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// Region by region the best mix is the same as all at once, also while people may
// move in part.
func TestByRegion(t *testing.T) {
	for _, name := range []string{"small-1", "medium-1", "medium-3"} {
		in := planningtest.Load(t, name)
		x := in.Previous().X
		plain, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		plain.Staff(x)
		if err := plain.Optimise(); err != nil {
			t.Fatal(err)
		}
		w, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		w.Staff(x)
		w.fresh = true
		if err := w.Optimise(); err != nil {
			t.Fatal(err)
		}
		if w.byRegions == 0 || w.fresh {
			t.Fatalf("%s: no region was solved", name)
		}
		if !near(w.Objective(), plain.Objective(), 1e-9) {
			t.Errorf("%s: %.6f region by region, %.6f at once", name, w.Objective(), plain.Objective())
		}
		if _, err := plain.SolveTransfers(x, nil); err != nil {
			t.Fatal(err)
		}
		w.Staff(x)
		w.fresh = true
		if _, err := w.SolveTransfers(x, nil); err != nil {
			t.Fatal(err)
		}
		if a, b := w.Units(), plain.Units(); !near(float64(a), float64(b), 1e-9) {
			t.Errorf("%s: relaxed %d region by region, %d at once", name, a, b)
		}
	}
}

// Stopped early, the mix is feasible and dearer than the best; optimised again it
// is the best.
func TestByRegionStopped(t *testing.T) {
	in := planningtest.Load(t, "medium-1")
	x := in.Previous().X
	best, err := Evaluate(in, in.Previous())
	if err != nil {
		t.Fatal(err)
	}
	w, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	w.Staff(x)
	w.fresh = true
	w.SetStop(func() bool { return true })
	if err := w.Optimise(); !errors.Is(err, mincostflow.ErrStopped) {
		t.Fatalf("stopped: %v", err)
	}
	w.SetStop(nil)
	rough := w.Rough(x)
	if rough.Objective <= best.Objective || rough.Objective > 2*best.Objective {
		t.Errorf("roughly %.2f, the best mix comes to %.2f", rough.Objective, best.Objective)
	}
	if got := rough.Parts.Sum(); !near(got, rough.Objective, 1e-9) {
		t.Errorf("parts come to %.4f, the objective is %.4f", got, rough.Objective)
	}
	r, err := w.Result(x)
	if err != nil || !near(r.Objective, best.Objective, 2*Tolerance) {
		t.Errorf("then %.4f, the best mix comes to %.4f: %v", r.Objective, best.Objective, err)
	}
}

// A patience that is not used up, or a network that is small, has the mix found
// whatever stop says.
func TestOptimiseUntil(t *testing.T) {
	in := planningtest.Load(t, "medium-1")
	for _, fresh := range []bool{false, true} {
		w, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		w.Staff(in.Previous().X)
		w.fresh = fresh
		asked := false
		if err := w.OptimiseUntil(func() bool { asked = true; return true }); err != nil {
			t.Fatal(err)
		}
		if asked {
			t.Error("stop was asked")
		}
	}
}
