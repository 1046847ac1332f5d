package agenda_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/services/simulation/agenda"
)

var begin = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

func stands(time.Time) error { return nil }

// Whatever is entered, also from within, happens in the order of time and, at one
// moment, of entering; the clock never goes back and ends where it was told.
func TestThingsHappenInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := agenda.New(begin)
		type mark struct {
			at  time.Time
			seq int
		}
		var entered int
		var happened []mark
		var enter func(after time.Duration, depth int)
		enter = func(after time.Duration, depth int) {
			at := a.Now().Add(max(after, 0))
			entered++
			m := mark{at, entered}
			a.In(after, "x", func() error {
				if !a.Now().Equal(m.at) {
					t.Fatalf("due at %s, happened at %s", m.at, a.Now())
				}
				happened = append(happened, m)
				if depth > 0 {
					enter(time.Duration(rapid.IntRange(-1, 3).Draw(t, "more"))*time.Minute, depth-1)
				}
				return nil
			})
		}
		for range rapid.IntRange(1, 20).Draw(t, "n") {
			enter(time.Duration(rapid.IntRange(0, 5).Draw(t, "after"))*time.Minute, rapid.IntRange(0, 3).Draw(t, "depth"))
		}
		end := begin.Add(time.Hour)
		if err := a.Run(context.Background(), end, stands); err != nil {
			t.Fatal(err)
		}
		if len(happened) != entered || a.Waiting() != 0 || a.Done() != uint64(entered) || !a.Now().Equal(end) {
			t.Fatalf("%d of %d happened, %d wait, the clock stands at %s", len(happened), entered, a.Waiting(), a.Now())
		}
		if !slices.IsSortedFunc(happened, func(x, y mark) int {
			if c := x.at.Compare(y.at); c != 0 {
				return c
			}
			return x.seq - y.seq
		}) {
			t.Fatalf("out of order: %v", happened)
		}
	})
}

// What is due at the end itself waits for the next run.
func TestTheEndIsNotPartOfTheRun(t *testing.T) {
	a, n := agenda.New(begin), 0
	a.Every(time.Minute, "beat", func() (bool, error) { n++; return false, nil })
	for want := 1; want <= 3; want++ {
		if err := a.Run(t.Context(), begin.Add(time.Duration(want)*time.Minute), stands); err != nil || n != want {
			t.Fatalf("%d beats, %v, want %d", n, err, want)
		}
	}
}

// A failure says when and what, and ends the run; so does the clock's keeper.
func TestAFailureSaysWhenAndWhat(t *testing.T) {
	a, bad := agenda.New(begin), errors.New("out of paper")
	a.In(time.Hour, "print", func() error { return bad })
	a.In(2*time.Hour, "later", func() error { t.Error("went on"); return nil })
	err := a.Run(t.Context(), begin.Add(24*time.Hour), stands)
	if !errors.Is(err, bad) || !strings.Contains(err.Error(), "2026-01-05 01:00:00: print") {
		t.Errorf("error %v", err)
	}
	if err := a.Run(t.Context(), begin.Add(24*time.Hour), func(time.Time) error { return bad }); !errors.Is(err, bad) {
		t.Errorf("the clock's keeper failed and nobody heard: %v", err)
	}
}

func TestARunCanBeEnded(t *testing.T) {
	a := agenda.New(begin)
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	a.Every(time.Second, "beat", func() (bool, error) {
		if n++; n == 10 {
			cancel()
		}
		return false, nil
	})
	if err := a.Run(ctx, begin.Add(24*time.Hour), stands); !errors.Is(err, context.Canceled) || n > 2048 {
		t.Errorf("%v after %d beats", err, n)
	}
}
