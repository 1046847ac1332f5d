package explain

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*math.Max(1, math.Abs(b)) }

func ask(name string) Question {
	for _, s := range situations {
		if s.name == name {
			return s.ask()
		}
	}
	panic(name)
}

// What is sent from home within the published days costs 6 for being away, .2 a
// minute of travel and 4 for the change.
func sent(minutes int) float64 { return 6 + .2*float64(minutes) + 4 }

func TestOneIllByHand(t *testing.T) {
	x := explained(t, ask("one-ill"))
	if want := 8*200 - sent(20); !near(x.Gain, want) || !near(*x.Moves[0].Gain, want) || !near(x.Without.Points, want) || x.Without.Damage != 1600 {
		t.Errorf("gain %v, single %v, without %+v, want %v", x.Gain, *x.Moves[0].Gain, x.Without, want)
	}
	if want := (Split{Uncovered: 1600, Moves: -10, Changes: -4}); !near(x.Split.Minus(want).Sum(), 0) || !near(x.Split.Uncovered, 1600) || !near(x.Split.Moves, -10) {
		t.Errorf("split %+v, want %+v", x.Split, want)
	}
	m := x.Moves[0]
	if m.Employee != "ben" || m.From != "b" || m.To != "a" || m.Day != friday || m.TravelMinutes != 20 || m.AwayThisWeek != 1 {
		t.Errorf("%+v", m)
	}
	if b := x.Without.Uncovered; len(b) != 1 || b[0] != (Bare{"a", friday, 240, 8, 0, 0}) {
		t.Errorf("uncovered %+v", b)
	}
	if len(x.Rejected) != 2 || x.Rejected[0].Employee != "cem" || !near(x.Rejected[0].Points, 3) || x.Rejected[1].Employee != "dora" || x.Rejected[1].Rule != rule.Fixed {
		t.Errorf("rejected %+v: cem is 15 minutes of .2 points dearer, dora's day is fixed", x.Rejected)
	}
	if len(x.Unsolved) != 0 || len(x.Groups) != 0 || !x.Complete {
		t.Errorf("unsolved %+v, groups %+v", x.Unsolved, x.Groups)
	}
}

// A minimum by half hours from 8 to 18 in two shifts asks for four people: with
// two there one more brings nothing, two more do.
func TestTwoAreNeededForHalfHours(t *testing.T) {
	in := city(person("anna", altona, passports), person("ben", altona, passports), person("cem", bergedorf, passports), person("dora", harburg, passports))
	hours := make([]planning.Span, in.Horizon)
	hours[friday] = planning.Span{8 * 60, 18 * 60}
	in.Centres[altona].MinPresent, in.Centres[altona].Hours = 2, hours
	in.Booked[altona][passports][friday] = 60
	in.Shifts = []planning.Span{{8 * 60, 16*60 + 20}, {9*60 + 40, 18 * 60}}
	places := []planning.Spot{{Centre: altona, Day: friday}}
	x := explained(t, Question{Instance: in, After: in.Previous().X, Places: places})
	if len(x.Unsolved) != 1 || x.Unsolved[0].Heads != 1 || x.Unsolved[0].Reason != "move" ||
		!strings.Contains(x.Unsolved[0].Text.De, "Kämen cem von Bergedorf und dora von Harburg, so würde das die Mindestbesetzung sichern") {
		t.Errorf("%+v", x.Unsolved)
	}
	in.NoticeDays = in.Horizon
	x = explained(t, Question{Instance: in, After: in.Previous().X, Places: places})
	if u := x.Unsolved[0]; u.Reason != "rules" || len(u.Relax) != 1 || u.Relax[0].Rules[0] != rule.Notice || len(u.Relax[0].Employees) != 2 ||
		!near(*u.Relax[0].Gain, 2000-sent(20)-sent(35)) {
		t.Errorf("%+v", x.Unsolved)
	}
}

