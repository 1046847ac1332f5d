package search

import (
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// Of two who cost the same the one goes whose skill others at the place have, in
// whatever order they are listed; on both days of a trip.
func TestWhoIsMissedLeastGoes(t *testing.T) {
	for _, rare := range []int{0, 1} {
		for _, days := range []int{1, 2} {
			in := tiny(func(in *planning.Instance) {
				in.MaxMovedPerWeek = 2
				in.Skills, in.SlotMinutes = []string{"id", "drive"}, []float64{10, 10}
				in.Staff[rare].Skills = []int{0, 1}
				in.Booked = [][][]int{{{50, 50}, {0, 0}}, {{80, 80 * (days - 1)}, {0, 0}}}
				in.Walkin = [][][]int{{{0, 0}, {0, 0}}, {{0, 0}, {0, 0}}}
				in.DemandOwn, in.DemandAny = [][][]int{{{0, 0}, {0, 0}}}, [][]int{{0, 0}, {0, 0}}
				in.Avail[2] = []int{0, 0}
				in.Prev[2] = []int{planning.Nowhere, planning.Nowhere}
			})
			out := repair(t, in, Region{})
			if len(out.Moves) != days {
				t.Fatalf("%d moves, %d expected: %+v", len(out.Moves), days, out.Moves)
			}
			for _, m := range out.Moves {
				if m.Employee != 1-rare || m.To != 1 {
					t.Errorf("employee %d is sent to %d; %d is the only one who holds the rare skill", m.Employee, m.To, rare)
				}
			}
		}
	}
}

// Sparing changes who goes and never what it costs.
func TestSparingCostsNothing(t *testing.T) {
	changed := 0
	for _, name := range []string{"small-1", "small-2", "medium-1", "medium-4"} {
		in := planningtest.Load(t, name)
		p := planner(t, in)
		if err := p.Price(); err != nil {
			t.Fatal(err)
		}
		s := p.s
		begin := slices.Clone(s.at)
		var l list
		p.k.descend(0, in.Horizon, &l, never)
		plan, before := slices.Clone(s.at), s.total()
		p.spareTheRare(begin, never)
		steps := 0
		for i := range plan {
			if plan[i] != s.at[i] {
				steps++
			}
		}
		if after := s.total(); after > before+int64(steps)*nothing {
			t.Errorf("%s: %d units dearer after %d steps", name, after-before, steps)
		}
		changed += steps
	}
	if changed == 0 {
		t.Error("nobody took another's place: the test looks at nothing")
	}
}

func never() bool { return false }
