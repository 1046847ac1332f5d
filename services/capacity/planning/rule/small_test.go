package rule

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// city is a valid instance of 28 days from a Monday: three centres in a row,
// twenty and thirty minutes apart, one district, two skills, four people. Person
// 0 is ordinary, 1 mobile, 2 a volunteer, 3 at the last centre. All are at home
// every day, and nothing has been decided.
func city(edit func(in *planning.Instance)) *planning.Instance {
	const T = 28
	days := func(v int) []int {
		row := make([]int, T)
		for t := range row {
			row[t] = v
		}
		return row
	}
	in := &planning.Instance{Format: planning.Format, Name: "city", Horizon: T, Open: days(1), PromiseDays: 14, GoalDays: 10, MinLeadDays: 1,
		NoticeDays: 2, PublishedDays: 14, MaxMovedPerWeek: 2, Skills: []string{"id", "pass"}, SlotMinutes: []float64{10, 15},
		Districts: []string{"d"}, Centres: []planning.Centre{
			{ID: "a", Counters: 3, MinStaff: 1}, {ID: "b", Counters: 3, MinStaff: 1}, {ID: "c", Counters: 3}},
		Travel: [][]int{{0, 20, 30}, {20, 0, 30}, {30, 30, 0}},
		Staff: []planning.Employee{
			{ID: "e0", Skills: []int{0, 1}, Reach: []int{0, 1, 2}},
			{ID: "e1", Skills: []int{0}, Reach: []int{0, 1, 2}, Mobile: true},
			{ID: "e2", Skills: []int{0}, Reach: []int{0, 1}, Volunteer: true},
			{ID: "e3", Home: 2, Skills: []int{1}, Reach: []int{1, 2}}},
		DemandAny: [][]int{days(0), days(0)}, DemandOwn: [][][]int{{days(60), days(0)}}, Weights: planning.DefaultWeights}
	for e := range in.Staff {
		in.Avail = append(in.Avail, days(400))
		in.Prev = append(in.Prev, days(in.Staff[e].Home))
	}
	for range in.Centres {
		in.Booked = append(in.Booked, [][]int{days(0), days(0)})
		in.Walkin = append(in.Walkin, [][]int{days(0), days(0)})
	}
	if edit != nil {
		edit(in)
	}
	return in
}

// valid fails where a test's instance is none.
func valid(t testing.TB, in *planning.Instance) *planning.Instance {
	t.Helper()
	if err := in.Validate(); err != nil {
		t.Fatal(err)
	}
	return in
}

// duties gives everybody the same duty on every day.
func duties(in *planning.Instance, from, to int) {
	in.Duties = nil
	for range in.Staff {
		row := make([]planning.Span, in.Horizon)
		for t := range row {
			row[t] = planning.Span{from, to}
		}
		in.Duties = append(in.Duties, row)
	}
}

// row is a person's previous row with some days at another centre.
func rowOf(in *planning.Instance, e, c int, days ...int) []int {
	row := append([]int(nil), in.Previous().X[e]...)
	for _, t := range days {
		row[t] = c
	}
	return row
}

// lasting repeats an instance's days until there are so many.
func lasting(in *planning.Instance, days int) *planning.Instance {
	row := func(v []int) []int {
		long := make([]int, days)
		for t := range long {
			long[t] = v[t%in.Horizon]
		}
		return long
	}
	rows := func(m [][]int) {
		for i := range m {
			m[i] = row(m[i])
		}
	}
	in.Open = row(in.Open)
	rows(in.Avail)
	rows(in.Prev)
	rows(in.DemandAny)
	for _, cube := range [][][][]int{in.DemandOwn, in.Booked, in.Walkin} {
		for _, m := range cube {
			rows(m)
		}
	}
	in.Horizon = days
	return in
}
