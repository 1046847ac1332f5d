package mincostflow

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// arc of a reference network.
type arc struct {
	from, to  int
	cap, cost int64
}

type problem struct {
	supply []int64
	arcs   []arc
}

func (p problem) network() *Network {
	g := New(len(p.supply))
	for v, b := range p.supply {
		g.SetSupply(v, b)
	}
	for _, a := range p.arcs {
		g.AddArc(a.from, a.to, a.cap, a.cost)
	}
	return g
}

// successive is an independent reference: successive shortest paths by
// Bellman-Ford from a super source to a super sink. Costs may be negative as
// long as no cycle is; ok is false if the supplies cannot be carried.
func successive(p problem) (cost int64, ok bool) {
	n := len(p.supply)
	type edge struct {
		to        int
		cap, cost int64
	}
	var edges []edge
	out := make([][]int, n+2)
	add := func(u, v int, room, cost int64) {
		out[u] = append(out[u], len(edges))
		edges = append(edges, edge{v, room, cost})
		out[v] = append(out[v], len(edges))
		edges = append(edges, edge{u, 0, -cost})
	}
	// Arcs of negative cost start saturated, which moves supply.
	b := append([]int64(nil), p.supply...)
	for _, a := range p.arcs {
		if a.from == a.to {
			continue
		}
		if a.cost < 0 {
			b[a.from] -= a.cap
			b[a.to] += a.cap
			cost += a.cap * a.cost
			add(a.to, a.from, a.cap, -a.cost)
		} else {
			add(a.from, a.to, a.cap, a.cost)
		}
	}
	var need int64
	for v, s := range b {
		if s > 0 {
			add(n, v, s, 0)
			need += s
		} else if s < 0 {
			add(v, n+1, -s, 0)
		}
	}
	for need > 0 {
		dist := make([]int64, n+2)
		via := make([]int, n+2)
		for v := range dist {
			dist[v], via[v] = math.MaxInt64/2, -1
		}
		dist[n] = 0
		for changed := true; changed; {
			changed = false
			for u := range out {
				if dist[u] == math.MaxInt64/2 {
					continue
				}
				for _, e := range out[u] {
					if edges[e].cap > 0 && dist[u]+edges[e].cost < dist[edges[e].to] {
						dist[edges[e].to], via[edges[e].to], changed = dist[u]+edges[e].cost, e, true
					}
				}
			}
		}
		if via[n+1] < 0 {
			return 0, false
		}
		amount := need
		for v := n + 1; v != n; v = edges[via[v]^1].to {
			amount = min(amount, edges[via[v]].cap)
		}
		for v := n + 1; v != n; v = edges[via[v]^1].to {
			edges[via[v]].cap -= amount
			edges[via[v]^1].cap += amount
		}
		cost += amount * dist[n+1]
		need -= amount
	}
	return cost, true
}

// optimal checks the conditions of optimality: conservation, capacities and
// complementary slackness; and that the objective is the sum over the arcs.
func optimal(g *Network) error {
	left := append([]int64(nil), g.supply...)
	var sum int64
	for a := range g.Arcs() {
		from, to := g.Ends(a)
		f := g.Flow(a)
		left[from] -= f
		left[to] += f
		sum += f * g.CostOf(a)
		if f < 0 || f > g.Capacity(a) {
			return fmt.Errorf("arc %d carries %d of %d", a, f, g.Capacity(a))
		}
		r := g.CostOf(a) + g.Potential(from) - g.Potential(to)
		if r < 0 && f < g.Capacity(a) || r > 0 && f > 0 {
			return fmt.Errorf("arc %d: reduced cost %d with flow %d of %d", a, r, f, g.Capacity(a))
		}
	}
	for v, b := range left {
		if b != 0 {
			return fmt.Errorf("node %d keeps %d", v, b)
		}
	}
	if sum != g.Objective() {
		return fmt.Errorf("objective %d, arcs sum to %d", g.Objective(), sum)
	}
	return tree(g)
}

// tree checks the tree lists against each other.
func tree(g *Network) error {
	seen := 0
	root := int32(g.n)
	for v := g.nodes[root].next; v != root; v = g.nodes[v].next {
		seen++
		l := g.links[v]
		if g.nodes[v].depth != g.nodes[l.parent].depth+1 {
			return fmt.Errorf("node %d: depth %d under %d", v, g.nodes[v].depth, g.nodes[l.parent].depth)
		}
		e := g.ends[l.arc]
		if l.up && (e.from != v || e.to != l.parent) || !l.up && (e.to != v || e.from != l.parent) {
			return fmt.Errorf("node %d: link and arc differ", v)
		}
		if g.cost[l.arc]+g.nodes[e.from].potential-g.nodes[e.to].potential != 0 {
			return fmt.Errorf("node %d: tree arc with a reduced cost", v)
		}
		if g.before[g.nodes[v].next] != v {
			return fmt.Errorf("node %d: thread is not mutual", v)
		}
		// Preorder: the previous node is the parent or lies below it.
		w := g.before[v]
		for w != l.parent && w != root {
			w = g.links[w].parent
		}
		if w != l.parent {
			return fmt.Errorf("node %d: not in preorder", v)
		}
		if seen > g.n {
			return errors.New("thread is longer than the tree")
		}
	}
	if seen != g.n {
		return fmt.Errorf("thread holds %d of %d nodes", seen, g.n)
	}
	return nil
}

