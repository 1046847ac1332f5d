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

// two is tiny with need for both p and q at the second centre.
func two(edit func(*planning.Instance)) *planning.Instance {
	return tiny(func(in *planning.Instance) {
		in.Booked[0][0][0], in.Booked[1][0][0] = 0, 200
		in.Centres[0].MinStaff = 0
		if edit != nil {
			edit(in)
		}
	})
}

func TestAGiverMustStayCoveredAtEveryMoment(t *testing.T) {
	r := Region{Days: []int{0}, Centres: []int{1}}
	if out := repair(t, two(nil), r); len(out.Moves) != 2 {
		t.Fatalf("by minutes both may go: %+v", out.Moves)
	}
	var asked [][]int
	one := repair(t, two(func(in *planning.Instance) {
		in.MayLeave = func(c, _ int, gone []int) bool {
			if c == 0 {
				asked = append(asked, slices.Clone(gone))
			}
			return len(gone) < 2
		}
	}), r)
	if len(one.Moves) != 1 || len(one.Unsolved) != 1 || one.Unsolved[0].Rule != "would-uncover" {
		t.Errorf("one after the other may go, not both: %+v %+v", one.Moves, one.Unsolved)
	}
	if !slices.ContainsFunc(asked, func(gone []int) bool { return slices.Equal(gone, []int{0, 1}) }) {
		t.Errorf("both together were never asked for: %v", asked)
	}
	q := repair(t, two(func(in *planning.Instance) {
		in.MayLeave = func(_, _ int, gone []int) bool { return !slices.Contains(gone, 0) }
	}), r)
	if len(q.Moves) != 1 || q.Moves[0].Employee != 1 {
		t.Errorf("only q may go: %+v", q.Moves)
	}
	in := two(func(in *planning.Instance) { in.MayLeave = func(int, int, []int) bool { return false } })
	priced, err := planner(t, in).Reprice([]planning.Change{{Employee: 0, Day: 0, To: 1}})
	if err != nil || priced[0].Rule != "would-uncover" {
		t.Errorf("%+v %v", priced, err)
	}
}

func TestAppointmentsAtRiskAreMended(t *testing.T) {
	in := tiny(func(in *planning.Instance) {
		// The second centre's own minutes do for what is booked on day 1, but
		// 40 of them lie at moments when nobody is free.
		in.Centres[0].MinStaff = 0
		in.Booked = [][][]int{{{0, 0}}, {{0, 90}}}
		in.Uncovered = [][][]int{{{0, 0}}, {{0, 40}}}
	})
	got, err := planner(t, in).Result()
	if err != nil || got.UncoveredMinutes[1][1] != 40 || got.Parts.Uncovered != 800 {
		t.Fatalf("%d minutes, %v points; want 40 and 4 slots of 200 (%v)", got.UncoveredMinutes[1][1], got.Parts.Uncovered, err)
	}
	r := Region{Days: []int{1}, Centres: []int{1}}
	out := repair(t, in, r)
	if len(out.Moves) != 1 || out.Moves[0].Split.Uncovered != 800 || len(out.Unsolved) != 0 {
		t.Fatalf("%+v", out)
	}
	// Whoever comes serves only what lies in the hours of their duty.
	half := *in
	half.StaysUncovered = func(_, _ int, come []int) int { return 40 - 20*len(come) }
	if out = repair(t, &half, r); len(out.Moves) != 2 {
		t.Fatalf("it takes two: %+v", out)
	}
	half.StaysUncovered = func(_, _ int, come []int) int {
		if slices.Contains(come, 0) {
			return 10
		}
		return 40
	}
	if out = repair(t, &half, r); len(out.Moves) != 1 || out.Moves[0].Employee != 0 || len(out.Unsolved) != 1 || out.Unsolved[0].Minutes != 10 {
		t.Fatalf("only p helps: %+v", out)
	}
	in.Uncovered = nil
	if out = repair(t, in, r); len(out.Moves) != 0 {
		t.Fatalf("nothing is uncovered by minutes: %+v", out.Moves)
	}
}

