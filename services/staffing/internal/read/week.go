package read

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
)

// DayOf is one day of one employee's week. Duties are known of days in the
// horizon only, from today on.
type DayOf struct {
	Known     bool
	Scheduled bool // to work, by the rotation, on no holiday
	On        bool
	Duty      staffing.Duty // if On
	Short     bool          // On for a part of the shift
	Away      bool          // On at another centre than the home centre
}

// Off: to work, and not on duty.
func (d DayOf) Off() bool { return d.Known && d.Scheduled && !d.On }

// WeekOf is one employee's week from Monday on.
type WeekOf struct {
	ID    id.Employee
	Terms employee.Terms
	Days  [7]DayOf
	Away  int // days at other centres
}

// WeekMinutes is the working time of a week, on average.
func WeekMinutes(t employee.Terms) day.Minutes {
	sum := day.Minutes(0)
	for _, week := range t.Rotation {
		for _, shift := range week {
			sum += employee.WorkingTime(shift.Span)
		}
	}
	return sum / day.Minutes(max(len(t.Rotation), 1))
}

// Week lists who belongs to a centre or works there in a week, those at home
// first, then by id.
func (m *Employees) Week(monday day.Day, at id.Centre) (all []WeekOf) {
	for _, k := range m.keys {
		x := m.byID[k]
		there := x.Terms.Home == at && (x.Terms.Until == nil || *x.Terms.Until > monday) && (x.Terms.From == nil || *x.Terms.From < monday+7)
		for _, d := range x.Duties.Duties {
			there = there || d.Centre == at && d.Day >= monday && d.Day < monday+7
		}
		if there {
			all = append(all, x.Week(monday))
		}
	}
	slices.SortStableFunc(all, func(a, b WeekOf) int { return cmp.Compare(guest(a, at), guest(b, at)) })
	return all
}

func guest(w WeekOf, at id.Centre) int {
	if w.Terms.Home == at {
		return 0
	}
	return 1
}

// Week is one employee's week.
func (x *Employee) Week(monday day.Day) WeekOf {
	w := WeekOf{ID: x.ID, Terms: x.Terms}
	i, _ := slices.BinarySearchFunc(x.Duties.Duties, monday, func(d staffing.Duty, on day.Day) int { return cmp.Compare(d.Day, on) })
	duties := x.Duties.Duties[i:]
	for n := range w.Days {
		d := monday + day.Day(n)
		shift, scheduled := x.Terms.Shift(d)
		_, holiday := slices.BinarySearch(x.Horizon.Holidays, d)
		scheduled = scheduled && !holiday && (x.Terms.From == nil || d >= *x.Terms.From) && (x.Terms.Until == nil || d < *x.Terms.Until)
		of := DayOf{Known: x.Horizon.Period().Contains(d), Scheduled: scheduled}
		if len(duties) > 0 && duties[0].Day == d {
			of.On, of.Duty = true, duties[0]
			of.Away, of.Short = of.Duty.Centre != x.Terms.Home, scheduled && of.Duty.Span != shift.Span
			duties = duties[1:]
		}
		if of.Away {
			w.Away++
		}
		w.Days[n] = of
	}
	return w
}

// Presence counts who is at one centre on one day.
type Presence struct {
	Known        bool
	On           int // on duty there, from elsewhere too
	In, Out, Off int // from elsewhere; sent elsewhere; off duty
}

// City counts presence by centre and day of a week, and who is away how often.
func (m *Employees) City(monday day.Day) (by map[id.Centre]*[7]Presence, away []WeekOf) {
	by = map[id.Centre]*[7]Presence{}
	at := func(c id.Centre) *[7]Presence {
		if by[c] == nil {
			by[c] = &[7]Presence{}
		}
		return by[c]
	}
	for _, k := range m.keys {
		w := m.byID[k].Week(monday)
		if w.Away > 0 {
			away = append(away, w)
		}
		home := at(w.Terms.Home)
		for n, d := range w.Days {
			home[n].Known = home[n].Known || d.Known
			switch {
			case d.Off():
				home[n].Off++
			case d.On && d.Away:
				home[n].Out++
				there := at(d.Duty.Centre)
				there[n].Known = true
				there[n].In++
				there[n].On++
			case d.On:
				home[n].On++
			}
		}
	}
	return by, away
}
