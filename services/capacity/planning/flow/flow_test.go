package flow

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// dice is the generator of testdata/plans.json.
type dice uint64

func (d *dice) next(n int) int {
	*d = *d*6364136223846793005 + 1442695040888963407
	return int(uint64(*d>>33) % uint64(n))
}

// scattered is the plan of a row of plans.json: the previous plan with some
// people sent anywhere within reach.
func scattered(in *planning.Instance, seed uint64, permille int) planning.Plan {
	d := dice(seed)
	p := planning.Plan{X: make([][]int, len(in.Staff))}
	for e := range in.Staff {
		p.X[e] = make([]int, in.Horizon)
		for t := range p.X[e] {
			p.X[e][t] = planning.Nowhere
			if in.Avail[e][t] > 0 {
				p.X[e][t] = in.Prev[e][t]
				if d.next(1000) < permille {
					p.X[e][t] = in.Staff[e].Reach[d.next(len(in.Staff[e].Reach))]
				}
			}
		}
	}
	return p
}

func near(a, b, relative float64) bool {
	return math.Abs(a-b) <= relative*math.Max(1, math.Max(math.Abs(a), math.Abs(b)))
}

func TestEvaluateAgreesWithTheModel(t *testing.T) {
	planningtest.InOneGoroutine(t)
	data, err := os.ReadFile("testdata/plans.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Instance              string
		Seed                  uint64
		Permille              int
		Objective             float64
		Moves, Changes        int
		Uncovered, Walkin     float64
		Breach, Goal          float64
		Fairness, MissingHead float64
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 100 {
		t.Fatalf("%d plans: want at least 100", len(rows))
	}
	instances := map[string]*planning.Instance{}
	for _, row := range rows {
		in := instances[row.Instance]
		if in == nil {
			in = planningtest.Load(t, row.Instance)
			instances[row.Instance] = in
		}
		got, err := Evaluate(in, scattered(in, row.Seed, row.Permille))
		if err != nil {
			t.Fatal(err)
		}
		if !near(got.Objective, row.Objective, 1e-6) {
			t.Errorf("%s seed %d: objective %.4f, model %.4f", row.Instance, row.Seed, got.Objective, row.Objective)
		}
		if got.Moves != row.Moves || got.Changes != row.Changes {
			t.Errorf("%s seed %d: %d moves %d changes, model %d and %d", row.Instance, row.Seed, got.Moves, got.Changes, row.Moves, row.Changes)
		}
		if !near(got.Parts.MissingHead, row.MissingHead, 1e-6) {
			t.Errorf("%s seed %d: missing heads %.1f, model %.1f", row.Instance, row.Seed, got.Parts.MissingHead, row.MissingHead)
		}
		if !near(got.Parts.Uncovered, row.Uncovered, 1e-3) {
			t.Errorf("%s seed %d: uncovered %.1f, model %.1f", row.Instance, row.Seed, got.Parts.Uncovered, row.Uncovered)
		}
		if !near(got.Parts.Sum(), got.Objective, 1e-9) {
			t.Errorf("%s seed %d: parts sum to %.6f, objective %.6f", row.Instance, row.Seed, got.Parts.Sum(), got.Objective)
		}
	}
}

// Values of the linear programme (HiGHS): the network relaxation without
// fairness, and the proven best plan.
var golden = map[string]struct{ relaxation, best float64 }{
	"small-1": {6317.83, 6566.93}, "small-2": {0, 5788.92}, "small-3": {3980.25, 4234.52}, "medium-1": {1469.28, 1587.91},
}

func TestBound(t *testing.T) {
	for name, want := range golden {
		x, err := NewRelaxation(planningtest.Load(t, name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := x.Solve(40)
		if err != nil {
			t.Fatal(err)
		}
		if want.relaxation > 0 && !near(b.Network, want.relaxation, 1e-5) {
			t.Errorf("%s: network relaxation %.3f, HiGHS %.2f", name, b.Network, want.relaxation)
		}
		if b.Fair < b.Network || b.Fair > want.best {
			t.Errorf("%s: bound %.3f with fairness, %.3f without, best plan %.2f", name, b.Fair, b.Network, want.best)
		}
	}
}

// What a move can gain at most, by prices, is never less than what it gains; and
// a warm move prices like a cold staffing.
func TestPricesBoundMoves(t *testing.T) {
	in := planningtest.Load(t, "small-1")
	x := in.Previous().X
	w, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	w.Staff(x)
	if err := w.Optimise(); err != nil {
		t.Fatal(err)
	}
	var saved mincostflow.Basis
	w.Save(&saved)
	before, moves := w.Objective(), 0
	for e := range in.Staff {
		for day := 2; day < in.Horizon; day += 3 {
			w.Reachable(e, day, func(c int) {
				from := x[e][day]
				if in.Avail[e][day] <= 0 || c == from {
					return
				}
				moves++
				most := float64(in.Avail[e][day]) * (w.Worth(c, w.Kind[e], day) - w.Worth(from, w.Kind[e], day))
				if err := w.Move(Step{e, day, from, c}); err != nil {
					t.Fatal(err)
				}
				if gain := before - w.Objective(); gain > most+1e-6 {
					t.Errorf("employee %d day %d to %d: gains %.4f, prices allow %.4f", e, day, c, gain, most)
				}
				if moves%40 == 0 {
					x[e][day] = c
					cold, _ := New(in)
					cold.Staff(x)
					if err := cold.Optimise(); err != nil {
						t.Fatal(err)
					}
					if !near(cold.Objective(), w.Objective(), 1e-9) {
						t.Errorf("warm %.6f, cold %.6f", w.Objective(), cold.Objective())
					}
					x[e][day] = from
				}
				w.Restore(&saved)
				if w.Objective() != before {
					t.Fatal("restore does not bring the objective back")
				}
			})
		}
	}
	if moves < 100 {
		t.Fatalf("only %d moves tried", moves)
	}
}

func TestGame(t *testing.T) {
	for _, c := range []struct {
		row  [][]float64
		want float64
	}{
		{[][]float64{{3, 3}}, 3},
		{[][]float64{{1, -1}, {-1, 1}}, 0},
		{[][]float64{{2, -1}, {-1, 1}}, .2},
		{[][]float64{{0, 1, -1}, {-1, 0, 1}, {1, -1, 0}}, 0},
		{[][]float64{{1000.5, 1000}, {1000, 1000.25}, {1002, 1003}}, 1000 + .5*.25/.75},
	} {
		mix, value := game(c.row)
		if math.Abs(value-c.want) > 1e-9 {
			t.Errorf("%v: value %v, want %v", c.row, value, c.want)
		}
		for _, r := range c.row {
			sum := 0.0
			for j := range r {
				sum += r[j] * mix[j]
			}
			if sum < c.want-1e-9 {
				t.Errorf("%v: mixture %v reaches only %v", c.row, mix, sum)
			}
		}
	}
}
