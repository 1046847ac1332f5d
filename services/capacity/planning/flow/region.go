package flow

import (
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// Many centres are solved region by region first: a region is some districts in a
// row, with a share of those who accept any centre, and with it stands alone.
// Single districts come first; what they found, put together, is where a region
// of branches of them begins, and so on up to the whole. Regions are small and so
// are their trees: a pivot in a district costs a fiftieth of one in the whole,
// and little is left to do there, since shares of larger regions are less wrong.
const (
	regional = 40_000 // nodes from which on it pays
	branches = 2
)

// regions is the work of finding a first mix region by region.
type regions struct {
	w      *Network
	sum    []float64 // shares of the districts before
	lo     []int32   // by node: its district, or none
	flow   []int64   // by arc
	tree   []bool
	local  []int32 // scratch by node: its number in the present region, plus 1
	pivots int64
}

// wait is the backlog of those who accept any centre, by chain and day of
// service.
type wait [][]int64

// patience is the work that OptimiseUntil does whatever stop says: pivots times
// nodes, about a tenth of a second.
const patience = 100_000_000

// OptimiseUntil is Optimise, but may end before the best mix with
// mincostflow.ErrStopped once stop says so: a large network without a basis then
// has a mix that is feasible, see Rough. Others are optimised whatever stop says.
func (w *Network) OptimiseUntil(stop func() bool) error {
	if !w.fresh || stop == nil {
		return w.Optimise()
	}
	spent := 0
	w.stop = func(nodes int) bool {
		spent += mincostflow.StopEvery * nodes
		return spent > patience && stop()
	}
	w.g.SetStop(func() bool { return w.stop(w.g.Nodes()) })
	defer w.SetStop(nil)
	return w.Optimise()
}

// Large tells whether a first mix is found region by region.
func (w *Network) Large() bool { return w.R > 1 && w.g.Nodes() >= regional }

// byRegion begins a network without a basis from what its regions find. If the
// network's stop ends that, single districts apart, the mix is feasible though not
// the best, and the answer is mincostflow.ErrStopped.
func (w *Network) byRegion() error {
	w.tie()
	x := &regions{w: w, flow: make([]int64, w.g.Arcs()), tree: make([]bool, w.g.Arcs()), local: make([]int32, w.g.Nodes())}
	x.share()
	x.places()
	arcs := make([]int32, 0, w.g.Arcs())
	for a := range w.g.Arcs() {
		if from, to := w.g.Ends(a); x.lo[from] != none || x.lo[to] != none {
			arcs = append(arcs, int32(a))
		}
	}
	waits, err := x.solve(0, w.R, arcs, true)
	w.byRegions += x.pivots
	if err != nil && !errors.Is(err, mincostflow.ErrStopped) {
		return err
	}
	x.fillLate(waits)
	if e := w.g.Load(func(a int) int64 { return x.flow[a] }, func(a int) bool { return x.tree[a] }); e != nil {
		return e
	}
	w.fresh = false
	return err
}

// places tells the district of every node.
func (x *regions) places() {
	w := x.w
	x.lo = make([]int32, w.g.Nodes())
	for v := range x.lo {
		x.lo[v] = none
	}
	mark := func(nodes []int32, r int) {
		for _, v := range nodes {
			if v != none {
				x.lo[v] = int32(r)
			}
		}
	}
	for c := range w.C {
		r := w.In.Centres[c].District
		mark(w.staff[c*w.K*w.T:(c+1)*w.K*w.T], r)
		mark(w.need[c*w.S*w.T:(c+1)*w.S*w.T], r)
	}
	for r := range w.R {
		mark(w.open[r*w.S*w.T:(r+1)*w.S*w.T], r)
	}
	for i := range w.chains {
		if q := &w.chains[i]; q.district != none {
			mark(q.nodes, q.district)
		}
	}
}

// share gives each district a part of those who accept any centre: what it has
// left of its staff's minutes after what is booked, held, and asked for by its
// own; at least a little.
func (x *regions) share() {
	w := x.w
	x.sum = make([]float64, w.R+1)
	left, staff := make([]float64, w.R), make([]float64, w.R)
	for c := range w.C {
		r := w.In.Centres[c].District
		for _, v := range w.staff[c*w.K*w.T : (c+1)*w.K*w.T] {
			if v != none {
				staff[r] += float64(w.g.Supply(int(v)))
			}
		}
		for s := range w.S {
			for t := range w.T {
				left[r] -= float64(w.In.Booked[c][s][t] + w.In.Walkin[c][s][t])
			}
		}
	}
	for r := range w.R {
		for s := range w.S {
			for _, m := range w.In.DemandOwn[r][s] {
				left[r] -= float64(m)
			}
		}
		x.sum[r+1] = x.sum[r] + max(left[r]+staff[r], staff[r]/50+1)
	}
}

// asked is what a chain was asked for up to and including a day by the share of
// districts lo..hi-1. The shares of regions add up to that of them together.
func (x *regions) asked(q *chain, lo, hi int) func(int) int64 {
	whole, all := x.w.asked(q), x.sum[x.w.R]
	from, to := x.sum[lo]/all, x.sum[hi]/all
	return func(t int) int64 {
		n := float64(whole(t))
		return int64(n*to) - int64(n*from)
	}
}

// solve finds the mix of districts lo..hi-1, whose arcs are given, and answers
// its backlog of those who accept any centre.
func (x *regions) solve(lo, hi int, arcs []int32, top bool) (wait, error) {
	waits := x.none()
	var rough error
	if hi-lo > 1 {
		n := min(branches, hi-lo)
		for b := range n {
			from, to := lo+(hi-lo)*b/n, lo+(hi-lo)*(b+1)/n
			below, err := x.solve(from, to, x.inside(arcs, from, to), false)
			if err != nil {
				if !errors.Is(err, mincostflow.ErrStopped) {
					return nil, err
				}
				rough = err
			}
			for i := range below {
				for j, m := range below[i] {
					waits[i][j] += m
				}
			}
		}
	}
	if top || rough != nil {
		return waits, rough
	}
	return x.region(lo, hi, arcs, waits)
}

// inside are the arcs that do not leave districts lo..hi-1.
func (x *regions) inside(arcs []int32, lo, hi int) (own []int32) {
	for _, a := range arcs {
		from, to := x.w.g.Ends(int(a))
		f, t := int(x.lo[from]), int(x.lo[to])
		if (f == none || f >= lo && f < hi) && (t == none || t >= lo && t < hi) {
			own = append(own, a)
		}
	}
	return own
}

// none is no backlog.
func (x *regions) none() wait {
	waits := make(wait, len(x.w.chains))
	for i := range x.w.chains {
		if q := &x.w.chains[i]; q.district == none {
			waits[i] = make([]int64, len(q.days))
		}
	}
	return waits
}

// region solves districts lo..hi-1 from the mix at hand, one district from
// scratch.
func (x *regions) region(lo, hi int, arcs []int32, before wait) (wait, error) {
	w := x.w
	nodes := []int32{int32(w.outside)}
	x.local[w.outside] = 1
	node := func(v int) int {
		if x.local[v] == 0 {
			nodes = append(nodes, int32(v))
			x.local[v] = int32(len(nodes))
		}
		return int(x.local[v] - 1)
	}
	for _, a := range arcs {
		from, to := w.g.Ends(int(a))
		node(from)
		node(to)
	}
	for i := range w.chains {
		if q := &w.chains[i]; q.district == none {
			for _, v := range q.nodes {
				node(int(v))
			}
		}
	}
	g := mincostflow.New(len(nodes))
	for _, a := range arcs {
		from, to := w.g.Ends(int(a))
		g.AddArc(node(from), node(to), w.g.Capacity(int(a)), w.g.CostOf(int(a)))
	}
	total := int64(0)
	for i, v := range nodes[1:] {
		if x.lo[v] != none {
			g.SetSupply(i+1, w.g.Supply(int(v)))
			total += w.g.Supply(int(v))
		}
	}
	type late struct{ chain, day, first, last int }
	var lates []late
	for i := range w.chains {
		q := &w.chains[i]
		if q.district != none {
			continue
		}
		asked := x.asked(q, lo, hi)
		for j := range q.days {
			due, v, next, first := w.due(q, j, asked), node(int(q.nodes[j])), 0, g.Arcs()
			g.SetSupply(v, -due)
			total -= due
			if j+1 < len(q.nodes) {
				next = node(int(q.nodes[j+1]))
			}
			for _, p := range w.backlog(q, j, asked) {
				points := p.short(&w.In.Weights) + p.breach(&w.In.Weights)
				g.AddArc(next, v, p.minutes, cost(points/w.In.SlotMinutes[q.skill]))
			}
			lates = append(lates, late{i, j, first, g.Arcs()})
		}
	}
	g.SetSupply(0, -total)
	for _, v := range nodes {
		x.local[v] = 0
	}
	if hi-lo > 1 {
		flow, tree := make([]int64, g.Arcs()), make([]bool, g.Arcs())
		for i, a := range arcs {
			flow[i], tree[i] = x.flow[a], x.tree[a]
		}
		for _, l := range lates {
			left := before[l.chain][l.day]
			for a := l.first; a < l.last; a++ {
				flow[a], tree[a] = min(left, g.Capacity(a)), true
				left -= flow[a]
			}
		}
		if err := g.Load(func(a int) int64 { return flow[a] }, func(a int) bool { return tree[a] }); err != nil {
			return nil, fmt.Errorf("mix of services in districts %d to %d: %w", lo, hi-1, err)
		}
	}
	var rough error
	if hi-lo > 1 && w.stop != nil {
		g.SetStop(func() bool { return w.stop(g.Nodes()) })
	}
	if err := g.Solve(0); errors.Is(err, mincostflow.ErrStopped) {
		rough = err
	} else if err != nil {
		return nil, fmt.Errorf("mix of services in districts %d to %d: %w", lo, hi-1, err)
	}
	x.pivots += g.Pivots()
	for i, a := range arcs {
		x.flow[a], x.tree[a] = g.Flow(i), g.InTree(i)
	}
	after := x.none()
	for _, l := range lates {
		for a := l.first; a < l.last; a++ {
			after[l.chain][l.day] += g.Flow(a)
		}
	}
	return after, rough
}

// fillLate lays the backlog of those who accept any centre on its arcs, the
// cheapest first.
func (x *regions) fillLate(waits wait) {
	w := x.w
	for i := range w.chains {
		q := &w.chains[i]
		for j, left := range waits[i] {
			for _, l := range q.steps[j] {
				a := int(w.late[l].arc)
				x.flow[a], x.tree[a] = min(left, w.g.Capacity(a)), true
				left -= x.flow[a]
			}
		}
	}
}
