package mincostflow

import (
	"fmt"
	"math"
	"math/bits"
)

// Infinite is a capacity that never binds.
const Infinite = math.MaxInt64 / 4

// state of an arc; the sign makes state·reduced cost negative for every arc
// that should enter the tree.
const (
	inTree  int8 = 0
	atLower int8 = 1
	atUpper int8 = -1
)

// node holds what a pivot reads of every node below it, in one cache line
// quarter: its potential and its place in the preorder.
type node struct {
	potential int64
	next      int32 // thread: the next node in preorder
	depth     int32
}

// link ties a node to its parent in the tree.
type link struct {
	parent int32
	arc    int32
	up     bool // the arc points from the node to its parent
}

// ends are the two nodes of an arc.
type ends struct{ from, to int32 }

// Network is a directed network with supplies, capacities and costs, together
// with the basis of its last solution. The zero value is not usable; call New.
type Network struct {
	n      int // nodes without the root
	supply []int64

	// Arcs 0..n-1 are artificial, one between each node and the root; the arc
	// that callers know as a is stored at n+a.
	ends  []ends
	cost  []int64
	cap   []int64
	flow  []int64
	state []int8

	// The tree. before[v] is the node whose next is v.
	nodes  []node
	links  []link
	before []int32

	solved     bool // a primal feasible basis exists
	cold       bool // arcs have been added since the last optimum
	stale      bool // costs of tree arcs have changed since potentials were set
	objective  int64
	artificial int64 // cost of an artificial arc
	greatest   int64 // largest absolute cost seen
	pivots     int64
	cursor     int // where pricing goes on
	block      int
	spare      []int32 // arcs that MoveSupply uses
	owed       []Shift // supply that capacities have displaced since the last solution
	version    int64   // of arcs and costs
	stop       func() bool
	clock      int64
}

// New makes a network of nodes 0..nodes-1 without arcs.
func New(nodes int) *Network {
	if nodes < 0 {
		nodes = 0
	}
	g := &Network{n: nodes, supply: make([]int64, nodes)}
	g.ends = make([]ends, nodes)
	g.cost, g.cap, g.flow = make([]int64, nodes), make([]int64, nodes), make([]int64, nodes)
	g.state = make([]int8, nodes)
	return g
}

// Nodes is the number of nodes.
func (g *Network) Nodes() int { return g.n }

// Arcs is the number of arcs.
func (g *Network) Arcs() int { return len(g.ends) - g.n }

// Pivots counts the pivots made since New.
func (g *Network) Pivots() int64 { return g.pivots }

// AddArc adds an arc and answers its number, counted from 0. On a solved
// network the arc starts empty and the basis stays. It panics on a node that
// does not exist or a negative capacity: both are mistakes of the program.
func (g *Network) AddArc(from, to int, capacity, cost int64) int {
	if from < 0 || from >= g.n || to < 0 || to >= g.n {
		panic(fmt.Sprintf("mincostflow: arc %d→%d: nodes are 0 to %d", from, to, g.n-1))
	}
	if capacity < 0 {
		panic(fmt.Sprintf("mincostflow: arc %d→%d has capacity %d: give 0 or more", from, to, capacity))
	}
	g.ends = append(g.ends, ends{int32(from), int32(to)})
	g.cost = append(g.cost, cost)
	g.cap = append(g.cap, min(capacity, Infinite))
	g.flow = append(g.flow, 0)
	g.state = append(g.state, atLower)
	g.greatest = max(g.greatest, abs(cost))
	g.cold = true
	g.changed()
	if from == to {
		// A loop carries flow only if that earns something; it never enters
		// the tree.
		g.cap[len(g.cap)-1] = 0
	}
	return g.Arcs() - 1
}

// SetSupply sets what a node puts into the network (negative: takes out). On a
// solved network the basis is given up; MoveSupply keeps it.
func (g *Network) SetSupply(v int, amount int64) {
	if g.supply[v] != amount {
		g.supply[v], g.solved = amount, false
	}
}

// Supply is what a node puts in.
func (g *Network) Supply(v int) int64 { return g.supply[v] }

// Flow is the flow on an arc in the last solution.
func (g *Network) Flow(a int) int64 { return g.flow[g.n+a] }

// Capacity of an arc.
func (g *Network) Capacity(a int) int64 { return g.cap[g.n+a] }

