package explain

import (
	"math"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// A planner's repair is explained on its own network: the figures are those of
// plans priced anew, and the planner goes on as if nobody had asked.
func TestRepairIsExplainedOnThePlannersNetwork(t *testing.T) {
	planningtest.InOneGoroutine(t)
	in := planningtest.Load(t, "medium-1")
	out, err := search.Solve(in, search.Options{Seed: 1, Rounds: 3})
	if err != nil {
		t.Fatal(err)
	}
	in.Prev = out.Plan.X
	p, err := search.New(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Price(); err != nil {
		t.Fatal(err)
	}
	moves := 0
	for e := 3; e < len(in.Staff); e += 4 {
		hit := *in
		hit.Avail = append([][]int(nil), in.Avail...)
		hit.Avail[e] = append([]int(nil), in.Avail[e]...)
		var places []planning.Spot
		region := search.Region{}
		for day := 3; day < 12; day++ {
			if c := in.Prev[e][day]; c != planning.Nowhere {
				hit.Avail[e][day] = 0
				places, region.Days = append(places, planning.Spot{Centre: c, Day: day}), append(region.Days, day)
			}
		}
		if len(places) == 0 {
			continue
		}
		damage, err := p.Update(&hit)
		if err != nil {
			t.Fatal(err)
		}
		before := p.Present()
		mended, err := p.Repair(region, search.Options{LeastGain: 1})
		if err != nil {
			t.Fatal(err)
		}
		w, err := p.Network()
		if err != nil {
			t.Fatal(err)
		}
		stands := p.Objective()
		x := explained(t, Question{Instance: &hit, Network: w, Before: before.X, After: mended.Plan.X, Places: places, Damage: damage.Points, Names: wording.IDs(&hit)})
		if p.Objective() != stands {
			t.Errorf("the planner stood at %v, stands at %v", stands, p.Objective())
		}
		if len(x.Moves) != len(mended.Moves) {
			t.Errorf("%d moves explained, %d made", len(x.Moves), len(mended.Moves))
		}
		moves += len(x.Moves)
		was, err := flow.Evaluate(&hit, before)
		if err != nil {
			t.Fatal(err)
		}
		is, err := flow.Evaluate(&hit, mended.Plan)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(x.Gain-(was.Objective-is.Objective)) > 3e-7*was.Objective {
			t.Errorf("gain %v, priced anew %v", x.Gain, was.Objective-is.Objective)
		}
		if _, err := p.Update(in); err != nil {
			t.Fatal(err)
		}
	}
	if moves < 3 {
		t.Errorf("%d moves in all: the test shows little", moves)
	}
}
