package guard

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMeterForgetsAndIsBounded(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	m := newMeter(Rate{PerSecond: 1, Burst: 2})
	for i := range maxClients + 10 {
		m.wait(fmt.Sprint(i), now, false)
	}
	if len(m.next) > maxClients+1 {
		t.Fatalf("%d clients are remembered", len(m.next))
	}
	if m.wait("one more", now, false) == 0 {
		t.Fatal("strangers beyond the bound do not share a place")
	}
	now = now.Add(time.Hour)
	if m.wait("0", now, false) != 0 || len(m.next) != 1 {
		t.Fatalf("%d clients are remembered an hour later", len(m.next))
	}
}

// In any time no client gets more than a burst and what the rate gives for it.
func TestMeterKeepsTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rate{PerSecond: rapid.Float64Range(0.1, 50).Draw(t, "rate"), Burst: rapid.IntRange(1, 20).Draw(t, "burst")}
		m := newMeter(r)
		start := time.Unix(1_800_000_000, 0)
		now, served := start, 0
		for _, ms := range rapid.SliceOfN(rapid.IntRange(0, 2000), 1, 60).Draw(t, "gaps") {
			now = now.Add(time.Duration(ms) * time.Millisecond)
			wait := m.wait("c", now, false)
			if wait == 0 {
				served++
			} else if again := m.wait("c", now.Add(wait), true); again > time.Microsecond {
				t.Fatalf("having waited %s there is %s more", wait, again)
			}
			if most := float64(r.Burst) + now.Sub(start).Seconds()*r.PerSecond + 1e-3; float64(served) > most {
				t.Fatalf("%d served, at most %g", served, most)
			}
		}
	})
}
