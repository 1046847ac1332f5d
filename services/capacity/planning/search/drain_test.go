package search

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// A repair after the options have been laid anew must not follow steps by the
// numbers that they had before.
func TestRepairAfterOptionsWereLaidAnew(t *testing.T) {
	planningtest.InOneGoroutine(t)
	in := planningtest.Load(t, "small-3")
	p := planner(t, in)
	days := make([]int, in.Horizon)
	for i := range days {
		days[i] = i
	}
	r := Region{Days: days}
	laid := false
	for n := range 40 {
		if _, err := p.Repair(r, Options{Seed: uint64(n)}); err != nil {
			t.Fatal(err)
		}
		next := copied(in)
		for e := range next.Staff {
			notice := n % 2
			next.Staff[e].NoticeDays = &notice
		}
		before := len(p.s.options)
		if _, err := p.Update(next); err != nil {
			t.Fatal(err)
		}
		laid = laid || len(p.s.options) < before
		if len(p.k.pool) > 0 {
			t.Fatalf("%d steps of the last walk outlive an update", len(p.k.pool))
		}
	}
	if !laid {
		t.Error("the options were never laid anew: give more updates")
	}
}
