package report_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	eventscapacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/compare"
	"github.com/lotse-hamburg/lotse/services/simulation/report"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// result of a city of two districts: in the west it is so many days to the third next
// appointment, in the east five.
func result(from day.Day, days, west int) *simulation.Result {
	r := &simulation.Result{Citizens: 1000, Asked: 1000, Booked: 990, Unmet: 10, Next: make([]int, 44), BookedLead: []int{0, 990}, Days: days, People: 20, Moves: 4, Travel: 80,
		Districts: map[id.District]*simulation.Kept{"west": {}, "east": {}}, Logs: map[string]string{"booking": "0123456789abcdef"}, Series: map[id.District]*simulation.Series{}}
	for d, next := range map[id.District]int{"west": west, "east": 5} {
		s := &simulation.Series{Next: map[id.Skill][]int{}}
		for range days {
			s.Next["id"] = append(s.Next["id"], next)
			s.Staff, s.In, s.Out, s.Within = append(s.Staff, 9), append(s.In, 1), append(s.Out, 2), append(s.Within, 0)
		}
		k := r.Districts[d]
		k.Measured, k.SumNext = days, days*next
		if next <= 14 {
			k.Kept14 = days
		}
		r.Series[d] = s
		r.Measured, r.Kept14, r.Next[next] = r.Measured+days, r.Kept14+k.Kept14, r.Next[next]+days
	}
	for i := range days {
		p := simulation.Point{Day: from + day.Day(i), Measured: 2, Kept14: r.Kept14 / days, SumNext: west + 5}
		r.Curve = append(r.Curve, p)
	}
	return r
}

func page(t *testing.T, days int, runs ...compare.Run) string {
	t.Helper()
	c := simulation.City{Zone: time.UTC, Network: capacity.Network{Groups: []eventscapacity.ServiceGroup{{Skill: "id", Name: map[string]string{"en": "Identity <cards>"}}},
		Districts: []eventscapacity.District{{ID: "west", Name: "West"}, {ID: "east", Name: "East"}}, Policy: eventscapacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 42}}}
	s := scenario.Scenario{Name: "test", About: "A city of two districts.", From: day.Date(2026, 1, 5), Days: days,
		Demand: scenario.Demand{Source: "counted in the street", Level: 1.25}, Sickness: scenario.Sickness{Waves: []scenario.Wave{{Name: "flu"}}},
		Events: []scenario.Special{{Kind: "outage", Source: "the newspaper"}}}
	var out strings.Builder
	if err := report.Write(&out, report.Page{City: c, Scenario: s, Command: "lotse simulate --scenario test", Runs: runs}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var (
	ids    = regexp.MustCompile(` id="([^"]*)"`)
	labels = regexp.MustCompile(` aria-labelledby="([^"]*)"`)
)

func TestAReportStandsAlone(t *testing.T) {
	from := day.Date(2026, 1, 5)
	got := page(t, 90, compare.Run{Policy: "none", Seed: 1, Result: result(from, 90, 20)}, compare.Run{Policy: "lotse-auto", Seed: 1, Result: result(from, 90, 10)},
		compare.Run{Policy: "none", Seed: 2, Result: result(from, 90, 21)}, compare.Run{Policy: "lotse-auto", Seed: 2, Result: result(from, 90, 11)})
	for _, bad := range []string{"<script", "src=", "href=", "url(", "@import", "http:", "https:", "NaN", "<cards>", "ZgotmplZ"} {
		if strings.Contains(got, bad) {
			t.Errorf("it has %s", bad)
		}
	}
	for _, want := range []string{"A city of two districts.", "5 Jan 2026", "counted in the street", "the newspaper", "1.25", "0123456789abcdef", "2 seeds", "week by week",
		"Differences to none on the same seeds", ">better<", "West", "50.0 ± 0.0", "lotse simulate --scenario test", "Identity &lt;cards&gt;", "limit 14 days"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not have %q", want)
		}
	}
	for _, f := range simulation.Figures {
		if !strings.Contains(got, `<th scope="row">`+f.Name) || !strings.Contains(got, f.Means) {
			t.Errorf("%s is not shown, or not explained", f.Name)
		}
	}
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(got, -1) {
		if seen[m[1]] {
			t.Errorf("id %s is there twice", m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range labels.FindAllStringSubmatch(got, -1) {
		for l := range strings.FieldsSeq(m[1]) {
			if !seen[l] {
				t.Errorf("label %s is not there", l)
			}
		}
	}
	if charts, twins := strings.Count(got, "<figure"), strings.Count(got, "</details></figure>"); charts != 2+2*4 || twins != charts {
		t.Errorf("%d charts, %d of them with a table", charts, twins)
	}
	if few := page(t, 20, compare.Run{Policy: "none", Seed: 1, Result: result(from, 20, 20)}); !strings.Contains(few, "day by day") || !strings.Contains(few, "one seed") ||
		strings.Contains(few, "Differences to") {
		t.Errorf("a short run of one policy: %s", few)
	}
}
