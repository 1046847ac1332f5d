package simulation

import (
	"math"
	"testing"

	"github.com/lotse-hamburg/lotse/events/id"
)

// Figures of a run whose numbers are counted by hand.
func TestFigures(t *testing.T) {
	r := &Result{Measured: 8, Kept14: 6, Kept10: 4, Next: []int{0, 2, 0, 4, 2}, BookedLead: []int{90, 0, 5, 5}, Asked: 110, Unmet: 10, Booked: 100, Uncovered: 2,
		Districts: map[id.District]*Kept{"a": {Measured: 4, Kept14: 4, SumNext: 4}, "b": {Measured: 4, Kept14: 2, SumNext: 12}},
		Moves:     24, Travel: 480, People: 8, Days: 61, Decisions: 61, WalkIns: WalkIns{Waited: []int{1, 1, 0, 2}}, Logs: map[string]string{"booking": "x"}}
	for name, want := range map[string]float64{
		"kept-14": 75, "kept-10": 50, "kept-14-worst": 50, "next-mean": 22. / 8, "next-95th": 4, "booked-mean": .25, "booked-95th": 2,
		"gini": .25, "unmet": 100. / 11, "uncovered": 20, "moved-days": 24 / (8 * 61 / month), "travel": 20, "decisions": 7,
		"walk-in-wait": 1.75, "walk-in-95th": 3,
	} {
		if got := r.Figure(name); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if len(Figures) != 15 {
		t.Errorf("%d figures: name the new ones above", len(Figures))
	}
	none := &Result{Booked: 1, Days: 7}
	if x, y := none.Figure("uncovered"), none.Figure("decisions"); !math.IsNaN(x) || !math.IsNaN(y) {
		t.Errorf("of a book %v uncovered and %v decisions are said", x, y)
	}
	if x := none.Figure("walk-in-wait"); !math.IsNaN(x) {
		t.Errorf("where nobody walks in the wait is %v", x)
	}
	for _, c := range []struct {
		x    []float64
		want float64
	}{{[]float64{3, 3, 3}, 0}, {[]float64{0, 0, 0, 1}, .75}, {[]float64{1, 2, 3, 4}, .25}, {nil, 0}, {[]float64{0, 0}, 0}} {
		if got := gini(c.x); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("gini of %v is %v, want %v", c.x, got, c.want)
		}
	}
}
