package search

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// later is an instance some days later: what lies behind is gone, and the days that
// are new at the end are those of the last week once more.
func later(in *planning.Instance, days int) *planning.Instance {
	own := copied(in)
	row := func(a []int) []int {
		if a == nil {
			return nil
		}
		b := make([]int, in.Horizon)
		for t := range b {
			from := t + days
			for from >= in.Horizon {
				from -= 7
			}
			b[t] = a[from]
		}
		return b
	}
	rows := func(m [][]int) {
		for i := range m {
			m[i] = row(m[i])
		}
	}
	rows(own.Avail)
	rows(own.Prev)
	rows(own.DemandAny)
	for _, cube := range [][][][]int{own.Booked, own.Walkin, own.DemandOwn, own.Uncovered} {
		for _, m := range cube {
			rows(m)
		}
	}
	own.Open, own.Weekday0 = row(in.Open), (in.Weekday0+days)%7
	own.Centres = slices.Clone(in.Centres)
	for c := range own.Centres {
		own.Centres[c].Open = row(in.Centres[c].Open)
	}
	return own
}

func priced(t interface {
	Helper()
	Fatal(...any)
}, in *planning.Instance) *Planner {
	t.Helper()
	p, err := New(in)
	if err == nil {
		err = p.Price()
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A planner that follows another is where one is that begins anew.
func TestFollow(t *testing.T) {
	base := planningtest.Load(t, "small-3")
	rapid.Check(t, func(t *rapid.T) {
		in := copied(base)
		disturb(t, in)
		p := priced(t, in)
		days := rapid.IntRange(0, 9).Draw(t, "days")
		next := later(in, days)
		disturb(t, next)
		q, err := p.Follow(next, days)
		if err != nil {
			t.Fatal(err)
		}
		got, err := q.Result()
		if err != nil {
			t.Fatal(err)
		}
		want, err := priced(t, next).Result()
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Objective-want.Objective) > 1e-6*(1+math.Abs(want.Objective)) {
			t.Fatalf("followed %d days later: %.6f, anew %.6f", days, got.Objective, want.Objective)
		}
	})
}

func TestFollowAsksForTheSamePlaces(t *testing.T) {
	in := planningtest.Load(t, "small-1")
	p := priced(t, in)
	other := later(in, 1)
	other.Centres[0].ID = "elsewhere"
	if _, err := p.Follow(other, 1); !errors.Is(err, ErrShape) {
		t.Errorf("another place: %v", err)
	}
	if _, err := p.Follow(later(in, 2), 1); !errors.Is(err, ErrShape) {
		t.Errorf("another weekday: %v", err)
	}
}

// The mix of before is most of the one after: next to nothing is left to do where
// nothing has changed, and less than from nothing even where a day's requests are gone
// without having become bookings.
func TestFollowingTakesFewPivots(t *testing.T) {
	in := planningtest.Load(t, "medium-1")
	p, next := priced(t, in), later(in, 1)
	all := priced(t, next).s.net.Pivots()
	for days, c := range []struct {
		in   *planning.Instance
		most int64
	}{{copied(in), all / 100}, {next, all * 4 / 5}} {
		q, err := p.Follow(c.in, days)
		if err != nil {
			t.Fatal(err)
		}
		if n := q.s.net.Pivots(); n > c.most {
			t.Errorf("%d days later it takes %d pivots, from nothing %d: want %d at most", days, n, all, c.most)
		}
	}
}
