package asked_test

import (
	"math"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/read/asked"
)

const monday = day.Day(20780) // 2026-11-23

func counted(c id.Centre, d day.Day, n ...int) observed.BookingsObserved {
	o := observed.BookingsObserved{Centre: c, Day: d, Skills: []observed.Ahead{{Skill: "id"}}}
	for i, x := range n {
		o.Skills[0].Days, o.Skills[0].Counts = append(o.Skills[0].Days, i), append(o.Skills[0].Counts, x)
	}
	return o
}

func setting(today day.Day) Setting {
	return Setting{Today: today,
		Policy: capacity.PolicyChanged{Version: 1, Policy: capacity.Policy{HorizonDays: 60}, Districts: []capacity.District{
			{ID: "altona", DailyDemand: map[id.Skill]day.Minutes{"id": 1000}}, {ID: "harburg", DailyDemand: map[id.Skill]day.Minutes{"id": 500}}}},
		Catalogue: capacity.CatalogueChanged{Groups: []capacity.ServiceGroup{{Skill: "id"}, {Skill: "pass"}}, Services: []capacity.ServiceType{{ID: "card", Skill: "id", Minutes: 10, Share: 1}}},
		Centres:   map[id.Centre]capacity.Centre{"a1": {ID: "a1", District: "altona"}, "a2": {ID: "a2", District: "altona"}, "h": {ID: "h", District: "harburg"}}}
}

// weeks counts so many, every working day, of the two centres of one district.
func weeks(c *Counts, n int) (today day.Day) {
	for d := monday; d < monday+day.Day(7*n); d++ {
		if d-d.Monday() < 5 {
			c.Note(counted("a1", d, 70, 20))
			c.Note(counted("a2", d, 60))
		} else {
			c.Note(counted("a1", d, 5))
		}
		c.Note(counted("h", d, 40))
	}
	return monday + day.Day(7*n)
}

func TestTooLittleCountedIsAsThePolicySays(t *testing.T) {
	for name, today := range map[string]day.Day{"three weeks": weeks(new(Counts), 3), "nothing": monday, "told long ago": monday + 200} {
		var c Counts
		if name != "nothing" {
			weeks(&c, map[string]int{"three weeks": 3, "told long ago": 8}[name])
		}
		s := setting(today)
		x := c.Expect(s)
		if x.Learned() {
			t.Errorf("%s is taken for enough", name)
		}
		for d := today; d < today+14; d++ {
			if got, want := x.Requests(s.Policy)(s.Policy.Districts[0], "id", d), forecast.Policy(s.Policy)(s.Policy.Districts[0], "id", d); got != want {
				t.Errorf("%s: %v on %s, the policy says %v", name, got, d, want)
			}
		}
	}
	var none *Expected
	if none.Learned() {
		t.Error("nobody has learned anything")
	}
}

func TestCountsSayWhatIsExpected(t *testing.T) {
	var c Counts
	today := weeks(&c, 12)
	s := setting(today)
	x := c.Expect(s)
	ask := x.Requests(s.Policy)
	for district, want := range map[int]float64{0: 1500, 1: 400} {
		if got := ask(s.Policy.Districts[district], "id", today+1); math.Abs(got-want) > .05*want {
			t.Errorf("district %d, a Tuesday: %.0f minutes, counted were %.0f", district, got, want)
		}
	}
	if got := ask(s.Policy.Districts[0], "id", today+5); got < 20 || got > 150 {
		t.Errorf("a Saturday: %.0f minutes, counted were 50", got)
	}
	if d, ok := x.Day("altona", "id", today+59); !ok || d.Low > 150 || d.High < 150 || d.Low < 60 {
		t.Errorf("60 days ahead %+v %v", d, ok)
	}
	if _, ok := x.Day("altona", "id", today+60); ok {
		t.Error("nothing is known of the day after the horizon")
	}
	more := s.Policy
	more.Districts = []capacity.District{{ID: "altona", DailyDemand: map[id.Skill]day.Minutes{"id": 1500}}}
	if got, want := x.Requests(more)(more.Districts[0], "id", today+1), 1.5*ask(s.Policy.Districts[0], "id", today+1); math.Abs(got-want) > 1e-6 {
		t.Errorf("half more is supposed: %.0f, want %.0f", got, want)
	}
}

func TestTheSameCountsAreTheSameExpectation(t *testing.T) {
	var c, corrected Counts
	today := weeks(&c, 8)
	weeks(&corrected, 8)
	corrected.Note(counted("a1", monday+8, 900))
	corrected.Note(counted("a1", monday+8, 70, 20)) // as it was after all
	s := setting(today)
	if c.Expect(s) != c.Expect(s) {
		t.Error("nothing has changed, and it is reckoned anew")
	}
	a, _ := c.Expect(s).Day("altona", "id", today)
	if b, _ := corrected.Expect(s).Day("altona", "id", today); a != b {
		t.Errorf("%+v, after a correction and back %+v", a, b)
	}
	old := c.Expect(s)
	c.Note(counted("a1", today, 300))
	if c.Expect(s) == old {
		t.Error("more was counted, and nothing is reckoned")
	}
	if b, _ := old.Day("altona", "id", today); a != b {
		t.Error("what was expected has changed afterwards")
	}
}

