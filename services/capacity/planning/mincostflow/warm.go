package mincostflow

import "fmt"

// Shift is supply to be taken from one node to another.
type Shift struct {
	From, To int
	Amount   int64
}

// MoveSupply takes supply from one node to another and re-optimises, see
// MoveSupplies.
func (g *Network) MoveSupply(from, to int, amount int64) error {
	return g.MoveSupplies(Shift{from, to, amount})
}

// MoveSupplies takes supply from nodes to other nodes and re-optimises: every
// shift is forced through a spare arc of very negative cost, so that the basis
// stays feasible throughout (see force). If not all of it can be moved the answer is an
// *InfeasibleError with the node of a shift and what was left, and all supply is
// where it was.
func (g *Network) MoveSupplies(shifts ...Shift) error {
	owing := len(g.owed) > 0
	if owing {
		shifts = append(g.owed, shifts...)
		g.owed = g.owed[:0:0]
	}
	if !g.solved || (g.greatest+1)*int64(g.n+1) > g.artificial { // costs have grown: start cold
		g.solved = false
		for _, s := range shifts {
			g.supply[s.From] -= s.Amount
			g.supply[s.To] += s.Amount
		}
		return g.Solve(0)
	}
	if g.stale {
		g.refresh()
	}
	var rest, back []Shift
	for _, s := range shifts {
		if s.Amount < 0 {
			s = Shift{s.To, s.From, -s.Amount}
		}
		if s.Amount == 0 || s.From == s.To {
			continue
		}
		if g.stop != nil && g.stop() {
			return ErrStopped
		}
		i := g.open(s)
		g.force(i)
		f := g.settle(i)
		if f > 0 {
			back = append(back, Shift{s.To, s.From, f})
		}
		if f < s.Amount { // others may have to make way first
			rest = append(rest, Shift{s.From, s.To, s.Amount - f})
		}
	}
	left, err := g.together(rest, &back)
	if err != nil {
		return err
	}
	switch {
	case left == nil:
		return nil
	case owing: // the capacities do not go back, so all of it counts
		for _, s := range rest {
			g.supply[s.From] -= s.Amount
			g.supply[s.To] += s.Amount
		}
		g.solved = false
	case len(back) > 0:
		if err := g.MoveSupplies(back...); err != nil {
			return err
		}
	}
	return left
}

// together moves the rest of shifts all at once, as far as it goes, and finds the
// optimum. What is left stays in rest, what went is added to back.
func (g *Network) together(rest []Shift, back *[]Shift) (left, err error) {
	arcs := make([]int32, len(rest))
	for j, s := range rest {
		arcs[j] = g.open(s)
	}
	if err := g.solve(0, warmBlocks); err != nil {
		return nil, err
	}
	for j, s := range rest {
		f := g.settle(arcs[j])
		rest[j].Amount -= f
		if f > 0 {
			*back = append(*back, Shift{s.To, s.From, f})
		}
		if f < s.Amount && left == nil {
			left = &InfeasibleError{s.From, s.Amount - f}
		}
	}
	if len(rest) > 0 {
		err = g.Solve(0)
	}
	return left, err
}

// open lays a spare arc that forces a shift.
func (g *Network) open(s Shift) int32 {
	i := g.spareArc()
	g.ends[i] = ends{int32(s.From), int32(s.To)}
	g.cap[i], g.cost[i] = s.Amount, -g.artificial
	return i
}

// settle turns what a forcing arc carries into supply and closes it.
func (g *Network) settle(i int32) int64 {
	f, e := g.flow[i], g.ends[i]
	g.supply[e.from] -= f
	g.supply[e.to] += f
	g.objective += f * g.artificial
	g.close(i)
	return f
}

// SetCapacity changes the capacity of an arc. On a solved network the basis
// stays: flow that does not fit any more, or that must fill an arc at its
// capacity, is owed, and the next MoveSupplies or Solve finds it another way.
// Until then Flow, Supply and Objective are not those of a solution. If there is
// none that answers *InfeasibleError, and the solve after it starts cold. It
// panics on a negative capacity.
func (g *Network) SetCapacity(a int, capacity int64) {
	if capacity < 0 {
		panic(fmt.Sprintf("mincostflow: arc %d gets capacity %d: give 0 or more", a, capacity))
	}
	i := g.n + a
	capacity = min(capacity, Infinite)
	e := g.ends[i]
	if g.cap[i] == capacity || e.from == e.to {
		return
	}
	g.cap[i] = capacity
	g.changed()
	if !g.solved {
		return
	}
	now := g.flow[i]
	switch {
	case g.state[i] != atUpper:
		now = min(now, capacity)
	case capacity < Infinite:
		now = capacity
	default:
		g.state[i], now = atLower, 0
	}
	if over := g.flow[i] - now; over != 0 {
		// As if the ends kept and missed what the arc no longer carries.
		g.flow[i] = now
		g.objective -= over * g.cost[i]
		g.supply[e.from] -= over
		g.supply[e.to] += over
		g.owed = append(g.owed, Shift{int(e.to), int(e.from), over})
	}
}

// spareArc is an arc outside the tree that nobody else uses.
func (g *Network) spareArc() int32 {
	for _, i := range g.spare {
		if g.state[i] != inTree && g.cap[i] == 0 {
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
