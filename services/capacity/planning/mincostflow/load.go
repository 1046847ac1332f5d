package mincostflow

import "fmt"

// Load begins from a flow that satisfies all supplies and capacities, for
// example one put together from the solutions of parts: flow by arc, and which
// arcs are thought to be in the tree (nil for no idea). Solve goes on from there.
// The cost is never more than that of the flow given.
//
// Arcs strictly between their bounds and, behind them, those wished for form a
// forest; what closes a circle is pushed along it, towards less cost, until
// something blocks (the purification of a feasible flow to a basic one). Wished
// arcs without flow or room stay in only where the tree remains strongly
// feasible. If the flow is none of this network, *InfeasibleError or an error
// that names the arc says so, and the next Solve starts cold.
func (g *Network) Load(flow func(a int) int64, wished func(a int) bool) error {
	g.solved = false
	g.owed = g.owed[:0]
	if err := g.start(); err != nil {
		return err
	}
	g.solved = false
	rest := append([]int64(nil), g.supply...)
	g.objective = 0
	var hints, free []int32
	for i := g.n; i < len(g.ends); i++ {
		f, e := flow(i-g.n), g.ends[i]
		if f < 0 || f > g.cap[i] {
			return fmt.Errorf("mincostflow: arc %d is to carry %d: give 0 to its capacity %d", i-g.n, f, g.cap[i])
		}
		g.flow[i] = f
		rest[e.from] -= f
		rest[e.to] += f
		g.objective += f * g.cost[i]
		switch {
		case e.from == e.to:
		case f > 0 && f < g.cap[i]:
			free = append(free, int32(i))
		case wished != nil && g.cap[i] > 0 && wished(i-g.n):
			hints = append(hints, int32(i))
		}
		if f > 0 && f == g.cap[i] {
			g.state[i] = atUpper
		}
	}
	for v, r := range rest {
		if r != 0 {
			return &InfeasibleError{v, r}
		}
		g.ends[v], g.flow[v] = ends{int32(v), int32(g.n)}, 0
	}
	circles := g.plant(free, hints)
	g.solved = true
	for _, i := range circles {
		if !g.purify(i) {
			g.solved = false
			return &UnboundedError{int(i) - g.n}
		}
	}
	return nil
}

// InTree tells whether an arc is in the tree of the last solution.
func (g *Network) InTree(a int) bool { return g.state[g.n+a] == inTree }

// plant lays the tree of a forest and answers the free arcs that close circles.
func (g *Network) plant(free, hints []int32) (circles []int32) {
	root := int32(g.n)
	group := make([]int32, g.n)
	for v := range group {
		group[v] = int32(v)
	}
	find := func(v int32) int32 {
		for group[v] != v {
			group[v] = group[group[v]]
			v = group[v]
		}
		return v
	}
	degree := make([]int32, g.n+1)
	var forest []int32
	join := func(i int32) bool {
		e := g.ends[i]
		a, b := find(e.from), find(e.to)
		if a == b {
			return false
		}
		group[a] = b
		forest = append(forest, i)
		degree[e.from]++
		degree[e.to]++
		return true
	}
	for _, i := range free {
		if !join(i) {
			circles = append(circles, i)
		}
	}
	for _, i := range hints {
		join(i)
	}
	// Arcs of the forest by node.
	first := make([]int32, g.n+1)
	for v := range g.n {
		first[v+1] = first[v] + degree[v]
	}
	at := append([]int32(nil), first...)
	arcs := make([]int32, 2*len(forest))
	for _, i := range forest {
		e := g.ends[i]
		arcs[at[e.from]], arcs[at[e.to]] = i, i
		at[e.from]++
		at[e.to]++
	}
	for i := range g.n {
		g.state[i] = atLower
	}
	seen := make([]bool, g.n)
	g.nodes[root] = node{0, root, 0}
	tail := root
	hang := func(v, parent, arc int32) {
		seen[v] = true
		g.links[v] = link{parent, arc, g.ends[arc].from == v}
		g.state[arc] = inTree
		g.nodes[v].depth = g.nodes[parent].depth + 1
		g.nodes[tail].next, g.before[v] = v, tail
		tail = v
	}
	// Preorder with a stack of nodes to hang; roots of parts hang by their
	// artificial arc.
	type todo struct{ v, parent, arc int32 }
	var stack, later []todo
	for top := range int32(g.n) {
		if seen[top] {
			continue
		}
		stack = append(stack, todo{top, root, top})
		for len(stack)+len(later) > 0 {
			if len(stack) == 0 { // a part cut off
				last := later[len(later)-1]
				later = later[:len(later)-1]
				stack = append(stack, last)
			}
			p := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			hang(p.v, p.parent, p.arc)
			for _, i := range arcs[first[p.v]:first[p.v+1]] {
				e := g.ends[i]
				child := e.from + e.to - p.v
				if i == p.arc || seen[child] {
					continue
				}
				// Strongly feasible: what is empty points to the root, what is full
				// away from it.
				up := e.from == child
				if g.flow[i] == 0 && !up || g.flow[i] > 0 && g.flow[i] == g.cap[i] && up {
					later = append(later, todo{child, root, child})
					continue
				}
				stack = append(stack, todo{child, p.v, i})
			}
		}
	}
	g.nodes[tail].next, g.before[root] = root, tail
	g.refresh()
	return circles
}

// purify drives an arc outside the tree that is strictly between its bounds to
// one of them, or into the tree.
func (g *Network) purify(i int32) bool {
	e, full := g.ends[i], g.cap[i]
	if g.cost[i]+g.nodes[e.from].potential-g.nodes[e.to].potential > 0 {
		g.state[i], g.cap[i] = atUpper, g.flow[i]
	} else {
		g.state[i] = atLower
		if full < Infinite {
			g.cap[i] -= g.flow[i]
		}
	}
	ok := g.pivot(i)
	g.cap[i] = full
	return ok
}
