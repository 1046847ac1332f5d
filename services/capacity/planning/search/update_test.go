package search

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// copied is an instance whose amounts, plan and staff may be changed.
func copied(in *planning.Instance) *planning.Instance {
	own := *in
	rows := func(m [][]int) [][]int {
		c := make([][]int, len(m))
		for i := range m {
			c[i] = slices.Clone(m[i])
		}
		return c
	}
	cube := func(m [][][]int) [][][]int {
		if m == nil {
			return nil
		}
		c := make([][][]int, len(m))
		for i := range m {
			c[i] = rows(m[i])
		}
		return c
	}
	own.Avail, own.Prev, own.DemandAny = rows(in.Avail), rows(in.Prev), rows(in.DemandAny)
	own.Booked, own.Walkin, own.DemandOwn, own.Uncovered = cube(in.Booked), cube(in.Walkin), cube(in.DemandOwn), cube(in.Uncovered)
	own.Staff = slices.Clone(in.Staff)
	return &own
}

// disturb changes an instance at random, as days do.
func disturb(t *rapid.T, in *planning.Instance) {
	n := func(name string, most int) int { return rapid.IntRange(0, most-1).Draw(t, name) }
	E, C, S, R, T := len(in.Staff), len(in.Centres), len(in.Skills), len(in.Districts), in.Horizon
	for range 1 + n("changes", 5) {
		switch n("kind", 10) {
		case 0, 1: // a sick note, or somebody comes back
			e, from, m := n("employee", E), n("day", T), []int{0, 0, 200, 390}[n("minutes", 4)]
			for d := from; d < min(T, from+5); d++ {
				in.Avail[e][d] = m
				if m == 0 {
					in.Prev[e][d] = planning.Nowhere
				}
			}
		case 2, 3: // appointments are booked and cancelled
			for range 1 + n("cells", 8) {
				in.Booked[n("centre", C)][n("skill", S)][n("day", T)] = 15 * n("slots", 30)
			}
		case 4:
			in.Walkin[n("centre", C)][n("skill", S)][n("day", T)] = 10 * n("slots", 9)
		case 5: // an order becomes the plan
			e, d := n("employee", E), n("day", T)
			reach := in.Staff[e].Reach
			in.Prev[e][d] = reach[n("place", len(reach))]
		case 6:
			in.DemandOwn[n("district", R)][n("skill", S)][n("day", T)] = 15 * n("slots", 40)
		case 7:
			in.DemandAny[n("skill", S)][n("day", T)] = 15 * n("slots", 40)
		case 8: // terms
			s := &in.Staff[n("employee", E)]
			no, days, most := false, n("notice", 9), n("cap", 4)
			switch n("term", 4) {
			case 0:
				s.Deployable = &no
			case 1:
				s.NoticeDays = &days
			case 2:
				s.MaxMovedPerWeek = &most
			default:
				s.FixedDays = []int{n("day", T)}
			}
		default:
			if in.Uncovered == nil {
				in.Uncovered = make([][][]int, C)
				for c := range in.Uncovered {
					in.Uncovered[c] = make([][]int, S)
					for s := range in.Uncovered[c] {
						in.Uncovered[c][s] = make([]int, T)
					}
				}
			}
			in.Uncovered[n("centre", C)][n("skill", S)][n("day", T)] = 15 * n("slots", 9)
		}
	}
}

