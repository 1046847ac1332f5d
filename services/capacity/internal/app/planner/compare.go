package planner

import (
	"math"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

// Stages of a what-if: as it is, as it would be, and with Lotse's moves.
const (
	AsItIs = iota
	Hurt
	Mended
	stages
)

// Outcome of a what-if.
type Outcome struct {
	// From is the first of the Days ahead that are compared.
	From day.Day
	Days int
	// Limit and Goal of the promise at each stage, in days.
	Limit, Goal [stages]int
	// Damage in points, or Relief where it would be better; and the Gain of Lotse's
	// moves.
	Damage, Relief, Gain float64
	// Kept is the promise, over all districts and groups.
	Kept      [stages]Share
	Districts []DistrictIf
	Places    []PlaceIf
	Moves     []capacity.Move
	// Anyway are the moves that Lotse would propose as it is; only where another
	// policy is asked about.
	Anyway      []capacity.Move
	Approval    string // how such a proposal would be approved
	Explanation *proposal.Explanation
	Unsolved    []string
	// Extra minutes of duty beyond the roster, of the people supposed to stay longer.
	Extra day.Minutes
	// Complete is false where more places suffer than were looked at.
	Complete bool
}

// DistrictIf is one district at each stage.
type DistrictIf struct {
	District id.District
	// Lead are days to the third next available today of the worst service group;
	// -1: none.
	Lead [stages]int
	// Ahead is that of the worst group of each day ahead, with its band.
	Ahead [stages]forecast.Band
	Kept  [stages]Share
	// Uncovered booked appointments, expected.
	Uncovered [stages]int
	// Late are slot-days late over the horizon.
	Late   [stages]float64
	Groups []GroupIf
}

// GroupIf is one service group of a district, if its citizens ask for it.
type GroupIf struct {
	Skill id.Skill
	Ahead [stages]forecast.Band
	Kept  [stages]Share
}

// PlaceIf is a place whose offering would be another, with the booked appointments
// that nobody would serve.
type PlaceIf struct {
	read.Place
	District  id.District
	Uncovered [stages]int
}

// outcome compares the stages.
func outcome(q WhatIf, fork *Fork, base, would *run, at [stages]planned) Outcome {
	is, policy := q.City.Policy, fork.City.Policy
	worse := at[Hurt].plan.Objective - at[AsItIs].plan.Objective
	out := Outcome{From: base.from, Days: base.Horizon, Extra: fork.Extra, Damage: round(max(0, worse)), Relief: round(max(0, -worse)),
		Limit: [stages]int{is.LimitDays, policy.LimitDays, policy.LimitDays}, Goal: [stages]int{is.GoalDays, policy.GoalDays, policy.GoalDays},
		Unsolved: at[Mended].unsolved, Complete: at[AsItIs].complete && at[Mended].complete}
	if d := at[Mended].draft; d != nil {
		out.Gain, out.Moves, out.Approval, out.Explanation = d.Drafted.Gain, d.Drafted.Moves, approval(d, policy.Automatic), d.Details.Explanation
	}
	if d := at[AsItIs].draft; d != nil {
		out.Anyway = d.Drafted.Moves
	}
	a := newAhead(base.problem, q.City)
	ahead := [stages][][]forecast.Band{a.of(q.City, base.problem, at[AsItIs].moves), nil, nil}
	ahead[Hurt] = a.of(fork.City, would.problem, at[Hurt].moves)
	if ahead[Mended] = ahead[Hurt]; !sameMoves(at[Hurt].moves, at[Mended].moves) {
		ahead[Mended] = a.of(fork.City, would.problem, at[Mended].moves)
	}
	working := make([]bool, out.Days)
	for t := range working {
		working[t] = forecast.OfDay(is.Holidays, base.day(t)) > 0
	}
	shut := would.shut(base.problem, fork.Touched)
	closed := would.inDistrict(shut)
	var all [stages][]Share
	for i, d := range is.Districts {
		x := DistrictIf{District: d.ID}
		var mine [stages][]Share
		for k := range stages {
			x.Uncovered[k], x.Late[k] = would.unserved(at[k].plan, i), round(at[k].plan.LateSlotDays[i])
			if k > AsItIs {
				x.Uncovered[k] += closed[d.ID]
			}
			asked := func(s int) bool { return d.DailyDemand[base.skills[s]] > 0 }
			x.Ahead[k] = forecast.Worst(ahead[k][i], asked)
			if len(x.Ahead[k].Middle) > 0 {
				x.Lead[k] = x.Ahead[k].Middle[0]
			}
		}
		for s, skill := range base.skills {
			if d.DailyDemand[skill] <= 0 {
				continue
			}
			g := GroupIf{Skill: skill}
			for k := range stages {
				g.Ahead[k] = ahead[k][i][s]
				g.Kept[k] = kept(g.Ahead[k], out.Limit[k], working)
				mine[k], all[k] = append(mine[k], g.Kept[k]), append(all[k], g.Kept[k])
			}
			x.Groups = append(x.Groups, g)
		}
		for k := range stages {
			x.Kept[k] = mean(mine[k])
		}
		out.Districts = append(out.Districts, x)
	}
	for k := range stages {
		out.Kept[k] = mean(all[k])
	}
	out.places(q, fork, would, at, shut)
	return out
}

func sameMoves[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// places are those touched; where another policy touches all, only those at which
// something would become of it.
func (out *Outcome) places(q WhatIf, fork *Fork, would *run, at [stages]planned, shut map[read.Place]int) {
	for _, p := range fork.Touched {
		c, known := would.centreAt[p.Centre]
		t := would.index(p.Day)
		if !known || t < 0 || t >= would.Horizon {
			continue
		}
		x := PlaceIf{Place: p, District: would.City.Centres[p.Centre].District}
		for k := range stages {
			x.Uncovered[k] = int(math.Round(at[k].plan.unserved[c][t]))
			if k > AsItIs {
				x.Uncovered[k] += shut[p]
			}
		}
		if q.Policy.Empty() || x.Uncovered[Hurt] != x.Uncovered[AsItIs] || x.Uncovered[Mended] != x.Uncovered[AsItIs] {
			out.Places = append(out.Places, x)
		}
	}
}
