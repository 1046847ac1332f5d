package planner

import (
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// A district whose own people keep the promise, wherever they are sent, comes first
// with them; one that needs others does not, nor one in which nobody asks.
func TestWhoHasEnoughPeopleKeepsItsOwnPromiseFirst(t *testing.T) {
	const days = 20
	each := func(m int) []int { return slices.Repeat([]int{m}, days) }
	at := func(c int) []int { return slices.Repeat([]int{c}, days) }
	make1 := func(change func(in *planning.Instance)) []float64 {
		in := &planning.Instance{Horizon: days, PromiseDays: 4, MinLeadDays: 1, Skills: []string{"id", "reg"}, Districts: []string{"west", "east", "nobody"},
			Centres: []planning.Centre{{District: 0}, {District: 1}, {District: 2}},
			Staff:   []planning.Employee{{Home: 0}, {Home: 1}}, Avail: [][]int{each(400), each(400)}, Prev: [][]int{at(0), at(1)},
			DemandOwn: [][][]int{{each(100), each(180)}, {each(250), each(230)}, {each(0), each(0)}}}
		for range in.Centres {
			in.Booked, in.Walkin = append(in.Booked, grid(2, days)), append(in.Walkin, grid(2, days))
		}
		change(in)
		p := &problem{Instance: in}
		p.ownPeopleFirst()
		return in.OwnLate
	}
	for name, c := range map[string]struct {
		change func(in *planning.Instance)
		want   []float64
	}{
		"as it is":                               {func(*planning.Instance) {}, []float64{ownFirst, 1, 1}},
		"who helps in the east belongs here":     {func(in *planning.Instance) { in.Prev[0] = at(1) }, []float64{ownFirst, 1, 1}},
		"what is held for others cannot be used": {func(in *planning.Instance) { in.Walkin[0][1] = each(200) }, []float64{1, 1, 1}},
		"five days that are full are too many": {func(in *planning.Instance) {
			for t := range 5 {
				in.Booked[0][0][t] = 400
			}
		}, []float64{1, 1, 1}},
		"three are not":           {func(in *planning.Instance) { copy(in.Booked[0][0], []int{400, 400, 400}) }, []float64{ownFirst, 1, 1}},
		"enough in the east, too": {func(in *planning.Instance) { in.Avail[1] = each(480) }, []float64{ownFirst, ownFirst, 1}},
	} {
		if got := make1(c.change); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
