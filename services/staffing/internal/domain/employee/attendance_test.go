package employee

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
)

func TestAttendance(t *testing.T) {
	monday := day.Date(2026, 11, 30)
	noon := day.Clock(12, 0)
	terms := Terms{Rotation: []Week{{1: {Span: day.Span{From: day.Clock(8, 0), To: day.Clock(16, 0)}, Breaks: []day.Span{{From: noon, To: noon + 30}}}}}}
	until := func(d day.Day) *day.Day { return &d }
	leave := Absence{Extent: Extent{From: monday - 7, Until: until(monday + 7), Planned: true}}
	ill := Absence{Extent: Extent{From: monday, Until: until(monday + 1)}}
	morning := Absence{Extent: Extent{From: monday, Until: until(monday + 1), ToTime: &noon}}
	open := Absence{Extent: Extent{From: monday - 7}}
	left := terms
	left.Until = until(monday)
	for name, c := range map[string]struct {
		terms    Terms
		on       day.Day
		absences []Absence
		today    day.Day
		want     Attendance
	}{
		"there":                            {terms, monday, nil, monday, Attendance{450, 0, 0}},
		"does not work on Tuesdays":        {terms, monday + 1, []Absence{leave}, monday, Attendance{}},
		"has left":                         {left, monday, []Absence{leave}, monday, Attendance{}},
		"on leave":                         {terms, monday, []Absence{leave}, monday, Attendance{450, 450, 0}},
		"ill":                              {terms, monday, []Absence{ill}, monday, Attendance{450, 0, 450}},
		"ill on leave":                     {terms, monday, []Absence{leave, ill}, monday, Attendance{450, 0, 450}},
		"ill in the morning":               {terms, monday, []Absence{morning}, monday, Attendance{450, 0, 240}},
		"ill in a morning of leave":        {terms, monday, []Absence{morning, leave}, monday, Attendance{450, 210, 240}},
		"open end, today":                  {terms, monday, []Absence{open}, monday, Attendance{450, 0, 450}},
		"open end, nothing is known later": {terms, monday + 7, []Absence{open}, monday, Attendance{450, 0, 0}},
		"open end, in the past":            {terms, monday - 7, []Absence{open}, monday, Attendance{450, 0, 450}},
	} {
		if got := c.terms.AttendanceOn(c.on, c.absences, c.today); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// What is counted the short way is what is counted by taking nothing out.
func TestCounterWorkIsTheSameEitherWay(t *testing.T) {
	spans := []day.Span{{From: 480, To: 540}, {From: 540, To: 600}, {From: 700, To: 700}, {From: 500, To: 620}, {From: 900, To: 1020}, {From: 400, To: 490}}
	for _, a := range spans {
		for _, b := range spans {
			s := Shift{Span: day.Span{From: 480, To: 960}, Breaks: []day.Span{a, b}}
			short, plain := s.counter()
			span, breaks, _ := without(s, nil)
			want := span.Minutes()
			for _, x := range breaks {
				want -= x.Minutes()
			}
			if plain && short != want {
				t.Errorf("%v: %d, want %d", s.Breaks, short, want)
			}
		}
	}
}
