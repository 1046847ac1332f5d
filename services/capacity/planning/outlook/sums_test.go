package outlook_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	. "github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
)

func TestSumsAreLessFarOffThanDaysAndFurtherThanChance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days, level, d := rapid.IntRange(0, 120).Draw(t, "days"), rapid.Float64Range(1, 200).Draw(t, "level"), dice(rapid.Uint64().Draw(t, "dice"))
		h := History{From: monday, Series: []Series{{Prior: level}, {Prior: level}}}
		for i := range h.Series {
			for range days {
				h.Series[i].Counts = append(h.Series[i].Counts, d.poisson(level*(.5+d.next())))
			}
		}
		m, from := Learn(h, 40), rapid.IntRange(1, 7).Draw(t, "from")
		of := m.Beyond(1, from)
		if len(of) != 41-from {
			t.Fatalf("%d sums from day %d of 40 on", len(of), from)
		}
		most := m.Beyond(1, from)[0]
		for a := from; a <= 40; a++ {
			most = max(most, m.Beyond(1, a)[0])
			if v := of[a-from]; !(v > 0) || v > most*(1+1e-9) {
				t.Fatalf("until day %d: %v, the widest day %v", a, v, most)
			}
		}
	})
}

// Where weeks are off together, what comes until a day is further off than where each
// day is, by as much itself, for itself. Four of five sums lie within their interval where
// days are off alone; where weeks are, whose level nobody can know, many more than chance
// would let expect.
func TestWeeksThatAreOffTogetherMakeSumsWider(t *testing.T) {
	wave := func(every int, d dice) History {
		off := []float64{}
		for range 800 {
			off = append(off, math.Exp(.25*math.Sqrt(3)*(2*d.next()-1)))
		}
		return counted(700, 4, func(i, t int) float64 { return 150 * off[t/every] })
	}
	sums := func(h History) (v float64) { return Learn(h, 28).Beyond(0, 1)[27] }
	if weeks, days := sums(wave(21, 3)), sums(wave(1, 3)); weeks < 3*days {
		t.Errorf("weeks alike: %.5f, days apart: %.5f", weeks, days)
	}
	covered := func(every, seeds int) (learned, chance float64) {
		n := 0.0
		for seed := range seeds {
			h := wave(every, dice(100*seed+every))
			for origin := 300; origin+28 <= 700; origin += 16 {
				until := h
				until.Series = append([]Series{}, h.Series...)
				for i, s := range h.Series {
					until.Series[i].Counts = s.Counts[:origin]
				}
				m := Learn(until, 28)
				for i, s := range h.Series {
					mean, came := 0.0, 0.0
					for a := 1; a <= 28; a++ {
						mean, came = mean+m.Day(i, a).Mean, came+s.Counts[origin+a-1]
					}
					n++
					if off := math.Abs(came - mean); off <= 1.2816*math.Sqrt(mean+m.Beyond(i, 1)[27]*mean*mean) {
						learned++
						if off <= 1.2816*math.Sqrt(1.5*mean) {
							chance++
						}
					}
				}
			}
		}
		return learned / n, chance / n
	}
	if learned, _ := covered(1, 2); learned < .7 || learned > .95 {
		t.Errorf("days apart: %.0f %% lie within the interval of four of five", 100*learned)
	}
	if learned, chance := covered(21, 2); learned < .5 || learned < 3*chance {
		t.Errorf("weeks alike: %.0f %% lie within, %.0f %% by chance alone", 100*learned, 100*chance)
	}
}
