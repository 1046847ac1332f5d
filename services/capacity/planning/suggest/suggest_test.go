package suggest

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// weeks is two weeks of two centres, a and b, ten minutes from each other in one
// district, with one person each, 100 minutes a day from Monday to Friday. A slot
// takes 10 minutes, is promised for the day after, and costs a point for every
// day it is late.
func weeks() *planning.Instance {
	const days = 14
	in := &planning.Instance{Format: planning.Format, Name: "weeks", Horizon: days, PromiseDays: 1, GoalDays: 1, MinLeadDays: 1,
		PublishedDays: days, MaxMovedPerWeek: 2, Skills: []string{"id"}, SlotMinutes: []float64{10}, Districts: []string{"d"},
		Centres:   []planning.Centre{{ID: "a", Counters: 5, MinStaff: 1}, {ID: "b", Counters: 5, MinStaff: 1}},
		Travel:    [][]int{{0, 10}, {10, 0}},
		Staff:     []planning.Employee{{ID: "x", Home: 0, Skills: []int{0}, Reach: []int{0}}, {ID: "y", Home: 1, Skills: []int{0}, Reach: []int{1}}},
		DemandAny: [][]int{make([]int, days)}, DemandOwn: [][][]int{{make([]int, days)}},
		Weights: planning.Weights{UncoveredSlot: 200, MissingHead: 2000, WalkinSlot: 2, BreachSlotDay: 1, Move: 6, TravelMinute: .2, Change: 4}}
	for t := range days {
		in.Open = append(in.Open, 0)
		if t%7 < 5 {
			in.Open[t] = 1
		}
	}
	for range in.Centres {
		in.Booked = append(in.Booked, [][]int{make([]int, days)})
		in.Walkin = append(in.Walkin, [][]int{make([]int, days)})
	}
	for e := range in.Staff {
		var avail, prev []int
		for t := range days {
			avail, prev = append(avail, 100*in.Open[t]), append(prev, e)
			if in.Open[t] == 0 {
				prev[t] = planning.Nowhere
			}
		}
		in.Avail, in.Prev = append(in.Avail, avail), append(in.Prev, prev)
	}
	return in
}

