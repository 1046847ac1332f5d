package search

import (
	"math"
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// Each absence: the damage figure equals a cold evaluation of the same plan
// without the person, the repaired plan keeps the rules and is no dearer, and
// the warm objective equals a cold one throughout.
func TestAbsencesStayExact(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for _, name := range []string{"small-1", "medium-1"} {
		in := planningtest.Load(t, name)
		p, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Solve(Options{Seed: 2, Rounds: 4}); err != nil {
			t.Fatal(err)
		}
		now := *in
		now.Avail = make([][]int, len(in.Avail))
		for e := range now.Avail {
			now.Avail[e] = slices.Clone(in.Avail[e])
		}
		d := newDice(9)
		price := func() float64 {
			// At the planner's multipliers: the exact value may be higher by the
			// fairness term's change only.
			w, err := flow.New(&now)
			if err != nil {
				t.Fatal(err)
			}
			x := p.Present().X
			w.SetMultipliers(p.s.net.Multipliers())
			w.Staff(x)
			if err := w.Optimise(); err != nil {
				t.Fatal(err)
			}
			parts, _, _ := flow.Staffing(&now, x)
			return w.Objective() + parts.Sum()
		}
		for event := range 10 {
			e, from := d.below(len(in.Staff)), 2+d.below(in.Horizon-7)
			before := price()
			damage, err := p.Absent(e, from, from+5)
			if err != nil {
				t.Fatal(err)
			}
			for day := from; day < from+5; day++ {
				now.Avail[e][day] = 0
			}
			after := price()
			if math.Abs(damage.Points-(after-before)) > 1e-3 {
				t.Errorf("%s event %d: damage %.4f, cold %.4f", name, event, damage.Points, after-before)
			}
			mended, err := p.Repair(Region{Days: []int{from, from + 1, from + 2, from + 3, from + 4}}, Options{Seed: uint64(event)})
			if err != nil {
				t.Fatal(err)
			}
			gain := mended.Gain
			if gain < 0 {
				t.Errorf("%s event %d: repair loses %.4f", name, event, -gain)
			}
			if v := price(); math.Abs(after-gain-v) > 1e-3 || math.Abs(p.Objective()-v) > 1e-3 {
				t.Errorf("%s event %d: warm %.4f after gaining %.4f, cold %.4f", name, event, p.Objective(), gain, v)
			}
			if broken := Broken(&now, p.Present()); len(broken) > 0 {
				t.Fatalf("%s event %d: %v", name, event, broken)
			}
		}
		out, err := p.Improve(Options{Seed: 3, Rounds: 2})
		if err != nil {
			t.Fatal(err)
		}
		exact, err := flow.Evaluate(&now, out.Plan)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(exact.Objective-out.Result.Objective) > 1e-3 {
			t.Errorf("%s: improved to %.4f, cold %.4f", name, out.Result.Objective, exact.Objective)
		}
	}
}

func TestAbsentRefusesWhatIsNotThere(t *testing.T) {
	p, err := New(planningtest.Load(t, "small-1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Price(); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][3]int{{-1, 0, 1}, {99, 0, 1}, {0, 5, 4}, {0, 0, 99}} {
		if _, err := p.Absent(c[0], c[1], c[2]); err == nil {
			t.Errorf("absence %v is taken", c)
		}
	}
}

// An absence taken back leaves no trace where the plan had the person at home.
func TestBack(t *testing.T) {
	in := planningtest.Load(t, "small-2")
	p, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Price(); err != nil {
		t.Fatal(err)
	}
	for e := range in.Staff {
		before, plan := p.Objective(), p.Present()
		damage, err := p.Absent(e, 7, 12)
		if err != nil {
			t.Fatal(err)
		}
		gain, err := p.Back(e, 7, 12)
		if err != nil {
			t.Fatal(err)
		}
		same := true
		for day := 7; day < 12; day++ {
			same = same && plan.X[e][day] == p.Present().X[e][day]
		}
		if same && (math.Abs(gain-damage.Points) > 1e-6 || math.Abs(p.Objective()-before) > 1e-6) {
			t.Errorf("employee %d: damage %.4f, taken back %.4f", e, damage.Points, gain)
		}
	}
	if b := Broken(in, p.Present()); len(b) > 0 {
		t.Error(b)
	}
}

// The rules of the search are those that Broken counts anew; this breaks each
// once to see that it does.
func TestBrokenSees(t *testing.T) {
	in := planningtest.Load(t, "small-1")
	base := in.Previous()
	if b := Broken(in, base); len(b) > 0 {
		t.Fatalf("the previous plan breaks %v", b)
	}
	e := slices.IndexFunc(in.Avail, func(a []int) bool { return a[0] > 0 && a[7] > 0 && a[8] > 0 && a[9] > 0 })
	home := in.Staff[e].Home
	other := in.Staff[e].Reach[slices.IndexFunc(in.Staff[e].Reach, func(c int) bool { return c != home })]
	for name, change := range map[string]func(p planning.Plan){
		"presence":   func(p planning.Plan) { p.X[e][7] = planning.Nowhere },
		"notice":     func(p planning.Plan) { p.X[e][0] = (p.X[e][0] + 1) % len(in.Centres) },
		"weekly cap": func(p planning.Plan) { p.X[e][7], p.X[e][8], p.X[e][9] = other, other, other },
		"counters": func(p planning.Plan) {
			for f := range p.X {
				if p.X[f][8] != planning.Nowhere {
					p.X[f][8] = other
				}
			}
		},
	} {
		p := planning.Plan{X: make([][]int, len(base.X))}
		for f := range p.X {
			p.X[f] = slices.Clone(base.X[f])
		}
		change(p)
		if len(Broken(in, p)) == 0 {
			t.Errorf("%s: nothing is seen", name)
		}
	}
}

func BenchmarkSolveMedium(b *testing.B) {
	in := planningtest.Load(b, "medium-1")
	for b.Loop() {
		out, err := Solve(in, Options{Seed: 1, Rounds: 6})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(out.Result.Objective, "points")
	}
}
