package capacity_test

import (
	"math"
	"net/http"
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// ahead is the answer of /v1/forecast.
type ahead struct {
	From      day.Day
	Days      int
	Districts []struct {
		District id.District
		Groups   []struct {
			Skill    id.Skill
			Learned  bool
			Requests struct{ Low, Expected, High []float64 }
			Lead     struct{ Low, Expected, High []int }
		}
	}
}

// What is expected is as the policy says until enough was counted, and then as was
// counted; each on the same days as the lead times that come of it.
func TestForecastOverHTTP(t *testing.T) {
	w := running(t, nil)
	var before, after, one ahead
	if rec := w.call("GET", "/v1/forecast", nil, &before); rec.Code != http.StatusOK || before.From != monday || before.Days < 14 || len(before.Districts) < 2 {
		t.Fatalf("%d %+v", rec.Code, before)
	}
	first := before.Districts[0].Groups[0]
	if first.Learned || len(first.Requests.Expected) != before.Days || len(first.Lead.Expected) != before.Days || first.Requests.Expected[1] <= 0 {
		t.Errorf("before anything was counted: %+v", first)
	}
	centre := map[id.District]id.Centre{}
	for k, c := range w.service.City().Centres {
		centre[c.District] = k
	}
	for d := monday - 43; d < monday; d++ {
		if d-d.Monday() < 5 {
			w.deliver("booking", "", booking.BookingsCounted{Centre: centre[before.Districts[0].District], Day: d, Version: 1,
				Skills: []booking.BookedAhead{{Skill: first.Skill, Days: []int{3}, Counts: []int{30}}}})
		}
	}
	w.settle()
	w.service.Glance() // pages and readers who name no position may see what is half a second old
	w.call("GET", "/v1/forecast", nil, &after)
	if g := after.Districts[0].Groups[0]; !g.Learned || math.Abs(g.Requests.Expected[1]-30) > 4 || g.Requests.Low[1] >= 30 || g.Requests.High[1] <= 30 {
		t.Errorf("30 were counted on each working day: %+v", g)
	}
	w.call("GET", "/v1/forecast?days=3&district="+string(after.Districts[1].District)+"&group="+string(first.Skill), nil, &one)
	if one.Days != 3 || len(one.Districts) != 1 || len(one.Districts[0].Groups) != 1 || !slices.Equal(one.Districts[0].Groups[0].Lead.High, after.Districts[1].Groups[0].Lead.High[:3]) {
		t.Errorf("%+v", one)
	}
	for _, path := range []string{"/v1/forecast?district=atlantis", "/v1/forecast?group=atlantis", "/v1/forecast?days=0"} {
		if rec := w.call("GET", path, nil, nil); rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
}
