package mincostflow

import (
	"errors"
	"fmt"
	"math"
)

// ErrOverflow says that amounts or costs are too large to be added safely.
var ErrOverflow = errors.New("mincostflow: the sums overflow 64 bits: use smaller units")

// ErrBudget says that Solve stopped before the optimum; the basis is feasible
// or becomes so, and Solve may be called again.
var ErrBudget = errors.New("mincostflow: out of pivots")

// ErrStopped says that the function given to SetStop ended Solve or MoveSupplies
// before its end; a basis saved before may be restored.
var ErrStopped = errors.New("mincostflow: stopped")

// SetStop has Solve and MoveSupplies ask now and then whether to go on; nil never
// stops them. A Solve that was stopped may be called again.
func (g *Network) SetStop(stop func() bool) { g.stop = stop }

// StopEvery is after how many pivots it is asked.
const StopEvery = 64

// InfeasibleError says that the supplies cannot be carried.
type InfeasibleError struct {
	// Node is one at which Amount units stay (positive) or are missing
	// (negative); -1 when the supplies do not sum to zero, Amount being the sum.
	Node   int
	Amount int64
}

func (e *InfeasibleError) Error() string {
	if e.Node < 0 {
		return fmt.Sprintf("mincostflow: the supplies sum to %d: they must sum to 0", e.Amount)
	}
	if e.Amount < 0 {
		return fmt.Sprintf("mincostflow: infeasible: %d units cannot be brought to node %d", -e.Amount, e.Node)
	}
	return fmt.Sprintf("mincostflow: infeasible: %d units cannot leave node %d", e.Amount, e.Node)
}

// UnboundedError names an arc on a cycle of negative cost without capacity.
type UnboundedError struct{ Arc int }

func (e *UnboundedError) Error() string {
	return fmt.Sprintf("mincostflow: unbounded: arc %d lies on a cycle of negative cost and infinite capacity", e.Arc)
}

// Solve finds a cheapest flow, from the last basis if there is one. maxPivots
// bounds the work, 0 means no bound. Errors: *InfeasibleError, *UnboundedError,
// ErrOverflow, ErrBudget, ErrStopped.
func (g *Network) Solve(maxPivots int64) error { return g.solve(maxPivots, 1) }

// solve looks at blocks of so many times √arcs arcs.
func (g *Network) solve(maxPivots int64, blocks int) error {
	if len(g.owed) > 0 {
		if err := g.MoveSupplies(); err != nil {
			return err
		}
	}
	if !g.solved {
		if err := g.start(); err != nil {
			return err
		}
	}
	if (g.greatest+1)*int64(g.n+1) > g.artificial { // costs have grown
		g.solved = false
		return g.solve(maxPivots, blocks)
	}
	if g.stale {
		g.refresh()
	}
	if g.cold {
		blocks = coldBlocks
	}
	g.block = blocks * max(16, int(math.Sqrt(float64(g.Arcs()))))
	limit := int64(math.MaxInt64)
	if maxPivots > 0 {
		limit = g.pivots + maxPivots
	}
	for {
		enter := g.price()
		if enter < 0 {
			break
		}
		if g.pivots >= limit {
			return ErrBudget
		}
		if g.stop != nil && g.pivots%StopEvery == 0 && g.stop() {
			return ErrStopped
		}
		if !g.pivot(enter) {
			return &UnboundedError{int(enter) - g.n}
		}
	}
	g.cold = false
	return g.feasible()
}

// warmBlocks is how many times √arcs a block holds where shifts of supply left
// little to do; 1 takes a tenth more pivots, 16 more time.
const warmBlocks = 4

// coldBlocks is how many times √arcs a block holds as long as many pivots are
// to come: better arcs enter, a third of the pivots is saved, and on large
// networks a pivot costs far more than a look at an arc. Measured on 60,000 and
// 150,000 nodes: 4 to 16 alike, 1 slower by half.
const coldBlocks = 8

func (g *Network) feasible() error {
	for v := range g.n {
		if f := g.flow[v]; f > 0 {
			g.solved = false
			if g.ends[v].from == int32(v) {
				return &InfeasibleError{v, f}
			}
			return &InfeasibleError{v, -f}
		}
	}
	return nil
}

// price answers the arc to enter, or -1 at the optimum. It looks at blocks of
// √arcs arcs (coldBlocks times that from scratch), going round, and takes the worst of the first block that
// has any.
func (g *Network) price() int32 {
	arcs := len(g.ends) - g.n
	if arcs == 0 {
		return -1
	}
	best, worst := int32(-1), int64(0)
	i, left := g.cursor, g.block
	for seen := 0; seen < arcs; {
		stop := min(len(g.ends), i+left, i+arcs-seen)
		e, c, st := g.ends[i:stop], g.cost[i:stop], g.state[i:stop]
		c, st = c[:len(e)], st[:len(e)]
		nodes := g.nodes
		for j := range e {
			r := int64(st[j]) * (c[j] + nodes[e[j].from].potential - nodes[e[j].to].potential)
			if r < worst {
				best, worst = int32(i+j), r
			}
		}
		seen += stop - i
		left -= stop - i
		if i = stop; i == len(g.ends) {
			i = g.n
		}
		if left == 0 {
			if best >= 0 {
				break
			}
			left = g.block
		}
	}
	g.cursor = i
	return best
}

