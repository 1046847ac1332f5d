package simulate_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/tools/network"
	"github.com/lotse-hamburg/lotse/tools/simulate"
)

const scenarios = "../../deploy/scenarios"

func policies(t *testing.T, names ...string) (all []simulation.Policy) {
	t.Helper()
	for _, n := range names {
		p, err := simulation.PolicyOf(n)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// A small town under two policies and two seeds: whoever plays beside whom, the
// same seed gives the same figures and the same logs, another one others.
func TestRunsAreRepeatable(t *testing.T) {
	n, err := network.Load("../../deploy/networks/tiny")
	if err != nil {
		t.Fatal(err)
	}
	city, err := simulate.City(n)
	if err != nil {
		t.Fatal(err)
	}
	s, err := simulate.Scenario(scenarios, "year")
	if err != nil {
		t.Fatal(err)
	}
	s.Days, s.WarmUp = 10, 5
	told := map[int]simulate.Progress{}
	play := func(workers int) []simulate.Run {
		runs, err := simulate.Compare(t.Context(), simulate.Options{City: city, Scenario: s, Policies: policies(t, "none", "lotse-auto"), Seeds: []uint64{1, 2},
			Play: simulate.Play{Workers: workers, Now: time.Now, Progress: func(p simulate.Progress) { told[p.Job] = p }}})
		if err != nil {
			t.Fatal(err)
		}
		return runs
	}
	alone, beside := play(1), play(4)
	for i := range alone {
		alone[i].Took, beside[i].Took = 0, 0
		if alone[i].Result.Booked == 0 || len(alone[i].Result.Logs) != 4 {
			t.Errorf("%s, seed %d: nothing happened: %+v", alone[i].Policy, alone[i].Seed, alone[i].Result)
		}
	}
	if !reflect.DeepEqual(alone, beside) {
		t.Errorf("alone %+v\nbeside each other %+v", alone, beside)
	}
	if a, b := alone[0].Result.Logs["booking"], alone[2].Result.Logs["booking"]; a == b {
		t.Errorf("seeds 1 and 2 give the same log %s", a)
	}
	for i := range 4 {
		if p := told[i]; p.Day != 15 || !p.Done {
			t.Errorf("told last of run %d: %+v, want day 15 and done", i, p)
		}
	}
	var out strings.Builder
	if err := simulate.Print(&out, alone); err != nil || !strings.Contains(out.String(), alone[3].Result.Logs["booking"]) {
		t.Errorf("printed %s, %v", out.String(), err)
	}
	asked, walked := 0, 0
	for _, r := range alone {
		asked, walked = asked+r.Result.Citizens, walked+r.Result.WalkIns.Came
	}
	for _, mean := range []float64{float64(asked) / 4, float64(walked) / 4} {
		if says := fmt.Sprintf(" %.0f in 10 days, %.0f a year ", mean, 36.5*mean); mean == 0 || !strings.Contains(out.String(), says) {
			t.Errorf("the size of the city is missing, %q: %s", says, out.String())
		}
	}
	for _, f := range simulation.Figures {
		if strings.Count(out.String(), "\n"+f.Name+" ") != 2 {
			t.Errorf("%s is not in both tables: %s", f.Name, out.String())
		}
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if utf8.RuneCountInString(line) > 120 && !strings.HasPrefix(line, "logs of ") {
			t.Errorf("more than 120 columns: %s", line)
		}
	}
}

func TestScenariosAreChecked(t *testing.T) {
	names, err := simulate.Scenarios(scenarios)
	if err != nil || len(names) == 0 {
		t.Fatalf("%v, %v", names, err)
	}
	for _, n := range names {
		s, err := simulate.Scenario(scenarios, n)
		if err != nil {
			t.Errorf("%s: %v", n, err)
		}
		if s.Name != n {
			t.Errorf("%s.yaml is named %q", n, s.Name)
		}
	}
	good, err := os.ReadFile(filepath.Join(scenarios, "year.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for says, text := range map[string]string{
		"unknown field \"dayz\"": strings.Replace(string(good), "\ndays:", "\ndayz:", 1),
		"days is 0":              strings.Replace(string(good), "\ndays: 365", "\ndays: 0", 1),
		"year.yaml":              "\tname: year",
	} {
		path := filepath.Join(t.TempDir(), "year.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := simulate.Scenario(scenarios, path); !errors.Is(err, simulate.ErrScenario) || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want an error that says %q", err, says)
		}
	}
	if _, err := simulate.Scenario(scenarios, "yaer"); !errors.Is(err, simulate.ErrScenario) || !strings.Contains(err.Error(), "year") {
		t.Errorf("got %v, want an error that names what there is", err)
	}
}