func TestWhatLiesLongBackIsForgotten(t *testing.T) {
	var c, late Counts
	c.Note(counted("a1", monday-2000, 1000))
	today := weeks(&c, 8)
	late.Note(counted("a1", monday+3, 1)) // told out of order
	weeks(&late, 8)
	late.Note(counted("a1", monday-2000, 1000))
	s := setting(today)
	a, _ := c.Expect(s).Day("harburg", "id", today)
	if a.Mean <= 0 {
		t.Errorf("%+v", a)
	}
	if b, ok := late.Expect(s).Day("altona", "id", today); !ok || math.Abs(b.Mean-150) > 10 {
		t.Errorf("%+v", b)
	}
}

func TestWhoNamesADistrictAsksThere(t *testing.T) {
	var c, there Counts
	today := weeks(&c, 8)
	weeks(&there, 8)
	for d := monday; d < today; d++ {
		if d-d.Monday() < 5 {
			o := counted("a2", d, 60)
			o.Skills[0].Wanted = map[id.District]int{"harburg": 40}
			there.Note(o)
		}
	}
	s := setting(today)
	altona, _ := c.Expect(s).Day("altona", "id", today)
	harburg, _ := c.Expect(s).Day("harburg", "id", today)
	less, _ := there.Expect(s).Day("altona", "id", today)
	more, _ := there.Expect(s).Day("harburg", "id", today)
	if math.Abs(altona.Mean-less.Mean-40) > 5 || math.Abs(more.Mean-harburg.Mean-40) > 5 {
		t.Errorf("40 of altona's wanted harburg: %.0f, without %.0f; harburg %.0f, without %.0f", less.Mean, altona.Mean, more.Mean, harburg.Mean)
	}
}

func TestSearchesInVainAreRequests(t *testing.T) {
	var c Counts
	today := weeks(&c, 8)
	s := setting(today)
	altona, _ := c.Expect(s).Day("altona", "id", today)
	harburg, _ := c.Expect(s).Day("harburg", "id", today)
	lost := func(e observed.SearchesObserved, n int) (float64, float64) {
		var c Counts
		weeks(&c, 8)
		for d := monday; d < today; d++ {
			if d-d.Monday() < 5 {
				e.Skill, e.Day, e.Lost = "id", d, n
				c.Lost(e)
			}
		}
		a, _ := c.Expect(s).Day("altona", "id", today)
		h, _ := c.Expect(s).Day("harburg", "id", today)
		return a.Mean - altona.Mean, h.Mean - harburg.Mean
	}
	for _, x := range []struct {
		name string
		at   observed.SearchesObserved
		n    int
		a, h float64
	}{
		{"in a district", observed.SearchesObserved{District: "harburg"}, 40, 0, 20},
		{"at a centre", observed.SearchesObserved{Centre: "a2"}, 40, 20, 0},
		{"anywhere", observed.SearchesObserved{}, 60, 20, 10},
		{"at an unknown centre, as anywhere", observed.SearchesObserved{Centre: "gone"}, 60, 20, 10},
		{"by a machine", observed.SearchesObserved{District: "harburg"}, 100000, 0, 50},
	} {
		if a, h := lost(x.at, x.n); math.Abs(a-x.a) > 5 || math.Abs(h-x.h) > 5 {
			t.Errorf("%s: altona %.0f more, want %.0f; harburg %.0f more, want %.0f", x.name, a, x.a, h, x.h)
		}
	}
}

func TestWhoDoesNotComeIsLearnedByDistrict(t *testing.T) {
	var c Counts
	if f, is := c.Expect(setting(monday)).NoShow("altona"); is || f != .11 {
		t.Errorf("%v %v before anything was counted", f, is)
	}
	for d := monday; d < monday+100; d++ {
		for centre, missed := range map[id.Centre]int{"a1": 4, "a2": 6, "h": 30} {
			o := counted(centre, d)
			o.Missed, o.Kept = 2*missed, 100-2*missed
			c.Note(o)
			o.Missed, o.Kept = missed, 100-missed // as it was after all
			c.Note(o)
		}
	}
	x := c.Expect(setting(monday + 100))
	altona, is := x.NoShow("altona")
	harburg, _ := x.NoShow("harburg")
	city, _ := x.NoShow("")
	if !is || math.Abs(altona-.05) > .01 || math.Abs(harburg-.3) > .03 || math.Abs(city-40./300) > .01 {
		t.Errorf("altona %.3f, harburg %.3f, city %.3f", altona, harburg, city)
	}
	if f, is := c.Expect(setting(monday + 400)).NoShow("harburg"); is || f != .11 {
		t.Errorf("%v %v, the last was counted almost a year ago", f, is)
	}
}