func ask(t *testing.T, in *planning.Instance, o Options) Answer {
	t.Helper()
	if err := in.Validate(); err != nil {
		t.Fatal(err)
	}
	a, err := For(Question{Instance: in, Plan: in.Previous(), Options: o})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// only is the single suggestion, or the first one.
func only(t *testing.T, a Answer) Suggestion {
	t.Helper()
	if len(a.Suggestions) == 0 {
		t.Fatal("nothing is suggested")
	}
	return a.Suggestions[0]
}

func gains(t *testing.T, s Suggestion, gain, late, days float64) {
	t.Helper()
	if math.Abs(s.Gain-gain) > 1e-4 || math.Abs(s.Wins.LateSlots-late) > 1e-6 || math.Abs(s.Wins.LateSlotDays-days) > 1e-6 {
		t.Errorf("%s gains %.4f points, %.2f late slots, %.2f days late; want %v, %v, %v", s.Kind, s.Gain, s.Wins.LateSlots, s.Wins.LateSlotDays, gain, late, days)
	}
}

// On Thursday 26 slots are asked for, on Friday 20 can be served: six are late on
// Friday, Saturday and Sunday, 18 days in all.
func thursday(in *planning.Instance) *planning.Instance {
	in.DemandOwn[0][0][3] = 260
	return in
}

func TestOvertime(t *testing.T) {
	a := ask(t, thursday(weeks()), Options{Kinds: []Kind{Overtime}})
	s := only(t, a)
	gains(t, s, 18, 6, 18)
	if s.Minutes != 60 || s.StaffMinutes != 60 || !slices.Equal(s.Days, []int{4}) || !slices.Equal(s.People, []int{s.Centre}) || s.Skill != 0 || !s.Exact {
		t.Errorf("%+v", s)
	}
	want := "At a on Friday (day 4), one person stays one hour longer: 6 fewer appointments are more than one day ahead; " +
		"together, citizens wait 18 days less beyond one day. It helps most with: id. It costs one hour of additional working time."
	if s.Text.En != want {
		t.Errorf("%q, want %q", s.Text.En, want)
	}
	want = "Am Standort a bleibt am Freitag (Tag 4) eine Person eine Stunde länger: 6 Termine weniger liegen mehr als einen Tag voraus; " +
		"Bürgerinnen und Bürger warten zusammen 18 Tage weniger über einen Tag hinaus. Am meisten hilft es bei: id. Das kostet eine Stunde zusätzliche Arbeitszeit."
	if s.Text.De != want {
		t.Errorf("%q, want %q", s.Text.De, want)
	}
}

// Two people who are alike: the second hour is worth it by itself, or not.
func TestOvertimeOfSeveral(t *testing.T) {
	for _, c := range []struct {
		asked, minutes int
		gain           float64
	}{{260, 60, 18}, {320, 120, 36}, {270, 60, 18}, {280, 120, 24}} {
		in := weeks()
		in.Staff[1].Home, in.Staff[1].Reach, in.Centres[1].MinStaff = 0, []int{0}, 0
		for d, c := range in.Prev[1] {
			if c != planning.Nowhere {
				in.Prev[1][d] = 0
			}
		}
		in.DemandOwn[0][0][3] = c.asked
		s := only(t, ask(t, in, Options{Kinds: []Kind{Overtime}}))
		if s.Minutes != c.minutes || math.Abs(s.Gain-c.gain) > 1e-4 || s.Takes != c.minutes/60 || len(s.People) != 2 {
			t.Errorf("%d minutes asked: %d minutes longer gain %.2f; want %d, %v", c.asked, s.Minutes, s.Gain, c.minutes, c.gain)
		}
	}
}

func TestOvertimeKeepsTheLaw(t *testing.T) {
	duty := func(from, to int) planning.Span { return planning.Span{from, to} }
	for _, c := range []struct {
		name           string
		today, after   planning.Span
		hours          planning.Span
		want           int
		away, limitDay bool
	}{
		{"closing time is near", duty(480, 960), planning.Span{}, duty(480, 1020), 60, false, false},
		{"closing time is near, and the break grows by a quarter of an hour", duty(480, 1000), planning.Span{}, duty(480, 1080), 65, false, false},
		{"nine hours need a longer break", duty(480, 1050), planning.Span{}, duty(480, 1080), 15, false, false},
		{"rest before an early duty", duty(720, 1200), duty(480, 960), duty(720, 1380), 60, false, false},
		{"earlier instead", duty(720, 1200), duty(480, 960), duty(420, 1380), 150, false, false},
		{"ten hours of work", duty(480, 1080), planning.Span{}, duty(420, 1260), 45, false, false},
		{"the way is work", duty(480, 1080), planning.Span{}, duty(420, 1260), 25, true, false},
		{"a stricter limit", duty(480, 1080), planning.Span{}, duty(420, 1260), 0, false, true},
	} {
		in := weeks()
		in.Duties = [][]planning.Span{make([]planning.Span, in.Horizon), make([]planning.Span, in.Horizon)}
		in.Duties[0][1], in.Duties[0][2] = c.today, c.after
		x := in.Previous().X
		for i := range in.Centres {
			in.Centres[i].Hours = make([]planning.Span, in.Horizon)
			in.Centres[i].Hours[1] = c.hours
		}
		if c.away {
			x[0][1] = 1
		}
		if c.limitDay {
			in.WorkTime = &planning.WorkTime{Day: 9 * 60}
		}
		if got := longer(in, x, 0, 1); got != c.want {
			t.Errorf("%s: %d minutes longer, want %d", c.name, got, c.want)
		}
	}
	in := weeks()
	if got := longer(in, in.Previous().X, 0, 1); got != 120 {
		t.Errorf("unknown duty: %d minutes longer, want 120 beyond eight hours", got)
	}
}

// The Saturday after that Thursday: what is late is served a weekend earlier.
func TestSaturday(t *testing.T) {
	s := only(t, ask(t, thursday(weeks()), Options{Kinds: []Kind{Saturday}}))
	// Late on Friday all the same.
	gains(t, s, 12, 0, 12)
	if s.Minutes != 300 || s.StaffMinutes != 300 || !slices.Equal(s.Days, []int{5}) || len(s.People) != 1 || !strings.Contains(s.Text.En, "Volunteers have to be found") {
		t.Errorf("%+v", s)
	}
	in := thursday(weeks())
	in.Staff[1].Volunteer, in.Staff[1].Reach = true, []int{0, 1}
	in.Centres[1].MinStaff = 3 // b cannot open with two people
	s = only(t, ask(t, in, Options{Kinds: []Kind{Saturday}, LeastGain: 1}))
	gains(t, s, 12-8, 0, 12) // the way to a
	if s.Centre != 0 || !slices.Equal(s.People, []int{1}) || !strings.Contains(s.Text.De, "Freiwillige oder ein mobiles Team") {
		t.Errorf("%+v", s)
	}
}

func TestSaturdayIsNotAHoliday(t *testing.T) {
	in := thursday(weeks())
	in.Holidays = []int{5, 12}
	if a := ask(t, in, Options{Kinds: []Kind{Saturday}}); len(a.Suggestions) > 0 {
		t.Errorf("%+v", a.Suggestions)
	}
}

// Four walk-ins at b on Friday cost 8 points; the four slots that take their
// place would be late for three days.
func TestWalkinReserve(t *testing.T) {
	in := weeks()
	in.DemandOwn[0][0][3] = 200
	in.Walkin[1][0][4] = 40
	s := only(t, ask(t, in, Options{Kinds: []Kind{Walkin}, LeastGain: 1}))
	gains(t, s, 12-8, 4, 12)
	if s.Centre != 1 || s.Minutes != 40 || s.Wins.Walkin != -4 || s.Parts.Walkin > -7.99 || s.StaffMinutes != 0 {
		t.Errorf("%+v", s)
	}
	in.Weights.WalkinSlot = 4 // more than it wins
	if a := ask(t, in, Options{Kinds: []Kind{Walkin}, LeastGain: .01}); len(a.Suggestions) > 0 {
		t.Errorf("%+v", a.Suggestions)
	}
	// Walk-ins that nobody could serve anyhow are no reserve.
	in.Weights.WalkinSlot = 2
	in.Avail[1][4], in.DemandOwn[0][0][3] = 0, 0
	if a := ask(t, in, Options{Kinds: []Kind{Walkin}, LeastGain: .01}); len(a.Suggestions) > 0 {
		t.Errorf("%+v", a.Suggestions)
	}
}

// Centre b wants two people and has one: shut on one day, the other centre gains
// what the way and the change of plan do not cost.
func TestClosing(t *testing.T) {
	in := weeks()
	in.Centres[1].MinStaff = 2
	in.Staff[1].Reach = []int{0, 1}
	s := only(t, ask(t, in, Options{Kinds: []Kind{Closing}}))
	gains(t, s, 2000-6-2-4, 0, 0)
	if s.Centre != 1 || s.Takes != 1 || s.Wins.Heads != 1 || !s.Exact || !reflect.DeepEqual(s.Moves, []planning.Change{{Employee: 1, Day: s.Days[0], To: 0}}) {
		t.Errorf("%+v", s)
	}
	for i := range in.Open {
		in.Booked[1][0][i] = 30 * in.Open[i] // three appointments to be moved: 600 points
	}
	s = only(t, ask(t, in, Options{Kinds: []Kind{Closing}}))
	gains(t, s, 2000-600-12, 0, 0)
	if s.Exact || s.Wins.Booked != -3 || !strings.Contains(s.Text.De, "3 dort gebuchte Termine müssen vorher verlegt werden") {
		t.Errorf("%+v", s)
	}
	in.Centres[1].MinStaff = 1 // nothing is missing
	if a := ask(t, in, Options{Kinds: []Kind{Closing}}); len(a.Suggestions) > 0 {
		t.Errorf("%+v", a.Suggestions)
	}
}

// The one person at a works until 16:00, and from 16:00 nobody is there.
func TestShorterHours(t *testing.T) {
	in := weeks()
	in.Centres[0].MinPresent, in.Centres[0].MinStaff = 1, 0
	in.Centres[0].Hours = make([]planning.Span, in.Horizon)
	in.Duties = [][]planning.Span{make([]planning.Span, in.Horizon), make([]planning.Span, in.Horizon)}
	for d := range in.Horizon {
		if in.Open[d] == 1 {
			in.Centres[0].Hours[d] = planning.Span{480, 1080}
			in.Duties[0][d] = planning.Span{480, 1080}
		}
	}
	in.Duties[0][2] = planning.Span{480, 960}
	s := only(t, ask(t, in, Options{Kinds: []Kind{Hours}}))
	gains(t, s, 2000, 0, 0)
	if !slices.Equal(s.Days, []int{2}) || s.From != 480 || s.To != 960 || s.Exact || !strings.Contains(s.Text.En, "only from 08:00 to 16:00") {
		t.Errorf("%+v", s)
	}
}

func TestNothingToSuggest(t *testing.T) {
	a := ask(t, weeks(), Options{})
	if len(a.Suggestions) > 0 || !a.Complete {
		t.Errorf("%+v", a)
	}
}

// mix is what the best mix of a plan costs.
func mix(t *testing.T, in *planning.Instance, x [][]int) float64 {
	t.Helper()
	w, err := flow.New(in)
	if err != nil {
		t.Fatal(err)
	}
	w.Staff(x)
	f, err := w.OptimiseFair(1e-9, 300)
	if err != nil {
		t.Fatal(err)
	}
	return f.Upper
}

// reserve is the price of a mix that holds all walk-in reserve but what a
// suggestion releases, built anew.
func reserve(t *testing.T, in *planning.Instance, x [][]int, s *Suggestion) float64 {
	t.Helper()
	w, err := flow.New(in)
	if err != nil {
		t.Fatal(err)
	}
	w.Staff(x)
	for c := range in.Centres {
		for d := range in.Horizon {
			w.HoldWalkins(c, d, s == nil || c != s.Centre || !slices.Contains(s.Days, d))
		}
	}
	f, err := w.OptimiseFair(1e-9, 300)
	if err != nil {
		t.Fatal(err)
	}
	return f.Upper - w.WalkinsLost(func(int, int, int, int64) {})
}

// Gains on published instances, against instances in which the suggestion has
// been taken up, built anew.
func TestGainsOnPublishedInstances(t *testing.T) {
	planningtest.InOneGoroutine(t)
	kinds := map[Kind]int{}
	for _, name := range []string{"small-1", "small-2", "small-3", "medium-2"} {
		in := planningtest.Load(t, name)
		x := in.Previous().X
		before := mix(t, in, x)
		a := ask(t, in, Options{})
		if !reflect.DeepEqual(a, ask(t, in, Options{})) {
			t.Errorf("%s: asked twice, two answers", name)
		}
		if !slices.IsSortedFunc(a.Suggestions, func(a, b Suggestion) int { return int(math.Ceil(b.Gain - a.Gain)) }) {
			t.Errorf("%s: not by gain", name)
		}
		for _, s := range a.Suggestions {
			kinds[s.Kind]++
			if math.Abs(s.Parts.Sum()-s.Gain) > 1e-6 || s.Gain < 5 || s.Text.De == "" || s.Text.En == "" {
				t.Errorf("%s: %+v", name, s)
			}
			w := in.Weights
			if math.Abs(s.Parts.Breach-s.Wins.LateSlotDays*w.BreachSlotDay) > 1e-4 || math.Abs(s.Parts.Walkin-s.Wins.Walkin*w.WalkinSlot) > 1e-3 ||
				math.Abs(s.Parts.Uncovered-s.Wins.Booked*w.UncoveredSlot) > 1e-2 || math.Abs(s.Parts.MissingHead-float64(s.Wins.Heads)*w.MissingHead) > 1e-6 {
				t.Errorf("%s: points and slots differ: %+v", name, s)
			}
			var after float64
			switch s.Kind {
			case Overtime, Saturday:
				after = mix(t, taken(in, s), append(slices.Clone(x), extra(in, s)...)) - s.Parts.Move - s.Parts.Change
			case Closing:
				y := in.Previous().X
				for e := range y {
					if y[e][s.Days[0]] == s.Centre {
						y[e][s.Days[0]] = planning.Nowhere
					}
				}
				for _, m := range s.Moves {
					y[m.Employee][m.Day] = m.To
				}
				after = mix(t, in, y) - s.Parts.MissingHead - s.Parts.Move - s.Parts.Change
			case Walkin:
				after = before - (reserve(t, in, x, nil) - reserve(t, in, x, &s))
			default:
				continue
			}
			if math.Abs(before-after-s.Gain) > 3e-7*before+1e-4 {
				t.Errorf("%s: %s at %d on %v gains %.4f; taken up it gains %.4f", name, s.Kind, s.Centre, s.Days, s.Gain, before-after)
			}
		}
	}
	for _, kind := range []Kind{Walkin, Overtime, Saturday} {
		if kinds[kind] == 0 {
			t.Errorf("no %s at all", kind)
		}
	}
}

// Looking at walk-ins leaves the bench as it was, fairness between districts
// included.
func TestWalkinsLeaveTheBenchAsItWas(t *testing.T) {
	for _, name := range []string{"small-1", "small-2", "medium-2"} {
		in := planningtest.Load(t, name)
		k, err := newBench(Question{Instance: in, Plan: in.Previous(), Options: Options{}.filled()})
		if err != nil {
			t.Fatal(err)
		}
		k.most = 1000
		before, multipliers := k.base, k.net.Multipliers()
		if found, err := k.walkins(); err != nil || len(found) == 0 {
			t.Fatal(found, err)
		}
		after, err := k.figure(false, nil)
		if err != nil || math.Abs(before.parts.Sum()-after.parts.Sum()) > 1e-6*before.parts.Sum() || !slices.Equal(multipliers, k.net.Multipliers()) {
			t.Errorf("%s: priced %v before, %v after, %v", name, before.parts.Sum(), after.parts.Sum(), err)
		}
	}
}

// extra are rows of further people who do what a suggestion asks for.
func extra(in *planning.Instance, s Suggestion) (x [][]int) {
	for range helpers(s) {
		row := make([]int, in.Horizon)
		for t := range row {
			row[t] = planning.Nowhere
		}
		row[s.Days[0]] = s.Centre
		x = append(x, row)
	}
	return x
}

func helpers(s Suggestion) []int {
	if s.Kind == Overtime {
		return s.People[:1]
	}
	return s.People
}

// taken is the instance with those people.
func taken(in *planning.Instance, s Suggestion) *planning.Instance {
	out := *in
	out.Centres = slices.Clone(in.Centres)
	if s.Kind == Saturday {
		open := slices.Clone(in.Open)
		open[s.Days[0]] = 1
		out.Centres[s.Centre].Open = open
	}
	for i := range helpers(s) {
		p := in.Staff[s.People[i]]
		p.Home, p.Reach = s.Centre, []int{s.Centre}
		out.Staff = append(slices.Clip(out.Staff), p)
		avail := make([]int, in.Horizon)
		avail[s.Days[0]] = s.Minutes / len(helpers(s))
		out.Avail = append(slices.Clip(out.Avail), avail)
	}
	out.Prev = append(slices.Clip(out.Prev), extra(in, s)...)
	return &out
}

// Whatever the city is like there is an answer, and taking back leaves the plan
// priced as before.
func TestOddCities(t *testing.T) {
	for name, odd := range map[string]func(in *planning.Instance){
		"nobody": func(in *planning.Instance) { in.Staff, in.Avail, in.Prev = nil, nil, nil },
		"never open": func(in *planning.Instance) {
			for d := range in.Open {
				in.Open[d] = 0
			}
		},
		"open every day":       func(in *planning.Instance) { in.Open = slices.Repeat([]int{1}, in.Horizon) },
		"no prices":            func(in *planning.Instance) { in.Weights = planning.Weights{} },
		"walk-ins before all":  func(in *planning.Instance) { in.Weights.WalkinSlot = 900 },
		"nobody has a skill":   func(in *planning.Instance) { in.Staff[0].Skills, in.Staff[1].Skills = nil, nil },
		"all is today":         func(in *planning.Instance) { in.Today = in.Horizon - 1 },
		"booked where closed":  func(in *planning.Instance) { in.Booked[0][0][5], in.Walkin[1][0][5] = 70, 70 },
		"present where closed": func(in *planning.Instance) { in.Avail[0][5], in.Prev[0][5] = 100, 0 },
		"no counters":          func(in *planning.Instance) { in.Centres[0].Counters, in.Centres[1].Counters = 0, 0 },
		"a heavy season":       func(in *planning.Instance) { in.Season(0, 0, in.Horizon, 50, 50) },
	} {
		in := thursday(weeks())
		in.Walkin[1][0][4], in.Booked[0][0][2] = 40, 130
		odd(in)
		a := ask(t, in, Options{LeastGain: .01, Days: 100})
		if !a.Complete || !reflect.DeepEqual(a, ask(t, in, Options{LeastGain: .01, Days: 100})) {
			t.Errorf("%s: cut off, or asked twice with two answers", name)
		}
		q := Question{Instance: in, Plan: in.Previous()}
		q.Options = Options{LeastGain: .01}.filled()
		k, err := newBench(q)
		if err != nil {
			t.Fatal(err)
		}
		want := mix(t, in, in.Previous().X)
		if got := k.base.parts.Sum(); math.Abs(got-want) > 1e-6*max(1, want) {
			t.Errorf("%s: the base is priced %v, the plan's mix %v", name, got, want)
		}
		k.most = 1000
		for _, look := range []func() ([]Suggestion, error){k.walkins, k.overtime, k.saturdays, k.closings, k.hours} {
			if _, err := look(); err != nil {
				t.Fatal(err)
			}
			if err := k.net.Optimise(); err != nil {
				t.Fatal(err)
			}
			if f, err := k.figure(false, nil); err != nil || math.Abs(f.parts.Sum()-want) > 1e-6*max(1, want) {
				t.Errorf("%s: priced %v after looking, %v before, %v", name, f.parts.Sum(), want, err)
			}
		}
	}
}

func TestWorkIsBounded(t *testing.T) {
	in := planningtest.Load(t, "small-1")
	a := ask(t, in, Options{Tries: 12})
	if a.Complete || a.Tries > 12+2*len(Kinds)*3 {
		t.Errorf("%d tries, complete %v", a.Tries, a.Complete)
	}
	asked := 0
	a = ask(t, in, Options{Stop: func() bool { asked++; return true }})
	if a.Complete || a.Tries > 0 || len(a.Suggestions) > 0 || asked == 0 {
		t.Errorf("stopped at once: %d tries, %d suggestions", a.Tries, len(a.Suggestions))
	}
}
