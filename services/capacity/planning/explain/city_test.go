package explain

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

const (
	altona = iota
	bergedorf
	harburg
)

const (
	passports = iota
	licences
)

// friday is a day on which most is said to happen: 12 June 2026.
const friday = 11

// city is two weeks from Monday, 1 June 2026: three centres, each a district of
// its own, 20 minutes apart but for Harburg's 35 to Altona, appointments of half
// an hour, and nothing booked, asked for or at risk. hire adds people at home
// everywhere on all days with eight hours.
func city(people ...planning.Employee) *planning.Instance {
	const T = 14
	row := func(v int) []int {
		r := make([]int, T)
		for t := range r {
			r[t] = v
		}
		return r
	}
	in := &planning.Instance{Format: planning.Format, Name: "tiny", Horizon: T, Open: row(1), PromiseDays: 14, GoalDays: 10, MinLeadDays: 1,
		NoticeDays: 4, PublishedDays: T, MaxMovedPerWeek: 2, Skills: []string{"pass", "licence"}, SlotMinutes: []float64{30, 30},
		Districts: []string{"altona", "bergedorf", "harburg"},
		Centres:   []planning.Centre{{ID: "a", District: 0, Counters: 5}, {ID: "b", District: 1, Counters: 5}, {ID: "h", District: 2, Counters: 5}},
		Travel:    [][]int{{0, 20, 35}, {20, 0, 20}, {35, 20, 0}}, Staff: people, Weights: planning.DefaultWeights}
	for e := range people {
		in.Avail = append(in.Avail, row(480))
		in.Prev = append(in.Prev, row(people[e].Home))
		if people[e].Reach == nil {
			people[e].Reach = []int{0, 1, 2}
		}
	}
	for range in.Centres {
		in.Booked = append(in.Booked, [][]int{row(0), row(0)})
		in.Walkin = append(in.Walkin, [][]int{row(0), row(0)})
		in.DemandOwn = append(in.DemandOwn, [][]int{row(0), row(0)})
	}
	in.DemandAny = [][]int{row(0), row(0)}
	return in
}

func person(id string, home int, skills ...int) planning.Employee {
	return planning.Employee{ID: id, Home: home, Skills: skills}
}

// ill takes somebody out on the Friday.
func ill(in *planning.Instance, e int) { in.Avail[e][friday] = 0 }

// named calls things as a city does.
type named struct{ Names }

func namesOf(in *planning.Instance) Names { return named{wording.IDs(in)} }

func (named) Centre(c int) string   { return []string{"Altona", "Bergedorf", "Harburg"}[c] }
func (named) District(r int) string { return []string{"Altona", "Bergedorf", "Harburg"}[r] }
func (named) Skill(s int) Text {
	return []Text{{De: "Pässe", En: "passports"}, {De: "Führerscheine", En: "driving licences"}}[s]
}
func (named) Day(t int) Text { return wording.OnDate(day.Date(2026, 6, 1+t)) }

// moved is the previous plan with some people elsewhere on the Friday.
func moved(in *planning.Instance, to map[int]int) [][]int {
	x := in.Previous().X
	for e, c := range to {
		x[e][friday] = c
	}
	return x
}

func explained(t testing.TB, q Question) Explanation {
	t.Helper()
	if err := q.Instance.Validate(); err != nil {
		t.Fatal(err)
	}
	if q.Names == nil {
		q.Names = namesOf(q.Instance)
	}
	x, err := Explain(q)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
