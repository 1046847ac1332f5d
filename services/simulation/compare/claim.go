package compare

import (
	"maps"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
)

// What Lotse is held against, under the policy that approves by itself.
const (
	Steered, Unsteered, Foresight = "lotse-auto", "none", "clairvoyant"

	// LeastClosed is the share of the distance from Unsteered to Foresight in
	// promises kept that is to be closed.
	LeastClosed = .8
	// MostMoved days per employee and month.
	MostMoved = 1.5
	// MostLost percentage points that a district may lose.
	MostLost = 1.0
	// LeastDistance in percentage points that there must be to speak of a share of
	// it.
	LeastDistance = 1.0
)

// Verdict on one line of the claim, by the mean over seeds.
type Verdict string

// What a verdict may be.
const (
	Met     Verdict = "met"
	Missed  Verdict = "missed"
	Nothing Verdict = "nothing to close"
	Unknown Verdict = "not played"
)

// Claim is what the runs of a scenario say to it.
type Claim struct {
	// Distance from Unsteered to Foresight in kept-14, in percentage points, Gained
	// by Steered, and the share Closed, on seeds that all three were played on.
	Distance Estimate `json:"distance"`
	Gained   Estimate `json:"gained"`
	Closed   Estimate `json:"closed"`
	// Moved days per employee and month under Steered.
	Moved Estimate `json:"moved"`
	// Worst is the district whose share of kept promises loses most, or gains
	// least, and Change by how many percentage points it differs from Unsteered.
	Worst  id.District `json:"worst"`
	Change Estimate    `json:"change"`

	ClosedVerdict Verdict `json:"closed_verdict"`
	MovedVerdict  Verdict `json:"moved_verdict"`
	WorstVerdict  Verdict `json:"worst_verdict"`
}

// ClaimOf a scenario's samples.
func ClaimOf(all []Sample) Claim {
	c := Claim{ClosedVerdict: Unknown, MovedVerdict: Unknown, WorstVerdict: Unknown}
	kept := func(s Sample) float64 { return s.Figures["kept-14"] }
	var three []Sample
	for _, s := range of(all, Unsteered) {
		same := slices.DeleteFunc(slices.Clone(all), func(x Sample) bool { return x.Seed != s.Seed })
		if len(of(same, Steered)) > 0 && len(of(same, Foresight)) > 0 {
			three = append(three, same...)
		}
	}
	gained, distance := differences(three, Steered, Unsteered, kept), differences(three, Foresight, Unsteered, kept)
	c.Gained, c.Distance, c.Closed = Of(gained), Of(distance), Ratio(gained, distance)
	switch {
	case !c.Distance.Known():
	case c.Distance.Mean < LeastDistance:
		c.ClosedVerdict = Nothing
	default:
		c.ClosedVerdict = verdict(c.Closed.Mean >= LeastClosed)
	}
	var moved []float64
	for _, s := range of(all, Steered) {
		moved = append(moved, s.Figures["moved-days"])
	}
	if c.Moved = Of(moved); c.Moved.Known() {
		c.MovedVerdict = verdict(c.Moved.Mean <= MostMoved)
	}
	c.Change = Of(nil)
	for _, d := range districts(all) {
		e := Of(differences(all, Steered, Unsteered, func(s Sample) float64 {
			if x, known := s.Districts[d]; known {
				return x
			}
			return math.NaN()
		}))
		if e.Known() && !(c.Change.Mean <= e.Mean) {
			c.Worst, c.Change = d, e
		}
	}
	if c.Change.Known() {
		c.WorstVerdict = verdict(c.Change.Mean >= -MostLost)
	}
	return c
}

func verdict(met bool) Verdict {
	if met {
		return Met
	}
	return Missed
}

// districts of the samples, by name.
func districts(all []Sample) []id.District {
	seen := map[id.District]bool{}
	for _, s := range all {
		for d := range s.Districts {
			seen[d] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
