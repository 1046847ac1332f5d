package promise

import (
	"math"
	"testing"
)

func TestBudget(t *testing.T) {
	days := func(kept, lost int) (all []bool) {
		for range kept {
			all = append(all, true)
		}
		return append(all, make([]bool, lost)...)
	}
	for _, c := range []struct {
		days       []bool
		used, burn float64
		met        bool
	}{
		{days(60, 0), 0, 0, true},
		{days(57, 3), 1, 8.6, true}, // 3 of 60 is just allowed; 3 of the last 7: 3/7 ÷ 0.05
		{days(56, 4), 4.0 / 3, 11.4, false},
		{append(days(0, 1), days(59, 0)...), 1.0 / 3, 0, true}, // long ago
		{days(0, 2), 20, 20, false},
	} {
		b := BudgetOf(c.days)
		if math.Abs(b.Used-c.used) > 1e-9 || b.Burn != c.burn || b.Met() != c.met {
			t.Errorf("%d days: %+v, met %t", len(c.days), b, b.Met())
		}
	}
	if b := BudgetOf(nil); b.Share() != 0 || !b.Met() || b.Used != 0 {
		t.Errorf("nothing measured: %+v", b)
	}
}

func TestSmallNumbersAreNotTold(t *testing.T) {
	for n, want := range map[int]int{0: 0, 5: 5, 6: 5, 7: 5, 8: 10, 12: 10, 13: 15, 1000: 1000} {
		if got, ok := Told(n); !ok || got != want {
			t.Errorf("%d: %d %t", n, got, ok)
		}
	}
	for n := 1; n < Least; n++ {
		if _, ok := Told(n); ok {
			t.Errorf("%d is told", n)
		}
	}
}
