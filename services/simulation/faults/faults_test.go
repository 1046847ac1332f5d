package faults_test

import (
	"flag"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lotse-hamburg/lotse/services/simulation/faults"
)

var (
	first = flag.Uint64("first", 1, "first seed")
	seeds = flag.Int("seeds", most, "how many seeds")
)

// TestMain: stories are short and leave much behind; collecting it less often takes
// a sixth of their time less and a few hundred megabytes more.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// play plays many seeds on all cores, in any order, each twice or once (then b is
// a), until one is to be the last.
func play(t *testing.T, twice bool, heard func(a, b faults.Outcome) (enough bool)) {
	var next atomic.Uint64
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= uint64(*seeds) {
					return
				}
				o := faults.Options{Seed: *first + i}
				a, err := faults.Run(t.Context(), o)
				if err != nil {
					t.Error(err)
					return
				}
				b := a
				if twice {
					b, err = faults.Run(t.Context(), o)
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				enough := heard(a, b)
				mu.Unlock()
				if enough {
					next.Store(uint64(*seeds))
				}
			}
		})
	}
	workers.Wait()
}

// TestStories plays many, each twice: nothing that must never happen does, what
// must happen does within its bound, and a seed tells the same story every time.
func TestStories(t *testing.T) {
	took, saw, bad := map[string]int{}, map[string]int{}, 0
	play(t, true, func(a, b faults.Outcome) bool {
		for k, n := range a.Faults {
			took[k] += n
		}
		for k, n := range a.Seen {
			saw[k] += n
		}
		if a.Violation != "" {
			bad++
			t.Errorf("seed %d, step %d of %d: %s\nrepeat it: %s", a.Seed, a.At, a.Steps, a.Violation, faults.Repeat(faults.Options{Seed: a.Seed}))
		}
		if a.Hash != b.Hash {
			t.Errorf("seed %d tells %s and then %s", a.Seed, a.Hash, b.Hash)
		}
		return bad == 20
	})
	t.Logf("%d seeds\nfaults: %v\nseen: %v", *seeds, took, saw)
	for _, what := range []string{"booked", "moved", "ended", "at risk", "held", "hold expired", "drafted", "approved", "requested", "ordered", "cancelled", "undone"} {
		if saw[what] == 0 {
			t.Errorf("nothing was ever %s: the stories have become dull", what)
		}
	}
}

// TestFewerStepsAreAStory: steps can be left out, and the rest stays what it is.
func TestFewerStepsAreAStory(t *testing.T) {
	all, err := faults.Run(t.Context(), faults.Options{Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	keep := []int{}
	for i := range all.Steps {
		if i%3 > 0 {
			keep = append(keep, i)
		}
	}
	a, err := faults.Run(t.Context(), faults.Options{Seed: 5, Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	b, err := faults.Run(t.Context(), faults.Options{Seed: 5, Keep: slices.Clone(keep)})
	if err != nil {
		t.Fatal(err)
	}
	if a.Violation != "" || a.Hash != b.Hash || a.Hash == all.Hash {
		t.Errorf("two thirds of the story: %+v and %+v; all of it: %+v", a, b, all)
	}
	if _, err := faults.Minimize(t.Context(), faults.Options{Seed: 5}, nil); err == nil {
		t.Error("a story that finds nothing is minimized")
	}
}
