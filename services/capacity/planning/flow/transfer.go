package flow

import (
	"cmp"
	"slices"
)

// Transfer is a possible move of persons who are alike: from one centre to
// another on a day, at a price per minute.
type Transfer struct {
	From, To, Kind, Day int
	Minutes             int   // of one person
	Points              int64 // cost units per person-day: what the move itself costs
	Flow                int64 // minutes, after SolveTransfers
}

// SolveTransfers relaxes a staffing: persons at home may leave it in part. Every
// possible move is an arc between the two staff nodes, which leaves the network
// small; it is a little weaker than Relaxation, since a person who arrives may
// pass on another's arc. The staffing must be set. Supplies become what the relaxation wants;
// the transfers that carry flow are answered. settle is called at the optimum,
// while the transfers are open.
func (w *Network) SolveTransfers(x [][]int, settle func() error) ([]Transfer, error) {
	in := w.In
	var all []Transfer
	for e := range x {
		for t, from := range x[e] {
			if in.Avail[e][t] <= 0 {
				continue
			}
			k := w.Kind[e]
			// Those away from home stay: going back earns points, and on the arcs
			// of this small network one person could earn them more than once.
			if from != in.Staff[e].Home || w.staff[(from*w.K+k)*w.T+t] == none {
				continue
			}
			move, change := PlaceCost(in, e, t, from)
			w.Reachable(e, t, func(c int) {
				if c == from || w.staff[(c*w.K+k)*w.T+t] == none {
					return
				}
				m, ch := PlaceCost(in, e, t, c)
				all = append(all, Transfer{from, c, k, t, in.Avail[e][t], signed(m + ch - move - change), 1})
			})
		}
	}
	slices.SortFunc(all, func(a, b Transfer) int {
		return cmp.Or(a.Day-b.Day, a.From-b.From, a.To-b.To, a.Kind-b.Kind, cmp.Compare(a.Points, b.Points), a.Minutes-b.Minutes)
	})
	merged := all[:0]
	for _, a := range all {
		if n := len(merged); n > 0 {
			last := merged[n-1]
			last.Flow = a.Flow
			if last == a {
				merged[n-1].Flow++
				continue
			}
		}
		merged = append(merged, a)
	}
	if w.fresh {
		w.tie()
	}
	first := w.g.Arcs()
	for _, a := range merged {
		w.g.AddArc(int(w.staff[(a.From*w.K+a.Kind)*w.T+a.Day]), int(w.staff[(a.To*w.K+a.Kind)*w.T+a.Day]),
			a.Flow*int64(a.Minutes), a.Points/int64(a.Minutes))
	}
	if err := w.Optimise(); err != nil {
		return nil, err
	}
	if settle != nil {
		if err := settle(); err != nil {
			return nil, err
		}
	}
	used := merged[:0]
	for i, a := range merged {
		if a.Flow = w.g.Flow(first + i); a.Flow > 0 {
			used = append(used, a)
		}
	}
	return used, w.g.Fix(first)
}

func signed(points float64) int64 {
	if points < 0 {
		return -cost(-points)
	}
	return cost(points)
}
