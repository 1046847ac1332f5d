package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

const (
	instances = "../../services/capacity/planning/testdata/"
	small     = instances + "small-3.json"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*math.Max(1, math.Abs(b)) }

func readPlanned(t *testing.T, out string) (p planned) {
	t.Helper()
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return p
}

// ticking is a clock that a computer's pace does not touch.
func ticking() func() time.Time {
	at := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	return func() time.Time { at = at.Add(time.Millisecond); return at }
}

// plan runs the command with such a clock.
func plan(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	cmd := newPlan(ticking())
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetOut(&o)
	cmd.SetErr(&e)
	cmd.SetArgs(args)
	return exitCode(t.Context(), cmd.ExecuteContext(t.Context())), o.String(), e.String()
}

func TestPlanFindsWritesAndEvaluates(t *testing.T) {
	file := filepath.Join(t.TempDir(), "plan.json")
	code, out, errs := plan(t, "--instance", small, "--budget", "10s", "--out", file, "--json")
	if code != 0 || errs != "" {
		t.Fatalf("code %d, %s", code, errs)
	}
	got := readPlanned(t, out)
	in, err := readInstance(small)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planning.ParsePlan(in, data)
	if err != nil {
		t.Fatal(err)
	}
	if b := search.Broken(in, p); len(b) > 0 || len(got.Broken) > 0 {
		t.Errorf("broken: %v, told: %v", b, got.Broken)
	}
	if got.Bound == nil || got.Gap == nil || got.Objective < *got.Bound || !near(*got.Gap, got.Objective / *got.Bound - 1) {
		t.Errorf("objective %v, bound %v, gap %v", got.Objective, got.Bound, got.Gap)
	}
	if got.Objective < 4234 || got.Objective > 4450 {
		t.Errorf("objective %v, the optimum is 4234.1", got.Objective)
	}
	if !near(got.Parts.Sum(), got.Objective) || got.PlanFile != file || got.Instance != "small-3" {
		t.Errorf("%+v", got)
	}
	x := in.Previous().X
	for _, m := range got.Moves {
		for e, s := range in.Staff {
			for c := range in.Centres {
				if s.ID == m.Employee && in.Centres[c].ID == m.To {
					x[e][m.Day] = c
				}
			}
		}
	}
	if fmt.Sprint(x) != fmt.Sprint(p.X) || len(got.Moves) == 0 {
		t.Errorf("the %d moves do not lead from the previous plan to the written one", len(got.Moves))
	}

	code, out, errs = call(t, "", "plan", "--instance", small, "--evaluate", file, "--json")
	again := readPlanned(t, out)
	if code != 0 || errs != "" || !near(again.Objective, got.Objective) || again.Search != nil || len(again.Moves) != len(got.Moves) || !near(*again.Bound, *got.Bound) {
		t.Errorf("code %d, %s: evaluated %v, planned %v", code, errs, again.Objective, got.Objective)
	}
}

func TestPlanExplains(t *testing.T) {
	file := filepath.Join(t.TempDir(), "plan.json")
	code, out, errs := plan(t, "--instance", small, "--budget", "5s", "--bound=false", "--explain", "--out", file)
	if code != 0 || errs != "" {
		t.Fatalf("code %d, %s", code, errs)
	}
	for _, want := range []string{"\nWithout the moves\n", "\nMoves\n  1. On ", "\nWho else was thought of\n  On move "} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	code, out, _ = call(t, "", "plan", "--instance", small, "--evaluate", file, "--bound=false", "--explain", "--lang", "de")
	if code != 0 || !strings.Contains(out, "\nOhne die Einsätze\n") || !strings.Contains(out, "\nEinsätze\n  1. Am ") {
		t.Errorf("code %d\n%s", code, out)
	}
	code, out, _ = call(t, "", "plan", "--instance", small, "--evaluate", file, "--bound=false", "--explain", "--json")
	got := readPlanned(t, out)
	x := got.Explanation
	if code != 0 || x == nil || len(x.Moves) != len(got.Moves) || !near(x.Split.Sum(), x.Gain) || x.Headline.De == "" || x.Headline.En == "" {
		t.Errorf("code %d\n%s", code, out)
	}
	_, out, _ = call(t, "", "plan", "--instance", small, "--budget", "0", "--bound=false", "--json")
	if before := readPlanned(t, out); before.Explanation != nil || math.Abs(before.Objective-got.Objective-x.Gain) > 1e-6*before.Objective {
		t.Errorf("the plans' prices differ by %v, told is a gain of %v", before.Objective-got.Objective, x.Gain)
	}
}

