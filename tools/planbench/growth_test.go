package main

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// TestMain lets measureGrowth start this test as the command.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "-growth") {
		main()
		return
	}
	os.Exit(m.Run())
}

// totals of an instance, by what the generator decides.
func totals(in *planning.Instance) map[string]float64 {
	sum := map[string]float64{"staff": float64(len(in.Staff)), "centres": float64(len(in.Centres))}
	for e := range in.Staff {
		sum["reach"] += float64(len(in.Staff[e].Reach))
		sum["skills"] += float64(len(in.Staff[e].Skills))
		for t, m := range in.Avail[e] {
			sum["present minutes"] += float64(m)
			if in.Prev[e][t] != planning.Nowhere {
				sum["planned days"]++
				if m == 0 {
					sum["unknown absences"]++
				}
			}
		}
	}
	for name, amounts := range map[string][][][]int{"booked": in.Booked, "walk-in": in.Walkin, "own": in.DemandOwn, "any": {in.DemandAny}} {
		for _, a := range amounts {
			for _, b := range a {
				for t, v := range b {
					sum[name] += float64(v)
					if name == "booked" && t < 14 {
						sum["booked soon"] += float64(v)
					}
				}
			}
		}
	}
	for _, c := range in.Centres {
		sum["counters"] += float64(c.Counters)
		sum["minimum"] += float64(c.MinStaff)
	}
	return sum
}

// A made-up city resembles the published ones of its size in every total.
func TestGenerateResemblesThePublishedInstances(t *testing.T) {
	a, err := read(filepath.Join(testdata, "hamburg-1.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := read(filepath.Join(testdata, "hamburg-2.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	in, err := generate("hamburg", 1, usualLoad)
	if err != nil {
		t.Fatal(err)
	}
	ours, first, second := totals(in), totals(a), totals(b)
	for what, v := range ours {
		low, high := min(first[what], second[what]), max(first[what], second[what])
		if margin := .12 * high; v < low-margin || v > high+margin {
			t.Errorf("%s: %.0f, published %.0f and %.0f", what, v, low, high)
		}
	}
	in.Name, in.Seed = a.Name, a.Seed
	for what, pair := range map[string][2]any{
		"days": {[]int{in.Horizon, in.PromiseDays, in.GoalDays, in.MinLeadDays, in.NoticeDays, in.PublishedDays, in.MaxMovedPerWeek},
			[]int{a.Horizon, a.PromiseDays, a.GoalDays, a.MinLeadDays, a.NoticeDays, a.PublishedDays, a.MaxMovedPerWeek}},
		"weights": {in.Weights, a.Weights}, "slots": {in.SlotMinutes, a.SlotMinutes}, "open": {in.Open, a.Open}, "districts": {in.Districts, a.Districts},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %v, published %v", what, pair[0], pair[1])
		}
	}
}

func TestGenerateIsDeterministicAndGrows(t *testing.T) {
	a, err := generate("medium", 3, usualLoad)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := generate("medium", 3, usualLoad)
	other, _ := generate("medium", 4, usualLoad)
	if !reflect.DeepEqual(a, again) || reflect.DeepEqual(a.Avail, other.Avail) {
		t.Error("the seed does not decide")
	}
	full, _ := generate("medium", 3, 1.2)
	if more := totals(full)["own"] / totals(a)["own"]; math.Abs(more-1.2/usualLoad) > .01 {
		t.Errorf("more load brings %.3f times the demand", more)
	}
	one, _ := generate("hamburg", 5, usualLoad)
	four, err := generate("x4", 5, usualLoad)
	if err != nil {
		t.Fatal(err)
	}
	small, large := totals(one), totals(four)
	for what, v := range large {
		if n := v / small[what]; n < 3.5 || n > 4.5 {
			t.Errorf("%s: four times the city has %.2f times as much", what, n)
		}
	}
	if _, err := generate("x3", 1, usualLoad); err == nil {
		t.Error("x3 is known")
	}
}

func TestGrowthIsMeasuredInItsOwnProcess(t *testing.T) {
	all, err := measureGrowth([]step{{"small", goal{50 * time.Millisecond, 5}}, {"medium", goal{100 * time.Millisecond, 50}}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].Staff != 24 || all[1].Staff != 80 || all[1].budget != 100*time.Millisecond {
		t.Fatalf("%+v", all)
	}
	for _, g := range all {
		if g.Objective < g.Bound || g.Bound <= 0 || g.Uncovered < g.Least-nothing || g.Broken != 0 || g.PersonDays == 0 || g.SearchSeconds <= 0 || g.memory < 5 {
			t.Errorf("%+v", g)
		}
	}
	if _, err := measureGrowth([]step{{"x3", goal{}}}, 1); err == nil {
		t.Error("an unknown size is measured")
	}
}

func TestGeneratedInstanceIsWritten(t *testing.T) {
	for _, name := range []string{"a.json", "a.json.gz"} {
		file := filepath.Join(t.TempDir(), name)
		if err := writeInstance("small", 7, usualLoad, file); err != nil {
			t.Fatal(err)
		}
		in, err := read(file)
		if err != nil || in.Name != "small-7" {
			t.Errorf("%s: %v, %v", name, in, err)
		}
	}
	if err := writeInstance("small", 7, usualLoad, ""); err == nil {
		t.Error("no file, no error")
	}
}
