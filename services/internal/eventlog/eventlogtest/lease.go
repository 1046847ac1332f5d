package eventlogtest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

func leases(t *testing.T, h Harness) {
	one, two := h.Store, h.other(t)
	take := func(s eventlog.Store, holder string, ttl time.Duration, want eventlog.Lease) {
		t.Helper()
		want.Name = "work"
		if got, err := s.TakeLease(ctx, "work", holder, ttl, 0); err != nil || got != want {
			t.Fatalf("%s asks: %+v, %v; want %+v", holder, got, err, want)
		}
	}
	take(one, "a", time.Hour, eventlog.Lease{Holder: "a", Term: 1})
	take(two, "b", time.Hour, eventlog.Lease{Holder: "a", Term: 1})
	take(one, "a", time.Hour, eventlog.Lease{Holder: "a", Term: 1})
	if l, err := two.TakeLease(ctx, "other work", "b", time.Hour, 0); err != nil || l.Holder != "b" {
		t.Fatalf("another lease: %+v, %v", l, err)
	}
	if err := two.ReleaseLease(ctx, "work", "b"); err != nil {
		t.Fatal(err)
	}
	take(two, "b", time.Hour, eventlog.Lease{Holder: "a", Term: 1}) // only one's own is released
	if err := one.ReleaseLease(ctx, "work", "a"); err != nil {
		t.Fatal(err)
	}
	const short = 200 * time.Millisecond
	take(two, "b", short, eventlog.Lease{Holder: "b", Term: 2})
	began := time.Now()
	for { // one that is not renewed runs out
		l, err := one.TakeLease(ctx, "work", "a", time.Hour, 0)
		if err != nil {
			t.Fatal(err)
		}
		if l.Holder == "a" {
			if l.Term != 3 {
				t.Errorf("term %d, want 3", l.Term)
			}
			break
		}
		if time.Since(began) > patience {
			t.Fatal("a lease never runs out")
		}
	}
	if took := time.Since(began); took < short/2 {
		t.Errorf("a lease of %v ran out after %v", short, took)
	}
	yielding(t, one, two)
	var won atomic.Int32
	var g sync.WaitGroup
	for i := range 8 {
		g.Go(func() {
			holder := fmt.Sprint("racer ", i)
			l, err := []eventlog.Store{one, two}[i%2].TakeLease(ctx, "race", holder, time.Hour, 0)
			switch {
			case err != nil || l.Term != 1:
				t.Errorf("%s: %+v, %v", holder, l, err)
			case l.Holder == holder:
				won.Add(1)
			}
		})
	}
	g.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 8 have the same lease", won.Load())
	}
}

// yielding: a lease that lasts for nobody is kept from those who let it rest
// first, and had by anybody who does not; a release does not make it rest longer.
func yielding(t *testing.T, one, two eventlog.Store) {
	t.Helper()
	ask := func(s eventlog.Store, holder string, ttl, rest time.Duration, has string, term int64) {
		t.Helper()
		want := eventlog.Lease{Name: "yielded", Holder: has, Term: term}
		if got, err := s.TakeLease(ctx, "yielded", holder, ttl, rest); err != nil || got != want {
			t.Fatalf("%s asks for %v after %v: %+v, %v; want %+v", holder, ttl, rest, got, err, want)
		}
	}
	release := func(s eventlog.Store, holder string) {
		t.Helper()
		if err := s.ReleaseLease(ctx, "yielded", holder); err != nil {
			t.Fatal(err)
		}
	}
	ask(one, "a", 0, time.Hour, "a", 1) // nobody has had it
	ask(two, "b", 0, time.Hour, "a", 1)
	ask(one, "a", 0, time.Hour, "a", 1)
	ask(two, "b", time.Hour, 0, "b", 2)
	ask(one, "a", 0, 0, "b", 2)
	release(two, "b")
	ask(one, "a", 0, time.Hour, "b", 2) // it rests
	const short = 200 * time.Millisecond
	began := time.Now()
	for {
		l, err := one.TakeLease(ctx, "yielded", "a", 0, short)
		if err != nil {
			t.Fatal(err)
		}
		if l.Holder == "a" {
			break
		}
		if release(two, "b"); time.Since(began) > patience {
			t.Fatal("a lease rests for ever")
		}
	}
	if took := time.Since(began); took < short/2 {
		t.Errorf("a lease rested %v instead of %v", took, short)
	}
}
