package flow

import (
	"math"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"pgregory.net/rapid"
)

// oneCentre is a centre with one person of two skills, a minute to the slot.
func oneCentre(t *rapid.T) *planning.Instance {
	days := rapid.IntRange(2, 5).Draw(t, "days")
	amounts := func(name string, most int) []int {
		return rapid.SliceOfN(rapid.IntRange(0, most), days, days).Draw(t, name)
	}
	in := &planning.Instance{Format: planning.Format, Horizon: days, Open: amounts("open", 1), GoalDays: 1,
		PromiseDays: rapid.IntRange(1, 2).Draw(t, "promise"), MinLeadDays: rapid.IntRange(0, 1).Draw(t, "lead"),
		Skills: []string{"id", "passport"}, SlotMinutes: []float64{1, 1}, Districts: []string{"d"},
		Centres: []planning.Centre{{ID: "c", Counters: 5}}, Travel: [][]int{{0}},
		Staff: []planning.Employee{{ID: "e", Skills: []int{0, 1}}}, Avail: [][]int{amounts("avail", 4)}, Prev: [][]int{make([]int, days)},
		Booked: [][][]int{{make([]int, days), make([]int, days)}}, Walkin: [][][]int{{amounts("walkin0", 2), amounts("walkin1", 2)}},
		DemandOwn: [][][]int{{amounts("demand0", 4), amounts("demand1", 4)}}, DemandAny: [][]int{make([]int, days), make([]int, days)},
		Weights: planning.Weights{WalkinSlot: 3, BreachSlotDay: 1, GoalSlotDay: .25}}
	factor := rapid.SampledFrom([]float64{0, .5, 1, 2, 7})
	row := rapid.SliceOfN(factor, days, days)
	in.Seasonal = &planning.Seasonal{Late: [][]float64{row.Draw(t, "late0"), row.Draw(t, "late1")},
		Walkin: [][]float64{row.Draw(t, "held0"), row.Draw(t, "held1")}}
	if err := in.Validate(); err != nil {
		t.Fatal(err)
	}
	return in
}

// cheapest goes through every split of each day's minutes.
func cheapest(in *planning.Instance) float64 {
	type state struct{ t, z0, z1 int }
	known := map[state]float64{}
	asked := func(s, t int) (sum int) {
		for d := 0; d <= t && d < in.Horizon; d++ {
			sum += in.DemandOwn[0][s][d]
		}
		return sum
	}
	var from func(at state) float64
	from = func(at state) float64 {
		if at.t == in.Horizon {
			return 0
		}
		if v, ok := known[at]; ok {
			return v
		}
		t, best := at.t, math.Inf(1)
		minutes := in.Avail[0][t] * in.Open[t]
		walkin := func(s int) int { return in.Walkin[0][s][t] * in.Open[t] }
		for w0 := 0; w0 <= min(minutes, walkin(0)); w0++ {
			for w1 := 0; w0+w1 <= min(minutes, w0+walkin(1)); w1++ {
				for n0 := 0; w0+w1+n0 <= minutes; n0++ {
					for n1 := 0; w0+w1+n0+n1 <= minutes; n1++ {
						z := [2]int{at.z0 + n0, at.z1 + n1}
						if n0 > 0 && (t < in.MinLeadDays || z[0] > asked(0, t-in.MinLeadDays)) ||
							n1 > 0 && (t < in.MinLeadDays || z[1] > asked(1, t-in.MinLeadDays)) {
							continue
						}
						v := in.WalkinPrice(0, t)*float64(walkin(0)-w0) + in.WalkinPrice(1, t)*float64(walkin(1)-w1)
						for s := range 2 {
							v += in.LateFactor(s, t) * (in.Weights.BreachSlotDay*float64(max(0, asked(s, t-in.PromiseDays)-z[s])) +
								in.Weights.GoalSlotDay*float64(max(0, asked(s, t-in.GoalDays)-z[s])))
						}
						best = min(best, v+from(state{t + 1, z[0], z[1]}))
					}
				}
			}
		}
		known[at] = best
		return best
	}
	return from(state{})
}

func TestSeasonalFactorsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := oneCentre(t)
		got, err := Evaluate(in, in.Previous())
		if err != nil {
			t.Fatal(err)
		}
		if want := cheapest(in); !near(got.Objective, want, 1e-6) || !near(got.Parts.Sum(), got.Objective, 1e-9) {
			t.Fatalf("objective %v, parts %v; the cheapest split costs %v", got.Objective, got.Parts.Sum(), want)
		}
	})
}

func TestSeasonalOfOneAndTwo(t *testing.T) {
	for _, name := range []string{"small-1", "small-2", "medium-1"} {
		plain, err := Evaluate(planningtest.Load(t, name), planningtest.Load(t, name).Previous())
		if err != nil {
			t.Fatal(err)
		}
		ones, twice, heavy := planningtest.Load(t, name), planningtest.Load(t, name), planningtest.Load(t, name)
		for s := range ones.Skills {
			ones.Season(s, 0, ones.Horizon, 1, 1)
			twice.Season(s, 0, ones.Horizon, 2, 2)
		}
		heavy.Weights.BreachSlotDay *= 2
		heavy.Weights.GoalSlotDay *= 2
		heavy.Weights.WalkinSlot *= 2
		for _, c := range []struct {
			got  *planning.Instance
			want float64
		}{{ones, plain.Objective}, {twice, mustEvaluate(t, heavy)}} {
			if got := mustEvaluate(t, c.got); !near(got, c.want, 1e-6) {
				t.Errorf("%s: objective %v, want %v", name, got, c.want)
			}
		}
	}
}

func mustEvaluate(t *testing.T, in *planning.Instance) float64 {
	t.Helper()
	r, err := Evaluate(in, in.Previous())
	if err != nil {
		t.Fatal(err)
	}
	return r.Objective
}

// Passports before summer: the same minutes go to passports instead.
func TestSeasonShiftsTheMix(t *testing.T) {
	in := planningtest.Load(t, "medium-1")
	late := func() (passports int64) {
		w, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		w.Staff(in.Previous().X)
		if _, err := w.OptimiseFair(1e-6, 50); err != nil {
			t.Fatal(err)
		}
		for _, l := range w.late {
			if l.skill == 1 {
				passports += int64(l.promise) * w.g.Flow(int(l.arc))
			}
		}
		return passports
	}
	before := late()
	in.Season(1, 0, in.Horizon, 3, 1)
	if after := late(); before == 0 || after >= before {
		t.Errorf("late minutes of %s: %d before, %d when they count threefold", in.Skills[1], before, after)
	}
}
