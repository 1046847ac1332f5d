package planning

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// extended is a valid instance of two centres, two people and seven days from a
// Monday with every extension in it.
func extended(edit func(*Instance)) *Instance {
	two, ten := 2, 10
	week := func(v int) []int { return []int{v, v, v, v, v, v, v} }
	hours := make([]Span, 7)
	for t := range hours {
		hours[t] = Span{480, 1080}
	}
	duties := [][]Span{slices.Clone(hours), make([]Span, 7)}
	in := &Instance{Format: Format, Name: "extended", Horizon: 7, Weekday0: 2, Open: week(1), PromiseDays: 14, GoalDays: 10, MinLeadDays: 1,
		NoticeDays: 2, PublishedDays: 5, MaxMovedPerWeek: 2, Skills: []string{"id", "pass"}, SlotMinutes: []float64{10, 15},
		Districts: []string{"d"}, Centres: []Centre{
			{ID: "a", Counters: 3, MinStaff: 1, Hours: hours, MinPresent: 2, Express: &Express{Span{540, 720}, []int{1}}},
			{ID: "b", Counters: 3}},
		Travel: [][]int{{0, 20}, {20, 0}}, Staff: []Employee{
			{ID: "e0", Skills: []int{0, 1}, Reach: []int{0, 1}, AwayBefore: 1, AwayDays: []int{-1, -40}, LastAt: new(int), MaxAwayPerHalfYear: &ten},
			{ID: "e1", Home: 1, Skills: []int{0}, Reach: []int{1}}},
		Avail: [][]int{week(400), week(400)}, Prev: [][]int{week(0), week(1)},
		DemandAny: [][]int{week(100), week(0)}, DemandOwn: [][][]int{{week(100), week(50)}}, Weights: DefaultWeights,
		Extensions: Extensions{Duties: duties, Shifts: []Span{{480, 980}, {580, 1080}}, WorkTime: &WorkTime{Rest: 700, Day: 500},
			Holidays: []int{3}, Saturdays: &Saturdays{InFourWeeks: 1}, MaxAwayPerHalfYear: &two}}
	in.Weights.Personal, in.Weights.SecondmentStart = .5, 3
	for range in.Centres {
		in.Booked = append(in.Booked, [][]int{week(100), week(0)})
		in.Walkin = append(in.Walkin, [][]int{week(10), week(0)})
	}
	if edit != nil {
		edit(in)
	}
	return in
}

func TestExtensionsAreReadBack(t *testing.T) {
	in := extended(nil)
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(in, back) {
		t.Errorf("read back as %+v", back)
	}
	if in.RestLimit() != 700 || in.DayLimit() != 500 {
		t.Errorf("limits %d and %d", in.RestLimit(), in.DayLimit())
	}
	if in.WorkTime = nil; in.RestLimit() != 660 || in.DayLimit() != 600 {
		t.Errorf("the law's limits are %d and %d", in.RestLimit(), in.DayLimit())
	}
}