func TestPlanThatCannotBeExplainedSaysSo(t *testing.T) {
	in, err := readInstance(small)
	if err != nil {
		t.Fatal(err)
	}
	p := in.Previous()
	for e := range p.X { // somebody absent is at work
		if p.X[e][0] == planning.Nowhere {
			p.X[e][0] = 0
			break
		}
	}
	file := filepath.Join(t.TempDir(), "plan.json")
	if err := writePlan(file, p); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := call(t, "", "plan", "--instance", small, "--evaluate", file, "--bound=false", "--explain"); code != exitFailed || !strings.Contains(out, "not explained: explain: after[") {
		t.Errorf("code %d\n%s", code, out)
	}
}

func TestPlanWithoutBudgetIsThePreviousOne(t *testing.T) {
	code, out, errs := call(t, "", "plan", "--instance", small, "--budget", "0", "--json")
	got := readPlanned(t, out)
	// 31176.9 is HiGHS's price of the previous plan (golden.json, do_nothing).
	if code != 0 || errs != "" || math.Abs(got.Objective-31176.9) > .1 || len(got.Moves) > 0 || got.Search.Rounds > 0 || got.Search.Complete {
		t.Errorf("code %d, %s, %+v", code, errs, got)
	}
	if len(got.Unmet) == 0 {
		t.Error("the previous plan lacks staff, and nothing is named")
	}
	if code, out, _ = call(t, "", "plan", "--instance", small, "--budget", "0"); code != 0 ||
		!strings.Contains(out, "this is the previous plan") || !strings.Contains(out, "below the minimum") {
		t.Errorf("code %d\n%s", code, out)
	}
}

