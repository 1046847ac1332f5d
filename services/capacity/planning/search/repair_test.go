package search

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// tiny has two centres; 80 booked minutes at the second one have nobody on day 0,
// two people are at the first one.
func tiny(edit func(*planning.Instance)) *planning.Instance {
	in := &planning.Instance{Format: planning.Format, Horizon: 2, Open: []int{1, 1}, PromiseDays: 2, GoalDays: 1, PublishedDays: 2, MaxMovedPerWeek: 1,
		Skills: []string{"id"}, SlotMinutes: []float64{10}, Districts: []string{"d"},
		Centres: []planning.Centre{{ID: "a", Counters: 3, MinStaff: 1}, {ID: "b", Counters: 3, MinStaff: 0}},
		Travel:  [][]int{{0, 10}, {10, 0}},
		Staff: []planning.Employee{{ID: "p", Skills: []int{0}, Reach: []int{0, 1}}, {ID: "q", Skills: []int{0}, Reach: []int{0, 1}},
			{ID: "r", Home: 1, Skills: []int{0}, Reach: []int{1}}},
		Avail: [][]int{{100, 100}, {100, 100}, {0, 100}}, Prev: [][]int{{0, 0}, {0, 0}, {1, 1}},
		Booked: [][][]int{{{50, 50}}, {{80, 0}}}, Walkin: [][][]int{{{0, 0}}, {{0, 0}}},
		DemandOwn: [][][]int{{{0, 0}}}, DemandAny: [][]int{{0, 0}}, Weights: planning.DefaultWeights}
	if edit != nil {
		edit(in)
	}
	return in
}

