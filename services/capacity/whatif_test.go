package capacity_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

type share struct{ Low, Expected, High float64 }

type lead struct{ Low, Expected, High []int }

type stage struct {
	Days, Uncovered int
	Late            float64
	Kept            share
	Lead            lead
}

type promised struct {
	Goal, Limit int
	Kept        share
}

type supposed struct {
	From                 string
	Days                 int
	Damage, Relief, Gain float64
	Is, Would, With      promised
	Anyway               []events_capacity.Move
	Extra                int `json:"extra_minutes"`
	Districts            []struct {
		District        string
		Is, Would, With stage
		Groups          []struct {
			Skill           string
			Is, Would, With struct {
				Kept share
				Lead lead
			}
		}
	}
	Places []struct {
		Centre, Day     string
		Is, Would, With int
	}
	Moves    []events_capacity.Move
	Approval string
}

func absent(e id.Employee, from, until day.Day) map[string]any {
	return map[string]any{"employee": e, "from": from, "until": until}
}

// whatIf asks; the log must not notice.
func (w *world) whatIf(body map[string]any) (out supposed) {
	w.t.Helper()
	before, err := w.store.Head(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	if rec := w.call("POST", "/v1/what-if", body, &out); rec.Code != http.StatusOK {
		w.t.Fatalf("%v: %d %s", body, rec.Code, rec.Body)
	}
	w.settle()
	if after, _ := w.store.Head(w.ctx); after.Position != before.Position {
		w.t.Fatalf("a supposition wrote %d events", after.Position-before.Position)
	}
	return out
}

func TestWhatIfSomebodyIsIllSaysWhatLotseWouldDo(t *testing.T) {
	w := running(t, nil)
	said := w.whatIf(map[string]any{"absent": []any{absent("west-1", tuesday, tuesday+1)}})
	alpha := said.Districts[0]
	if alpha.District != "alpha" || alpha.Is.Uncovered != 0 || alpha.Would.Uncovered != 32 || alpha.With.Uncovered != 0 || alpha.Is.Days != 1 {
		t.Errorf("%+v", alpha)
	}
	if said.Damage <= 0 || said.Gain <= 0 || said.Gain > said.Damage || said.Approval != "review" || len(said.Moves) != 1 || said.Moves[0].To != "west" || said.Moves[0].Day != tuesday {
		t.Fatalf("%+v", said)
	}
	if len(said.Places) != 1 || said.Places[0].Centre != "west" || said.Places[0].Would != 32 || said.Places[0].With != 0 {
		t.Errorf("%+v", said.Places)
	}
	// The same again says the same, and the real thing leads to the same move.
	if again := w.whatIf(map[string]any{"absent": []any{absent("west-1", tuesday, tuesday+1)}}); again.Damage != said.Damage || len(again.Moves) != 1 {
		t.Errorf("%+v, then %+v", said, again)
	}
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if len(d.Moves) != 1 || d.Moves[0].Employee != said.Moves[0].Employee || d.Moves[0].Day != tuesday {
		t.Errorf("supposed %+v, proposed %+v", said.Moves, d.Moves)
	}
}

func TestWhatIfUsesWhatIsInUseAtEachMoment(t *testing.T) {
	w := running(t, nil)
	k := "west/" + tuesday.String()
	w.booked[k] = 480 // little by the day's minutes, but all of it between 8 and 10
	w.inUse[k] = &booking.InUse{From: day.Clock(8, 0), Step: 60, Counters: []int{3, 3}, Skills: map[id.Skill][]int{"id": {3, 3}}}
	w.answer(w.offered("west", tuesday))
	w.settle()
	said := w.whatIf(map[string]any{"absent": []any{absent("west-1", tuesday, tuesday+1)}})
	if said.Places[0].Is != 0 || said.Places[0].Would != 8 { // two hours of one counter
		t.Errorf("%+v", said.Places)
	}
}

func TestWhatIfACentreIsClosedOrMoreIsAskedFor(t *testing.T) {
	w := running(t, nil)
	closed := w.whatIf(map[string]any{"places": []any{map[string]any{"centre": "west", "from": tuesday, "until": tuesday + 1}}})
	if a := closed.Districts[0]; a.Would.Uncovered != 96 || a.Is.Uncovered != 0 {
		t.Errorf("%+v", a)
	}
	short := w.whatIf(map[string]any{"places": []any{map[string]any{"centre": "west", "from": tuesday, "until": tuesday + 1,
		"hours": map[string]any{"2": []any{map[string]any{"from": "08:00", "to": "12:00"}}}}}})
	if a := short.Districts[0]; a.Would.Uncovered != 48 {
		t.Errorf("%+v", a)
	}
	w = running(t, func(n *capacity.Network) { n.Policy.LimitDays, n.Policy.GoalDays = 5, 3 })
	calm := w.whatIf(map[string]any{"demand": 0.5})
	more := w.whatIf(map[string]any{"demand": 5, "districts": []string{"alpha"}})
	if more.Districts[0].Would.Late <= more.Districts[0].Is.Late || calm.Districts[0].Would.Late > calm.Districts[0].Is.Late {
		t.Errorf("more: %+v, less: %+v", more.Districts, calm.Districts)
	}
	for _, d := range more.Districts {
		if d.Would.Days >= 0 && d.Would.Days < d.Is.Days {
			t.Errorf("more is asked for, and it goes faster: %+v", d)
		}
	}
}

// The days ahead as they are are those that pages show; hours, policy and demand
// change them, also together.
func TestWhatIfComparesTheDaysAhead(t *testing.T) {
	w := running(t, nil)
	evening := map[string]any{"centre": "west", "from": monday, "until": monday + 28, "weekdays": map[string]any{"2": []any{map[string]any{"from": "08:00", "to": "20:00"}}, "5": []any{}}, "people": 2}
	said := w.whatIf(map[string]any{"hours": []any{evening}, "policy": map[string]any{"limit_days": 12, "automatic": map[string]any{"enabled": true}}, "demand": 3})
	if said.From != monday.String() || said.Days != 28 || said.Is.Limit != 14 || said.Would.Limit != 12 || said.With.Goal != 10 || said.Extra != 2*4*120 {
		t.Errorf("%+v", said)
	}
	if said.Would.Kept.Expected >= said.Is.Kept.Expected || said.Is.Kept.Low > said.Is.Kept.High {
		t.Errorf("kept %+v, then %+v", said.Is.Kept, said.Would.Kept)
	}
	c := w.service.Glance()
	for i, d := range said.Districts {
		if len(d.Groups) != 1 || d.Groups[0].Skill != "id" || len(d.Would.Lead.High) != 28 {
			t.Fatalf("%+v", d)
		}
		if shown := c.Districts[i].Ahead; !slices.Equal(shown.Middle, d.Is.Lead.Expected) || !slices.Equal(shown.High, d.Groups[0].Is.Lead.High) {
			t.Errorf("%s: pages show %v, what if says %v", d.District, shown, d.Is.Lead)
		}
	}
	same := w.whatIf(map[string]any{"policy": map[string]any{"limit_days": 14}})
	if same.Is != same.Would || same.Is != same.With || same.Damage+same.Relief != 0 {
		t.Errorf("nothing is another: %+v", same)
	}
}

func TestWhatIfNamesWhatIsWrong(t *testing.T) {
	w := running(t, nil)
	for want, body := range map[string]map[string]any{
		"what if":               {},
		"absent[0].employee":    {"absent": []any{absent("nobody", tuesday, tuesday+1)}},
		"absent[1].until":       {"absent": []any{absent("west-1", tuesday, tuesday+1), absent("west-2", tuesday, tuesday)}},
		"absent[0].from":        {"absent": []any{absent("west-1", tuesday+4, tuesday+6)}}, // a weekend
		"measures[0].centre":    {"places": []any{map[string]any{"centre": "nowhere", "from": tuesday, "until": tuesday + 1}}},
		"measures[0].until":     {"places": []any{map[string]any{"centre": "west", "from": tuesday, "until": tuesday}}},
		"measures[0].from":      {"places": []any{map[string]any{"centre": "west", "from": monday + 90, "until": monday + 91}}},
		"hours[0].centre":       {"hours": []any{map[string]any{"centre": "nowhere", "from": tuesday, "until": tuesday + 1, "weekdays": map[string]any{"2": []any{}}}}},
		"hours[0].until":        {"hours": []any{map[string]any{"centre": "west", "from": monday - 9, "until": monday - 2, "weekdays": map[string]any{"2": []any{}}}}},
		"policy.goal_days":      {"policy": map[string]any{"goal_days": 20}},
		"horizon_days":          {"policy": map[string]any{"horizon_days": 20}},
		"districts[0]":          {"demand": 2, "districts": []string{"gamma"}},
		"demand":                {"demand": .01},
		"measures[0].hours.2[0": {"places": []any{map[string]any{"centre": "west", "from": tuesday, "until": tuesday + 1, "hours": map[string]any{"2": []any{map[string]any{"from": "12:00", "to": "08:00"}}}}}},
	} {
		if rec := w.call("POST", "/v1/what-if", body, nil); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: %d %s", want, rec.Code, rec.Body)
		}
	}
}