// Without ben ten passports are late on three days, with him two; a late day costs
// a point, a twentieth for the goal, and half a third for fairness among three
// districts.
func TestWaitingByHand(t *testing.T) {
	x := explained(t, waiting())
	each := 1 + .05 + .5/3
	if !near(x.Split.Promise, 24) || !near(x.Gain, 24*each-sent(20)) {
		t.Errorf("gain %v, split %+v", x.Gain, x.Split)
	}
	if l := x.Without.Late; len(l) != 1 || l[0] != (Late{"altona", 30, 6}) {
		t.Errorf("%+v", l)
	}
	if len(x.Worth) != 1 || x.Worth[0].Day != friday-2 || !near(x.Worth[0].Gain, 6*each) || !near(x.Worth[0].Price, 6*each) ||
		x.Worth[0].Text.En != "One more hour for passports in the Altona district on Wednesday, 10 June would spare citizens 6 days of waiting beyond 3 days." {
		t.Errorf("%+v", x.Worth)
	}
}

// A giver at its minimum is what stands in the way.
func TestGiverMinimumIsNamed(t *testing.T) {
	in := city(person("anna", altona, passports), person("ben", bergedorf, passports))
	in.Booked[altona][passports][friday] = 120
	in.Centres[bergedorf].MinStaff = 1
	ill(in, 0)
	x := explained(t, Question{Instance: in, After: in.Previous().X, Places: atAltona})
	if u := x.Unsolved[0]; u.Reason != "rules" || len(u.Relax) != 1 || u.Relax[0].Rules[0] != rule.Minimum || !near(*u.Relax[0].Gain, 800-sent(20)) {
		t.Errorf("%+v", u)
	}
}

// Days away are told once they are many.
func TestDaysAwayAreCounted(t *testing.T) {
	q := ask("one-ill")
	most := 20
	q.Instance.Staff[1].MaxAwayPerHalfYear, q.Instance.Staff[1].AwayDays = &most, []int{-300, -9, -8, -7, -6, -5, -4, -3, -2, -1, -20, -21, -22}
	m := explained(t, q).Moves[0]
	if m.AwayHalfYear != 13 || m.AwayThisWeek != 1 || !strings.Contains(m.Text.En, "the 13th day away in half a year") || !strings.Contains(m.Text.De, "der 13. Tag") {
		t.Errorf("%+v", m)
	}
}

func TestExchangeByHand(t *testing.T) {
	x := explained(t, ask("exchange"))
	together, each := 16*200-2*sent(20), 2000+8*200-sent(20)
	if !near(x.Gain, together) || len(x.Groups) != 1 || !near(x.Groups[0].Gain, together) || !near(x.Groups[0].Sum, 2*each) {
		t.Errorf("gain %v, groups %+v, want %v together and twice %v", x.Gain, x.Groups, together, each)
	}
}

func TestNothingHelpsByHand(t *testing.T) {
	x := explained(t, ask("nothing-helps"))
	if len(x.Unsolved) != 1 {
		t.Fatalf("%+v", x.Unsolved)
	}
	u := x.Unsolved[0]
	if u.Minutes != 120 || u.Appointments != 4 || !near(u.Points, 800) || u.Reason != "rules" || len(u.Relax) != 1 {
		t.Fatalf("%+v", u)
	}
	// dora would have to break two rules: cem's one is the smallest set.
	if r := u.Relax[0]; len(r.Rules) != 1 || r.Rules[0] != rule.Notice || len(r.Employees) != 1 || r.Employees[0] != "cem" || !near(*r.Gain, 800-sent(35)) {
		t.Errorf("%+v", r)
	}
	if len(x.Worth) != 1 || !near(x.Worth[0].Gain, 400) || !near(x.Worth[0].Price, 400) || x.Worth[0].Skills[0] != "pass" {
		t.Errorf("%+v", x.Worth)
	}
}

// Without cem it takes two rules, and a person out of reach is priced by what
// they could do there.
func TestTwoRulesByHand(t *testing.T) {
	q := ask("nothing-helps")
	q.Instance.Staff[2].Skills = []int{licences}
	q.Instance.Staff[3].Skills = []int{passports, licences}
	x := explained(t, q)
	u := x.Unsolved[0]
	if u.Reason != "rules" || len(u.Relax) != 1 || len(u.Relax[0].Rules) != 2 || u.Relax[0].Rules[0] != rule.Notice || u.Relax[0].Rules[1] != rule.Reach ||
		u.Relax[0].Employees[0] != "dora" || !near(*u.Relax[0].Gain, 800-sent(35)) {
		t.Errorf("%+v", u)
	}
	if !strings.Contains(u.Text.En, "Without them, dora from Harburg could come and cover 4 booked appointments") {
		t.Error(u.Text.En)
	}
}

