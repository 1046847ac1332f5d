package search

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// Odd instances are planned as far as they can be, not refused.
func TestOddInstances(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for name, change := range map[string]func(in *planning.Instance){
		"nobody": func(in *planning.Instance) { in.Staff, in.Avail, in.Prev = nil, nil, nil },
		"never open": func(in *planning.Instance) {
			for d := range in.Open {
				in.Open[d] = 0
			}
		},
		"a week without open days": func(in *planning.Instance) {
			for d := 7; d < 14; d++ {
				in.Open[d] = 0
			}
		},
		"nobody holds the licence skill": func(in *planning.Instance) {
			for e := range in.Staff {
				var rest []int
				for _, s := range in.Staff[e].Skills {
					if s != 3 {
						rest = append(rest, s)
					}
				}
				in.Staff[e].Skills = rest
			}
		},
		"nobody holds any skill": func(in *planning.Instance) {
			for e := range in.Staff {
				in.Staff[e].Skills = nil
			}
		},
		"below minimum whatever one does": func(in *planning.Instance) { in.Centres[0].MinStaff = 30 },
		"no counters":                     func(in *planning.Instance) { in.Centres[1].Counters = 0 },
		"no demand": func(in *planning.Instance) {
			for _, rows := range in.DemandOwn {
				for _, row := range rows {
					clear(row)
				}
			}
			for _, row := range in.DemandAny {
				clear(row)
			}
		},
		"every amount of minutes": func(in *planning.Instance) {
			n := 100
			for e := range in.Avail {
				for d, m := range in.Avail[e] {
					if m > 0 {
						in.Avail[e][d] = n
						n++
					}
				}
			}
		},
		"free of charge": func(in *planning.Instance) { in.Weights = planning.Weights{} },
		"away before": func(in *planning.Instance) {
			for e := range in.Staff {
				in.Staff[e].AwayBefore = 2
			}
		},
	} {
		in := planningtest.Load(t, "small-3")
		change(in)
		if err := in.Validate(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out, err := Solve(in, Options{Seed: 1, Rounds: 2})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		before, err := Solve(in, Options{Stop: func() bool { return true }})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if out.Result.Objective > before.Result.Objective+1e-6 && name != "away before" {
			t.Errorf("%s: %.2f, the previous plan %.2f", name, out.Result.Objective, before.Result.Objective)
		}
		if b := Broken(in, out.Plan); len(b) > 0 && name != "no counters" {
			t.Errorf("%s: %v", name, b)
		}
	}
}

// Where the instance says that a centre cannot spare people at some moment,
// nobody leaves it.
func TestMomentsAreAsked(t *testing.T) {
	in := planningtest.Load(t, "small-1")
	free, err := Solve(in, Options{Seed: 1, Rounds: 2})
	if err != nil {
		t.Fatal(err)
	}
	left := func(x [][]int, c int) (n int) {
		for e := range x {
			for d, at := range x[e] {
				if in.Prev[e][d] == c && at != c && at != planning.Nowhere {
					n++
				}
			}
		}
		return n
	}
	bound := 0
	for left(free.Plan.X, bound) == 0 {
		bound++
	}
	in.MayLeave = func(c, _ int, gone []int) bool { return c != bound || len(gone) == 0 }
	out, err := Solve(in, Options{Seed: 1, Rounds: 2})
	if err != nil {
		t.Fatal(err)
	}
	if n := left(out.Plan.X, bound); n > 0 {
		t.Errorf("%d person-days leave centre %d", n, bound)
	}
}

// Stop is asked inside the relaxation too: whenever it ends the search, the plan
// is sound, priced exactly and no dearer than the previous one.
func TestStopAtAnyTime(t *testing.T) {
	planningtest.InOneGoroutine(t)
	in := planningtest.Load(t, "medium-2")
	before, err := Solve(in, Options{Stop: func() bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	previous := 0
	for after := 1; after < 4000; after = after*3/2 + 1 {
		asked := 0
		p, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.Solve(Options{Seed: 1, Rounds: 1, Stop: func() bool { asked++; return asked > after }})
		if err != nil {
			t.Fatal(err)
		}
		if asked > after+40 {
			t.Errorf("after stop was said at question %d it was asked %d times more", after, asked-after)
		}
		if out.Result.Objective > before.Result.Objective+1e-6 {
			t.Errorf("stopped at question %d: %.2f, previous plan %.2f", after, out.Result.Objective, before.Result.Objective)
		}
		if broken := Broken(in, out.Plan); len(broken) > 0 {
			t.Fatalf("stopped at question %d: %v", after, broken)
		}
		fresh, err := flow.Evaluate(in, out.Plan)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(fresh.Objective-out.Result.Objective) > 1e-5*fresh.Objective {
			t.Errorf("stopped at question %d: %.4f, fresh %.4f", after, out.Result.Objective, fresh.Objective)
		}
		if math.Abs(out.Result.Objective-before.Result.Objective) < 1e-6 {
			previous++
		}
		// And it goes on from there.
		if _, err := p.Repair(Region{Days: []int{9}}, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if previous < 5 {
		t.Errorf("the relaxation was stopped %d times: the test does not look there", previous)
	}
}

// A search that went astray gives way to the plan it began with; one that did not
// stays.
func TestSearchIsNeverDearerThanThePlanItBeganWith(t *testing.T) {
	in := planningtest.Load(t, "small-4")
	p, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	solved, err := p.Solve(Options{Seed: 1, Rounds: 4})
	if err != nil {
		t.Fatal(err)
	}
	good := slices.Clone(p.s.at)
	previous, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := previous.Price(); err != nil {
		t.Fatal(err)
	}
	bad, err := previous.Result()
	if err != nil {
		t.Fatal(err)
	}
	out, err := previous.better(good, Outcome{Plan: previous.Present(), Result: bad})
	if err != nil || math.Abs(out.Result.Objective-solved.Result.Objective) > 1e-3 || !slices.Equal(previous.s.at, good) {
		t.Errorf("%.4f instead of the better plan's %.4f (%v)", out.Result.Objective, solved.Result.Objective, err)
	}
	begin, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err = p.better(begin.s.at, solved)
	if err != nil || math.Abs(out.Result.Objective-solved.Result.Objective) > 1e-3 || !slices.Equal(p.s.at, good) {
		t.Errorf("%.4f instead of the search's %.4f (%v)", out.Result.Objective, solved.Result.Objective, err)
	}
}

// A large previous plan is answered although nobody waits until it is priced to the
// end; the planner goes on from there as from any other.
func TestNoBudgetForALargeCity(t *testing.T) {
	planningtest.InOneGoroutine(t)
	in := twins(planningtest.Load(t, "medium-4"), 20)
	p, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	if !p.s.net.Large() {
		t.Fatal("the instance is not large")
	}
	out, err := p.Solve(Options{Stop: func() bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	if !out.Rough || out.Complete || !reflect.DeepEqual(out.Plan, in.Previous()) {
		t.Fatalf("rough %v, complete %v, the previous plan %v", out.Rough, out.Complete, reflect.DeepEqual(out.Plan, in.Previous()))
	}
	exact, err := p.Result()
	if err != nil {
		t.Fatal(err)
	}
	if r := out.Result.Objective; r < exact.Objective || r > 1.5*exact.Objective {
		t.Errorf("roughly %.2f, exactly %.2f", r, exact.Objective)
	}
}

// twins is a city of n copies of another one's districts, some with more citizens
// and some with none, whose citizens who accept any centre are shared and more.
func twins(in *planning.Instance, n int) *planning.Instance {
	out := *in
	out.Districts, out.Centres, out.Staff, out.Avail, out.Prev = nil, nil, nil, nil, nil
	out.Booked, out.Walkin, out.DemandOwn = nil, nil, nil
	C, R := len(in.Centres), len(in.Districts)
	out.Travel = make([][]int, n*C)
	for i := range out.Travel {
		out.Travel[i] = make([]int, n*C)
		for j := range out.Travel[i] {
			out.Travel[i][j] = in.Travel[i%C][j%C]
		}
	}
	for k := range n {
		out.Districts = append(out.Districts, in.Districts...)
		for _, c := range in.Centres {
			c.District += k * R
			out.Centres = append(out.Centres, c)
		}
		for e, p := range in.Staff {
			p.Home += k * C
			p.Reach = slices.Clone(p.Reach)
			for i := range p.Reach {
				p.Reach[i] += k * C
			}
			prev := slices.Clone(in.Prev[e])
			for t, c := range prev {
				if c != planning.Nowhere {
					prev[t] += k * C
				}
			}
			out.Staff, out.Avail, out.Prev = append(out.Staff, p), append(out.Avail, in.Avail[e]), append(out.Prev, prev)
		}
		out.Booked, out.Walkin = append(out.Booked, in.Booked...), append(out.Walkin, in.Walkin...)
		for _, rows := range in.DemandOwn {
			out.DemandOwn = append(out.DemandOwn, times(rows, k%3))
		}
	}
	out.DemandAny = times(in.DemandAny, 3*n)
	return &out
}

func times(rows [][]int, n int) [][]int {
	out := make([][]int, len(rows))
	for i, row := range rows {
		out[i] = make([]int, len(row))
		for t, m := range row {
			out[i][t] = n * m
		}
	}
	return out
}