// After any sequence of updates and repairs a planner prices the plan, and bounds
// what people may do, as a fresh one does.
func TestUpdateEqualsFresh(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for _, name := range []string{"small-1", "small-2"} {
		base := planningtest.Load(t, name)
		rapid.Check(t, func(t *rapid.T) {
			p, err := New(base)
			if err != nil {
				t.Fatal(err)
			}
			in := base
			for range rapid.IntRange(1, 4).Draw(t, "updates") {
				in = copied(in)
				disturb(t, in)
				before := math.NaN()
				if p.priced {
					before = p.Objective()
				}
				damage, err := p.Update(in)
				if err != nil {
					t.Fatal(err)
				}
				if !math.IsNaN(before) && math.Abs(p.Objective()-before-damage.Points) > 1e-6*math.Abs(before) {
					t.Fatalf("damage %.6f, the objective went from %.6f to %.6f", damage.Points, before, p.Objective())
				}
				q, err := New(in)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, p, q)
				if rapid.Bool().Draw(t, "repair") {
					if _, err := p.Repair(Region{Days: []int{8, 9, 10}}, Options{}); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// The same with what rules of several people, days and moments add.
func TestUpdateEqualsFreshUnderAllRules(t *testing.T) {
	planningtest.InOneGoroutine(t)
	base := planningtest.Load(t, "small-2")
	rapid.Check(t, func(t *rapid.T) {
		in := copied(base)
		extend(t, in)
		p, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 3).Draw(t, "updates") {
			in = copied(in)
			disturb(t, in)
			if in.Duties != nil { // somebody works at other hours
				in.Duties = slices.Clone(in.Duties)
				e, d := rapid.IntRange(0, len(in.Staff)-1).Draw(t, "who"), rapid.IntRange(0, in.Horizon-1).Draw(t, "when")
				in.Duties[e] = slices.Clone(in.Duties[e])
				in.Duties[e][d] = planning.Span{600, 900}
			}
			if _, err := p.Update(in); err != nil {
				t.Fatal(err)
			}
			q, err := New(in)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, p, q)
			if rapid.Bool().Draw(t, "repair") {
				if _, err := p.Repair(Region{Days: []int{8, 9}}, Options{Walk: 500}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func compare(t *rapid.T, p, q *Planner) {
	warm, err := p.Result()
	if err != nil {
		t.Fatal(err)
	}
	cold, err := q.Result()
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(warm.Objective-cold.Objective) > 1e-6*math.Abs(cold.Objective) {
		t.Fatalf("warm %.6f %+v, fresh %.6f %+v", warm.Objective, warm.Parts, cold.Objective, cold.Parts)
	}
	a, b := p.s, q.s
	if a.cost != b.cost || !slices.Equal(a.heads, b.heads) || !slices.Equal(a.load, b.load) || !slices.Equal(a.away, b.away) || !slices.Equal(a.limit, b.limit) {
		t.Fatal("heads, minutes, days away or their cost are not those of a fresh planner")
	}
	if x, y := a.personal, b.personal; !slices.Equal(x.points, y.points) || !slices.Equal(x.broken, y.broken) || !slices.Equal(x.short, y.short) ||
		!slices.Equal(x.over, y.over) || !slices.Equal(x.set, y.set) || len(x.people)+len(x.places) != 0 {
		t.Fatal("what rules of several people or days cost is not that of a fresh planner")
	}
	for i := range a.first {
		if !slices.Equal(a.options[a.first[i]:a.last[i]], b.options[b.first[i]:b.last[i]]) {
			e, d := a.person(int32(i))
			t.Fatalf("employee %d on day %d: options %v, fresh %v", e, d, a.options[a.first[i]:a.last[i]], b.options[b.first[i]:b.last[i]])
		}
	}
	if !slices.EqualFunc(a.before, b.before, func(x, y []int) bool { return slices.Equal(x, y) }) {
		t.Fatal("the previous plan is not that of a fresh planner")
	}
	if !slices.EqualFunc(a.alike, b.alike, func(x, y []int) bool { return slices.Equal(x, y) }) {
		t.Fatal("those who are alike are not those of a fresh planner")
	}
	for c := range a.net.C {
		for d := range a.net.T {
			x, y := p.k.priceAt(c, d), 0+p.k.base(c, d)
			if x != y {
				t.Fatalf("centre %d on day %d: the cell costs %d, remembered %d", c, d, x, y)
			}
		}
	}
	if p.k.sums != nil && !slices.Equal(p.k.sums, q.k.sums) {
		t.Fatal("what is booked at the cells is not that of a fresh planner")
	}
}

func TestUpdateRefusesAnotherShape(t *testing.T) {
	in := planningtest.Load(t, "small-1")
	p, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(in *planning.Instance){
		"today":   func(in *planning.Instance) { in.Today = 1 },
		"horizon": func(in *planning.Instance) { in.Horizon-- },
		"staff":   func(in *planning.Instance) { in.Staff = in.Staff[1:] },
		"centres": func(in *planning.Instance) { in.Centres = in.Centres[1:] },
		"skills":  func(in *planning.Instance) { in.Skills = append(slices.Clone(in.Skills), "more") },
	} {
		other := copied(in)
		change(other)
		if _, err := p.Update(other); !errors.Is(err, ErrShape) {
			t.Errorf("%s: %v, want ErrShape", name, err)
		}
	}
	// Other prices start from scratch and are right.
	other := copied(in)
	other.Weights.UncoveredSlot *= 2
	if _, err := p.Update(other); err != nil {
		t.Fatal(err)
	}
	q, err := New(other)
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Result()
	if err != nil {
		t.Fatal(err)
	}
	b, err := q.Result()
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(a.Objective-b.Objective) > 1e-6*b.Objective {
		t.Errorf("with other prices %.4f, fresh %.4f", a.Objective, b.Objective)
	}
}
