package flow

import (
	"errors"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// What is lent brings at most its price, taking it back brings all back, and more
// than is asked for is refused whole.
func TestLend(t *testing.T) {
	in := planningtest.Load(t, "small-1")
	w, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	w.Staff(in.Previous().X)
	if err := w.Optimise(); err != nil {
		t.Fatal(err)
	}
	gains := 0
	for c := range in.Centres {
		for s := range in.Skills {
			for day := range in.Horizon {
				price, before := w.SkillWorth(c, s, day), w.Objective()
				if !in.OpenOn(c, day) && price != 0 {
					t.Fatalf("centre %d is closed on day %d and a minute is worth %v", c, day, price)
				}
				if err := w.Lend(c, s, day, 30); err != nil {
					t.Fatal(err)
				}
				gain := before - w.Objective()
				if gain > 30*price+1e-6 || gain < -1e-6 {
					t.Fatalf("centre %d skill %d day %d: 30 minutes at %v bring %v", c, s, day, price, gain)
				}
				if gain > 1 {
					gains++
				}
				if err := w.Lend(c, s, day, -30); err != nil || !near(w.Objective(), before, 1e-9) {
					t.Fatalf("%v: objective was %v, is %v", err, before, w.Objective())
				}
			}
		}
	}
	if gains < 10 {
		t.Errorf("only %d of the loans bring anything", gains)
	}
	before := w.Objective()
	var full *mincostflow.InfeasibleError
	if err := w.Lend(0, 0, 3, 1e6); !errors.As(err, &full) || !near(w.Objective(), before, 1e-9) {
		t.Errorf("%v, objective was %v, is %v", err, before, w.Objective())
	}
}
