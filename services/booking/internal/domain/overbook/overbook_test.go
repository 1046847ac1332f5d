package overbook

import (
	"math"
	"math/bits"
	"testing"

	"pgregory.net/rapid"
)

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(b)) }

// What follows from the formula by hand.
func TestByHand(t *testing.T) {
	for _, c := range []struct {
		counters, booked int
		noShow, want     float64
	}{
		{4, 5, 0.2, 0.32768},                                // 0.8⁵
		{10, 11, 0.1, math.Pow(0.9, 11)},                    // all come
		{1, 3, 0.5, 0.5},                                    // (3 + 1) / 8
		{2, 4, 0.3, 4*math.Pow(.7, 3)*.3 + math.Pow(.7, 4)}, // 3 or 4 of 4
		{5, 5, 0.1, 0}, {0, 1, 0.25, 0.75}, {3, 4, 0, 1}, {3, 9, 1, 0},
	} {
		if got := Risk(c.counters, c.booked, c.noShow); !close(got, c.want) {
			t.Errorf("%d of %d come, %g do not: %.15g, want %.15g", c.counters, c.booked, c.noShow, got, c.want)
		}
	}
}

// Against all 2ⁿ ways in which citizens come or not.
func TestAgainstAllWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "booked")
		c := rapid.IntRange(0, 12).Draw(t, "counters")
		p := rapid.Float64Range(0.001, 0.999).Draw(t, "no-show")
		want := 0.0
		for who := range 1 << n {
			if k := bits.OnesCount(uint(who)); k > c {
				want += math.Pow(1-p, float64(k)) * math.Pow(p, float64(n-k))
			}
		}
		if got := Risk(c, n, p); math.Abs(got-want) > 1e-9 {
			t.Fatalf("%g, all ways say %g", got, want)
		}
	})
}

// The greatest number that keeps the risk, and not one more.
func TestExtra(t *testing.T) {
	if Extra(20, 0, 0.5) != 0 || Extra(20, 0.1, 0) != 0 || Extra(0, 0.5, 0.5) != 0 {
		t.Fatal("extra places without a policy, a rate or a counter")
	}
	// One counter, 10 %: both of two come in 81 of 100 cases.
	if Extra(1, 0.1, 0.8) != 0 || Extra(1, 0.1, 0.82) != 1 {
		t.Fatal("one counter")
	}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.IntRange(1, 60).Draw(t, "counters")
		p, risk := rapid.Float64Range(0.01, 0.5).Draw(t, "no-show"), rapid.Float64Range(0.001, 0.3).Draw(t, "risk")
		n := Extra(c, p, risk)
		if n > 0 && Risk(c, c+n, p) > risk {
			t.Fatalf("%d extra places have a risk of %g", n, Risk(c, c+n, p))
		}
		if n < c && Risk(c, c+n+1, p) <= risk {
			t.Fatalf("%d extra places are not the most", n)
		}
		if Extra(c, p+0.1, risk) < n || Extra(c, p, risk+0.1) < n {
			t.Fatal("more no-shows or more risk allow fewer")
		}
	})
}

func TestRate(t *testing.T) {
	// Wilson's lower end for 50 of 500 at 95 % (one-sided): by hand 0.0800….
	n, p := 500.0, 0.1
	want := (p + z*z/(2*n) - z*math.Sqrt((p*(1-p)+z*z/(4*n))/n)) / (1 + z*z/n)
	if got := Rate(50, 500); !close(got, want) || got < 0.079 || got > 0.081 {
		t.Fatalf("%g, want %g", got, want)
	}
	if Rate(20, 199) != 0 || Rate(0, 5000) != 0 {
		t.Fatal("a rate out of too little")
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(least, 100_000).Draw(t, "of")
		m := rapid.IntRange(0, n).Draw(t, "missed")
		if r := Rate(m, n); r < 0 || r > float64(m)/float64(n) {
			t.Fatalf("%d of %d: at least %g", m, n, r)
		}
	})
}
