package planner_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

const monday = day.Day(20780) // 2026-11-23

func span(from, to int) []day.Span {
	return []day.Span{{From: day.Clock(from, 0), To: day.Clock(to, 0)}}
}

// town has two districts with a centre each, six people who work from 8 to 16 on
// weekdays for four weeks, and slots of one group; free says how many are left at
// each centre on a day.
func town(free func(k id.Centre, t int) int) *read.City {
	c := read.NewCity()
	c.Today, c.Position = monday, 7
	hours := map[int][]day.Span{}
	for w := 1; w <= 5; w++ {
		hours[w] = span(8, 18)
	}
	c.Policy = capacity.PolicyChanged{Version: 1, Policy: capacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 28, MinLeadDays: 1, HoldMinutes: 10, NoticeDays: 4,
		MaxDaysAwayPerWeek: 2, MaxTravelMinutes: 40, StaleLoss: .2, ProposalDays: 3, Automatic: capacity.Guardrails{Enabled: true, MaxMoves: 4, MaxTravelMinutes: 40, MinGain: 1}},
		Holidays: []capacity.Holiday{{Name: "h", Period: day.Period{From: monday + 10, Until: monday + 11}}}} // a Thursday
	c.Catalogue = capacity.CatalogueChanged{Version: 1, Groups: []capacity.ServiceGroup{{Skill: "id", Name: map[string]string{"en": "ID"}}},
		Services: []capacity.ServiceType{{ID: "card", Skill: "id", Minutes: 15, Share: 1}}}
	for i, k := range []id.Centre{"east", "west"} {
		d := id.District("of-" + string(k))
		c.Policy.Districts = append(c.Policy.Districts, capacity.District{ID: d, Name: string(d), DailyDemand: map[id.Skill]day.Minutes{"id": 900}, AnyShare: .2})
		c.Centres[k] = capacity.Centre{ID: k, Name: string(k), District: d, Counters: 9, MinStaff: 1, Hours: hours, TravelMinutes: map[id.Centre]int{"east": 20, "west": 20}}
		for n := range 3 {
			e := id.Employee(string(k) + "-" + string(rune('1'+n)))
			duties := observed.DutiesObserved{Employee: e, Version: 1, Home: k, Skills: []id.Skill{"id"}, Deployable: true, MaxDaysAwayPerWeek: 2, Horizon: day.Period{From: monday, Until: monday + 28}}
			for t := range 28 {
				if t%7 < 5 && t != 10 {
					duties.Duties = append(duties.Duties, observed.Duty{Day: monday + day.Day(t), Centre: k, Span: span(8, 16)[0]})
				}
			}
			c.Duties[e] = duties
		}
		for t := range 28 {
			if t%7 < 5 && t != 10 {
				n := free(k, t+i)
				c.Loads[read.Place{Centre: k, Day: monday + day.Day(t)}] = observed.LoadObserved{Centre: k, Day: monday + day.Day(t), Version: 1,
					Booked: map[id.Skill]day.Minutes{"id": day.Minutes(96-n) * 15}, Free: map[id.Skill]int{"id": n}, Appointments: 96 - n}
			}
		}
	}
	return c
}

func half(id.Centre, int) int { return 48 }

func must(t testing.TB, c *read.City, s Supposition) *Fork {
	t.Helper()
	before := c.Still()
	f, err := Suppose(c, s)
	if err != nil {
		t.Fatal(err)
	}
	if after := c.Still(); !reflect.DeepEqual(before, after) {
		t.Error("the city that was handed in is another")
	}
	return f
}

func weeks(from, until day.Day) day.Period { return day.Period{From: from, Until: until} }

func dutyOn(f *Fork, e id.Employee, d day.Day) (x observed.Duty, ok bool) {
	i := slices.IndexFunc(f.Duties[e].Duties, func(x observed.Duty) bool { return x.Day == d })
	if i < 0 {
		return x, false
	}
	return f.Duties[e].Duties[i], true
}

