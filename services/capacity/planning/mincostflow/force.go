package mincostflow

import "math"

// forceBlocks is how many times √arcs arcs are looked at for one that enters
// while a shift is forced. The worst of all would need the fewest pivots; it
// costs more to find than it saves. Measured on 15,000 nodes: 16 to 64 alike, 1
// slower by a quarter.
const forceBlocks = 32

// forcePivots bounds the pivots for one shift; what is left then is for Solve.
const forcePivots = 5000

// force sends as much as it can through an arc outside the tree whose cost lies
// below that of any path. The tree should be optimal but for that arc.
//
// It follows the parametric simplex method in the cost of one arc: while the arc
// is in the tree only arcs between the two parts that its removal would leave can
// enter, and the worst of them keeps all others in order, so that nothing has to
// be mended afterwards. One shift after the other, with a bad arc if not the
// worst, takes a third of the pivots that all shifts at once take.
func (g *Network) force(i int32) {
	g.pivot(i)
	g.expel(func() bool { return g.state[i] != inTree || g.flow[i] == g.cap[i] })
}

// close takes the flow off a spare arc, whose supply has been changed by it, and
// drives it out of the tree.
func (g *Network) close(i int32) {
	g.flow[i], g.cap[i] = 0, 0
	change := g.artificial - g.cost[i]
	g.cost[i] = g.artificial
	if g.state[i] != inTree {
		g.state[i] = atLower
		return
	}
	top := g.ends[i].to
	if g.links[g.ends[i].from].arc == i {
		top, change = g.ends[i].from, -change
	}
	depth := g.nodes[top].depth
	for v := top; ; {
		g.nodes[v].potential += change
		if v = g.nodes[v].next; g.nodes[v].depth <= depth {
			break
		}
	}
	g.expel(func() bool { return g.state[i] != inTree })
}

// expel pivots until done, or until there is nothing to enter or it takes too
// long.
func (g *Network) expel(done func() bool) {
	block := g.block
	defer func() { g.block = block }()
	g.block = forceBlocks * max(16, int(math.Sqrt(float64(g.Arcs()))))
	for range forcePivots {
		if done() {
			return
		}
		if enter := g.price(); enter < 0 || !g.pivot(enter) {
			return
		}
	}
}