// CostOf is the cost of one unit on an arc.
func (g *Network) CostOf(a int) int64 { return g.cost[g.n+a] }

// Ends are the nodes an arc leads from and to.
func (g *Network) Ends(a int) (from, to int) {
	e := g.ends[g.n+a]
	return int(e.from), int(e.to)
}

// Potential is the dual price of a node: the cost of an optimal solution falls
// by Potential(v) − Potential(w) per unit of supply moved from w to v, at
// first. For every arc v→w in an optimal solution: cost + Potential(v) −
// Potential(w) is ≥ 0 below its capacity and ≤ 0 above zero flow.
func (g *Network) Potential(v int) int64 { return g.nodes[v].potential }

// Objective is the cost of the last solution.
func (g *Network) Objective() int64 { return g.objective }

// SetCost changes the cost of an arc. Flow and tree stay; the next Solve
// re-optimises, and only then potentials are of use again.
func (g *Network) SetCost(a int, cost int64) {
	i := g.n + a
	change := cost - g.cost[i]
	if change == 0 {
		return
	}
	g.cost[i] = cost
	g.changed()
	g.greatest = max(g.greatest, abs(cost))
	if !g.solved {
		return
	}
	g.objective += change * g.flow[i]
	if g.state[i] != inTree {
		return
	}
	g.stale = true
}

// refresh computes all potentials anew along the thread.
func (g *Network) refresh() {
	root := int32(g.n)
	for v := g.nodes[root].next; v != root; v = g.nodes[v].next {
		l := g.links[v]
		if l.up {
			g.nodes[v].potential = g.nodes[l.parent].potential - g.cost[l.arc]
		} else {
			g.nodes[v].potential = g.nodes[l.parent].potential + g.cost[l.arc]
		}
	}
	g.stale = false
}

// start lays the artificial tree: a star around the root, which is node n.
func (g *Network) start() error {
	var sum int64
	for v, b := range g.supply {
		if abs(b) >= Infinite || abs(sum+b) >= Infinite {
			return fmt.Errorf("%w: supply of node %d is %d", ErrOverflow, v, b)
		}
		sum += b
	}
	if sum != 0 {
		return &InfeasibleError{Node: -1, Amount: sum}
	}
	hi, lo := bits.Mul64(uint64(g.greatest)+1, uint64(g.n)+1)
	if hi != 0 || lo > Infinite/4 {
		return fmt.Errorf("%w: costs up to %d on %d nodes", ErrOverflow, g.greatest, g.n)
	}
	g.artificial = int64(lo)
	root := int32(g.n)
	g.nodes = make([]node, g.n+1)
	g.links = make([]link, g.n+1)
	g.before = make([]int32, g.n+1)
	g.objective = 0
	for i := g.n; i < len(g.ends); i++ {
		g.flow[i], g.state[i] = 0, atLower
	}
	g.links[root] = link{-1, -1, false}
	for v := range g.n {
		g.state[v], g.cap[v], g.cost[v] = inTree, Infinite, g.artificial
		g.nodes[v].depth = 1
		if b := g.supply[v]; b >= 0 {
			g.ends[v], g.flow[v] = ends{int32(v), root}, b
			g.links[v] = link{root, int32(v), true}
			g.nodes[v].potential = -g.artificial
		} else {
			g.ends[v], g.flow[v] = ends{root, int32(v)}, -b
			g.links[v] = link{root, int32(v), false}
			g.nodes[v].potential = g.artificial
		}
		hi, lo := bits.Mul64(uint64(g.artificial), uint64(abs(g.supply[v])))
		g.objective += int64(lo) // wraps and comes back when the arc empties
		_ = hi
	}
	for v := range g.n + 1 {
		g.nodes[v].next = int32((v + 1) % (g.n + 1))
		g.before[(v+1)%(g.n+1)] = int32(v)
	}
	// Preorder must begin at the root.
	g.nodes[root].next, g.before[0] = 0, root
	g.nodes[root].depth = 0
	for _, i := range g.spare {
		g.cap[i], g.cost[i] = 0, g.artificial
	}
	g.cursor = g.n
	g.solved, g.stale, g.cold = true, false, true
	return nil
}

func abs(x int64) int64 {
	if x < 0 {
		return -x
	}
	return x
}