func TestReasons(t *testing.T) {
	never := false
	for _, c := range []struct {
		reason string
		edit   func(q *Question)
		want   string
	}{
		{"skill", func(q *Question) {
			for e := range q.Instance.Staff {
				q.Instance.Staff[e].Skills = []int{licences}
			}
		}, "has the skill for passports"},
		{"nobody", func(q *Question) {
			for e := range q.Instance.Staff {
				q.Instance.Avail[e][friday] = 0
			}
			q.Instance.Booked[bergedorf][passports][friday] = 0
		}, "Nobody else is on duty"},
		{"law", func(q *Question) { q.Instance.Staff[2].Deployable, q.Instance.Staff[3].Deployable = &never, &never }, "Others who could help may not come: The person cannot be sent"},
		{"dearer", func(q *Question) {
			q.Instance.Avail[2][friday], q.Instance.Avail[3][friday] = 0, 0
		}, "needed more elsewhere. The first choice would be ben from Bergedorf"},
		{"move", func(q *Question) { q.Instance.Booked[bergedorf][passports][friday] = 0 }, "the plan at hand does not use that"},
		{"time", func(q *Question) { q.Stop = func() bool { return true } }, "not looked into completely"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			q := ask("nothing-helps")
			c.edit(&q)
			q.After = q.Instance.Previous().X
			x := explained(t, q)
			if len(x.Unsolved) != 1 || x.Unsolved[0].Reason != c.reason || !strings.Contains(x.Unsolved[0].Text.En, c.want) {
				t.Errorf("%+v", x.Unsolved)
			}
			if x.Complete != (c.reason != "time") {
				t.Errorf("complete is %v", x.Complete)
			}
		})
	}
}

func TestUnchangedPlanSaysSo(t *testing.T) {
	in := city(person("anna", altona, passports))
	x := explained(t, Question{Instance: in, After: in.Previous().X})
	if x.Gain != 0 || len(x.Moves)+len(x.Groups)+len(x.Rejected)+len(x.Unsolved)+len(x.Worth)+len(x.Without.Text)+len(x.Without.Uncovered) != 0 {
		t.Errorf("%+v", x)
	}
	for _, language := range []string{"de", "en"} {
		if lines := x.Lines(language, 0); len(lines) != 1 || !strings.Contains(lines[0], map[string]string{"de": "bleibt, wie er ist", "en": "stays as it is"}[language]) {
			t.Errorf("%q", lines)
		}
	}
}

// People's own rules and what is known of single moments are in the price.
func TestPersonalRulesAndMoments(t *testing.T) {
	q := ask("one-ill")
	q.Instance.Weights.Personal = 3
	q.Instance.Staff[1].AwayDays = []int{-3, -2} // the third day away costs twice the price
	x := explained(t, q)
	if !near(x.Moves[0].Split.Personal, -6) || !near(*x.Moves[0].Gain, 1600-sent(20)-6) {
		t.Errorf("%+v", x.Moves[0])
	}
	if x.Rejected[0].Employee != "cem" || !near(x.Rejected[0].Points, 3-6) || !strings.Contains(x.Rejected[0].Text.En, "cem from Harburg would be even better than ben") {
		t.Errorf("%+v", x.Rejected[0])
	}

	q = ask("one-ill")
	in := q.Instance
	in.Uncovered = [][][]int{}
	for range in.Centres {
		in.Uncovered = append(in.Uncovered, [][]int{make([]int, in.Horizon), make([]int, in.Horizon)})
	}
	in.Uncovered[bergedorf][licences][friday] = 60 // dora is there, yet not at the moment
	x = explained(t, q)
	if !near(x.Split.Uncovered, 1600) {
		t.Errorf("%+v", x.Split)
	}
	if len(x.Unsolved) != 0 {
		t.Errorf("Bergedorf was not asked about: %+v", x.Unsolved)
	}
	q.Places = []planning.Spot{{Centre: bergedorf, Day: friday}}
	x = explained(t, q)
	if len(x.Unsolved) != 1 || x.Unsolved[0].Minutes != 60 || !near(x.Unsolved[0].Points, 400) {
		t.Errorf("%+v", x.Unsolved)
	}
}

