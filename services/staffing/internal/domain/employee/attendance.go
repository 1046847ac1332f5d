package employee

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
)

// Attendance is what one day of one employee comes to, in minutes of counter
// work by the rotation. Who falls ill on leave is ill: leave is not used up by it
// (BUrlG § 9), so that such minutes are unplanned.
type Attendance struct {
	Scheduled, Planned, Unplanned day.Minutes
}

// AttendanceOn works out a day from the terms and the absences that stand. Of an
// open end without any expected one only the days up to today count: about later
// ones nothing is known.
func (t Terms) AttendanceOn(d day.Day, absences []Absence, today day.Day) (a Attendance) {
	shift, works := t.Shift(d)
	if !works || t.From != nil && d < *t.From || t.Until != nil && d >= *t.Until {
		return a
	}
	counter := func(off []day.Span) day.Minutes {
		span, breaks, present := without(shift, off)
		if !present {
			return 0
		}
		left := span.Minutes()
		for _, b := range breaks {
			left -= b.Minutes()
		}
		return left
	}
	if m, plain := shift.counter(); plain { // as nearly all are; there are many
		a.Scheduled = m
	} else {
		a.Scheduled = counter(nil)
	}
	var ill, all []day.Span
	for _, x := range absences {
		if span := x.offOn(d, Horizon{Today: today, OpenDays: 1}); span.Minutes() > 0 {
			all = append(all, span)
			if !x.Planned {
				ill = append(ill, span)
			}
		}
	}
	if len(all) == 0 {
		return a
	}
	a.Unplanned = a.Scheduled - counter(slices.Clone(ill))
	a.Planned = a.Scheduled - counter(all) - a.Unplanned
	return a
}

// counter is the counter work of a shift whose breaks lie in it, in order.
func (s Shift) counter() (m day.Minutes, plain bool) {
	m = s.Minutes()
	at := s.From
	for _, b := range s.Breaks {
		if b.From < at || b.To < b.From || b.To > s.To {
			return 0, false
		}
		m -= b.Minutes()
		at = b.To
	}
	return m, m > 0
}