func TestPlanIsRepeatable(t *testing.T) {
	var plans [3]string
	for i, seed := range []string{"7", "7", "8"} {
		file := filepath.Join(t.TempDir(), "plan.json")
		code, out, errs := plan(t, "--instance", small, "--budget", "2s", "--seed", seed, "--out", file, "--json", "--bound=false")
		if code != 0 || errs != "" {
			t.Fatalf("code %d, %s", code, errs)
		}
		got := readPlanned(t, out)
		if got.Search.Seconds < 2 || got.Search.Complete || got.Bound != nil || got.Gap != nil {
			t.Errorf("%+v, bound %v", got.Search, got.Bound)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		plans[i] = fmt.Sprint(got.Search.Tries, string(data))
	}
	if plans[0] != plans[1] {
		t.Error("the same seed and clock gave another plan")
	}
	if plans[0] == plans[2] {
		t.Error("the seed changes nothing")
	}
}

func TestPlanPrintsForPeople(t *testing.T) {
	zipped := filepath.Join(t.TempDir(), "small.json.gz")
	data, err := os.ReadFile(small)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(zipped, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := plan(t, "--instance", zipped, "--budget", "10s")
	if code != 0 || errs != "" { // progress is for terminals
		t.Errorf("code %d, %q", code, errs)
	}
	for _, want := range []string{"small-3: 2 districts, 4 centres, 24 employees", "objective ", "booked appointments uncovered", "bound ", "gap ",
		"person-days away from home", " → ", "(Mon)", "more; --json lists all", "hard rules none broken"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
}

func TestPlanThatBreaksRulesIsPricedAndRefused(t *testing.T) {
	in, err := readInstance(small)
	if err != nil {
		t.Fatal(err)
	}
	p := in.Previous()
	e := 0
	for p.X[e][0] == planning.Nowhere {
		e++
	}
	p.X[e][0] = (p.X[e][0] + 1) % len(in.Centres) // today, below every notice
	file := filepath.Join(t.TempDir(), "plan.json.gz")
	if err := writePlan(file, p); err != nil {
		t.Fatal(err)
	}
	code, out, errs := call(t, "", "plan", "--instance", small, "--evaluate", file)
	breach := fmt.Sprintf("hard rules notice, %s, %s, day 0 (Mon): There is not enough notice", in.Staff[e].ID, in.Centres[p.X[e][0]].ID)
	if code != exitFailed || !strings.Contains(out, breach) || !strings.Contains(out, "objective ") || !strings.Contains(errs, "breaks a hard rule in 1 place") {
		t.Errorf("code %d, %s\n%s", code, errs, out)
	}
	code, out, _ = call(t, "", "plan", "--instance", small, "--evaluate", file, "--json")
	got := readPlanned(t, out)
	if code != exitFailed || len(got.Broken) != 1 || got.Broken[0].Rule != "notice" || got.Broken[0].Employee != in.Staff[e].ID || got.Broken[0].Day == nil || *got.Broken[0].Day != 0 {
		t.Errorf("code %d, %+v", code, got.Broken)
	}
	if _, out, _ = call(t, "", "plan", "--instance", small, "--evaluate", file, "--lang", "de", "--bound=false"); !strings.Contains(out, "Die Ankündigungsfrist ist unterschritten") {
		t.Error(out)
	}
}

// Instances that cannot be staffed as they ask are planned as far as they can be;
// what cannot be had is named and priced.
func TestPlanAnswersImpossibleInstances(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(in *planning.Instance)
		want   string // in a sentence of what is impossible, "" for nothing
	}{
		{"nobody holds driving licences", func(in *planning.Instance) {
			for e := range in.Staff {
				in.Staff[e].Skills = slices.DeleteFunc(slices.Clone(in.Staff[e].Skills), func(s int) bool { return s == 3 })
			}
		}, "drive"},
		{"below minimum whatever one does", func(in *planning.Instance) { in.Centres[0].MinStaff = 30 }, in0(t).Centres[0].ID},
		{"a week without open days", func(in *planning.Instance) { clear(in.Open[7:14]) }, ""},
		{"never open", func(in *planning.Instance) { clear(in.Open) }, ""},
		{"nobody", func(in *planning.Instance) { in.Staff, in.Avail, in.Prev = nil, nil, nil }, in0(t).Centres[0].ID},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := in0(t)
			c.change(in)
			data, err := json.Marshal(in)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "odd.json")
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			code, out, errs := plan(t, "--instance", file, "--budget", "300ms", "--json")
			if code != 0 || errs != "" {
				t.Fatalf("code %d, %s", code, errs)
			}
			got := readPlanned(t, out)
			code, out, _ = plan(t, "--instance", file, "--budget", "0", "--json")
			before := readPlanned(t, out)
			if code != 0 || got.Objective > before.Objective*(1+1e-9) || got.Bound != nil && *got.Bound > got.Objective*(1+1e-6) || len(got.Broken) > 0 {
				t.Errorf("code %d: %v from %v, bound %v, broken %v", code, got.Objective, before.Objective, *got.Bound, got.Broken)
			}
			if c.want == "" {
				return
			}
			lost, heads := 0.0, 0.0
			found := false
			for _, m := range got.Impossible {
				lost += m.Points
				if m.Heads > 0 {
					heads += m.Points
				}
				found = found || strings.Contains(m.En, c.want) && m.Points > 0
			}
			if !found || lost > got.Objective*(1+1e-9) {
				t.Errorf("%v points of %v impossible, %q is not named: %+v", lost, got.Objective, c.want, got.Impossible)
			}
			if *got.Bound < heads {
				t.Errorf("a bound of %v beside %v points of heads that nobody can be", *got.Bound, heads)
			}
			if _, out, _ = plan(t, "--instance", file, "--budget", "0", "--bound=false"); !strings.Contains(out, "\nimpossible ") {
				t.Errorf("nothing impossible is printed:\n%s", out)
			}
		})
	}
}

