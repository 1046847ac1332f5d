package capacity_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

type shareAhead struct {
	Share   float64
	Learned bool
}

// ahead is the answer of /v1/forecast.
type ahead struct {
	From      day.Day
	Days      int
	Districts []struct {
		District id.District
		NoShow   shareAhead `json:"no_show"`
		Absent   shareAhead
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

// Who does not come, citizens and staff, is told by district once days are over.
func TestWhoWillNotComeIsForecast(t *testing.T) {
	w := running(t, nil)
	var before, after ahead
	w.call("GET", "/v1/forecast", nil, &before)
	if d := before.Districts[0]; d.NoShow.Learned || d.NoShow.Share != .11 || d.Absent.Learned || d.Absent.Share != .04 {
		t.Errorf("%+v", d)
	}
	w.ill("west-1", "hr-1", monday+1, monday+2, monday+3)
	for d := monday; d < monday+4; d++ {
		w.deliver("booking", "", booking.BookingsCounted{Centre: "west", Day: d, Version: 1, Skills: []booking.BookedAhead{}, Kept: 900, Missed: 100})
		w.deliver("booking", "", booking.BookingsCounted{Centre: "east", Day: d, Version: 1, Skills: []booking.BookedAhead{}, Kept: 980, Missed: 20})
		w.now = w.now.Add(24 * time.Hour)
		w.settle()
	}
	w.service.Glance()
	w.call("GET", "/v1/forecast", nil, &after)
	var west, east = after.Districts[0], after.Districts[1]
	if w.service.City().Centres["west"].District != west.District {
		west, east = east, west
	}
	if !west.NoShow.Learned || west.NoShow.Share < .09 || west.NoShow.Share > .1 || east.NoShow.Share > .03 || east.NoShow.Share < .02 {
		t.Errorf("of 4000 each 400 and 80 did not come: %+v %+v", west.NoShow, east.NoShow)
	}
	if !west.Absent.Learned || west.Absent.Share <= east.Absent.Share {
		t.Errorf("a third of west was ill for three of four days: %+v, east %+v", west.Absent, east.Absent)
	}
	page := w.page(central, "GET", "/desk/districts/"+string(west.District), "en", nil).Body.String()
	if want := fmt.Sprintf("expected to come to %.1f %%", 100*west.NoShow.Share); !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), want) && !strings.Contains(page, strings.Replace(want, " %", "%", 1)) {
		t.Errorf("no %q on the page of the district", want)
	}
}
