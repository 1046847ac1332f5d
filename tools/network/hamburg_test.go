package network

import (
	"math"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

const (
	hamburgDir = "../../deploy/networks/hamburg"
	tinyDir    = "../../deploy/networks/tiny"
)

func load(t *testing.T, dir string) *Network {
	t.Helper()
	n, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// openOn are the centres that are open in a day's week.
func openOn(n *Network, d day.Day) map[id.Centre]capacity.Centre {
	open := map[id.Centre]capacity.Centre{}
	for _, c := range n.Centres {
		if (c.Opens == nil || *c.Opens <= d) && (c.Closes == nil || d < *c.Closes) {
			open[c.ID] = c
		}
	}
	return open
}

func in(t *testing.T, what string, v, low, high float64) {
	t.Helper()
	if v < low || v > high {
		t.Errorf("%s: %v, want %v to %v", what, v, low, high)
	}
}

func TestHamburgHasTheSizeOfHamburg(t *testing.T) {
	n := load(t, hamburgDir)
	if n.Name != "Hamburg" || len(n.Districts) != 7 || len(n.Centres) != 17 || len(n.Catalogue.Groups) != 5 {
		t.Errorf("%s: %d districts, %d centres, %d groups", n.Name, len(n.Districts), len(n.Centres), len(n.Catalogue.Groups))
	}
	in(t, "services", float64(len(n.Catalogue.Services)), 18, 25)
	in(t, "employees", float64(len(n.Employees)), 490, 520)
	if before, after := len(openOn(n, day.Date(2026, 3, 31))), len(openOn(n, day.Date(2026, 4, 1))); before != 16 || after != 15 {
		t.Errorf("open before and after the merger: %d and %d", before, after)
	}
	served := map[id.District]bool{}
	for _, c := range openOn(n, day.Date(2026, 12, 1)) {
		served[c.District] = true
		if len(c.TravelMinutes) != 16 {
			t.Errorf("%s has travel minutes to %d centres", c.ID, len(c.TravelMinutes))
		}
	}
	if len(served) != 7 {
		t.Errorf("districts with a centre: %v", served)
	}
	population := 0
	for _, d := range n.Districts {
		population += d.Population
	}
	if population != 1973896 {
		t.Errorf("population %d", population)
	}
	years := map[int]int{}
	for _, h := range n.Holidays {
		if y, _, _ := h.From.Date(); !h.School {
			years[y]++
		}
	}
	for y := 2025; y <= 2028; y++ {
		if years[y] != 10 {
			t.Errorf("%d has %d public holidays", y, years[y])
		}
	}
}

func TestHamburgStaffIsAsDescribed(t *testing.T) {
	n := load(t, hamburgDir)
	var mobile, volunteer, fixed, part, away float64
	for _, e := range n.Employees {
		minutes := 0
		for d := day.Date(2026, 11, 30); d < day.Date(2026, 12, 14); d++ {
			if s, ok := e.ShiftOn(d); ok {
				minutes += int(s.CounterMinutes())
			}
		}
		if minutes < 2900 {
			part++
		}
		if minutes > 3000 {
			t.Errorf("%s stands at the counter for %d minutes in two weeks", e.ID, minutes)
		}
		for what, v := range map[*float64]bool{&mobile: e.Mobile, &volunteer: e.Volunteer, &fixed: !e.Deployable, &away: e.MaxDaysAwayPerWeek > 2 && !e.Mobile} {
			if v {
				*what++
			}
		}
	}
	all := float64(len(n.Employees))
	in(t, "mobile", mobile/all, 0.07, 0.09)
	in(t, "volunteers", volunteer/all, 0.11, 0.19)
	in(t, "not deployable", fixed/all, 0.03, 0.07)
	in(t, "part-time", part/all, 0.20, 0.33)
	in(t, "away more than two days", away, 0, 0)

	posts, vacant := map[id.Centre]float64{}, map[id.Centre]float64{}
	sum := 0.0
	for _, p := range n.Posts {
		posts[p.Centre]++
		if p.Employee == "" {
			vacant[p.Centre]++
			sum++
		}
	}
	in(t, "vacant", sum/float64(len(n.Posts)), 0.16, 0.20)
	in(t, "vacant at Langenhorn", vacant["langenhorn"]/posts["langenhorn"], 0.25, 0.40)
	in(t, "vacant in Bergedorf", vacant["bergedorf"]/posts["bergedorf"], 0, 0.10)
}

// Nobody stands at a counter that is closed or not there, and every open hour
// has somebody who can serve each skill at hand on most days.
func TestHamburgRostersFitTheCentres(t *testing.T) {
	n := load(t, hamburgDir)
	for d := day.Date(2026, 11, 30); d < day.Date(2026, 12, 14); d++ {
		weekday := int(d-d.Monday()) + 1
		heads, present := map[id.Centre]int{}, map[id.Centre][48]int{}
		open := map[id.Centre][]day.Span{}
		for _, c := range openOn(n, d) {
			open[c.ID] = c.Hours[weekday]
		}
		for _, m := range n.Measures {
			if m.Contains(d) && m.Kind == capacity.MeasureHours {
				open[m.Centre] = m.Hours[weekday]
			}
		}
		for _, e := range n.Employees {
			s, ok := e.ShiftOn(d)
			if !ok {
				continue
			}
			heads[e.Home]++
			if !covers(open[e.Home], s.Span) {
				t.Errorf("%s %s: %s works %s, open are %v", d, e.Home, e.ID, s.Span, open[e.Home])
			}
			at := present[e.Home]
			for i := range at {
				half := day.Span{From: day.TimeOfDay(i * 30), To: day.TimeOfDay(i*30 + 30)}
				free := s.Contains(half)
				for _, b := range s.Breaks {
					free = free && b.Meet(half).Minutes() == 0
				}
				if free {
					at[i]++
				}
			}
			present[e.Home] = at
		}
		for _, c := range openOn(n, d) {
			if heads[c.ID] > c.Counters {
				t.Errorf("%s %s: %d rostered at %d counters", d, c.ID, heads[c.ID], c.Counters)
			}
			if len(open[c.ID]) > 0 && heads[c.ID] < c.MinStaff {
				t.Errorf("%s %s: %d rostered, at least %d run it", d, c.ID, heads[c.ID], c.MinStaff)
			}
			for i, at := range present[c.ID] {
				half := day.Span{From: day.TimeOfDay(i * 30), To: day.TimeOfDay(i*30 + 30)}
				if covers(open[c.ID], half) && at < 2 {
					t.Errorf("%s %s %s: %d at the counters", d, c.ID, half, at)
				}
			}
		}
	}
}

// The figures in the comment of network.yaml.
func TestHamburgDemandIsAsComputed(t *testing.T) {
	n := load(t, hamburgDir)
	minutes := 0.0
	for d := day.Date(2026, 11, 30); d < day.Date(2026, 12, 14); d++ {
		for _, e := range n.Employees {
			if s, ok := e.ShiftOn(d); ok && int(d-d.Monday()) < 5 {
				minutes += float64(s.CounterMinutes()) / 10
			}
		}
	}
	if minutes != 143760 {
		t.Errorf("counter minutes a working day: %v, network.yaml says 143,760", minutes)
	}
	centres := float64(len(openOn(n, day.Date(2026, 12, 1))))
	left := minutes*0.92*(1-n.Policy.WalkInShare) - centres*float64(n.Policy.ExpressCounters)*300*0.92
	people, demand := 0.0, 0.0
	for _, d := range n.Districts {
		people += float64(d.Population)
	}
	mix := map[id.Skill]float64{"id": 0.30, "pass": 0.22, "reg": 0.26, "drive": 0.10, "cert": 0.12}
	for _, d := range n.Districts {
		for k, share := range mix {
			want := day.Minutes(math.Round(99900*float64(d.Population)/people*share/5) * 5)
			if d.DailyDemand[k] != want {
				t.Errorf("%s %s: %d, want %d", d.ID, k, d.DailyDemand[k], want)
			}
			demand += float64(d.DailyDemand[k])
		}
	}
	in(t, "load", demand/left, 0.88, 0.90)
}

func TestHamburgTravelIsTheEstimateItSaysItIs(t *testing.T) {
	n := load(t, hamburgDir)
	for _, a := range n.Centres {
		for _, b := range n.Centres {
			if a.ID != b.ID && a.TravelMinutes[b.ID] != EstimateTravel(a, b) {
				t.Errorf("%s to %s: %d, the formula says %d", a.ID, b.ID, a.TravelMinutes[b.ID], EstimateTravel(a, b))
			}
		}
	}
}

func TestTinyLoads(t *testing.T) {
	n := load(t, tinyDir)
	if len(n.Districts) != 2 || len(n.Centres) != 3 || len(n.Employees) != 8 || len(n.Posts) != 9 {
		t.Errorf("%d districts, %d centres, %d employees, %d posts", len(n.Districts), len(n.Centres), len(n.Employees), len(n.Posts))
	}
	c := n.Centres[1]
	if got := c.Hours[6]; len(got) != 1 || got[0].String() != "09:00–13:00" || c.TravelMinutes["west-1"] != 41 || len(c.Exceptions) != 1 {
		t.Errorf("east-1 is read as %+v", c)
	}
	e := n.Employees[3]
	// 2026-11-30 begins ISO week 2969 since 1970-01-05: odd, so the second week.
	if s, ok := e.ShiftOn(day.Date(2026, 12, 1)); !ok || s.String() != "09:40–18:00" || s.CounterMinutes() != 300 {
		t.Errorf("Tuesday: %v %v", s, ok)
	}
	if s, ok := e.ShiftOn(day.Date(2026, 12, 12)); !ok || s.String() != "09:00–13:00" {
		t.Errorf("Saturday: %v %v", s, ok)
	}
	if s, ok := e.ShiftOn(day.Date(2026, 12, 5)); ok {
		t.Errorf("Saturday off: %v", s)
	}
	if e.MaxDaysAwayPerWeek != 2 || !e.Deployable || n.Employees[2].Deployable || n.Employees[5].MaxDaysAwayPerWeek != 5 {
		t.Error("defaults are read wrongly")
	}
}