func planner(t testing.TB, in *planning.Instance) *Planner {
	t.Helper()
	if err := in.Validate(); err != nil {
		t.Fatal(err)
	}
	p, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func repair(t testing.TB, in *planning.Instance, r Region) Repaired {
	t.Helper()
	out, err := planner(t, in).Repair(r, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Each rule stands in the way of the one move that would help, and is named.
func TestRepairNamesTheRuleInTheWay(t *testing.T) {
	no := false
	for _, c := range []struct {
		rule string // "" the move is found
		edit func(*planning.Instance)
	}{
		{"", nil},
		{"notice", func(in *planning.Instance) { in.NoticeDays = 1 }},
		{"", func(in *planning.Instance) { in.NoticeDays = 1; in.Staff[1].Mobile = true }},
		{"", func(in *planning.Instance) { in.NoticeDays = 1; in.Staff[0].Volunteer = true }},
		{"deployable", func(in *planning.Instance) { in.Staff[0].Deployable, in.Staff[1].Deployable = &no, &no }},
		{"fixed", func(in *planning.Instance) { in.Staff[0].FixedDays, in.Staff[1].FixedDays = []int{0}, []int{0, 1} }},
		{"reach", func(in *planning.Instance) { in.Staff[0].Reach, in.Staff[1].Reach = []int{0}, []int{0} }},
		{"weekly-cap", func(in *planning.Instance) { in.MaxMovedPerWeek = 0 }},
		{"weekly-cap", func(in *planning.Instance) { in.Staff[0].AwayBefore, in.Staff[1].AwayBefore = 1, 2 }},
		{"counters", func(in *planning.Instance) { in.Centres[1].Counters = 0 }},
		{"giver-minimum", func(in *planning.Instance) { in.Centres[0].MinStaff = 2 }},
		{"would-uncover", func(in *planning.Instance) { in.Booked[0][0][0] = 150 }},
		{"price", func(in *planning.Instance) { in.Weights.Move = 1e5 }},
		{"nobody", func(in *planning.Instance) { in.Avail[0][0], in.Avail[1][0] = 0, 0 }},
	} {
		out := repair(t, tiny(c.edit), Region{Days: []int{0}})
		at1 := slices.DeleteFunc(slices.Clone(out.Unsolved), func(u planning.Unsolved) bool { return u.Centre != 1 })
		if c.rule == "" {
			if len(out.Moves) != 1 || len(out.Unsolved) != 0 || out.Moves[0].Split.Uncovered != 1600 || math.Abs(out.Moves[0].Gain-out.Gain) > 1e-6 {
				t.Errorf("a move should be found: %+v", out)
			}
			continue
		}
		if len(out.Moves) != 0 || len(at1) != 1 || at1[0].Rule != c.rule || at1[0].Minutes != 80 || at1[0].Points != 1600 {
			t.Errorf("%s: moves %+v, unsolved %+v", c.rule, out.Moves, out.Unsolved)
		}
	}
}

func TestNoMoreAreSentThanWereLost(t *testing.T) {
	edit := func(in *planning.Instance) {
		in.Centres[0].MinStaff, in.Booked[0][0][0], in.Booked[1][0][0] = 0, 0, 180
	}
	spot := planning.Spot{Centre: 1, Day: 0}
	for heads := range 3 {
		out := repair(t, tiny(edit), Region{Days: []int{0}, Centres: []int{0, 1}, Heads: map[planning.Spot]int{spot: heads}})
		if len(out.Moves) != heads {
			t.Errorf("%d heads: %+v", heads, out.Moves)
		}
		if heads < 2 && (len(out.Unsolved) != 1 || out.Unsolved[0].Rule != WayHeads) {
			t.Errorf("%d heads: %+v", heads, out.Unsolved)
		}
	}
	if out := repair(t, tiny(edit), Region{Days: []int{0}, Centres: []int{0}}); len(out.Moves) != 0 {
		t.Errorf("people were sent outside the region: %+v", out.Moves)
	}
	if out := repair(t, tiny(edit), Region{Days: []int{1}}); len(out.Moves) != 0 {
		t.Errorf("people moved on another day: %+v", out.Moves)
	}
}

func TestRepairRefusesWhatIsNotThere(t *testing.T) {
	p := planner(t, tiny(nil))
	for _, r := range []Region{{Days: []int{2}}, {Days: []int{-1}}, {Centres: []int{2}}} {
		if _, err := p.Repair(r, Options{}); err == nil {
			t.Errorf("%+v is taken", r)
		}
	}
}

// A person who may be moved once a week goes where something is booked, even if
// walk-ins are worth more elsewhere.
func TestWhatIsBookedComesBeforeTheRest(t *testing.T) {
	edit := func(in *planning.Instance) {
		in.Centres[0].MinStaff = 0
		in.Booked[0][0], in.Booked[1][0] = []int{0, 0}, []int{0, 10}
		in.Centres[0].District, in.Districts = 1, []string{"d", "e"}
		in.Walkin = [][][]int{{{0, 0}}, {{100, 0}}}
		in.DemandOwn = [][][]int{{{0, 0}}, {{0, 0}}}
		in.Avail = [][]int{{100, 100}, {0, 0}, {0, 0}}
		in.Weights.WalkinSlot = 100
	}
	out := repair(t, tiny(edit), Region{})
	if len(out.Moves) != 1 || out.Moves[0].Day != 1 || out.Moves[0].Split.Uncovered != 200 {
		t.Fatalf("%+v", out.Moves)
	}
	out = repair(t, tiny(func(in *planning.Instance) { edit(in); in.Booked[1][0][1] = 0 }), Region{})
	if len(out.Moves) != 1 || out.Moves[0].Day != 0 || out.Moves[0].Gain < 900 {
		t.Fatalf("with nothing booked the walk-ins are worth the move: %+v", out.Moves)
	}
}

// Two people who swap places help together though neither does alone.
func TestRepairExchanges(t *testing.T) {
	in := tiny(func(in *planning.Instance) {
		in.Skills, in.SlotMinutes = []string{"id", "pass"}, []float64{10, 10}
		in.Centres[0].MinStaff, in.Centres[1].MinStaff = 1, 1
		in.Centres[0].Counters, in.Centres[1].Counters = 1, 1
		in.Staff = in.Staff[:2]
		in.Staff[0].Skills, in.Staff[1] = []int{0}, planning.Employee{ID: "q", Home: 1, Skills: []int{1}, Reach: []int{0, 1}}
		in.Avail, in.Prev = [][]int{{100, 0}, {100, 0}}, [][]int{{0, 0}, {1, 1}}
		in.Booked = [][][]int{{{0, 0}, {100, 0}}, {{100, 0}, {0, 0}}}
		in.Walkin = [][][]int{{{0, 0}, {0, 0}}, {{0, 0}, {0, 0}}}
		in.DemandOwn, in.DemandAny = [][][]int{{{0, 0}, {0, 0}}}, [][]int{{0, 0}, {0, 0}}
	})
	out := repair(t, in, Region{Days: []int{0}})
	if len(out.Moves) != 2 || len(out.Unsolved) != 0 || out.Gain < 3900 {
		t.Fatalf("%+v", out)
	}
	// Together they must be worth two moves.
	p := planner(t, in)
	if out, err := p.Repair(Region{Days: []int{0}}, Options{LeastGain: 2001}); err != nil || len(out.Moves) != 0 || math.Abs(out.Gain) > 1e-9 {
		t.Fatalf("%+v %v", out, err)
	}
}

// What a repair says of its moves is true: each gain is what a fresh pricing of
// the plan without the move finds, split into its parts, none is below the least;
// nothing outside the region has changed, no centre is worse covered than before
// and no rule is broken.
func TestRepairProperties(t *testing.T) {
	planningtest.InOneGoroutine(t)
	base := planningtest.Load(t, "small-3")
	start := planner(t, base)
	solved, err := start.Solve(Options{Seed: 2, Rounds: 2})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		in := copied(base)
		for e := range in.Prev {
			copy(in.Prev[e], solved.Plan.X[e])
		}
		from := rapid.IntRange(2, in.Horizon-6).Draw(t, "from")
		r := Region{Days: []int{from, from + 1, from + 2}}
		for range rapid.IntRange(1, 6).Draw(t, "sick") {
			clear(in.Avail[rapid.IntRange(0, len(in.Staff)-1).Draw(t, "employee")][from : from+3])
		}
		if rapid.Bool().Draw(t, "heads") {
			r.Heads = map[planning.Spot]int{}
			for range 6 {
				spot := planning.Spot{Centre: rapid.IntRange(0, len(in.Centres)-1).Draw(t, "centre"), Day: from + rapid.IntRange(0, 2).Draw(t, "day")}
				r.Heads[spot] = rapid.IntRange(0, 2).Draw(t, "more")
			}
		}
		p, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		before, err := p.Result()
		if err != nil {
			t.Fatal(err)
		}
		least := float64(rapid.IntRange(0, 40).Draw(t, "least"))
		out, err := p.Repair(r, Options{LeastGain: least})
		if err != nil {
			t.Fatal(err)
		}
		fresh := func(x [][]int) float64 {
			w, err := flow.New(in)
			if err != nil {
				t.Fatal(err)
			}
			w.SetMultipliers(p.s.net.Multipliers())
			w.Staff(x)
			if err := w.Optimise(); err != nil {
				t.Fatal(err)
			}
			parts, _, _ := flow.Staffing(in, x)
			return w.Objective() + parts.Sum()
		}
		now := fresh(out.Plan.X)
		if gain := fresh(in.Previous().X) - now; math.Abs(gain-out.Gain) > 1e-3 {
			t.Fatalf("gain %.4f, fresh %.4f", out.Gain, gain)
		}
		heads := map[planning.Spot]int{}
		for _, m := range out.Moves {
			out.Plan.X[m.Employee][m.Day] = m.From
			if gain := fresh(out.Plan.X) - now; math.Abs(gain-m.Gain) > 1e-3 || math.Abs(m.Split.Sum()-m.Gain) > 1e-6 {
				t.Fatalf("%+v: fresh %.4f", m, gain)
			}
			out.Plan.X[m.Employee][m.Day] = m.To
			heads[planning.Spot{Centre: m.To, Day: m.Day}]++
			heads[planning.Spot{Centre: m.From, Day: m.Day}]--
			if !slices.Contains(r.Days, m.Day) {
				t.Fatalf("%+v is outside the region", m)
			}
		}
		for spot, n := range heads {
			if r.Heads != nil && n > r.Heads[spot] {
				t.Fatalf("%d more at %+v, allowed %d", n, spot, r.Heads[spot])
			}
		}
		again := in.Previous().X
		for _, m := range out.Moves {
			again[m.Employee][m.Day] = m.To
		}
		if !slices.EqualFunc(again, out.Plan.X, func(a, b []int) bool { return slices.Equal(a, b) }) {
			t.Fatal("the moves do not lead to the plan")
		}
		after, err := p.Result()
		if err != nil {
			t.Fatal(err)
		}
		for c := range in.Centres {
			for d := range in.Horizon {
				if after.UncoveredMinutes[c][d] > before.UncoveredMinutes[c][d] || after.MissingHeads[c][d] > before.MissingHeads[c][d] {
					t.Fatalf("centre %d on day %d is worse off", c, d)
				}
			}
		}
		if broken := Broken(in, out.Plan); len(broken) > 0 {
			t.Fatal(broken)
		}
	})
}

func TestReprice(t *testing.T) {
	in := tiny(nil)
	in.Booked[1][0][0] = 180
	p := planner(t, in)
	before := p.Present()
	got, err := p.Reprice([]planning.Change{{Employee: 0, Day: 0, To: 1}, {Employee: 1, Day: 0, To: 1}, {Employee: 2, Day: 0, To: 0}, {Employee: 2, Day: 1, To: 1},
		{Employee: 2, Day: 1, To: 0}})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Rule != "" || got[0].Split.Uncovered != 2000 || math.Abs(got[0].Gain-got[0].Split.Sum()) > 1e-9 || got[0].Gain > 2000 ||
		got[1].Rule != "giver-minimum" || got[1].Split.Uncovered != 600 || got[1].Split.MissingHead != -2000 ||
		got[2].Rule != "presence" || got[3].Rule != "" || got[3].Gain != 0 || got[4].Rule != "reach" {
		t.Errorf("%+v", got)
	}
	if after := p.Present(); !slices.EqualFunc(before.X, after.X, func(a, b []int) bool { return slices.Equal(a, b) }) {
		t.Error("the plan has changed")
	}
	again, err := p.Reprice([]planning.Change{{Employee: 0, Day: 0, To: 1}})
	if err != nil || again[0] != got[0] {
		t.Errorf("asked again %+v, first %+v (%v)", again, got[0], err)
	}
	for _, c := range []planning.Change{{Employee: 9}, {Day: 2}, {To: -1}} {
		if _, err := p.Reprice([]planning.Change{c}); err == nil {
			t.Errorf("%+v was priced", c)
		}
	}
}

// Free is what is left for new appointments: all minutes less what is booked and
// held, per skill at most what those who have it can still serve.
func TestResultSaysWhatIsFree(t *testing.T) {
	in := tiny(func(in *planning.Instance) {
		in.Skills, in.SlotMinutes = []string{"id", "pass"}, []float64{10, 10}
		in.Staff[1].Skills = []int{0, 1}
		in.Booked = [][][]int{{{50, 50}, {0, 30}}, {{0, 0}, {0, 0}}}
		in.Walkin = [][][]int{{{20, 0}, {0, 0}}, {{0, 0}, {0, 0}}}
		in.DemandOwn, in.DemandAny = [][][]int{{{0, 0}, {0, 0}}}, [][]int{{0, 0}, {0, 0}}
	})
	r, err := planner(t, in).Result()
	if err != nil {
		t.Fatal(err)
	}
	// Day 0: 200 minutes, 70 taken; q has 100 for passes. Day 1: 300, 80 taken,
	// 30 of them passes that only q serves.
	want := [][]int{{130, 220}}
	if !slices.Equal(r.Free[0], want[0]) || !slices.Equal(r.FreeSkill[0][0], want[0]) || !slices.Equal(r.FreeSkill[0][1], []int{100, 70}) {
		t.Errorf("free %v, by skill %v", r.Free, r.FreeSkill)
	}
}