func draw(t *rapid.T, negative bool) problem {
	n := rapid.IntRange(1, 7).Draw(t, "n")
	p := problem{supply: make([]int64, n)}
	for v := 1; v < n; v++ {
		b := int64(rapid.IntRange(-4, 4).Draw(t, "b"))
		p.supply[v] = b
		p.supply[0] -= b
	}
	low := 0
	if negative {
		low = -5
	}
	for range rapid.IntRange(0, 16).Draw(t, "m") {
		p.arcs = append(p.arcs, arc{rapid.IntRange(0, n-1).Draw(t, "u"), rapid.IntRange(0, n-1).Draw(t, "v"),
			int64(rapid.IntRange(0, 6).Draw(t, "cap")), int64(rapid.IntRange(low, 9).Draw(t, "c"))})
	}
	return p
}

func TestSolveAgreesWithSuccessiveShortestPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t, rapid.Bool().Draw(t, "negative"))
		g := p.network()
		want, ok := successive(p)
		err := g.Solve(0)
		var inf *InfeasibleError
		switch {
		case !ok && !errors.As(err, &inf):
			t.Fatalf("answered %v: want infeasible", err)
		case ok && err != nil:
			t.Fatalf("answered %v: want cost %d", err, want)
		case ok:
			if g.Objective() != want {
				t.Fatalf("cost %d, want %d", g.Objective(), want)
			}
			if err := optimal(g); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestWarmEqualsCold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t, true)
		if _, ok := successive(p); !ok {
			return
		}
		g := p.network()
		if err := g.Solve(0); err != nil {
			t.Fatal(err)
		}
		var saved Basis
		g.Save(&saved)
		before := g.Objective()
		first := p
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			q := problem{append([]int64(nil), p.supply...), append([]arc(nil), p.arcs...)}
			n := len(p.supply)
			switch k := rapid.IntRange(0, 3).Draw(t, "kind"); {
			case k == 0 && len(p.arcs) > 0:
				a := rapid.IntRange(0, len(p.arcs)-1).Draw(t, "arc")
				q.arcs[a].cost = int64(rapid.IntRange(-9, 9).Draw(t, "cost"))
				g.SetCost(a, q.arcs[a].cost)
				if err := g.Solve(0); err != nil {
					t.Fatal(err)
				}
			case k == 3 && len(p.arcs) > 0:
				for range rapid.IntRange(1, 3).Draw(t, "arcs") {
					a := rapid.IntRange(0, len(p.arcs)-1).Draw(t, "arc")
					q.arcs[a].cap = int64(rapid.IntRange(0, 9).Draw(t, "capacity"))
					g.SetCapacity(a, q.arcs[a].cap)
				}
				u, v, m := rapid.IntRange(0, n-1).Draw(t, "u"), rapid.IntRange(0, n-1).Draw(t, "v"), int64(rapid.IntRange(0, 3).Draw(t, "m"))
				q.supply[u] -= m
				q.supply[v] += m
				owing := len(g.owed) > 0
				err := g.MoveSupplies(Shift{u, v, m})
				var inf *InfeasibleError
				if _, ok := successive(q); !ok {
					if !errors.As(err, &inf) {
						t.Fatalf("changed capacities answer %v: want infeasible", err)
					}
					if err := g.Solve(0); owing && !errors.As(err, &inf) {
						t.Fatalf("asked again the answer is %v: want infeasible", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
			case k == 1 && len(g.spare) == 0:
				a := arc{rapid.IntRange(0, n-1).Draw(t, "u"), rapid.IntRange(0, n-1).Draw(t, "v"), 3, int64(rapid.IntRange(-5, 5).Draw(t, "c"))}
				q.arcs = append(q.arcs, a)
				g.AddArc(a.from, a.to, a.cap, a.cost)
				if err := g.Solve(0); err != nil {
					t.Fatal(err)
				}
			default:
				u, v, m := rapid.IntRange(0, n-1).Draw(t, "u"), rapid.IntRange(0, n-1).Draw(t, "v"), int64(rapid.IntRange(0, 5).Draw(t, "m"))
				q.supply[u] -= m
				q.supply[v] += m
				err := g.MoveSupply(u, v, m)
				var inf *InfeasibleError
				if _, ok := successive(q); !ok {
					if !errors.As(err, &inf) {
						t.Fatalf("moved supply answers %v: want infeasible", err)
					}
					q = p
				} else if err != nil {
					t.Fatal(err)
				}
			}
			p = q
			if err := optimal(g); err != nil {
				t.Fatal(err)
			}
			if want, _ := successive(p); g.Objective() != want {
				t.Fatalf("warm %d, reference %d", g.Objective(), want)
			}
			if cold := p.network(); cold.Solve(0) != nil || cold.Objective() != g.Objective() {
				t.Fatalf("warm %d, cold %d", g.Objective(), cold.Objective())
			}
		}
		if k := rapid.IntRange(0, len(p.arcs)).Draw(t, "fix"); len(g.spare) == 0 && len(p.arcs) == g.Arcs() {
			rest := problem{append([]int64(nil), p.supply...), p.arcs[:k]}
			for a := k; a < g.Arcs(); a++ {
				rest.supply[p.arcs[a].from] -= g.Flow(a)
				rest.supply[p.arcs[a].to] += g.Flow(a)
			}
			if err := g.Fix(k); err != nil {
				t.Fatal(err)
			}
			if err := optimal(g); err != nil {
				t.Fatal(err)
			}
			if want, ok := successive(rest); !ok || want != g.Objective() {
				t.Fatalf("fixed from %d: %d, reference %d", k, g.Objective(), want)
			}
		}
		g.Restore(&saved)
		if g.Objective() != before || g.Arcs() != len(first.arcs) {
			t.Fatal("restore does not bring back the solution")
		}
		if err := optimal(g); err != nil {
			t.Fatal(err)
		}
	})
}

