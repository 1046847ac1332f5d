package read

import (
	"cmp"
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/centre"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
)

// attendanceDays is how long back attendance is known.
const attendanceDays = 400

// Attendance knows how much of the work that was scheduled nobody did because
// they were off, weeks ago and weeks ahead. It is worked out anew from what is
// known of each absence now, so that a word about the past corrects it, while
// duties change from today on only.
type Attendance struct {
	holidays []calendar.Holiday
	district map[id.Centre]id.District
	byID     map[id.Employee]*attended
}

type attended struct {
	known bool
	today day.Day // that duties were worked out for last
	terms []sinceTerms
	cases map[id.Absence]employee.Absence
}

type sinceTerms struct {
	since day.Day // of the first: from ever on
	employee.Terms
}

// NewAttendance is empty.
func NewAttendance() *Attendance {
	return &Attendance{district: map[id.Centre]id.District{}, byID: map[id.Employee]*attended{}}
}

func (m *Attendance) of(who id.Employee) *attended {
	if m.byID[who] == nil {
		m.byID[who] = &attended{cases: map[id.Absence]employee.Absence{}}
	}
	return m.byID[who]
}

// Apply takes in one event.
func (m *Attendance) Apply(_ eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case calendar.Changed:
		m.holidays = e.Holidays
	case centre.Noted:
		m.district[e.Centre] = e.District
	case employee.Imported:
		x := m.of(e.Employee)
		x.known = true
		if n := len(x.terms); n > 0 && x.terms[n-1].since == x.today {
			x.terms = x.terms[:n-1]
		}
		x.terms = append(x.terms, sinceTerms{x.today, e.Terms})
	case employee.AbsenceNoted:
		m.of(e.Employee).cases[e.Case] = e.Absence
	case employee.AbsenceOfUnknownEmployee:
		m.of(e.Employee).cases[e.Case] = e.Absence
	case employee.AbsenceLifted:
		delete(m.of(e.Employee).cases, e.Case)
	case employee.HorizonAdvanced:
		m.of(e.Employee).advance(e.Today)
	}
}

// advance goes on to another day and forgets what is too long ago.
func (x *attended) advance(today day.Day) {
	x.today = today
	before := today - attendanceDays
	maps.DeleteFunc(x.cases, func(_ id.Absence, a employee.Absence) bool { return a.Until != nil && *a.Until < before })
	for len(x.terms) > 1 && x.terms[1].since < before {
		x.terms = x.terms[1:]
	}
}

// on are the terms of a day.
func (x *attended) on(d day.Day) *employee.Terms {
	i := len(x.terms) - 1
	for i > 0 && d < x.terms[i].since {
		i--
	}
	return &x.terms[i].Terms
}

// WeekOff is one week of one group of employees. Of a small group nothing but
// that is told.
type WeekOff struct {
	Week       day.Day     `json:"week" doc:"Its Monday."`
	District   id.District `json:"district,omitempty" doc:"Of the home centre."`
	Centre     id.Centre   `json:"centre,omitempty" doc:"The home centre."`
	Suppressed bool        `json:"suppressed,omitempty" doc:"Too few persons, or somebody could work out those of a group that has too few: no figures are told."`
	Persons    int         `json:"persons,omitempty" doc:"Employees who were to work."`
	Scheduled  day.Minutes `json:"scheduled_minutes,omitempty" doc:"Counter work by the rotation, without public holidays."`
	Planned    day.Minutes `json:"planned_off_minutes,omitempty" doc:"Of that: off, known ahead."`
	Unplanned  day.Minutes `json:"unplanned_off_minutes,omitempty" doc:"Of that: off, not known ahead; also in leave."`
}

// By which employees are grouped.
const (
	ByCity     = "city"
	ByDistrict = "district"
	ByCentre   = "centre"
)