// pivot sends flow around the cycle that arc closes with the tree and
// exchanges it for the last blocking arc. It reports false if nothing blocks.
func (g *Network) pivot(enter int32) bool {
	g.pivots++
	first, second := g.ends[enter].from, g.ends[enter].to
	reduced := g.cost[enter] + g.nodes[first].potential - g.nodes[second].potential
	if g.state[enter] == atUpper {
		first, second = second, first
	}
	// Flow runs apex → first → second → apex. Among the blocking arcs the last
	// one on that way leaves: < on the first side, ≤ on the second.
	room := g.cap[enter]
	leave := int32(-1) // node whose link leaves
	onFirst := false
	u, v := first, second
	for u != v {
		if g.nodes[u].depth >= g.nodes[v].depth {
			l := g.links[u]
			r := g.cap[l.arc]
			if l.up {
				r = g.flow[l.arc]
			} else if r < Infinite {
				r -= g.flow[l.arc]
			}
			if r < room {
				room, leave, onFirst = r, u, true
			}
			u = l.parent
		} else {
			l := g.links[v]
			r := g.flow[l.arc]
			if l.up {
				if r = g.cap[l.arc]; r < Infinite {
					r -= g.flow[l.arc]
				}
			}
			if r <= room {
				room, leave, onFirst = r, v, false
			}
			v = l.parent
		}
	}
	if room >= Infinite {
		return false
	}
	if room > 0 {
		g.push(enter, first, second, u, room, reduced)
	}
	if leave < 0 {
		g.state[enter] = -g.state[enter]
		return true
	}
	if l := g.links[leave]; g.flow[l.arc] == 0 {
		g.state[l.arc] = atLower
	} else {
		g.state[l.arc] = atUpper
	}
	g.state[enter] = inTree
	// The part cut off hangs from now on on the other end of enter.
	top, hook := first, second
	if !onFirst {
		top, hook = second, first
	}
	// Shift potentials of the part so that enter has reduced cost 0.
	shift := reduced
	if g.ends[enter].from == top {
		shift = -reduced
	}
	g.rehang(leave, top, hook, enter, shift)
	return true
}

// push changes the flow around the cycle.
func (g *Network) push(enter, first, second, apex int32, amount, reduced int64) {
	if g.state[enter] == atUpper {
		g.flow[enter] -= amount
		g.objective -= reduced * amount
	} else {
		g.flow[enter] += amount
		g.objective += reduced * amount
	}
	for v := first; v != apex; {
		l := g.links[v]
		if l.up {
			g.flow[l.arc] -= amount
		} else {
			g.flow[l.arc] += amount
		}
		v = l.parent
	}
	for v := second; v != apex; {
		l := g.links[v]
		if l.up {
			g.flow[l.arc] += amount
		} else {
			g.flow[l.arc] -= amount
		}
		v = l.parent
	}
}

// rehang cuts the subtree of leave, makes top its root, hangs it below hook by
// arc enter and shifts its potentials. The subtree's preorder is written anew in
// one walk: first all below top, then for each node on the way from top to
// leave what lies below it and not below the one before. Within each of these
// parts depths change by a constant.
func (g *Network) rehang(leave, top, hook, enter int32, shift int64) {
	nodes := g.nodes
	previous := g.before[leave] // last node before the subtree in preorder
	tail := int32(-1)           // last node written
	depth := nodes[hook].depth + 1
	skipFrom, skipTo := int32(-1), int32(-1)
	newParent, newArc := hook, enter
	newUp := g.ends[enter].from == top
	for s := top; ; {
		old := nodes[s].depth
		by := depth - old
		if tail >= 0 {
			nodes[tail].next, g.before[s] = s, tail
		}
		v := s
		var end int32
		for {
			nodes[v].potential += shift
			nodes[v].depth += by
			next := nodes[v].next
			tail = v
			if next == skipFrom {
				next = skipTo
				if nodes[next].depth <= old {
					end = next
					break
				}
				nodes[v].next, g.before[next] = next, v
			} else if nodes[next].depth <= old {
				end = next
				break
			}
			v = next
		}
		l := g.links[s]
		g.links[s] = link{newParent, newArc, newUp}
		skipFrom, skipTo = s, end
		if s == leave {
			break
		}
		newParent, newArc, newUp = s, l.arc, !l.up
		s = l.parent
		depth++
	}
	// Close the gap, then insert the part behind hook.
	nodes[previous].next, g.before[skipTo] = skipTo, previous
	after := nodes[hook].next
	nodes[hook].next, g.before[top] = top, hook
	nodes[tail].next, g.before[after] = after, tail
}
