package simulation_test

import (
	"math"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// The series of the districts are of the same numbers as what is counted: days to the
// third next appointment, and moves.
func TestSeriesAddUp(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for _, policy := range []string{"lotse-auto", "clairvoyant"} {
		r := play(t, policy, 3, 21)
		in, out, within := 0.0, 0.0, 0.0
		for d, s := range r.Series {
			sum, measured, kept := 0, 0, 0
			for skill, list := range s.Next {
				if len(list) != len(r.Curve) {
					t.Fatalf("%s: %d points of %s in %s, %d days", policy, len(list), skill, d, len(r.Curve))
				}
				for _, x := range list {
					sum, measured = sum+min(x, 42), measured+1
					if x <= 14 {
						kept++
					}
				}
			}
			if k := r.Districts[d]; sum != k.SumNext || measured != k.Measured || kept != k.Kept14 {
				t.Errorf("%s, %s: %d days over %d, %d kept; counted %+v", policy, d, sum, measured, kept, *k)
			}
			for i := range r.Curve {
				if s.Staff[i] < 1 || s.Staff[i] > 12 {
					t.Errorf("%s: %d of 12 people at work in %s on %s", policy, s.Staff[i], d, r.Curve[i].Day)
				}
				in, out, within = in+s.In[i], out+s.Out[i], within+s.Within[i]
			}
		}
		// Moves may be ordered for days after the last one.
		if math.Abs(in-out) > 1 || (in+within > 0) != (r.Moves > 0) || in+within > float64(r.Moves)+1 {
			t.Errorf("%s: %v came, %v went, %v stayed within; %d moves", policy, in, out, within, r.Moves)
		}
	}
}