// Weeks lists the weeks of a period, from Monday to Monday, by week, district and
// centre. Groups of fewer than k persons are suppressed, and so many others that
// nobody learns by subtraction what was, at none of the levels.
func (m *Attendance) Weeks(in day.Period, today day.Day, by string, k int) []WeekOff {
	in = day.Period{From: in.From.Monday(), Until: (in.Until + 6).Monday()}
	holiday := make([]bool, max(0, in.Until-in.From))
	for _, d := range calendar.Public(m.holidays, in) {
		holiday[d-in.From] = true
	}
	cells := map[cell]*WeekOff{}
	for _, x := range m.byID {
		if x.known {
			m.count(x, in, today, holiday, cells)
		}
	}
	centres := slices.Collect(maps.Values(cells))
	districts := summed(centres, func(w WeekOff) cell { return cell{w.Week, w.District, ""} })
	hide(districts, k, func(w *WeekOff) cell { return cell{week: w.Week} })
	hidden := map[cell]bool{}
	for _, d := range districts {
		hidden[cell{d.Week, d.District, ""}] = d.Suppressed
	}
	hide(centres, k, func(w *WeekOff) cell { return cell{w.Week, w.District, ""} })
	for _, c := range centres {
		c.Suppressed = c.Suppressed || hidden[cell{c.Week, c.District, ""}]
	}
	list := centres
	switch by {
	case ByDistrict:
		list = districts
	case ByCity:
		list = summed(centres, func(w WeekOff) cell { return cell{week: w.Week} })
		hide(list, k, func(w *WeekOff) cell { return cell{week: w.Week} })
	}
	out := make([]WeekOff, 0, len(list))
	for _, w := range list {
		if w.Suppressed {
			w = &WeekOff{Week: w.Week, District: w.District, Centre: w.Centre, Suppressed: true}
		}
		out = append(out, *w)
	}
	slices.SortFunc(out, compareWeeks)
	return out
}

func compareWeeks(a, b WeekOff) int {
	return cmp.Or(cmp.Compare(a.Week, b.Week), cmp.Compare(a.District, b.District), cmp.Compare(a.Centre, b.Centre))
}

// cell names a group in a week.
type cell struct {
	week     day.Day
	district id.District
	centre   id.Centre
}

func (m *Attendance) count(x *attended, in day.Period, today day.Day, holiday []bool, cells map[cell]*WeekOff) {
	var cases []employee.Absence
	for _, a := range x.cases {
		if a.From < in.Until && (a.Until == nil || *a.Until > in.From) {
			cases = append(cases, a)
		}
	}
	there := map[cell]bool{}
	var at cell
	var w *WeekOff // the one of at: days of a week follow each other
	for d := in.From; d < in.Until; d++ {
		if holiday[d-in.From] {
			continue
		}
		terms := x.on(d)
		a := terms.AttendanceOn(d, cases, today)
		if a.Scheduled == 0 {
			continue
		}
		if w == nil || d >= at.week+7 || terms.Home != at.centre {
			at = cell{d.Monday(), m.district[terms.Home], terms.Home}
			if w = cells[at]; w == nil {
				w = &WeekOff{Week: at.week, District: at.district, Centre: at.centre}
				cells[at] = w
			}
			if !there[at] {
				there[at] = true
				w.Persons++
			}
		}
		w.Scheduled, w.Planned, w.Unplanned = w.Scheduled+a.Scheduled, w.Planned+a.Planned, w.Unplanned+a.Unplanned
	}
}

func summed(all []*WeekOff, into func(WeekOff) cell) []*WeekOff {
	cells := map[cell]*WeekOff{}
	for _, w := range all {
		at := into(*w)
		s := cells[at]
		if s == nil {
			s = &WeekOff{Week: at.week, District: at.district, Centre: at.centre}
			cells[at] = s
		}
		s.Persons, s.Scheduled, s.Planned, s.Unplanned = s.Persons+w.Persons, s.Scheduled+w.Scheduled, s.Planned+w.Planned, s.Unplanned+w.Unplanned
	}
	return slices.Collect(maps.Values(cells))
}

// hide marks the groups of fewer than k persons, and where the sum over all of a
// whole would tell of them, the next smallest, until two groups with at least k
// persons are hidden there.
func hide(all []*WeekOff, k int, whole func(*WeekOff) cell) {
	parts := map[cell][]*WeekOff{}
	for _, w := range all {
		parts[whole(w)] = append(parts[whole(w)], w)
	}
	for _, list := range parts {
		slices.SortFunc(list, func(a, b *WeekOff) int { return cmp.Or(cmp.Compare(a.Persons, b.Persons), compareWeeks(*a, *b)) })
		persons := 0
		for i, w := range list {
			if w.Persons >= k && (i == 0 || i >= 2 && persons >= k) {
				break
			}
			w.Suppressed = true
			persons += w.Persons
		}
	}
}
