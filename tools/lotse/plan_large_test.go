package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// A search that is stopped at once prices a large plan only roughly.
func TestPlanWithoutBudgetIsExactHoweverLarge(t *testing.T) {
	planningtest.InOneGoroutine(t)
	one, err := readInstance(instances + "hamburg-1.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	in := *one
	for i := 1; i < 4; i++ { // the city once more
		for _, c := range one.Centres {
			c.ID += fmt.Sprint("-", i)
			in.Centres = append(in.Centres, c)
		}
		for e, s := range one.Staff {
			s.ID, s.Home, s.Reach = fmt.Sprint(s.ID, "-", i), s.Home+i*len(one.Centres), nil
			x := slices.Clone(one.Prev[e])
			for t := range x {
				if x[t] >= 0 {
					x[t] += i * len(one.Centres)
				}
			}
			in.Staff, in.Avail, in.Prev = append(in.Staff, s), append(in.Avail, one.Avail[e]), append(in.Prev, x)
		}
		in.Booked, in.Walkin = append(in.Booked, one.Booked...), append(in.Walkin, one.Walkin...)
		for _, d := range one.Districts {
			in.Districts = append(in.Districts, fmt.Sprint(d, "-", i))
		}
		in.DemandOwn = append(in.DemandOwn, one.DemandOwn...)
		for c := range one.Centres {
			in.Centres[i*len(one.Centres)+c].District += i * len(one.Districts)
		}
	}
	in.DemandAny = nil
	for _, row := range one.DemandAny {
		more := slices.Clone(row)
		for d := range more {
			more[d] *= 4
		}
		in.DemandAny = append(in.DemandAny, more)
	}
	in.Travel = make([][]int, len(in.Centres))
	for c := range in.Travel {
		in.Travel[c] = make([]int, len(in.Centres))
	}
	data, err := json.Marshal(&in)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "large.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := flow.Evaluate(&in, in.Previous())
	if err != nil {
		t.Fatal(err)
	}
	code, out, errs := call(t, "", "plan", "--instance", file, "--budget", "0", "--bound=false", "--json")
	if got := readPlanned(t, out); code != 0 || errs != "" || got.Search.Rough || !near(got.Objective, want.Objective) {
		t.Errorf("code %d, %s: %v points, rough %v, want %v", code, errs, got.Objective, got.Search.Rough, want.Objective)
	}
}