func TestEachKindOfChangeChangesWhatWasAsked(t *testing.T) {
	c := town(half)
	f := must(t, c, Supposition{Absent: []Absent{{"west-1", weeks(monday+1, monday+3)}}})
	if _, there := dutyOn(f, "west-1", monday+2); there || len(f.Loss.Places) != 2 || len(f.Touched) != 2 || len(f.Losses[f.Touched[0]]) != 1 {
		t.Errorf("absent: %+v", f.Loss)
	}
	if _, there := dutyOn(f, "west-1", monday+3); !there {
		t.Error("they are absent for longer than was said")
	}
	f = must(t, c, Supposition{Measures: []capacity.Measure{Closing(0, "east", weeks(monday+7, monday+9), nil)}})
	if f.Opening("east", monday+8) != nil || f.Opening("east", monday+9) == nil || len(f.Touched) != 2 {
		t.Errorf("closed: %v", f.Touched)
	}
	evening := map[int][]day.Span{4: span(8, 20), 5: nil, 6: span(9, 13)}
	f = must(t, c, Supposition{Hours: []HoursIf{{"west", weeks(monday-3, monday+99), evening, 2}}})
	for at, want := range map[day.Day][]day.Span{monday + 2: span(8, 18), monday + 3: span(8, 20), monday + 10: nil, monday + 4: nil, monday + 5: span(9, 13), monday + 6: nil} {
		if got := f.Opening("west", at); !slices.Equal(got, want) {
			t.Errorf("open on %s: %v, not %v", at, got, want)
		}
	}
	if f.Opening("east", monday+3)[0].To != day.Clock(18, 0) {
		t.Error("the other centre has other hours, too")
	}
	x, _ := dutyOn(f, "west-1", monday+3)
	y, _ := dutyOn(f, "west-3", monday+3)
	z, there := dutyOn(f, "west-2", monday+5)
	if x.To != day.Clock(18, 0) || y.To != day.Clock(16, 0) || !there || z.From != day.Clock(9, 0) {
		t.Errorf("who stays works until %s, who does not until %s; on Saturday %v", x.To, y.To, z)
	}
	// Two people: two hours on the three Thursdays that are no holiday, four on four Saturdays.
	if f.Extra != 2*(3*120+4*240) {
		t.Errorf("%d minutes beyond the roster", f.Extra)
	}
	f = must(t, c, Supposition{Demand: 1.5, Districts: []id.District{"of-east"}})
	if a, b := f.City.Policy.Districts[0].DailyDemand["id"], f.City.Policy.Districts[1].DailyDemand["id"]; a != 1350 || b != 900 {
		t.Errorf("asked for %d and %d", a, b)
	}
	travel, gain, share, off := 15, 3., .5, false
	f = must(t, c, Supposition{Policy: PolicyIf{MaxTravel: &travel, LeastGain: &gain, WalkInShare: &share, Automatic: &GuardrailsIf{Enabled: &off}}})
	p := f.City.Policy
	if p.MaxTravelMinutes != 15 || p.Planning.LeastGain != 3 || p.WalkInShare != .5 || p.Automatic.Enabled || p.Automatic.MaxMoves != 4 || p.LimitDays != 14 {
		t.Errorf("policy %+v", p.Policy)
	}
	if len(f.Touched) != 2*28 {
		t.Errorf("a share of every offering is set aside, and %d places are touched", len(f.Touched))
	}
}

var plain = strings.NewReplacer("–", "-", ": ", " ")

func TestAnErrorNamesFieldValueAndCure(t *testing.T) {
	c := town(half)
	spans := func(all ...day.Span) map[int][]day.Span { return map[int][]day.Span{2: all} }
	all := weeks(monday, monday+9)
	nothing, much, wide := 0., .5, 15
	for want, s := range map[string]Supposition{
		`absent[0].employee "nobody"`:                                                          {Absent: []Absent{{"nobody", all}}},
		`absent[0].until "2026-11-21" lies behind: name days from 2026-11-23 on`:               {Absent: []Absent{{"west-1", weeks(monday-9, monday-2)}}},
		`absent[0].from "2027-01-12" lies beyond what is planned: name days before 2026-12-21`: {Absent: []Absent{{"west-1", weeks(monday+50, monday+52)}}},
		`absent[0].until "2026-11-23" is not after from`:                                       {Absent: []Absent{{"west-1", weeks(monday, monday)}}},
		`measures[0].centre "north" is not a centre: name one of`:                              {Measures: []capacity.Measure{Closing(0, "north", all, nil)}},
		`measures[0].from "2027-01-12" lies beyond`:                                            {Measures: []capacity.Measure{Closing(0, "west", weeks(monday+50, monday+52), nil)}},
		`hours[0].centre "north" is not a centre`:                                              {Hours: []HoursIf{{"north", all, spans(span(8, 12)...), 0}}},
		`hours[0].until "2026-11-23" lies behind`:                                              {Hours: []HoursIf{{"west", weeks(monday-9, monday), spans(span(8, 12)...), 0}}},
		`hours[0].weekdays is empty: name a weekday`:                                           {Hours: []HoursIf{{"west", all, nil, 0}}},
		`hours[0].weekdays.2[1] "11:00-13:00" begins before the one before it ends`:            {Hours: []HoursIf{{"west", all, spans(span(8, 12)[0], span(11, 13)[0]), 0}}},
		`hours[0].weekdays.8 is not a weekday`:                                                 {Hours: []HoursIf{{"west", all, map[int][]day.Span{8: nil}, 0}}},
		`hours[0].people "-1" must lie between 0 and 200`:                                      {Hours: []HoursIf{{"west", all, spans(span(8, 12)...), -1}}},
		`hours[1].weekdays.2 "west" overlaps hours[0]: say once`:                               {Hours: []HoursIf{{"west", all, spans(span(8, 12)...), 0}, {"west", weeks(monday+8, monday+12), spans(), 0}}},
		`policy.goal_days "15" must lie between 1 and 14`:                                      {Policy: PolicyIf{GoalDays: &wide}},
		`policy.least_gain "0" must be above 0`:                                                {Policy: PolicyIf{LeastGain: &nothing}},
		`policy.expected_sickness "0.5" must lie between 0 and 0.3`:                            {Policy: PolicyIf{Sickness: &much}},
		`demand "9" must lie between 0.1 and 5`:                                                {Demand: 9},
		`districts[0] "of-north" is not a district`:                                            {Demand: 2, Districts: []id.District{"of-north"}},
		`what if is empty: name`:                                                               {Policy: PolicyIf{Automatic: &GuardrailsIf{}}, Demand: 1},
	} {
		_, err := Suppose(c, s)
		var f *events.FieldError
		if !errors.As(err, &f) || !strings.Contains(plain.Replace(err.Error()), plain.Replace(want)) {
			t.Errorf("want %s\n got %v", want, err)
		}
	}
}
