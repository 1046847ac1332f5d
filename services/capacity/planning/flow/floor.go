package flow

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Floor is a lower bound of every plan's objective, in points, by the present
// prices: the Lagrangean relaxation of "who is where serves there". With the
// worth of every minute held fixed each person-day stands alone and takes its
// cheapest place, so
//
//	floor = price of the present mix + Σ over person-days of the least
//	        place cost(c) − minutes·(worth(c) − worth(present centre))
//
// and no prices can lie (weak duality; M. L. Fisher, "The Lagrangian Relaxation
// Method for Solving Integer Programming Problems", Management Science 27,
// 1981). At the prices of the network relaxation it equals that relaxation, at
// others it is weaker. Multipliers must sum to 1 for the fairness term to count.
// The staffing must be x, optimised; missing heads, caps and counters are left
// out, as in Relaxation.
func (w *Network) Floor(x [][]int) float64 {
	return float64(w.leastStaffing(x))/Unit + w.Objective()
}

// leastStaffing is the least, in cost units, that places and their change of
// what the mix is worth can come to at the present prices.
func (w *Network) leastStaffing(x [][]int) (sum int64) {
	for e := range x {
		for t, at := range x[e] {
			m := int64(w.In.Avail[e][t])
			if at == planning.Nowhere || m <= 0 {
				continue
			}
			k := w.Kind[e]
			here, least, first := w.worth(at, k, t), int64(0), true
			w.Reachable(e, t, func(c int) {
				move, change := PlaceCost(w.In, e, t, c)
				if v := int64((move+change)*Unit) - m*(w.worth(c, k, t)-here); first || v < least {
					least, first = v, false
				}
			})
			sum += least
		}
	}
	return sum
}

// QuickBound is a lower bound like Relaxation's Fair, a few hundredths of a
// percent below it at most on the published instances, in a quarter of the time
// where the instance is large: the prices come from a relaxation in which moves,
// not persons, are arcs (SolveTransfers). Rounds are of the fairness multipliers;
// with none the fairness term is left out.
func QuickBound(in *planning.Instance, rounds int) (float64, error) {
	w, err := New(in)
	if err != nil {
		return 0, err
	}
	x := in.Previous().X
	for e := range x { // everybody who may be is at home: from there every move has its price
		for t, at := range x[e] {
			if at != planning.Nowhere {
				w.Reachable(e, t, func(c int) {
					if c == in.Staff[e].Home {
						x[e][t] = c
					}
				})
			}
		}
	}
	w.Staff(x)
	if err := w.Optimise(); err != nil {
		return 0, err
	}
	first, bound := w.g.Arcs(), 0.0
	_, err = w.SolveTransfers(x, func() error {
		if rounds > 0 {
			if _, err := w.OptimiseFair(1e-5, rounds); err != nil {
				return err
			}
		}
		// Strong duality: what full transfers earn is not the mix's own price.
		bound = w.Floor(x)
		for a := first; a < w.g.Arcs(); a++ {
			from, to := w.g.Ends(a)
			if r := w.g.CostOf(a) + w.g.Potential(from) - w.g.Potential(to); r < 0 {
				bound -= float64(r) / Unit * float64(w.g.Capacity(a))
			}
		}
		return nil
	})
	return bound, err
}

// largest is up to how many employees LowerBound solves the full relaxation.
const largest = 1000

// LowerBound is a lower bound of every plan's objective with fairness: of the
// Relaxation up to a thousand employees, the QuickBound above, where the
// relaxation would take minutes.
func LowerBound(in *planning.Instance, rounds int) (float64, error) {
	if len(in.Staff) > largest {
		return QuickBound(in, rounds)
	}
	r, err := NewRelaxation(in)
	if err != nil {
		return 0, err
	}
	b, err := r.Solve(rounds)
	return b.Fair, err
}