func TestUnbounded(t *testing.T) {
	g := New(3)
	g.AddArc(0, 1, Infinite, 2)
	g.AddArc(1, 2, Infinite, -2)
	g.AddArc(2, 0, Infinite, -1)
	var u *UnboundedError
	if err := g.Solve(0); !errors.As(err, &u) {
		t.Fatalf("answered %v: want unbounded", err)
	}
}

func TestOverflow(t *testing.T) {
	g := New(2)
	g.AddArc(0, 1, 1, math.MaxInt64/8)
	if err := g.Solve(0); !errors.Is(err, ErrOverflow) {
		t.Fatalf("large costs: answered %v", err)
	}
	g = New(2)
	g.SetSupply(0, math.MaxInt64/2)
	g.SetSupply(1, -math.MaxInt64/2)
	if err := g.Solve(0); !errors.Is(err, ErrOverflow) {
		t.Fatalf("large supplies: answered %v", err)
	}
}

func TestUnbalanced(t *testing.T) {
	g := New(2)
	g.SetSupply(0, 3)
	var inf *InfeasibleError
	if err := g.Solve(0); !errors.As(err, &inf) || inf.Node != -1 || inf.Amount != 3 {
		t.Fatalf("answered %v: want unbalanced by 3", err)
	}
}

func TestBudget(t *testing.T) {
	g := grid(20, 20, 1).network()
	if err := g.Solve(5); !errors.Is(err, ErrBudget) {
		t.Fatalf("answered %v: want out of budget", err)
	}
	if err := g.Solve(0); err != nil {
		t.Fatal(err)
	}
	if err := optimal(g); err != nil {
		t.Fatal(err)
	}
}

// grid is a mid-size network with supplies on one side and demands on the
// other; a small generator of its own keeps it the same everywhere.
func grid(w, h int, seed uint64) problem {
	next := func(n int) int64 {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int64((seed >> 33) % uint64(n))
	}
	p := problem{supply: make([]int64, w*h)}
	at := func(x, y int) int { return y*w + x }
	for y := range h {
		m := next(50)
		p.supply[at(0, y)] += m
		p.supply[at(w-1, int(next(h)))] -= m
		for x := range w {
			if x+1 < w {
				p.arcs = append(p.arcs, arc{at(x, y), at(x+1, y), next(40), next(100)}, arc{at(x, y), at(x+1, y), Infinite, 100 + next(100)})
			}
			if y+1 < h {
				p.arcs = append(p.arcs, arc{at(x, y), at(x, y+1), 10 + next(40), next(60)}, arc{at(x, y+1), at(x, y), Infinite, next(60)})
			}
		}
	}
	return p
}

func TestMidSizeIsOptimal(t *testing.T) {
	for seed := range uint64(6) {
		p := grid(12+int(seed)*6, 15, seed)
		g := p.network()
		if err := g.Solve(0); err != nil {
			t.Fatal(err)
		}
		if err := optimal(g); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if want, _ := successive(p); want != g.Objective() {
			t.Fatalf("seed %d: cost %d, want %d", seed, g.Objective(), want)
		}
	}
}

func BenchmarkCold(b *testing.B) {
	p := grid(100, 100, 3)
	for b.Loop() {
		g := p.network()
		if err := g.Solve(0); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(g.Pivots()), "pivots")
	}
}

func BenchmarkMoveSupply(b *testing.B) {
	p := grid(100, 100, 3)
	g := p.network()
	if err := g.Solve(0); err != nil {
		b.Fatal(err)
	}
	var saved Basis
	g.Save(&saved)
	i := 0
	for b.Loop() {
		i++
		if err := g.MoveSupply(i*37%100*100, i*71%100*100+5, 7); err != nil {
			b.Fatal(err)
		}
		g.Restore(&saved)
	}
}
