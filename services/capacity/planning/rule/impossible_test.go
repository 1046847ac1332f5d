package rule_test

import (
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// town is a small instance of two weeks: two districts with a centre each, 20
// minutes apart, skills id and pass; persons 0 and 1 at the first know both, 2 at
// the second knows id.
func town(edit func(in *planning.Instance)) *planning.Instance {
	const T = 14
	days := func(v int) []int { return slices.Repeat([]int{v}, T) }
	week := slices.Repeat([]int{1, 1, 1, 1, 1, 0, 0}, 2)
	in := &planning.Instance{Format: planning.Format, Name: "town", Horizon: T, Open: week, PromiseDays: 3, GoalDays: 2, MinLeadDays: 1,
		NoticeDays: 4, PublishedDays: 7, MaxMovedPerWeek: 5, Skills: []string{"id", "pass"}, SlotMinutes: []float64{10, 20},
		Districts: []string{"Altona", "Mitte"}, Centres: []planning.Centre{{ID: "a", Counters: 9, MinStaff: 1}, {ID: "b", District: 1, Counters: 9, MinStaff: 1}},
		Travel: [][]int{{0, 20}, {20, 0}}, Staff: []planning.Employee{{ID: "e0", Skills: []int{0, 1}, Reach: []int{0, 1}},
			{ID: "e1", Skills: []int{0, 1}, Reach: []int{0}}, {ID: "e2", Home: 1, Skills: []int{0}, Reach: []int{0, 1}}},
		DemandAny: [][]int{days(0), days(0)}, Weights: planning.DefaultWeights}
	for range in.Staff {
		in.Avail = append(in.Avail, slices.Repeat([]int{400, 400, 400, 400, 400, 0, 0}, 2))
	}
	in.Prev = [][]int{days(0), days(0), days(1)}
	for range in.Centres {
		in.Booked = append(in.Booked, [][]int{days(0), days(0)})
		in.Walkin = append(in.Walkin, [][]int{days(0), days(0)})
		in.DemandOwn = append(in.DemandOwn, [][]int{days(0), days(0)})
	}
	if edit != nil {
		edit(in)
	}
	return in
}

func TestImpossible(t *testing.T) {
	for _, c := range []struct {
		what string
		edit func(in *planning.Instance)
		want []rule.Impossibility // sentences apart
	}{
		{"nothing", nil, nil},
		{"a minimum that only a move mends", func(in *planning.Instance) { in.Centres[1].MinStaff = 2; in.NoticeDays = 0 }, nil},
		{"a minimum above everybody who may come", func(in *planning.Instance) {
			in.Centres[1].MinStaff, in.NoticeDays = 3, 0
			in.Open = make([]int, 14)
			in.Open[8] = 1
		}, []rule.Impossibility{{Centre: 1, District: -1, Day: 8, Skill: -1, Heads: 1, Points: 2000, Rules: []rule.Name{rule.Reach}}}},
		{"below the notice", func(in *planning.Instance) {
			in.Centres[1].MinStaff = 2
			in.Open = make([]int, 14)
			in.Open[3] = 1
		}, []rule.Impossibility{{Centre: 1, District: -1, Day: 3, Skill: -1, Heads: 1, Points: 2000, Rules: []rule.Name{rule.Notice}}}},
		{"two minima, each of which can be had", func(in *planning.Instance) {
			in.Centres[0].MinStaff, in.Centres[1].MinStaff, in.NoticeDays = 2, 2, 0
			in.Open = make([]int, 14)
			in.Open[8] = 1
		}, []rule.Impossibility{{Centre: -1, District: -1, Day: 8, Skill: -1, Heads: 1, Points: 2000, Rules: []rule.Name{rule.Reach}}}},
		{"two minima, and one above everybody", func(in *planning.Instance) {
			in.Centres[0].MinStaff, in.Centres[1].MinStaff, in.NoticeDays = 1, 4, 0
			in.Open = make([]int, 14)
			in.Open[8] = 1
		}, []rule.Impossibility{{Centre: 1, District: -1, Day: 8, Skill: -1, Heads: 2, Points: 4000, Rules: []rule.Name{rule.Reach}}}},
		{"booked for a skill that nobody may bring", func(in *planning.Instance) { in.Booked[1][1][1] = 100 },
			[]rule.Impossibility{{Centre: 1, District: -1, Day: 1, Skill: 1, Minutes: 100, Points: 1000, Rules: []rule.Name{rule.Notice}}}},
		{"booked for a skill that somebody may bring", func(in *planning.Instance) { in.Booked[1][1][8] = 100 }, nil},
		{"more booked than everybody's minutes", func(in *planning.Instance) { in.Booked[1][1][8], in.Booked[1][0][8] = 300, 600 },
			[]rule.Impossibility{{Centre: 1, District: -1, Day: 8, Skill: 1, Minutes: 100, Points: 1000, Rules: []rule.Name{rule.Reach}}}},
		{"booked on a closed day", func(in *planning.Instance) { in.Booked[0][0][5] = 50 },
			[]rule.Impossibility{{Centre: 0, District: -1, Day: 5, Skill: 0, Minutes: 50, Points: 1000, Rules: []rule.Name{rule.Open}}}},
		{"no staff", func(in *planning.Instance) {
			in.Staff, in.Avail, in.Prev = nil, nil, nil
			in.Open = make([]int, 14)
			in.Open[0], in.Booked[0][0][0] = 1, 10
		}, []rule.Impossibility{
			{Centre: 0, District: -1, Day: 0, Skill: -1, Heads: 1, Points: 2000},
			{Centre: 1, District: -1, Day: 0, Skill: -1, Heads: 1, Points: 2000},
			{Centre: 0, District: -1, Day: 0, Skill: 0, Minutes: 10, Points: 200}}},
		// Requests of day 1 are due by day 4 and wait until day 13: 10 days late
		// against the promise, 11 against the goal.
		{"requests for what nobody knows", func(in *planning.Instance) {
			in.DemandOwn[0][1][1] = 40
			for e := range in.Staff {
				in.Staff[e].Skills = []int{0}
			}
		}, []rule.Impossibility{{Centre: -1, District: 0, Day: -1, Skill: 1, Minutes: 40, Points: 2 * (10 + 11*.05), Rules: []rule.Name{rule.Skills}}}},
		{"booked for what nobody knows", func(in *planning.Instance) {
			in.Booked[0][1][1] = 40
			in.Staff[0].Skills, in.Staff[1].Skills = []int{0}, nil
		}, []rule.Impossibility{{Centre: 0, District: -1, Day: 1, Skill: 1, Minutes: 40, Points: 400, Rules: []rule.Name{rule.Skills}}}},
		// Asked on Friday of a city that is open again on Monday week: due on
		// Monday, served seven days late, eight against the goal.
		{"a week without open days", func(in *planning.Instance) {
			in.Weekday0 = 4
			in.Open = []int{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1}
			for e := range in.Avail {
				in.Avail[e] = slices.Repeat([]int{400}, 14)
			}
			in.DemandAny[0][0] = 20
		}, []rule.Impossibility{{Centre: -1, District: -1, Day: -1, Skill: 0, Points: 2 * (7 + 8*.05),
			Rules: []rule.Name{rule.Open, rule.Reach, rule.Notice}}}},
		// 1,000 minutes asked on day 8, two people with 800 on day 9.
		{"more requests than all can serve in time", func(in *planning.Instance) {
			in.PromiseDays, in.GoalDays = 1, 1
			in.DemandOwn[0][1][8] = 1000
		}, []rule.Impossibility{{Centre: -1, District: 0, Day: -1, Skill: 1, Points: 10 * 1.05, Rules: []rule.Name{rule.Open}}}},
	} {
		in := town(c.edit)
		if err := in.Validate(); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		got := rule.Impossible(in)
		for i := range got {
			if !strings.HasSuffix(got[i].De, ".") || !strings.HasSuffix(got[i].En, ".") || got[i].De == got[i].En {
				t.Errorf("%s: %q %q", c.what, got[i].De, got[i].En)
			}
			got[i].De, got[i].En = "", ""
		}
		same := slices.EqualFunc(got, c.want, func(a, b rule.Impossibility) bool {
			near := a.Points-b.Points < 1e-9 && b.Points-a.Points < 1e-9
			return near && a.Centre == b.Centre && a.District == b.District && a.Day == b.Day && a.Skill == b.Skill && a.Minutes == b.Minutes &&
				a.Heads == b.Heads && slices.Equal(a.Rules, b.Rules)
		})
		if !same {
			t.Errorf("%s:\n%+v, want\n%+v", c.what, got, c.want)
		}
	}
}

func TestImpossibleSentences(t *testing.T) {
	in := town(func(in *planning.Instance) {
		in.Centres[1].MinStaff = 2
		in.Open = make([]int, 14)
		in.Open[3] = 1
	})
	got := rule.Impossible(in)
	if len(got) != 1 || got[0].De != "Am Standort b fehlt am 4. Tag (Donnerstag) mindestens eine Person, auch wenn alle kommen, die kommen dürfen." ||
		got[0].En != "Centre b is at least one person short on day 4 (Thursday), even if everybody comes who may." {
		t.Errorf("%+v", got)
	}
}

func TestRivalsAreNamed(t *testing.T) {
	in := town(func(in *planning.Instance) {
		in.Centres[0].MinStaff, in.Centres[1].MinStaff, in.NoticeDays = 2, 2, 0
		in.Open = make([]int, 14)
		in.Open[8] = 1
	})
	got := rule.Impossible(in)
	if len(got) != 1 || got[0].De != "Die Standorte a und b brauchen am 9. Tag (Dienstag) zusammen mindestens eine Person mehr, als dort insgesamt arbeiten dürfen." ||
		got[0].En != "Centres a and b together need at least one person more on day 9 (Tuesday) than may work there in all." {
		t.Errorf("%+v", got)
	}
}

// What is impossible costs at least its points in every plan that keeps the
// rules of person and day.
func TestImpossibleIsALowerBound(t *testing.T) {
	dice, found := rand.New(rand.NewSource(3)), 0
	for range 150 {
		in := town(func(in *planning.Instance) {
			in.NoticeDays = dice.Intn(10)
			for c := range in.Centres {
				in.Centres[c].MinStaff = dice.Intn(4)
				for s := range in.Skills {
					for t := range in.Horizon {
						if in.Open[t] != 0 {
							in.Booked[c][s][t] = dice.Intn(3) * dice.Intn(300)
						}
						in.DemandOwn[c][s][t] = dice.Intn(3) * dice.Intn(300)
					}
				}
			}
			in.Staff[dice.Intn(3)].Skills = []int{dice.Intn(2)}
		})
		if err := in.Validate(); err != nil {
			t.Fatal(err)
		}
		least := 0.0
		for _, x := range rule.Impossible(in) {
			least += x.Points
			found++
		}
		b := rule.New(in)
		for range 4 {
			p := in.Previous()
			for e := range p.X {
				for day, c := range p.X[e] {
					b.PlacesOf(e, day, func(o int) {
						if dice.Intn(2) == 0 {
							c = o
						}
					})
					p.X[e][day] = c
				}
			}
			r, err := flow.Evaluate(in, p)
			if err != nil {
				t.Fatal(err)
			}
			if r.Objective < least-1e-6 {
				t.Fatalf("a plan costs %.4f, the impossible alone %.4f", r.Objective, least)
			}
		}
	}
	if found < 300 {
		t.Errorf("only %d impossible parts seen", found)
	}
}

func TestImpossibleInPublishedInstances(t *testing.T) {
	for _, name := range planningtest.Published(t) {
		in := planningtest.Load(t, name)
		b := rule.New(in)
		for _, x := range rule.Impossible(in) {
			if x.Heads == 0 {
				continue
			}
			may := 0
			for e := range in.Staff {
				if in.Avail[e][x.Day] > 0 && b.Place(e, x.Day, x.Centre) == "" {
					may++
				}
			}
			if in.Centres[x.Centre].MinStaff-may != x.Heads {
				t.Errorf("%s: %+v, %d may be there", name, x, may)
			}
		}
	}
}

// Many may read a book at once, and all read the same.
func TestABookIsReadByMany(t *testing.T) {
	in := planningtest.Furnish(planningtest.Load(t, "medium-1"))
	if err := in.Validate(); err != nil {
		t.Fatal(err)
	}
	b := rule.New(in)
	p := in.Previous()
	read := func() (sum float64) {
		for c := range in.Centres {
			for day := range in.Horizon {
				var here []int
				for e := range in.Staff {
					if p.X[e][day] == c {
						here = append(here, e)
					}
				}
				sum += float64(b.Missing(c, day, here) + b.Over(c, day, here))
			}
		}
		for e := range in.Staff {
			points, broken := b.Row(e, p.X[e])
			sum += points + float64(len(broken)) + float64(len(b.Place(e, e%in.Horizon, 0)))
		}
		return sum
	}
	want := read()
	if want == 0 {
		t.Fatal("nothing is missing or priced")
	}
	got := make(chan float64)
	for range 4 {
		go func() { got <- read() }()
	}
	for range 4 {
		if v := <-got; v != want {
			t.Errorf("read %v, alone %v", v, want)
		}
	}
}

func BenchmarkHamburg(b *testing.B) {
	in := planningtest.Load(b, "hamburg-1")
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			rule.New(in)
		}
	})
	b.Run("impossible", func(b *testing.B) {
		for b.Loop() {
			rule.Impossible(in)
		}
	})
	planningtest.Furnish(in)
	book, p, e := rule.New(in), in.Previous(), 0
	var here []int
	for e := range in.Staff {
		if p.X[e][7] == 3 {
			here = append(here, e)
		}
	}
	for t := 8; t < 50; t += 7 {
		for e := range in.Staff {
			if p.X[e][t] >= 0 {
				p.X[e][t] = in.Staff[e].Reach[0]
			}
		}
	}
	b.Run("new-furnished", func(b *testing.B) {
		for b.Loop() {
			rule.New(in)
		}
	})
	b.Run("row-furnished", func(b *testing.B) {
		for b.Loop() {
			book.Row(e, p.X[e])
			e = (e + 1) % len(in.Staff)
		}
	})
	b.Run("missing-furnished", func(b *testing.B) {
		for b.Loop() {
			book.Missing(3, 7, here)
		}
	})
	b.Run("over-furnished", func(b *testing.B) {
		for b.Loop() {
			book.Over(3, 7, here)
		}
	})
}