// A published instance says nothing of extensions when it is written.
func TestOmittedExtensionsStayOut(t *testing.T) {
	raw, err := json.Marshal(load(t, "small-1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"duties", "shifts", "work_time", "holidays", "saturdays", "max_away", "hours", "min_present",
		`"express":`, "away_days", "last_at", `"personal"`, "secondment_start"} {
		if strings.Contains(string(raw), field) {
			t.Errorf("%s is written though it was not given", field)
		}
	}
}

func TestExtensionsNameThePath(t *testing.T) {
	minus := -1
	for path, edit := range map[string]func(*Instance){
		"duties":                          func(in *Instance) { in.Duties = in.Duties[:1] },
		"duties[1]":                       func(in *Instance) { in.Duties[1] = nil },
		"duties[0][3]":                    func(in *Instance) { in.Duties[0][3] = Span{600, 600} },
		"shifts[1]":                       func(in *Instance) { in.Shifts[1] = Span{0, 1441} },
		"shifts":                          func(in *Instance) { in.Shifts = make([]Span, 9) },
		"work_time.rest_minutes":          func(in *Instance) { in.WorkTime.Rest = 659 },
		"work_time.day_minutes":           func(in *Instance) { in.WorkTime.Day = 601 },
		"holidays[0]":                     func(in *Instance) { in.Holidays[0] = 7 },
		"saturdays.in_four_weeks":         func(in *Instance) { in.Saturdays.InFourWeeks = -1 },
		"max_away_per_half_year":          func(in *Instance) { in.MaxAwayPerHalfYear = &minus },
		"staff[1].max_away_per_half_year": func(in *Instance) { in.Staff[1].MaxAwayPerHalfYear = &minus },
		"staff[0].away_days[1]":           func(in *Instance) { in.Staff[0].AwayDays[1] = 0 },
		"staff[0].away_before":            func(in *Instance) { in.Staff[0].AwayBefore = 2 },
		"staff[1].away_before":            func(in *Instance) { in.Staff[1].AwayBefore = -1 },
		"staff[0].last_at":                func(in *Instance) { *in.Staff[0].LastAt = 2 },
		"centres[0].hours":                func(in *Instance) { in.Centres[0].Hours = make([]Span, 1) },
		"centres[0].hours[2]":             func(in *Instance) { in.Centres[0].Hours[2] = Span{700, 600} },
		"centres[0].hours[4]":             func(in *Instance) { in.Centres[0].Hours[4] = Span{479, 1171} },
		"centres[0].min_present":          func(in *Instance) { in.Centres[0].MinPresent = 501 },
		"centres[1].min_present":          func(in *Instance) { in.Centres[1].MinPresent = 1 },
		"centres[1].express":              func(in *Instance) { in.Centres[1].Express = in.Centres[0].Express },
		"centres[0].express.hours":        func(in *Instance) { in.Centres[0].Express.Hours = Span{} },
		"centres[0].express.skills":       func(in *Instance) { in.Centres[0].Express.Skills = nil },
		"centres[0].express.skills[0]":    func(in *Instance) { in.Centres[0].Express.Skills[0] = 2 },
		"weights.personal":                func(in *Instance) { in.Weights.Personal = 2e6 },
		"weights.secondment_start":        func(in *Instance) { in.Weights.SecondmentStart = -1 },
		"slot_minutes[1]":                 func(in *Instance) { in.SlotMinutes[1] = .5 },
		"booked":                          func(in *Instance) { in.Booked[0][0][0] = 1 << 24; in.Weights.UncoveredSlot = 1e4 },
		"uncovered": func(in *Instance) {
			in.Uncovered = [][][]int{{make([]int, 7), make([]int, 7)}, {make([]int, 7), make([]int, 7)}}
			in.Uncovered[0][0][0], in.Weights.UncoveredSlot = 1<<24, 1e4
		},
		"walkin":     func(in *Instance) { in.Walkin[0][0][0] = 1 << 24; in.Weights.WalkinSlot = 1e4 },
		"demand_own": func(in *Instance) { in.DemandOwn[0][0][0] = 1 << 24; in.Weights.Fairness = 1e6 },
		"centres":    func(in *Instance) { in.Centres[1].MinStaff = 1 << 20 },
		"slot_minutes[0]": func(in *Instance) {
			in.SlotMinutes[0], in.Weights.BreachSlotDay = 1, 1e6
			in.DemandOwn[0], in.DemandAny = [][]int{make([]int, 7), make([]int, 7)}, [][]int{make([]int, 7), make([]int, 7)}
		},
		"staff": func(in *Instance) { in.Travel[0][1] = 1 << 24; in.Weights.TravelMinute = 1e6 },
	} {
		err := extended(edit).Validate()
		var p *PathError
		if !errors.As(err, &p) || p.Path != path {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Parse([]byte(`{"duties":[[["x",1]]]}`)); err == nil || strings.Contains(err.Error(), "Extensions") {
		t.Errorf("wrong kind: %v", err)
	}
}