func TestADistrictSupposesOnlyItsOwn(t *testing.T) {
	w := running(t, nil)
	ask := func(body string) int {
		r := httptest.NewRequest("POST", "/v1/what-if", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		access.As(w.service.Handler(), access.Principal{Subject: "d", Roles: []access.Role{access.DistrictPlanner}, Districts: []string{"alpha"}}).ServeHTTP(rec, r)
		return rec.Code
	}
	own := fmt.Sprintf(`{"absent":[{"employee":"west-1","from":"%s","until":"%s"}]}`, tuesday, tuesday+1)
	if code := ask(own); code != http.StatusOK {
		t.Errorf("own people: %d", code)
	}
	if code := ask(strings.Replace(own, "west", "east", 1)); code != http.StatusForbidden {
		t.Errorf("others' people: %d", code)
	}
	if code := ask(fmt.Sprintf(`{"places":[{"centre":"east","from":"%s","until":"%s"}]}`, tuesday, tuesday+1)); code != http.StatusForbidden {
		t.Errorf("others' centre: %d", code)
	}
	if code := ask(fmt.Sprintf(`{"hours":[{"centre":"east","from":"%s","until":"%s","weekdays":{"2":[]}}]}`, tuesday, tuesday+1)); code != http.StatusForbidden {
		t.Errorf("others' hours: %d", code)
	}
	if code := ask(`{"policy":{"max_travel_minutes":10}}`); code != http.StatusForbidden {
		t.Errorf("the city's policy: %d", code)
	}
}

// BenchmarkWhatIf asks each kind of question at Hamburg size: 25 centres, 500
// people, 60 days.
func BenchmarkWhatIf(b *testing.B) {
	w := metropolis(b)
	evening := func(c string, people int) map[string]any {
		return map[string]any{"centre": c, "from": monday + 1, "until": monday + 60, "people": people,
			"weekdays": map[string]any{"4": []any{map[string]any{"from": "08:00", "to": "19:00"}}}}
	}
	var everywhere []any
	for c := range 25 {
		everywhere = append(everywhere, evening(fmt.Sprintf("c%d", c), 4))
	}
	closed := map[string]any{"centre": "c3", "from": monday + 7, "until": monday + 21}
	for _, q := range []struct {
		name string
		ask  func(i int) map[string]any
	}{
		{"absent", func(i int) map[string]any {
			var all []any
			for n := range 3 {
				all = append(all, absent(id.Employee(fmt.Sprintf("c%d-%d", i%25, n+1)), monday+1, monday+2))
			}
			return map[string]any{"absent": all}
		}},
		{"closure", func(int) map[string]any { return map[string]any{"places": []any{closed}} }},
		{"demand", func(int) map[string]any { return map[string]any{"demand": 1.3} }},
		{"evenings", func(int) map[string]any { return map[string]any{"hours": everywhere} }},
		{"policy", func(int) map[string]any {
			return map[string]any{"policy": map[string]any{"max_travel_minutes": 25, "walk_in_share": .05}}
		}},
		{"all at once", func(int) map[string]any {
			return map[string]any{"absent": []any{absent("c1-1", monday+1, monday+8)}, "places": []any{closed}, "hours": []any{evening("c5", 4)}, "demand": 1.1,
				"policy": map[string]any{"max_days_away_per_week": 1}}
		}},
	} {
		b.Run(q.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if rec := w.call("POST", "/v1/what-if", q.ask(i), nil); rec.Code != http.StatusOK {
					b.Fatal(rec.Body)
				}
			}
		})
	}
}
