package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

const testdata = "../../services/capacity/planning/testdata"

func TestReportMeasuresWhatItSays(t *testing.T) {
	planningtest.InOneGoroutine(t)
	folder := t.TempDir()
	for _, name := range []string{"small-3.json", "medium-1.json", "golden.json"} {
		data, err := os.ReadFile(filepath.Join(testdata, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := measureAll(folder, filepath.Join(folder, "golden.json"), []kind{
		{name: "small", goals: []goal{{50 * time.Millisecond, 1e-9}}, events: 3, more: time.Millisecond},
		{name: "medium", goals: []goal{{time.Millisecond, 50}, {200 * time.Millisecond, 0}}},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].name != "small-3" || all[1].name != "medium-1" || len(all[1].searches) != 2 || all[0].events == nil || all[1].events != nil {
		t.Fatalf("%+v", all)
	}
	for _, m := range all {
		s := m.searches[len(m.searches)-1]
		if off := m.previous/m.known.DoNothing - 1; off < -1e-4 || off > 1e-4 {
			t.Errorf("%s: the previous plan costs %v, HiGHS says %v", m.name, m.previous, m.known.DoNothing)
		}
		if s.result.Objective < m.bound || m.bound > m.known.Best || s.broken != 0 || s.spent < s.budget && len(s.curve) < 2 {
			t.Errorf("%s: %v with bound %v, best known %v", m.name, s.result.Objective, m.bound, m.known.Best)
		}
		for i, p := range s.curve {
			if i > 0 && (p.objective >= s.curve[i-1].objective || p.spent < s.curve[i-1].spent) {
				t.Errorf("%s: the curve goes from %v to %v", m.name, s.curve[i-1], p)
			}
		}
	}
	e := all[0].events
	if len(e.price) != 3 || len(e.mend) != 3 || e.after < e.bound || e.broken != 0 || e.damage < e.left {
		t.Errorf("%+v", e)
	}
	// What misses its goal is called so: this one, and the search of a millisecond.
	all[0].searches[0].result.Objective = all[0].known.Best * 1.01
	all[0].searches[0].result.Parts.Uncovered, all[0].searches[0].result.Parts.MissingHead = 0, 0
	all[1].searches[1].result.Parts.Uncovered, all[1].searches[1].result.Parts.MissingHead = 300, 4000
	var b strings.Builder
	large := []grown{{Size: "x4", Staff: 2000, Objective: 102, Bound: 100, SearchSeconds: 20, goal: goal{20 * time.Second, 1}, memory: 2001},
		{Size: "x10", Staff: 5000, Objective: 101, Bound: 100, SearchSeconds: 119, FirstSeconds: 50, FirstObjective: 110, goal: goal{2 * time.Minute, 2}, memory: 311}}
	render(&b, all, large, "testdata", 1)
	for _, want := range []string{
		fmt.Sprintf("| small-3 | 24 | %.2f | %.2f | **4234.52** | 1.000 %% | ≤ 0.0 %%, missed |", all[0].searches[0].spent.Seconds(), all[0].searches[0].result.Objective),
		"| medium-1 | 80 |", "Goals missed: 2.", "| small-3 | 0.00 | 0.00 | 0.00 | 0.00 | 0 | 0 | as many as possible |",
		"| medium-1 | 1.50 | 0.00 | 0.00 | 0.00 | 2 | 0 | fewer covered than in the best known plan |",
		"≤ 1 % in 20 s, missed |", "| 2001, more than the goal |", "≤ 2 % in 120 s | 50.0 | 10.000 % |", "## 3 absences", "| repair, ms,", "| rules broken | 0 | 0 |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "%!") {
		t.Error(b.String())
	}
}

func TestReportCurve(t *testing.T) {
	m := &measured{name: curved, previous: 300, bound: 100, known: known{Best: 200}}
	m.searches = []reached{{}}
	for i := range 40 {
		m.searches[0].curve = append(m.searches[0].curve, point{time.Duration(i+1) * time.Second, 240 - float64(i)})
	}
	var b strings.Builder
	renderCurve(&b, []*measured{{name: "small-1"}, m})
	rows := strings.Count(b.String(), "\n| ") - 2
	if rows < 10 || rows > curvePoints+2 || !strings.Contains(b.String(), "| 0.00 | 300.00 | 50.000 % | 200.000 % |") || !strings.Contains(b.String(), "| 40.00 | 201.00 | 0.500 % | 101.000 % |") {
		t.Errorf("%d rows:\n%s", rows, b.String())
	}
}

func TestReportWithoutInstances(t *testing.T) {
	if _, err := measureAll(t.TempDir(), "", kinds, 1); err == nil {
		t.Error("an empty folder makes a report")
	}
}
