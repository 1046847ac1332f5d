package mincostflow

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
		g.objective += 2 * g.artificial * g.flow[i]
		g.cost[i], g.stale = g.artificial, true
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

// Fix turns the flow on all arcs from number first on into supply and removes
// those arcs: what they carried from v to w is put in at w instead of v. The
// network is optimised again. An arc that cannot be taken out of the tree stays,
// closed.
func (g *Network) Fix(first int) error {
	for i := g.n + first; i < len(g.ends); i++ {
		f, e := g.flow[i], g.ends[i]
		g.supply[e.from] -= f
		g.supply[e.to] += f
		g.objective -= f * g.cost[i]
		g.flow[i], g.cap[i] = 0, 0
		if g.state[i] != inTree {
			g.state[i] = atLower
		}
		g.cost[i] = g.artificial
	}
	g.stale = true
	g.spare = g.spare[:0]
	g.changed()
	if !g.solved {
		g.cut(first)
		return g.Solve(0)
	}
	if err := g.Solve(0); err != nil {
		return err
	}
	for i := g.n + first; i < len(g.ends); i++ {
		if g.state[i] == inTree {
			return nil
		}
	}
	g.cut(first)
	return nil
}

func (g *Network) cut(first int) {
	n := g.n + first
	g.ends, g.cost, g.cap, g.flow, g.state = g.ends[:n], g.cost[:n], g.cap[:n], g.flow[:n], g.state[:n]
	g.cursor = g.n
}
