package planning

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
)

func TestSolveIsBetterAndBreaksNoRule(t *testing.T) {
	// best: the known optimum; the greedy must lie between it and the exact
	// value of doing nothing.
	best := map[string]float64{"small-1": 6566.28, "small-2": 5788.92, "small-3": 4234.10, "medium-1": 1587.91}
	for name, nothing := range golden {
		t.Run(name, func(t *testing.T) {
			in := load(t, name)
			s, err := Solve(in, Options{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%.1f → %.1f (doing nothing %.1f, optimum %.1f), %d moves, %d tries", s.Before.Objective, s.Result.Objective, nothing, best[name], len(s.Moves), s.Tries)
			if s.Result.Objective >= nothing || s.Result.Objective < best[name] {
				t.Errorf("objective %.2f, want in [%.2f, %.2f)", s.Result.Objective, best[name], nothing)
			}
			if v := Violations(in, s.Plan); len(v) > 0 {
				t.Errorf("rules broken: %q", v)
			}
			again, _ := Solve(in, Options{Seed: 1})
			if !reflect.DeepEqual(s, again) {
				t.Error("solving twice gives another plan")
			}
			none, err := Solve(in, Options{Expired: func() bool { return true }})
			if err != nil || len(none.Moves) > 0 || none.Result.Objective != none.Before.Objective {
				t.Errorf("without a budget the previous plan is expected, evaluated: %d moves, %v", len(none.Moves), err)
			}
		})
	}
}

// Every gain that the search books must be what a fresh count of the same plan
// says, with the same walk-in reserve given up.
func TestChangesArePricedAsAFreshCountWould(t *testing.T) {
	in := load(t, "medium-1")
	s := &searcher{board: newBoard(in, in.Previous()), near: nearby(in), total: make([]int, len(in.Staff))}
	for c := range in.Centres {
		s.centres = append(s.centres, c)
	}
	done := 0
	for d := range in.Horizon {
		f := s.explore(d)
		if len(f.best) == 0 {
			continue
		}
		before := s.points()
		m := s.exact(f.best[0].step)
		s.apply(f.best[0].step)
		after := s.points()
		if math.Abs(before-after-m.Gain) > 1e-6 {
			t.Fatalf("day %d: gain %.6f, but the board went from %.6f to %.6f", d, m.Gain, before, after)
		}
		fresh := newBoard(in, Plan{s.x})
		fresh.released = s.released
		fresh.recount()
		if math.Abs(fresh.points()-after) > 1e-6 {
			t.Fatalf("day %d: %.6f kept, %.6f counted anew", d, after, fresh.points())
		}
		done++
	}
	if done < 5 {
		t.Fatalf("only %d moves tried", done)
	}
}

// tiny: two centres of one district, three persons each at most, two days.
func tiny(edit func(*Instance)) *Instance {
	in := &Instance{Format: Format, Horizon: 2, Open: []int{1, 1}, PromiseDays: 2, GoalDays: 1, PublishedDays: 2, MaxMovedPerWeek: 1,
		Skills: []string{"id"}, SlotMinutes: []float64{10}, Districts: []string{"d"},
		Centres: []Centre{{ID: "a", Counters: 3, MinStaff: 1}, {ID: "b", Counters: 3, MinStaff: 0}},
		Travel:  [][]int{{0, 10}, {10, 0}},
		Staff: []Employee{{ID: "p", Skills: []int{0}, Reach: []int{0, 1}}, {ID: "q", Skills: []int{0}, Reach: []int{0, 1}},
			{ID: "r", Home: 1, Skills: []int{0}, Reach: []int{1}}},
		Avail: [][]int{{100, 100}, {100, 100}, {0, 100}}, Prev: [][]int{{0, 0}, {0, 0}, {1, 1}},
		Booked: [][][]int{{{50, 50}}, {{80, 0}}}, Walkin: [][][]int{{{0, 0}}, {{0, 0}}},
		DemandOwn: [][][]int{{{0, 0}}}, DemandAny: [][]int{{0, 0}}, Weights: DefaultWeights}
	if edit != nil {
		edit(in)
	}
	return in
}

func TestRules(t *testing.T) {
	no := false
	for _, c := range []struct {
		rule string // "" a move is found
		edit func(*Instance)
	}{
		{"", nil},
		{"notice", func(in *Instance) { in.NoticeDays = 1 }},
		{"", func(in *Instance) { in.NoticeDays = 1; in.Staff[1].Mobile = true }},
		{"", func(in *Instance) { in.NoticeDays = 1; in.Staff[0].Volunteer = true }},
		{"deployable", func(in *Instance) { in.Staff[0].Deployable, in.Staff[1].Deployable = &no, &no }},
		{"fixed", func(in *Instance) { in.Staff[0].FixedDays, in.Staff[1].FixedDays = []int{0}, []int{0, 1} }},
		{"reach", func(in *Instance) { in.Staff[0].Reach, in.Staff[1].Reach = []int{0}, []int{0} }},
		{"weekly-cap", func(in *Instance) { in.MaxMovedPerWeek = 0 }},
		{"weekly-cap", func(in *Instance) { in.Staff[0].AwayBefore, in.Staff[1].AwayBefore = 1, 2 }},
		{"counters", func(in *Instance) { in.Centres[1].Counters = 0 }},
		{"giver-minimum", func(in *Instance) { in.Centres[0].MinStaff = 2 }},
		{"would-uncover", func(in *Instance) { in.Booked[0][0][0] = 150 }},
		{"skills", func(in *Instance) {
			in.Skills, in.SlotMinutes = []string{"id", "pass"}, []float64{10, 10}
			in.Booked = [][][]int{{{0, 0}, {0, 0}}, {{0, 0}, {80, 0}}}
			in.Walkin = [][][]int{{{0, 0}, {0, 0}}, {{0, 0}, {0, 0}}}
			in.DemandOwn, in.DemandAny = [][][]int{{{0, 0}, {0, 0}}}, [][]int{{0, 0}, {0, 0}}
		}},
		{"price", func(in *Instance) { in.Weights.Move = 1e6 }},
		{"nobody", func(in *Instance) { in.Avail[0][0], in.Avail[1][0] = 0, 0 }},
	} {
		in := tiny(c.edit)
		if err := in.Validate(); err != nil {
			t.Fatal(err)
		}
		s, err := Replan(in, in.Previous(), Damage{Days: []int{0}, Centres: []int{1}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if c.rule == "" {
			if len(s.Moves) != 1 || len(s.Unsolved) != 0 || s.Moves[0].Gain <= 0 || s.Moves[0].Split.Uncovered != 1600 {
				t.Errorf("want one move that covers 8 slots: %+v %+v", s.Moves, s.Unsolved)
			}
			if v := Violations(in, s.Plan); v != nil {
				t.Errorf("rules broken: %v", v)
			}
			continue
		}
		if len(s.Moves) != 0 || len(s.Unsolved) != 1 || s.Unsolved[0].Rule != c.rule || s.Unsolved[0].Minutes != 80 {
			t.Errorf("%s: moves %+v, unsolved %+v", c.rule, s.Moves, s.Unsolved)
		}
		if _, known := RuleByName(c.rule); !known && c.rule != "price" && c.rule != "nobody" {
			t.Errorf("rule %q is not listed", c.rule)
		}
	}
}

func TestCheckerSeesBrokenRules(t *testing.T) {
	for _, c := range []struct {
		e, t, to int
		edit     func(*Instance)
	}{
		{0, 0, Nowhere, nil}, {2, 0, 1, nil},
		{0, 0, 1, func(in *Instance) { in.NoticeDays = 1 }},
		{0, 0, 1, func(in *Instance) { in.Staff[0].Reach = []int{0} }},
		{0, 0, 1, func(in *Instance) { in.MaxMovedPerWeek = 0 }},
		{0, 0, 1, func(in *Instance) { in.Centres[1].Counters = 0 }},
		{0, 0, 1, func(in *Instance) { in.Centres[0].MinStaff = 2 }},
		{0, 0, 1, func(in *Instance) { in.Booked[0][0][0] = 150 }},
	} {
		in := tiny(c.edit)
		p := in.Previous()
		p.X[c.e][c.t] = c.to
		if len(Violations(in, p)) == 0 {
			t.Errorf("%+v: no violation seen", c)
		}
	}
}

func TestValidateNamesThePath(t *testing.T) {
	for path, edit := range map[string]func(*Instance){
		"format":               func(in *Instance) { in.Format = "x" },
		"horizon":              func(in *Instance) { in.Horizon = 0 },
		"open":                 func(in *Instance) { in.Open = nil },
		"skills":               func(in *Instance) { in.Skills = nil },
		"slot_minutes[0]":      func(in *Instance) { in.SlotMinutes[0] = 0 },
		"centres[1].district":  func(in *Instance) { in.Centres[1].District = 1 },
		"staff[2].home":        func(in *Instance) { in.Staff[2].Home = -1 },
		"staff[0].skills[0]":   func(in *Instance) { in.Staff[0].Skills[0] = 9 },
		"staff[0].reach[1]":    func(in *Instance) { in.Staff[0].Reach[1] = 9 },
		"avail[1][1]":          func(in *Instance) { in.Avail[1][1] = -5 },
		"prev[0][1]":           func(in *Instance) { in.Prev[0][1] = 7 },
		"booked[0][0][1]":      func(in *Instance) { in.Booked[0][0][1] = -1 },
		"travel[1]":            func(in *Instance) { in.Travel[1] = nil },
		"demand_own[0]":        func(in *Instance) { in.DemandOwn[0] = nil },
		"demand_any":           func(in *Instance) { in.DemandAny = nil },
		"weights.fairness":     func(in *Instance) { in.Weights.Fairness = -1 },
		"weights.missing_head": func(in *Instance) { in.Weights.MissingHead = 1e12 },
		"goal_days":            func(in *Instance) { in.GoalDays = 3 },
		"today":                func(in *Instance) { in.Today = 2 },
		"staff[0].notice_days": func(in *Instance) { n := -1; in.Staff[0].NoticeDays = &n },
		"services[0].skill":    func(in *Instance) { in.Services = []Service{{Skill: 1}} },
		"centres[0].min_staff": func(in *Instance) { in.Centres[0].MinStaff = -1 },
		"centres[0].open":      func(in *Instance) { in.Centres[0].Open = []int{1} },
	} {
		raw, err := json.Marshal(tiny(edit))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Parse(raw)
		var p *PathError
		if !asPath(err, &p) || p.Path != path {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Parse([]byte(`{"staff":[{"home":"x"}]}`)); err == nil || err.(*PathError).Path != "staff.home" {
		t.Errorf("wrong kind: %v", err)
	}
	if _, err := ParsePlan(tiny(nil), []byte(`{"x":[[0,0],[0,5],[-1,1]]}`)); err == nil || err.(*PathError).Path != "x[1][1]" {
		t.Errorf("wrong plan: %v", err)
	}
}

func TestNoMoreAreSentThanWereLost(t *testing.T) {
	in := tiny(func(in *Instance) { in.Centres[0].MinStaff, in.Booked[0][0][0], in.Booked[1][0][0] = 0, 0, 180 })
	for heads, want := range []string{"", "heads", ""} {
		d := Damage{Days: []int{0}, Centres: []int{0, 1}, Heads: map[Spot]int{{1, 0}: heads}}
		s, err := Replan(in, in.Previous(), d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if heads == 0 {
			want = "heads"
		}
		if len(s.Moves) != heads || want != "" && (len(s.Unsolved) != 1 || s.Unsolved[0].Rule != want) || d.Heads[Spot{1, 0}] != heads {
			t.Errorf("%d heads: %+v %+v", heads, s.Moves, s.Unsolved)
		}
	}
}

func TestCompareTellsPlansApartAlike(t *testing.T) {
	in := load(t, "small-1")
	s, err := Solve(in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, b, err := Compare(in, in.Previous(), in, s.Plan)
	if err != nil {
		t.Fatal(err)
	}
	if a.Objective < s.Before.Objective-1e-6 || b.Objective >= a.Objective {
		t.Errorf("%.1f → %.1f, searched from %.1f", a.Objective, b.Objective, s.Before.Objective)
	}
	c, d, _ := Compare(in, s.Plan, in, s.Plan)
	if c.Objective != d.Objective {
		t.Errorf("the same plan is priced %v and %v", c.Objective, d.Objective)
	}
	if _, _, err := Compare(in, Plan{}, in, s.Plan); err == nil {
		t.Error("an empty plan was priced")
	}
}

func TestReprice(t *testing.T) {
	in := tiny(nil)
	in.Booked[1][0][0] = 180
	got, err := Reprice(in, []Change{{0, 0, 1}, {1, 0, 1}, {2, 0, 0}, {2, 1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Rule != "" || got[0].Split.Uncovered != 2000 || got[1].Rule != "giver-minimum" || got[2].Rule != "presence" || got[3].Rule != "" || got[3].Gain != 0 {
		t.Errorf("%+v", got)
	}
	if _, err := Reprice(in, []Change{{9, 0, 0}}); err == nil {
		t.Error("an unknown employee was priced")
	}
}

func asPath(err error, p **PathError) (ok bool) { *p, ok = err.(*PathError); return ok }

func BenchmarkEvaluate(b *testing.B) {
	in := load(b, "medium-1")
	p := in.Previous()
	for b.Loop() {
		newBoard(in, p)
	}
}
