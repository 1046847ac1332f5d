package read

import (
	"testing"
	"time"
)

// A place is said three times at once and then once per pace, however often it is
// touched; one that was left alone has its burst again, and others have their own.
func TestAPlaceIsSaidAtItsPace(t *testing.T) {
	begin := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	a, b := Place{Centre: "a", Day: 1}, Place{Centre: "b", Day: 1}
	p := pace{every: 100 * time.Millisecond}
	said := map[Place]int{}
	for ms := range 1000 {
		now := begin.Add(time.Duration(ms) * time.Millisecond)
		for _, k := range []Place{a, b} {
			if k == b && ms%400 != 0 {
				continue
			}
			if wait := p.due(k, now); wait == 0 {
				p.note(k, now)
				said[k]++
			} else if wait < 0 || wait > p.every {
				t.Fatalf("%v after %d ms: wait %s", k, ms, wait)
			}
		}
	}
	if said[a] != 3+9 || said[b] != 3 {
		t.Errorf("said %v, want a 12 times (3 at once, 9 paced), b each of 3 times", said)
	}
	later := begin.Add(time.Minute)
	for range burst {
		if p.due(a, later) != 0 {
			t.Fatal("a place left alone has not its burst again")
		}
		p.note(a, later)
	}
	if p.due(a, later) != p.every {
		t.Errorf("after the burst the wait is %s, want %s", p.due(a, later), p.every)
	}
}

// Without a pace nothing waits and nothing is remembered.
func TestWithoutPaceNothingWaits(t *testing.T) {
	var p pace
	for range 10 {
		p.note(Place{Centre: "a"}, time.Time{})
	}
	if p.due(Place{Centre: "a"}, time.Time{}) != 0 || len(p.said) != 0 {
		t.Error("a pace of 0 holds places back")
	}
}
