package mincostflow

// Basis is a copy of a solution: flows, tree, potentials and supplies, and the
// arcs with their costs. It may be restored into the network it was saved from.
type Basis struct {
	version               int64
	ends                  []ends
	cost, cap             []int64
	supply, flow          []int64
	state                 []int8
	nodes                 []node
	links                 []link
	before                []int32
	spare                 []spareArc
	solved, stale         bool
	objective, artificial int64
	greatest              int64
	cursor                int
	arcs                  int
}

// spareArc is what MoveSupply changes of an arc besides flow and state.
type spareArc struct {
	arc       int32
	ends      ends
	cost, cap int64
}

// Save copies the present solution into b, reusing its memory. Arcs and costs
// are copied only if they have changed since b was saved last.
func (g *Network) Save(b *Basis) {
	if b.version != g.version || len(b.ends) != len(g.ends) {
		b.cost = append(b.cost[:0], g.cost...)
		b.cap = append(b.cap[:0], g.cap...)
		b.ends = append(b.ends[:0], g.ends...)
		b.version = g.version
	}
	b.arcs = len(g.ends)
	b.spare = b.spare[:0]
	for _, i := range g.spare {
		b.spare = append(b.spare, spareArc{i, g.ends[i], g.cost[i], g.cap[i]})
	}
	b.supply = append(b.supply[:0], g.supply...)
	b.flow = append(b.flow[:0], g.flow...)
	b.state = append(b.state[:0], g.state...)
	b.nodes = append(b.nodes[:0], g.nodes...)
	b.links = append(b.links[:0], g.links...)
	b.before = append(b.before[:0], g.before...)
	b.solved, b.stale, b.objective = g.solved, g.stale, g.objective
	b.artificial, b.greatest, b.cursor = g.artificial, g.greatest, g.cursor
}

// Restore brings back a saved solution; arcs added since are gone.
func (g *Network) Restore(b *Basis) {
	if b.version != g.version || len(g.ends) < b.arcs {
		g.cost = append(g.cost[:0], b.cost...)
		g.cap = append(g.cap[:0], b.cap...)
		g.ends = append(g.ends[:0], b.ends...)
		g.version = b.version
	}
	g.cost, g.cap, g.ends = g.cost[:b.arcs], g.cap[:b.arcs], g.ends[:b.arcs]
	g.owed = g.owed[:0]
	g.spare = g.spare[:0]
	for _, s := range b.spare {
		g.spare = append(g.spare, s.arc)
		g.ends[s.arc], g.cost[s.arc], g.cap[s.arc] = s.ends, s.cost, s.cap
	}
	g.supply = append(g.supply[:0], b.supply...)
	g.flow = append(g.flow[:0], b.flow...)
	g.state = append(g.state[:0], b.state...)
	g.nodes = append(g.nodes[:0], b.nodes...)
	g.links = append(g.links[:0], b.links...)
	g.before = append(g.before[:0], b.before...)
	g.solved, g.stale, g.objective = b.solved, b.stale, b.objective
	g.artificial, g.greatest, g.cursor = b.artificial, b.greatest, b.cursor
}

// changed marks the arcs and costs as different from every Basis.
func (g *Network) changed() {
	g.clock++
	g.version = g.clock
}
