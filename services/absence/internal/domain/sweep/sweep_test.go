package sweep

import (
	"errors"
	"testing"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

func TestTheNewestSweepCounts(t *testing.T) {
	d := Decider()
	s := d.Initial()
	for _, c := range []struct {
		asOf   int64
		events int
		err    error
	}{{10, 1, nil}, {10, 0, nil}, {9, 0, ErrOlder}, {11, 1, nil}} {
		evs, err := d.Decide(s, Take{Source: "paisy", AsOf: c.asOf})
		if len(evs) != c.events || !errors.Is(err, c.err) {
			t.Fatalf("as of %d: %v, %v", c.asOf, evs, err)
		}
		for _, e := range evs {
			s = d.Evolve(s, e)
		}
	}
	if s.Last.AsOf != 11 {
		t.Fatalf("%+v", s)
	}
	var _ decider.Event = Taken{}
}

func TestOvertakes(t *testing.T) {
	first, end := day.Date(2026, 12, 1), day.Date(2026, 12, 31)
	until := func(d day.Day) *day.Day { return &d }
	s := State{Last: Taken{AsOf: 100, From: first, Until: &end}}
	for _, c := range []struct {
		name string
		said int64
		x    absence.Extent
		want bool
	}{
		{"older, inside", 99, absence.Extent{From: first, Until: until(first + 3)}, true},
		{"of that moment", 100, absence.Extent{From: first}, true},
		{"newer", 101, absence.Extent{From: first}, false},
		{"of an unknown moment", 0, absence.Extent{From: first}, false},
		{"over before", 99, absence.Extent{From: first - 5, Until: until(first)}, false},
		{"reaches in", 99, absence.Extent{From: first - 5, Until: until(first + 1)}, true},
		{"open from long ago", 99, absence.Extent{From: first - 50}, true},
		{"after the window", 99, absence.Extent{From: end, Until: until(end + 1)}, false},
	} {
		if got := s.Overtakes(c.said, c.x); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if (State{}).Overtakes(5, absence.Extent{From: first}) {
		t.Error("no sweep overtakes")
	}
}
