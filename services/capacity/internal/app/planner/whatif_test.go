package planner_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

func ask(t interface {
	Helper()
	Fatal(...any)
}, with *Supposer, c *read.City, s Supposition) Outcome {
	t.Helper()
	out, err := with.Suppose(WhatIf{City: c, Supposition: s}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Whatever is asked that is as it is already, nothing is another, also where other
// questions came before.
func TestNoChangeIsNoDifference(t *testing.T) {
	with := NewSupposer()
	rapid.Check(t, func(rt *rapid.T) {
		left := rapid.SliceOfN(rapid.IntRange(0, 40), 60, 60).Draw(rt, "free")
		c := town(func(k id.Centre, t int) int { return left[t+30*(len(k)%2)%30] })
		if rapid.Bool().Draw(rt, "another question before") {
			ask(rt, with, c, Supposition{Demand: 1.4})
		}
		p := c.Policy
		var s Supposition
		if rapid.Bool().Draw(rt, "hours") {
			w := rapid.IntRange(1, 5).Draw(rt, "weekday")
			s.Hours = []HoursIf{{"west", weeks(monday, monday+28), map[int][]day.Span{w: span(8, 18)}, rapid.IntRange(0, 3).Draw(rt, "people")}}
		}
		if len(s.Hours) == 0 || rapid.Bool().Draw(rt, "policy") {
			s.Policy = PolicyIf{GoalDays: &p.GoalDays, LimitDays: &p.LimitDays, MaxTravel: &p.MaxTravelMinutes, MaxAwayWeek: &p.MaxDaysAwayPerWeek, WalkInShare: &p.WalkInShare,
				NoticeDays: &p.NoticeDays, Automatic: &GuardrailsIf{Enabled: &p.Automatic.Enabled}}
		}
		out := ask(rt, with, c, s)
		if out.Damage != 0 || out.Relief != 0 || out.Extra != 0 || out.Kept[AsItIs] != out.Kept[Hurt] || out.Kept[AsItIs] != out.Kept[Mended] || len(out.Moves) != len(out.Anyway) {
			rt.Fatalf("%+v", out)
		}
		for _, d := range out.Districts {
			for _, k := range []int{Hurt, Mended} {
				if d.Lead[k] != d.Lead[AsItIs] || d.Uncovered[k] != d.Uncovered[AsItIs] || d.Late[k] != d.Late[AsItIs] || !reflect.DeepEqual(d.Ahead[k], d.Ahead[AsItIs]) {
					rt.Fatalf("%s at stage %d: %+v", d.District, k, d)
				}
			}
		}
	})
}

func TestTheDaysAheadFollowWhatIsSupposed(t *testing.T) {
	c, with := town(half), NewSupposer()
	more := ask(t, with, c, Supposition{Demand: 2})
	if more.Days != 28 || more.From != monday || more.Kept[Hurt].Expected >= more.Kept[AsItIs].Expected || more.Damage <= 0 || more.Relief != 0 {
		t.Errorf("twice as much: %+v", more.Kept)
	}
	for _, d := range more.Districts {
		if d.Lead[Hurt] != d.Lead[AsItIs] {
			t.Errorf("more is asked for from now on, and today's lead time is another: %+v", d.Lead)
		}
		for _, g := range d.Groups {
			for k, b := range g.Ahead {
				for t0 := range b.Middle {
					if lo, mid := b.Low[t0], b.Middle[t0]; mid >= 0 && lo > mid || k == Hurt && shorter(mid, g.Ahead[AsItIs].Middle[t0]) {
						t.Fatalf("%s, stage %d, day %d: %d in a band from %d, as it is %d", d.District, k, t0, mid, lo, g.Ahead[AsItIs].Middle[t0])
					}
				}
				if g.Kept[k].Low > g.Kept[k].Expected || g.Kept[k].Expected > g.Kept[k].High {
					t.Errorf("share %+v", g.Kept[k])
				}
			}
		}
	}
	closed := ask(t, with, c, Supposition{Measures: []capacity.Measure{Closing(0, "west", weeks(monday+1, monday+6), nil)}})
	if d := closed.Districts[1]; d.Uncovered[Hurt] != 4*48 || d.Lead[Hurt] != 7 || d.Lead[AsItIs] != 1 || closed.Districts[0].Lead[Hurt] != 1 {
		t.Errorf("closed: %+v", d)
	}
	// As much is asked for as there is: two hours more of three people, every day, help.
	full := town(func(id.Centre, int) int { return 6 })
	long := map[int][]day.Span{}
	for w := 1; w <= 5; w++ {
		long[w] = span(8, 20)
	}
	double := ask(t, with, full, Supposition{Hours: []HoursIf{{"east", weeks(monday, monday+28), long, 0}, {"west", weeks(monday, monday+28), long, 0}}, Demand: 2})
	helped := ask(t, with, full, Supposition{Hours: []HoursIf{{"east", weeks(monday, monday+28), long, 3}, {"west", weeks(monday, monday+28), long, 3}}, Demand: 2})
	if double.Extra != 0 || helped.Extra != 19*6*120 || helped.Kept[Hurt].Expected <= double.Kept[Hurt].Expected {
		t.Errorf("nobody stays: %+v; three at each centre do, for %d minutes: %+v", double.Kept[Hurt], helped.Extra, helped.Kept[Hurt])
	}
}

// shorter: nothing on offer, -1, is the longest.
func shorter(a, b int) bool { return a >= 0 && (b < 0 || a < b) }

func TestAnotherPolicyIsAnotherPlan(t *testing.T) {
	c, with := town(half), NewSupposer()
	for _, e := range []id.Employee{"west-1", "west-2"} { // east has room, west misses two of three
		c = must(t, c, Supposition{Absent: []Absent{{e, weeks(monday+7, monday+12)}}}).City
	}
	far := 10
	out := ask(t, with, c, Supposition{Policy: PolicyIf{MaxTravel: &far}})
	if len(out.Anyway) == 0 || len(out.Moves) != 0 {
		t.Errorf("as it is %d moves, where nobody may go so far %d", len(out.Anyway), len(out.Moves))
	}
	days := 3
	out = ask(t, with, c, Supposition{Policy: PolicyIf{LimitDays: &days, GoalDays: &days}})
	if out.Limit != [3]int{14, 3, 3} || out.Kept[Hurt].Expected > out.Kept[AsItIs].Expected {
		t.Errorf("three days are promised: %v, kept %+v", out.Limit, out.Kept)
	}
	off := false
	out = ask(t, with, c, Supposition{Policy: PolicyIf{Automatic: &GuardrailsIf{Enabled: &off}}})
	if len(out.Moves) == 0 || len(out.Moves) != len(out.Anyway) || out.Approval != Review {
		t.Errorf("nothing is approved by itself: %d moves, %s", len(out.Moves), out.Approval)
	}
}
