package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// Our bounds against the linear programme that HiGHS solves: the relaxation to
// 0.01 %, the quick one never above it and close.
func TestBoundsAgreeWithTheLinearProgramme(t *testing.T) {
	planningtest.InOneGoroutine(t)
	values, err := readKnown(filepath.Join(testdata, "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for name, k := range values {
		if k.Best == 0 || name == "hamburg-2" || name == "hamburg-3-over" { // these two in the report only: they take seconds
			continue
		}
		seen++
		if k.Relaxation <= 0 || k.Fair < k.Relaxation-.01 || k.Fair > k.Bound*(1+1e-6) {
			t.Errorf("%s: golden.json has relaxations %v and %v below the bound %v", name, k.Relaxation, k.Fair, k.Bound)
			continue
		}
		file := filepath.Join(testdata, name+".json")
		if _, err := os.Stat(file); err != nil {
			file += ".gz"
		}
		in, err := read(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := flow.NewRelaxation(in)
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Solve(boundRounds)
		if err != nil {
			t.Fatal(err)
		}
		if off := b.Network/k.Relaxation - 1; off < -1e-5 || off > 1e-5 {
			t.Errorf("%s: relaxation %.4f, HiGHS %.4f", name, b.Network, k.Relaxation)
		}
		if off := b.Fair/k.Fair - 1; off < -1e-4 || off > 1e-6 {
			t.Errorf("%s: with fairness %.4f, HiGHS %.4f", name, b.Fair, k.Fair)
		}
		quick, err := flow.QuickBound(in, boundRounds)
		if err != nil {
			t.Fatal(err)
		}
		if off := quick/k.Fair - 1; off < -5e-4 || off > 1e-6 {
			t.Errorf("%s: quick bound %.4f, HiGHS %.4f", name, quick, k.Fair)
		}
	}
	if seen < 11 {
		t.Errorf("%d instances: want at least 11", seen)
	}
}
