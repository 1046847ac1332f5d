package mincostflow

// Basis is a copy of a solution: flows, tree and potentials, costs and
// supplies. It may be restored into the network it was saved from.
type Basis struct {
	supply, cost, cap, flow []int64
	ends                    []ends
	state                   []int8
	nodes                   []node
	links                   []link
	before                  []int32
	spare                   []int32
	solved                  bool
	objective, artificial   int64
	cursor                  int
}

// Save copies the present solution into b, reusing its memory.
func (g *Network) Save(b *Basis) {
	b.supply = append(b.supply[:0], g.supply...)
	b.cost = append(b.cost[:0], g.cost...)
	b.cap = append(b.cap[:0], g.cap...)
	b.flow = append(b.flow[:0], g.flow...)
	b.ends = append(b.ends[:0], g.ends...)
	b.state = append(b.state[:0], g.state...)
	b.nodes = append(b.nodes[:0], g.nodes...)
	b.links = append(b.links[:0], g.links...)
	b.before = append(b.before[:0], g.before...)
	b.spare = append(b.spare[:0], g.spare...)
	b.solved, b.objective, b.artificial, b.cursor = g.solved, g.objective, g.artificial, g.cursor
}

// Restore brings back a saved solution; arcs added since are gone.
func (g *Network) Restore(b *Basis) {
	g.supply = append(g.supply[:0], b.supply...)
	g.cost = append(g.cost[:0], b.cost...)
	g.cap = append(g.cap[:0], b.cap...)
	g.flow = append(g.flow[:0], b.flow...)
	g.ends = append(g.ends[:0], b.ends...)
	g.state = append(g.state[:0], b.state...)
	g.nodes = append(g.nodes[:0], b.nodes...)
	g.links = append(g.links[:0], b.links...)
	g.before = append(g.before[:0], b.before...)
	g.spare = append(g.spare[:0], b.spare...)
	g.solved, g.objective, g.artificial, g.cursor = b.solved, b.objective, b.artificial, b.cursor
}

// MoveSupply takes supply from one node to another and re-optimises: the
// change is forced through a spare arc of very negative cost, so that the basis
// stays feasible throughout. amount is 0 or more. If not all of it can be moved
// the answer is an *InfeasibleError with the node from and what was left, and
// nothing has changed but perhaps the basis. The network must be solved.
func (g *Network) MoveSupply(from, to int, amount int64) error {
	if amount < 0 {
		return g.MoveSupply(to, from, -amount)
	}
	if !g.solved {
		g.supply[from] -= amount
		g.supply[to] += amount
		return g.Solve(0)
	}
	if amount == 0 || from == to {
		return g.Solve(0)
	}
	i := g.spareArc()
	g.ends[i] = ends{int32(from), int32(to)}
	g.cap[i], g.cost[i] = amount, -g.artificial
	if err := g.Solve(0); err != nil {
		return err
	}
	moved := g.flow[i]
	if moved == amount {
		g.supply[from] -= amount
		g.supply[to] += amount
		g.objective += amount * g.artificial
		g.flow[i] = 0
	}
	if g.state[i] == inTree {
		// Price it out; its flow, if any, is drawn back first.
		g.SetCost(int(i)-g.n, g.artificial)
		g.cost[i] = g.artificial
		if moved == amount {
			g.cap[i] = 0
		}
		if err := g.Solve(0); err != nil {
			return err
		}
	} else if moved != amount {
		g.state[i], g.cost[i] = atUpper, g.artificial
		g.objective += 2 * g.artificial * moved
		if err := g.Solve(0); err != nil {
			return err
		}
	} else {
		g.state[i], g.cost[i] = atLower, g.artificial
	}
	g.cap[i] = 0
	if moved != amount {
		return &InfeasibleError{from, amount - moved}
	}
	return nil
}

// spareArc is an arc outside the tree that nobody else uses.
func (g *Network) spareArc() int32 {
	for _, i := range g.spare {
		if g.state[i] != inTree {
			return i
		}
	}
	i := int32(len(g.ends))
	g.ends = append(g.ends, ends{0, 0})
	g.cost = append(g.cost, g.artificial)
	g.cap = append(g.cap, 0)
	g.flow = append(g.flow, 0)
	g.state = append(g.state, atLower)
	g.spare = append(g.spare, i)
	return i
}
