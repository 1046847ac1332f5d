package mincostflow

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// From any feasible flow the same optimum is reached, and with the optimal flow
// and its tree nothing is left to do.
func TestLoad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t, rapid.Bool().Draw(t, "negative"))
		best := p.network()
		if best.Solve(0) != nil {
			t.Skip("infeasible")
		}
		// Another feasible flow: the optimum for other costs.
		other := p.network()
		for a := range p.arcs {
			other.SetCost(a, rapid.Int64Range(0, 20).Draw(t, "other cost"))
		}
		if err := other.Solve(0); err != nil {
			t.Fatal(err)
		}
		// A mean of both, where it is whole, is not basic.
		flow := make([]int64, len(p.arcs))
		whole := true
		for a := range flow {
			flow[a] = best.Flow(a) + other.Flow(a)
			whole = whole && flow[a]%2 == 0
		}
		for a := range flow {
			if flow[a] /= 2; !whole {
				flow[a] = other.Flow(a)
			}
		}
		cost := int64(0)
		for a, f := range flow {
			cost += f * p.arcs[a].cost
		}
		g := p.network()
		hints := rapid.SliceOfN(rapid.Bool(), len(flow), len(flow)).Draw(t, "wished")
		if err := g.Load(func(a int) int64 { return flow[a] }, func(a int) bool { return hints[a] }); err != nil {
			t.Fatal(err)
		}
		sound(t, g, p)
		if g.Objective() > cost {
			t.Fatalf("loading made %d of a flow that costs %d", g.Objective(), cost)
		}
		if err := g.Solve(0); err != nil {
			t.Fatal(err)
		}
		sound(t, g, p)
		if g.Objective() != best.Objective() {
			t.Fatalf("found %d from a flow, %d from scratch", g.Objective(), best.Objective())
		}
		if err := g.Load(best.Flow, best.InTree); err != nil || g.Objective() != best.Objective() {
			t.Fatalf("the optimum loaded costs %d, %d is right: %v", g.Objective(), best.Objective(), err)
		}
	})
}

// sound checks that flows keep to capacities and supplies and sum up to the
// objective, and that the tree is sound.
func sound(t *rapid.T, g *Network, p problem) {
	left := append([]int64(nil), p.supply...)
	cost := int64(0)
	for a, x := range p.arcs {
		f := g.Flow(a)
		if f < 0 || f > g.Capacity(a) {
			t.Fatalf("arc %d carries %d of %d", a, f, g.Capacity(a))
		}
		left[x.from] -= f
		left[x.to] += f
		cost += f * x.cost
	}
	for v, b := range left {
		if b != 0 {
			t.Fatalf("%d units stay at node %d", b, v)
		}
	}
	if cost != g.Objective() {
		t.Fatalf("flows cost %d, the objective is %d", cost, g.Objective())
	}
	if err := tree(g); err != nil {
		t.Fatal(err)
	}
}

// What is no flow of the network is refused, and Solve works all the same.
func TestLoadRefuses(t *testing.T) {
	p := problem{supply: []int64{5, -5}, arcs: []arc{{0, 1, 10, 3}}}
	for name, amount := range map[string]int64{"too little": 4, "too much": 6, "beyond the capacity": 11, "negative": -1} {
		g := p.network()
		err := g.Load(func(int) int64 { return amount }, nil)
		if err == nil {
			t.Fatalf("%s: loaded", name)
		}
		if e := (*InfeasibleError)(nil); amount > 0 && amount <= 10 && !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
		if err := g.Solve(0); err != nil || g.Objective() != 15 {
			t.Errorf("%s: solved to %d: %v", name, g.Objective(), err)
		}
	}
}
