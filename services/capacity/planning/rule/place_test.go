package rule

import (
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

func TestPlace(t *testing.T) {
	no, five := false, 5
	for _, c := range []struct {
		what    string
		edit    func(in *planning.Instance)
		e, t, c int
		want    Name
	}{
		{"within reach after the notice", nil, 0, 2, 1, ""},
		{"a day before the notice ends", nil, 0, 1, 1, Notice},
		{"notice counts from today", func(in *planning.Instance) { in.Today = 5 }, 0, 6, 1, Notice},
		{"today and notice are over", func(in *planning.Instance) { in.Today = 5 }, 0, 7, 1, ""},
		{"a mobile team at once", nil, 1, 0, 1, ""},
		{"a volunteer at once", nil, 2, 0, 1, ""},
		{"the past is past for a mobile team", func(in *planning.Instance) { in.Today = 1 }, 1, 0, 1, Notice},
		{"personal notice is longer", func(in *planning.Instance) { in.Staff[0].NoticeDays = &five }, 0, 4, 1, Notice},
		{"personal notice binds a volunteer", func(in *planning.Instance) { in.Staff[2].NoticeDays = &five }, 2, 4, 1, Notice},
		{"personal notice is over", func(in *planning.Instance) { in.Staff[0].NoticeDays = &five }, 0, 5, 1, ""},
		{"out of reach", nil, 2, 9, 2, Reach},
		{"home need not be listed", func(in *planning.Instance) { in.Staff[0].Reach = []int{1}; in.Prev[0][9] = 1 }, 0, 9, 0, ""},
		{"the previous place is allowed out of reach", func(in *planning.Instance) { in.Prev[2][0] = 2 }, 2, 0, 2, ""},
		{"home within the notice", func(in *planning.Instance) { in.Prev[0][1] = 1 }, 0, 1, 0, Notice},
		{"absent", func(in *planning.Instance) { in.Avail[0][9] = 0 }, 0, 9, 0, Presence},
		{"nowhere though present", nil, 0, 9, planning.Nowhere, Presence},
		{"nowhere when absent", func(in *planning.Instance) { in.Avail[0][9] = 0 }, 0, 9, planning.Nowhere, ""},
		{"not to be deployed", func(in *planning.Instance) { in.Staff[0].Deployable = &no }, 0, 9, 1, Deployable},
		{"not to be deployed may come home", func(in *planning.Instance) { in.Staff[0].Deployable = &no; in.Prev[0][9] = 1 }, 0, 9, 0, ""},
		{"closed", func(in *planning.Instance) { in.Centres[1].Open = make([]int, 28) }, 0, 9, 1, Open},
		{"the city is closed", func(in *planning.Instance) { in.Open[9] = 0 }, 0, 9, 1, Open},
		{"home though closed", func(in *planning.Instance) { in.Open[9] = 0; in.Prev[0][9] = 1 }, 0, 9, 0, ""},
		{"decided", func(in *planning.Instance) { in.Staff[0].FixedDays = []int{9} }, 0, 9, 1, Fixed},
		{"decided: not even home", func(in *planning.Instance) { in.Staff[0].FixedDays = []int{9}; in.Prev[0][9] = 1 }, 0, 9, 0, Fixed},
		{"nothing asked for that they can do", func(in *planning.Instance) { in.Centres[1].MinStaff = 0 }, 3, 9, 1, Skills},
		{"a head for the minimum", nil, 3, 9, 1, ""},
		{"a head for the half hours' minimum", func(in *planning.Instance) { in.Centres[1].MinStaff = 0; opens(&in.Centres[1], in.Horizon) }, 3, 9, 1, ""},
		{"booked there on that day", func(in *planning.Instance) { in.Centres[1].MinStaff = 0; in.Booked[1][1][9] = 15 }, 3, 9, 1, ""},
		{"booked there on another day", func(in *planning.Instance) { in.Centres[1].MinStaff = 0; in.Booked[1][1][8] = 15 }, 3, 9, 1, Skills},
		{"held for walk-ins", func(in *planning.Instance) { in.Centres[1].MinStaff = 0; in.Walkin[1][1][9] = 15 }, 3, 9, 1, ""},
		{"asked for anywhere", func(in *planning.Instance) { in.Centres[1].MinStaff = 0; in.DemandAny[1][3] = 15 }, 3, 9, 1, ""},

		{"Sunday without weekend rules", nil, 1, 13, 1, ""},
		{"Sunday", saturdays, 1, 13, 1, Sunday},
		{"Sunday at home", func(in *planning.Instance) { saturdays(in); in.Prev[1][13] = 1 }, 1, 13, 0, ""},
		{"public holiday", func(in *planning.Instance) { in.Holidays = []int{9} }, 1, 9, 1, Sunday},
		{"the day after a holiday", func(in *planning.Instance) { in.Holidays = []int{9} }, 1, 10, 1, ""},
		{"Saturday, ordinary", saturdays, 0, 12, 1, Saturday},
		{"Saturday, mobile", saturdays, 1, 12, 1, ""},
		{"Saturday, volunteer", saturdays, 2, 12, 1, ""},
		{"Saturday, anyone", func(in *planning.Instance) { saturdays(in); in.Saturdays.Anyone = true }, 0, 12, 1, ""},
		{"Friday", saturdays, 0, 11, 1, ""},

		// 600 minutes less 45 of break are 555 of work; 22 and 23 minutes each way.
		{"ten hours with travel", func(in *planning.Instance) { duties(in, 480, 1080); in.Travel[0][1], in.Travel[1][0] = 22, 23 }, 0, 9, 1, ""},
		{"a minute more", func(in *planning.Instance) { duties(in, 480, 1080); in.Travel[0][1], in.Travel[1][0] = 23, 23 }, 0, 9, 1, TenHours},
		{"a stricter limit", func(in *planning.Instance) {
			duties(in, 480, 960)
			in.WorkTime = &planning.WorkTime{Day: 489}
		}, 0, 9, 1, TenHours},
		{"one shift is short enough", func(in *planning.Instance) { in.Shifts = []planning.Span{{420, 1080}, {420, 900}} }, 0, 9, 1, ""},
		{"no shift is short enough", func(in *planning.Instance) { in.Shifts = []planning.Span{{420, 1080}, {420, 1070}} }, 0, 9, 1, TenHours},
		{"a long day at home is the roster's", func(in *planning.Instance) { duties(in, 400, 1300); in.Prev[0][9] = 1 }, 0, 9, 0, ""},
	} {
		b := New(valid(t, city(c.edit)))
		if got := b.Place(c.e, c.t, c.c); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
		if c.c >= 0 {
			var all []int
			b.PlacesOf(c.e, c.t, func(c int) { all = append(all, c) })
			if slices.Contains(all, c.c) != (c.want == "") {
				t.Errorf("%s: places %v", c.what, all)
			}
		}
	}
}

func saturdays(in *planning.Instance) { in.Saturdays = &planning.Saturdays{InFourWeeks: 1} }

func TestWorked(t *testing.T) {
	for _, c := range [][2]int{{0, 0}, {360, 360}, {361, 360}, {390, 360}, {391, 361}, {500, 470}, {570, 540}, {571, 540}, {585, 540}, {586, 541}, {600, 555}} {
		if got := worked(c[0]); got != c[1] {
			t.Errorf("a duty of %d minutes is %d of work, want %d", c[0], got, c[1])
		}
	}
}

// opens gives a centre hours on every day and a minimum of one at every half hour.
func opens(c *planning.Centre, days int) {
	c.MinPresent = 1
	c.Hours = slices.Repeat([]planning.Span{{480, 1080}}, days)
}
