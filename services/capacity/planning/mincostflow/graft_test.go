package mincostflow

import (
	"testing"

	"pgregory.net/rapid"
)

// Whatever tree it begins from, circles and arcs that fit nowhere included, the
// same optimum is reached; from the optimal one there is nothing left to do.
func TestGraft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t, rapid.Bool().Draw(t, "negative"))
		best := p.network()
		if best.Solve(0) != nil {
			t.Skip("infeasible")
		}
		g := p.network()
		parents := rapid.SliceOfN(rapid.IntRange(-1, len(p.arcs)), len(p.supply), len(p.supply)).Draw(t, "parents")
		full := rapid.SliceOfN(rapid.Bool(), len(p.arcs), len(p.arcs)).Draw(t, "full")
		top := rapid.IntRange(0, len(p.supply)-1).Draw(t, "top")
		if err := g.Graft(top, func(v int) int { return parents[v] }, func(a int) bool { return full[a] }); err != nil {
			t.Fatal(err)
		}
		sound(t, g, p)
		if g.Objective() != best.Objective() {
			t.Fatalf("found %d from a tree, %d from scratch", g.Objective(), best.Objective())
		}
		same := p.network()
		own := func(v int) int { a, _ := best.Link(v); return a }
		if err := same.Graft(top, own, best.Full); err != nil || same.Objective() != best.Objective() {
			t.Fatalf("from the optimal tree to %d, %d is right: %v", same.Objective(), best.Objective(), err)
		}
	})
}