// scattered sends some people somewhere within reach.
func scattered(in *planning.Instance, seed uint64, moves int) [][]int {
	d, x := rand.New(rand.NewPCG(seed, 1)), in.Previous().X
	for moves > 0 {
		e, t := d.IntN(len(in.Staff)), in.NoticeDays+d.IntN(in.Horizon-in.NoticeDays)
		if c := in.Staff[e].Reach[d.IntN(len(in.Staff[e].Reach))]; in.Avail[e][t] > 0 && c != x[e][t] {
			x[e][t] = c
			moves--
		}
	}
	return x
}

// Every figure is a difference of exact prices: splits sum to gains, all moves
// together are the difference of the plans, each alone that to the plan without
// it.
func TestGainsAreDifferencesOfPrices(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for _, name := range []string{"small-1", "small-4", "medium-1"} {
		in := planningtest.Load(t, name)
		price := func(x [][]int) float64 {
			r, err := flow.Evaluate(in, planning.Plan{X: x})
			if err != nil {
				t.Fatal(err)
			}
			return r.Objective
		}
		for seed := range uint64(3) {
			after := scattered(in, seed, 8)
			x := explained(t, Question{Instance: in, After: after, Names: wording.IDs(in)})
			before, with := price(in.Previous().X), price(after)
			// flow.Evaluate is exact to 1e-7 of the objective.
			tolerance := 3e-7 * math.Max(before, with)
			if math.Abs(x.Gain-(before-with)) > tolerance || !near(x.Split.Sum(), x.Gain) {
				t.Errorf("%s seed %d: gain %v, split %v, prices differ by %v", name, seed, x.Gain, x.Split.Sum(), before-with)
			}
			if len(x.Moves) < 6 {
				t.Errorf("%s seed %d: %d moves", name, seed, len(x.Moves))
			}
			for i, s := range between(in.Previous().X, after) {
				m := x.Moves[i]
				if !near(m.Split.Sum(), *m.Gain) {
					t.Errorf("%s seed %d: split %v, gain %v", name, seed, m.Split.Sum(), *m.Gain)
				}
				after[s.E][s.T] = s.From
				if want := price(after) - with; math.Abs(*m.Gain-want) > tolerance {
					t.Errorf("%s seed %d: %s gains %v, priced anew %v", name, seed, m.Employee, *m.Gain, want)
				}
				after[s.E][s.T] = s.To
			}
			for _, w := range x.Worth {
				if w.Gain > w.Price+1e-3 || !near(w.Split.Sum(), w.Gain) {
					t.Errorf("%s seed %d: an hour gains %v, priced %v", name, seed, w.Gain, w.Price)
				}
			}
		}
	}
}

// A warm network answers like a cold one, and is given back as it was.
func TestWarmNetworkIsGivenBack(t *testing.T) {
	in := planningtest.Load(t, "small-1")
	after := scattered(in, 7, 6)
	cold := explained(t, Question{Instance: in, After: after, Names: wording.IDs(in)})
	for _, at := range [][][]int{nil, scattered(in, 9, 4)} {
		w, err := flow.New(in)
		if err != nil {
			t.Fatal(err)
		}
		stands := at
		if stands == nil {
			stands = after
		}
		w.Staff(stands)
		if err := w.Optimise(); err != nil {
			t.Fatal(err)
		}
		units, multipliers := w.Units(), w.Multipliers()
		worth := make([]int64, w.C*w.K*w.T)
		w.Worths(worth)
		warm := explained(t, Question{Network: w, Instance: in, At: at, After: after, Names: wording.IDs(in)})
		if !near(warm.Gain, cold.Gain) || warm.Headline != cold.Headline || len(warm.Unsolved) != len(cold.Unsolved) {
			t.Errorf("warm %v %q, cold %v %q", warm.Gain, warm.Headline.En, cold.Gain, cold.Headline.En)
		}
		again := make([]int64, len(worth))
		w.Worths(again)
		for i := range worth {
			if worth[i] != again[i] {
				t.Fatalf("price %d was %d, is %d", i, worth[i], again[i])
			}
		}
		for r, m := range w.Multipliers() {
			if m != multipliers[r] || w.Units() != units {
				t.Errorf("multiplier %d was %v, is %v; cost was %d, is %d", r, multipliers[r], m, units, w.Units())
			}
		}
	}
}

