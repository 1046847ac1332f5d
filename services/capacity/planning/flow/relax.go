package flow

import (
	"fmt"
	"strings"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// Bound is a lower bound of every plan's objective.
type Bound struct {
	// Network is the network relaxation without the fairness term: persons may
	// be split, weekly caps, counters and missing heads are left out.
	Network float64
	// Fair adds the fairness term by its best multipliers.
	Fair        float64
	Multipliers []float64
	Pivots      int64
}

// group is all the people who are alike on one day: same kind, minutes and
// places with their prices.
type group struct {
	node    int
	t, kind int
	minutes int64
	count   int64
	choice  []choice
}

type choice struct {
	c   int
	arc int
}

// Relaxation is a Network whose staffing is free: every group of people is a
// node with an arc to each place that is allowed.
type Relaxation struct {
	*Network
	groups []group
}

// NewRelaxation builds the network relaxation of an instance.
func NewRelaxation(in *planning.Instance) (*Relaxation, error) {
	w, err := New(in)
	if err != nil {
		return nil, err
	}
	x := &Relaxation{Network: w}
	index := map[string]int{}
	type place struct {
		c      int
		points float64
	}
	var places [][]place
	var key strings.Builder
	for t := range w.T {
		for e := range in.Staff {
			if in.Avail[e][t] <= 0 {
				continue
			}
			key.Reset()
			fmt.Fprint(&key, t, ",", w.Kind[e], ",", in.Avail[e][t])
			var at []place
			w.Reachable(e, t, func(c int) {
				move, change := PlaceCost(in, e, t, c)
				at = append(at, place{c, move + change})
				fmt.Fprint(&key, ";", c, ":", move+change)
			})
			i, ok := index[key.String()]
			if !ok {
				i = len(x.groups)
				index[key.String()] = i
				x.groups = append(x.groups, group{t: t, kind: w.Kind[e], minutes: int64(in.Avail[e][t])})
				places = append(places, at)
			}
			x.groups[i].count++
		}
	}
	w.tie()
	w.fresh = false // groups of people belong to no district
	// The network is rebuilt with a node for every group behind the others.
	old := w.g
	w.g = mincostflow.New(old.Nodes() + len(x.groups))
	for a := range old.Arcs() {
		from, to := old.Ends(a)
		w.g.AddArc(from, to, old.Capacity(a), old.CostOf(a))
	}
	total := int64(0)
	for v := range old.Nodes() {
		w.g.SetSupply(v, old.Supply(v))
	}
	for i := range x.groups {
		g := &x.groups[i]
		g.node = old.Nodes() + i
		amount := g.minutes * g.count
		w.g.SetSupply(g.node, amount)
		total += amount
		for _, p := range places[i] {
			v := w.outside
			if n := w.staff[(p.c*w.K+g.kind)*w.T+g.t]; n != none {
				v = int(n)
			}
			a := w.g.AddArc(g.node, v, mincostflow.Infinite, int64(p.points/float64(g.minutes)*Unit))
			g.choice = append(g.choice, choice{p.c, a})
		}
	}
	w.g.SetSupply(w.outside, w.g.Supply(w.outside)-total)
	return x, nil
}

// Solve finds the bound: the network relaxation, then the fairness multipliers
// in so many rounds at most (none: Fair is Network).
func (x *Relaxation) Solve(rounds int) (Bound, error) {
	if err := x.Optimise(); err != nil {
		return Bound{}, err
	}
	b := Bound{Network: x.Objective()}
	b.Fair, b.Multipliers = b.Network, x.Multipliers()
	if rounds > 0 {
		f, err := x.OptimiseFair(1e-5, rounds)
		if err != nil {
			return b, err
		}
		b.Fair, b.Multipliers = max(b.Fair, f.Lower), f.Multipliers
	}
	b.Pivots = x.Pivots()
	return b, nil
}
