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
	make1 := func(change func(in *planning.Instance)) (late, goal []float64) {
		in := &planning.Instance{Horizon: days, PromiseDays: 4, GoalDays: 2, MinLeadDays: 1, Weights: planning.DefaultWeights, Skills: []string{"id", "reg"}, Districts: []string{"west", "east", "nobody"},
			Centres: []planning.Centre{{District: 0}, {District: 1}, {District: 2}},
			Staff:   []planning.Employee{{Home: 0}, {Home: 1}}, Avail: [][]int{each(400), each(400)}, Prev: [][]int{at(0), at(1)},
			DemandOwn: [][][]int{{each(100), each(180)}, {each(250), each(230)}, {each(0), each(0)}}}
		for range in.Centres {
			in.Booked, in.Walkin = append(in.Booked, grid(2, days)), append(in.Walkin, grid(2, days))
		}
		change(in)
		p := &problem{Instance: in}
		p.ownPeopleFirst()
		return in.OwnLate, in.OwnGoal
	}
	for name, c := range map[string]struct {
		change func(in *planning.Instance)
		late   []float64 // 4 for who keeps the promise alone
		goal   float64   // 80 where the west does
	}{
		"as it is":                               {func(*planning.Instance) {}, []float64{4, 1, 1}, 80},
		"who helps in the east belongs here":     {func(in *planning.Instance) { in.Prev[0] = at(1) }, []float64{4, 1, 1}, 80},
		"what is held for others cannot be used": {func(in *planning.Instance) { in.Walkin[0][1] = each(200) }, []float64{1, 1, 1}, 1},
		"what is late at first and made up for does not count": {func(in *planning.Instance) {
			for t := range 4 {
				in.Booked[0][0][t] = 400
			}
		}, []float64{4, 1, 1}, 80},
		"what is late later does": {func(in *planning.Instance) {
			for t := range 5 {
				in.Booked[0][0][days/2+t] = 400
			}
		}, []float64{1, 1, 1}, 1},
		"enough in the east, too": {func(in *planning.Instance) { in.Avail[1] = each(480) }, []float64{4, 4, 1}, 80},
	} {
		if late, goal := make1(c.change); !slices.Equal(late, c.late) || goal[0] != c.goal {
			t.Errorf("%s: the promise is %v times as dear, the goal in the west %v times; want %v, %v", name, late, goal[0], c.late, c.goal)
		}
	}
}
