package planning

import (
	"encoding/json"
	"errors"
	"os"
	"testing"
)

func load(t testing.TB, name string) *Instance {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	in, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// tiny: two centres of one district, three persons each at most, two days.
func tiny(edit func(*Instance)) *Instance {
	in := &Instance{Format: Format, Horizon: 2, Open: []int{1, 1}, PromiseDays: 2, GoalDays: 1, PublishedDays: 2, MaxMovedPerWeek: 1,
		Skills: []string{"id"}, SlotMinutes: []float64{10}, Districts: []string{"d"},
		Centres: []Centre{{ID: "a", Counters: 3, MinStaff: 1}, {ID: "b", Counters: 3, MinStaff: 0}},
		Travel:  [][]int{{0, 10}, {10, 0}},
		Staff: []Employee{{ID: "p", Skills: []int{0}, Reach: []int{0, 1}}, {ID: "q", Skills: []int{0}, Reach: []int{0, 1}},
			{ID: "r", Home: 1, Skills: []int{0}, Reach: []int{1}}},
		Avail: [][]int{{100, 100}, {100, 100}, {0, 100}}, Prev: [][]int{{0, 0}, {0, 0}, {1, 1}},
		Booked: [][][]int{{{50, 50}}, {{80, 0}}}, Walkin: [][][]int{{{0, 0}}, {{0, 0}}},
		DemandOwn: [][][]int{{{0, 0}}}, DemandAny: [][]int{{0, 0}}, Weights: DefaultWeights}
	if edit != nil {
		edit(in)
	}
	return in
}

func TestValidateNamesThePath(t *testing.T) {
	for path, edit := range map[string]func(*Instance){
		"format":                 func(in *Instance) { in.Format = "x" },
		"horizon":                func(in *Instance) { in.Horizon = 0 },
		"open":                   func(in *Instance) { in.Open = nil },
		"skills":                 func(in *Instance) { in.Skills = nil },
		"slot_minutes[0]":        func(in *Instance) { in.SlotMinutes[0] = 0 },
		"centres[1].district":    func(in *Instance) { in.Centres[1].District = 1 },
		"staff[2].home":          func(in *Instance) { in.Staff[2].Home = -1 },
		"staff[0].skills[0]":     func(in *Instance) { in.Staff[0].Skills[0] = 9 },
		"staff[0].reach[1]":      func(in *Instance) { in.Staff[0].Reach[1] = 9 },
		"avail[1][1]":            func(in *Instance) { in.Avail[1][1] = -5 },
		"prev[0][1]":             func(in *Instance) { in.Prev[0][1] = 7 },
		"booked[0][0][1]":        func(in *Instance) { in.Booked[0][0][1] = -1 },
		"travel[1]":              func(in *Instance) { in.Travel[1] = nil },
		"demand_own[0]":          func(in *Instance) { in.DemandOwn[0] = nil },
		"demand_any":             func(in *Instance) { in.DemandAny = nil },
		"weights.fairness":       func(in *Instance) { in.Weights.Fairness = -1 },
		"weights.missing_head":   func(in *Instance) { in.Weights.MissingHead = 1e12 },
		"goal_days":              func(in *Instance) { in.GoalDays = 3 },
		"today":                  func(in *Instance) { in.Today = 2 },
		"staff[0].notice_days":   func(in *Instance) { n := -1; in.Staff[0].NoticeDays = &n },
		"services[0].skill":      func(in *Instance) { in.Services = []Service{{Skill: 1}} },
		"centres[0].min_staff":   func(in *Instance) { in.Centres[0].MinStaff = -1 },
		"centres[0].open":        func(in *Instance) { in.Centres[0].Open = []int{1} },
		"centres[1].open[1]":     func(in *Instance) { in.Centres[1].Open = []int{1, 2} },
		"open[1]":                func(in *Instance) { in.Open[1] = -1 },
		"staff[1].fixed_days[1]": func(in *Instance) { in.Staff[1].FixedDays = []int{1, 2} },
		"weights":                func(in *Instance) { in.Weights = Weights{} },
		"staff[2].id":            func(in *Instance) { in.Staff[2].ID = "p" },
		"centres[1].id":          func(in *Instance) { in.Centres[1].ID = "a" },
	} {
		raw, err := json.Marshal(tiny(edit))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Parse(raw)
		var p *PathError
		if !asPath(err, &p) || p.Path != path {
			t.Errorf("%s: %v", path, err)
		}
	}
	var wrong *PathError
	if _, err := Parse([]byte(`{"staff":[{"home":"x"}]}`)); !asPath(err, &wrong) || wrong.Path != "staff.home" {
		t.Errorf("wrong kind: %v", err)
	}
	if _, err := ParsePlan(tiny(nil), []byte(`{"x":[[0,0],[0,5],[-1,1]]}`)); !asPath(err, &wrong) || wrong.Path != "x[1][1]" {
		t.Errorf("wrong plan: %v", err)
	}
}

func asPath(err error, p **PathError) bool { return errors.As(err, p) }