// The search's own sum, kept step by step, is what a fresh pricing finds: with
// what is at risk, rows of people that have a price, and minima by half hours.
func TestExtensionsStayExact(t *testing.T) {
	planningtest.InOneGoroutine(t)
	base := planningtest.Load(t, "small-2")
	rapid.Check(t, func(t *rapid.T) {
		in := copied(base)
		extend(t, in)
		if err := in.Validate(); err != nil {
			t.Fatal(err)
		}
		p, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		check := func(when string) {
			r, err := flow.Evaluate(in, p.Present())
			if err != nil {
				t.Fatal(err)
			}
			own, err := p.Result()
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(own.Objective-r.Objective) > 1e-5*r.Objective || math.Abs(p.Objective()-r.Objective) > 1e-5*r.Objective {
				t.Fatalf("%s: %.4f, kept %.4f, fresh %.4f (%+v)", when, own.Objective, p.Objective(), r.Objective, r.Parts)
			}
			if broken := Broken(in, p.Present()); len(broken) > 0 {
				t.Fatalf("%s: %v", when, broken)
			}
		}
		check("at first")
		before := p.Objective()
		if rapid.Bool().Draw(t, "solve") {
			out, err := p.Solve(Options{Seed: 1, Rounds: 1})
			if err != nil {
				t.Fatal(err)
			}
			if out.Result.Objective > before+1e-3 {
				t.Fatalf("the search went from %.4f to %.4f", before, out.Result.Objective)
			}
			check("solved")
			floors(t, p)
		} else if _, err := p.Repair(Region{Days: []int{8, 9, 10, 11}}, Options{}); err != nil {
			t.Fatal(err)
		} else {
			check("mended")
		}
		in = copied(in)
		disturb(t, in)
		in.Prev = p.Present().X
		for e := range in.Prev {
			for d := range in.Prev[e] {
				if in.Avail[e][d] == 0 {
					in.Prev[e][d] = planning.Nowhere
				}
			}
		}
		if _, err := p.Update(in); err != nil {
			t.Fatal(err)
		}
		check("updated")
	})
}

// floors compares what the cells say of steps with what they cost when applied.
func floors(t *rapid.T, p *Planner) {
	s, k := p.s, p.k
	var l list
	s.collect(&l, 1<<60, 0, s.in.Horizon)
	d := newDice(7)
	for range min(100, len(l.all)) {
		a, b := l.all[d.below(len(l.all))].step, l.all[d.below(len(l.all))].step
		if a.i == b.i || s.personal.is(s.employee(a.i)) || s.personal.is(s.employee(b.i)) {
			continue
		}
		if one, f := k.single(a), k.floor([]step{a}); one != f {
			t.Fatalf("one step is worth %d alone and %d applied", one, f)
		}
		if two, f := k.double(a, b), k.floor([]step{a, b}); two != f {
			t.Fatalf("two steps are worth %d and %d applied", two, f)
		}
	}
}

// extend adds some of the optional rules to an instance.
func extend(t *rapid.T, in *planning.Instance) {
	yes := func(name string) bool { return rapid.Bool().Draw(t, name) }
	if yes("personal") {
		in.Weights.Personal, in.Weights.SecondmentStart = 2, 3
	}
	if yes("half year") {
		six := 6
		in.MaxAwayPerHalfYear = &six
		in.Staff[0].AwayDays = []int{-1, -9, -30}
	}
	if yes("duties") {
		in.Duties = make([][]planning.Span, len(in.Staff))
		for e := range in.Duties {
			in.Duties[e] = make([]planning.Span, in.Horizon)
			for d := range in.Duties[e] {
				if in.Avail[e][d] > 0 {
					in.Duties[e][d] = []planning.Span{{480, 980}, {580, 1080}}[(e+d)%2]
				}
			}
		}
	}
	if yes("shifts") {
		in.Shifts = []planning.Span{{480, 980}, {580, 1080}}
	}
	if yes("half hours") {
		in.Centres = slices.Clone(in.Centres)
		for c := range in.Centres {
			in.Centres[c].MinPresent = 2
			for range in.Horizon {
				in.Centres[c].Hours = append(in.Centres[c].Hours, planning.Span{480, 1080})
			}
		}
	}
	if yes("risk") {
		in.Uncovered = make([][][]int, len(in.Centres))
		for c := range in.Uncovered {
			in.Uncovered[c] = make([][]int, len(in.Skills))
			for s := range in.Uncovered[c] {
				in.Uncovered[c][s] = make([]int, in.Horizon)
				in.Uncovered[c][s][8+c] = 60
			}
		}
		if yes("moments") {
			in.StaysUncovered = func(c, d int, come []int) int { return 60*len(in.Skills) - min(3, len(come))*(50+c+d) }
			in.MayLeave = func(c, d int, gone []int) bool { return len(gone)*3 < 4+(c+d)%3 }
		}
	}
}
