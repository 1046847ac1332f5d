package flow

import "math"

// Fair is the fairness term brought to its optimum for one staffing.
type Fair struct {
	// Lower and Upper enclose the exact objective of the mix, in points.
	Lower, Upper float64
	// Multipliers reach Lower.
	Multipliers []float64
	// Rounds is how often the mix was optimised.
	Rounds int
}

// cut is one mix: its cost without fairness and, by district, with fairness
// charged for that district.
type cut []float64

// OptimiseFair finds the best mix with the exact fairness term: the least
// value, over mixes, of cost + max over districts of weighted slot-days late.
// By duality it is the greatest value, over multipliers of sum 1, of the cheapest
// flow, a concave function of which each mix found is a cut (Kelley's method,
// drawn halfway to the best point while far away). It stops when the
// bounds are within a fraction tolerance of each other, after rounds mixes, or
// when Stop says so and a hundred times the tolerance is kept;
// the network is left at the best multipliers.
func (w *Network) OptimiseFair(tolerance float64, rounds int) (Fair, error) {
	f := Fair{Lower: math.Inf(-1), Upper: math.Inf(1)}
	start := w.Multipliers()
	if sum := total(start); sum > 0 {
		for r := range start {
			start[r] /= sum
		}
	} else {
		for r := range start {
			start[r] = 1 / float64(w.R)
		}
	}
	at := start
	var cuts [][]float64
	for f.Rounds < max(1, rounds) {
		w.SetMultipliers(at)
		if err := w.Optimise(); err != nil {
			return f, err
		}
		f.Rounds++
		value := w.Objective()
		if value > f.Lower {
			f.Lower, f.Multipliers = value, at
		}
		c, worst := w.cut(value)
		cuts = append(cuts, c)
		f.Upper = math.Min(f.Upper, worst)
		mix, upper := game(cuts)
		f.Upper = math.Min(f.Upper, upper)
		gap := f.Upper - f.Lower
		if gap <= tolerance*math.Abs(f.Upper) || w.R == 1 ||
			w.Stop != nil && gap <= 100*tolerance*math.Abs(f.Upper) && w.Stop() {
			break
		}
		at = mix
		if gap > 20*tolerance*math.Abs(f.Upper) {
			at = make([]float64, w.R)
			for r := range at {
				at[r] = (mix[r] + f.Multipliers[r]) / 2
			}
		}
	}
	f.Upper = math.Max(f.Upper, f.Lower)
	w.SetMultipliers(f.Multipliers)
	return f, w.Optimise()
}

// cut of the present flow; worst is its cost with the exact fairness term.
func (w *Network) cut(value float64) (c cut, worst float64) {
	late := append([]float64(nil), w.constLate...)
	for _, l := range w.late {
		if l.district != none && l.promise > 0 {
			late[l.district] += float64(l.promise) * float64(w.g.Flow(int(l.arc))) / w.In.SlotMinutes[l.skill]
		}
	}
	plain := value
	for r, v := range late {
		plain -= w.multiplier[r] * w.norm[r] * v
	}
	c = make(cut, w.R)
	worst = math.Inf(-1)
	for r, v := range late {
		c[r] = plain + w.norm[r]*v
		worst = math.Max(worst, c[r])
	}
	return c, worst
}

func total(v []float64) (sum float64) {
	for _, x := range v {
		sum += x
	}
	return sum
}