func in0(t *testing.T) *planning.Instance {
	t.Helper()
	in, err := readInstance(small)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestPlanRefusesWrongFiles(t *testing.T) {
	good, err := os.ReadFile(small)
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(m map[string]any)) []byte {
		var m map[string]any
		if err := json.Unmarshal(good, &m); err != nil {
			t.Fatal(err)
		}
		f(m)
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	list := func(v any, i int) any { return v.([]any)[i] }
	for _, c := range []struct {
		name, path     string
		instance, plan []byte
	}{
		{"no format", "format", change(func(m map[string]any) { delete(m, "format") }), nil},
		{"negative minutes", "avail[1][3]", change(func(m map[string]any) { list(m["avail"], 1).([]any)[3] = -5 }), nil},
		{"unknown district", "centres[1].district", change(func(m map[string]any) { list(m["centres"], 1).(map[string]any)["district"] = 99 }), nil},
		{"unknown centre", "prev[2][0]", change(func(m map[string]any) { list(m["prev"], 2).([]any)[0] = 4 }), nil},
		{"negative price", "weights.move", change(func(m map[string]any) { m["weights"].(map[string]any)["move"] = -1 }), nil},
		{"unknown skill", "staff[0].skills[0]", change(func(m map[string]any) { list(m["staff"], 0).(map[string]any)["skills"] = []int{9} }), nil},
		{"unknown place", "staff[2].reach[1]", change(func(m map[string]any) { list(m["staff"], 2).(map[string]any)["reach"] = []int{0, 44} }), nil},
		{"sums without end", "booked", change(func(m map[string]any) {
			w := m["weights"].(map[string]any)
			w["uncovered_slot"] = 1e6
			for _, skills := range m["booked"].([]any) {
				for _, days := range skills.([]any) {
					for t := range days.([]any) {
						days.([]any)[t] = 1 << 24
					}
				}
			}
		}), nil},
		{"more than a number holds", "avail[0][0]", change(func(m map[string]any) { list(m["avail"], 0).([]any)[0] = json.Number("99999999999") }), nil},
		{"short list", "open", change(func(m map[string]any) { m["open"] = []int{1} }), nil},
		{"another type", "horizon", change(func(m map[string]any) { m["horizon"] = "long" }), nil},
		{"cut off", "$", good[:len(good)/2], nil},
		{"two documents", "$", append(append([]byte{}, good...), "{}"...), nil},
		{"empty", "$", []byte{}, nil},
		{"plan too short", "x", good, []byte(`{"x":[[0]]}`)},
		{"plan of text", "x", good, []byte(`{"x":"home"}`)},
		{"plan cut off", "$", good, []byte(`{"x":[[0`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			instance, plan := filepath.Join(dir, "instance.json"), filepath.Join(dir, "plan.json")
			args, wrong := []string{"plan", "--instance", instance, "--budget", "0"}, instance
			if err := os.WriteFile(instance, c.instance, 0o600); err != nil {
				t.Fatal(err)
			}
			if c.plan != nil {
				if err := os.WriteFile(plan, c.plan, 0o600); err != nil {
					t.Fatal(err)
				}
				args, wrong = append(args, "--evaluate", plan), plan
			}
			code, out, errs := call(t, "", args...)
			if code != exitWrongInput || out != "" || !strings.Contains(errs, wrong+": "+c.path+": ") {
				t.Errorf("code %d, %q, %s", code, out, errs)
			}
			var doc planProblem
			code, out, _ = call(t, "", append(args, "--json")...)
			if json.Unmarshal([]byte(out), &doc) != nil || code != exitWrongInput || doc.File != wrong || doc.Path != c.path || doc.Error == "" {
				t.Errorf("code %d, %s", code, out)
			}
		})
	}
	plain := filepath.Join(t.TempDir(), "plain.json.gz")
	if err := os.WriteFile(plain, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := call(t, "", "plan", "--instance", plain); code != exitWrongInput || !strings.Contains(errs, "gzip") {
		t.Errorf("code %d, %s", code, errs)
	}
}

func TestPlanMisuse(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"plan"}, exitMisused, "--instance is missing"},
		{[]string{"plan", "--instance", small, "--budget", "-1s"}, exitMisused, "--budget is -1s"},
		{[]string{"plan", "--instance", small, "--out", "a", "--evaluate", "b"}, exitMisused, "leave one of them out"},
		{[]string{"plan", "--instance", filepath.Join(dir, "none.json")}, exitFailed, "none.json"},
		{[]string{"plan", "--instance", small, "--evaluate", ""}, exitMisused, "--evaluate is empty"},
		{[]string{"plan", "--instance", small, "--out", ""}, exitMisused, "--out is empty"},
		{[]string{"plan", "--instance", small, "--lang", "fr"}, exitMisused, `--lang is "fr": give en or de`},
		{[]string{"plan", "--instance", small, "--out", dir}, exitFailed, "name a file"},
		{[]string{"plan", "--instance", small, "--out", filepath.Join(dir, "none", "p.json")}, exitFailed, "--out"},
	} {
		if code, out, errs := call(t, "", c.args...); code != c.code || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%v: code %d, %q, %s", c.args, code, out, errs)
		}
	}
}

func TestPlanInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := run(ctx, []string{"plan", "--instance", small}, nil, io.Discard, io.Discard); code != exitInterrupted {
		t.Errorf("code %d", code)
	}
}

func TestProgressRewritesItsLine(t *testing.T) {
	var b bytes.Buffer
	show := rewrite(&b)
	show("")
	show("1.00 → 2")
	show("9")
	show("")
	if want := "\r1.00 → 2\r1.00 → 2\r9       \r9\r \r"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if terminal(f) || terminal(&b) {
		t.Error("a file passes for a terminal")
	}
}