func TestSameQuestionSameAnswer(t *testing.T) {
	in := planningtest.Load(t, "small-3")
	q := Question{Instance: in, After: scattered(in, 3, 10), Names: wording.IDs(in)}
	one, err := json.Marshal(explained(t, q))
	if err != nil {
		t.Fatal(err)
	}
	two, err := json.Marshal(explained(t, q))
	if err != nil || string(one) != string(two) {
		t.Errorf("%v\n%s\n%s", err, one, two)
	}
}

// Odd instances are explained too.
func TestOddInstances(t *testing.T) {
	nobody := city()
	nobody.Booked[altona][passports][friday] = 30
	x := explained(t, Question{Instance: nobody, After: [][]int{}})
	if len(x.Unsolved) != 1 || x.Unsolved[0].Reason != "nobody" || len(x.Worth) != 1 || x.Worth[0].Minutes != 30 ||
		!strings.HasPrefix(x.Worth[0].Text.De, "Eine weitere halbe Stunde für Pässe am Standort Altona") {
		t.Errorf("%+v", x)
	}
	closed := city(person("anna", altona, passports))
	for d := range closed.Open {
		closed.Open[d] = 0
	}
	x = explained(t, Question{Instance: closed, After: closed.Previous().X})
	if len(x.Unsolved)+len(x.Worth) != 0 || !strings.Contains(x.Headline.En, "stays as it is") {
		t.Errorf("%+v", x)
	}
}

// A plan that is worse is called so, and too many items are cut.
func TestWorsePlanAndShortLists(t *testing.T) {
	in := city(person("anna", altona, passports), person("ben", bergedorf, passports))
	after := in.Previous().X
	for d := 7; d < 9; d++ {
		after[0][d], after[1][d] = harburg, harburg
	}
	x := explained(t, Question{Instance: in, After: after})
	if x.Gain >= 0 || !strings.Contains(x.Headline.En, "4 moves change the plan without making it better") ||
		!strings.Contains(x.Moves[0].Text.De, "Für sich allein bringt das nichts") {
		t.Errorf("%+v", x)
	}
	if lines := strings.Join(x.Lines("en", 3), "\n"); !strings.Contains(lines, "  3. ") || strings.Contains(lines, "  4. ") || !strings.Contains(lines, "  and 1 more") {
		t.Error(lines)
	}
}

func TestWrongQuestions(t *testing.T) {
	in := city(person("anna", altona, passports))
	x := in.Previous().X
	other := city(person("anna", altona, passports))
	other.Avail[0][3] = 7
	w, err := flow.New(other)
	if err != nil {
		t.Fatal(err)
	}
	bad := in.Previous().X
	bad[0][2] = planning.Nowhere
	for _, c := range []struct {
		q    Question
		want string
	}{
		{Question{}, "instance is missing"},
		{Question{Instance: in}, "after has 0 people: give a row for each of the 1"},
		{Question{Instance: in, After: [][]int{{0}}}, "after[0] has 1 days: give 14"},
		{Question{Instance: in, After: bad}, "after[0][2] is -1 with 480 minutes present"},
		{Question{Instance: in, Before: bad, After: x}, "before[0][2] is -1"},
		{Question{Instance: in, After: x, Network: w}, "avail[0] differs"},
		{Question{Instance: in, After: x, Places: []planning.Spot{{Centre: 3}}}, "places[0] is centre 3"},
		{Question{Instance: in, After: x, Lead: []Lead{{District: 9}}}, "lead[0].district is 9"},
	} {
		if _, err := Explain(c.q); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
