package employee

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// duties are all days on duty in the horizon, by day.
func (s State) duties() []staffing.Duty {
	duties := []staffing.Duty{}
	if !s.Known {
		return duties
	}
	for d := s.Horizon.Today; d < s.Horizon.Until; d++ {
		if duty, on := s.dutyOn(d); on {
			duties = append(duties, duty)
		}
	}
	return duties
}

// dutyOn is the duty of one day: the rotation's shift, within the employment,
// not on a public holiday (ArbZG § 9), without what is absent, at the centre
// deployed to.
func (s State) dutyOn(d day.Day) (staffing.Duty, bool) {
	shift, works := s.Terms.Shift(d)
	if !works || s.Terms.From != nil && d < *s.Terms.From || s.Terms.Until != nil && d >= *s.Terms.Until {
		return staffing.Duty{}, false
	}
	if _, holiday := slices.BinarySearch(s.Horizon.Holidays, d); holiday {
		return staffing.Duty{}, false
	}
	var off []day.Span
	for _, a := range s.Absences {
		if span := a.offOn(d, s.Horizon); !a.Lifted && span.Minutes() > 0 {
			off = append(off, span)
		}
	}
	duty := staffing.Duty{Day: d, Centre: s.Terms.Home, Span: shift.Span, Breaks: shift.Breaks}
	if len(off) > 0 {
		var present bool
		if duty.Span, duty.Breaks, present = without(shift, off); !present {
			return staffing.Duty{}, false
		}
	}
	if p := s.ordered(d); p != nil {
		duty.Centre, duty.Deployment = p.To, p.ID
	}
	return duty, true
}

// ordered is the deployment that stands on a day.
func (s State) ordered(d day.Day) *Deployment {
	for i, p := range s.Deployments {
		if p.Day == d && p.Status == Ordered {
			return &s.Deployments[i]
		}
	}
	return nil
}

var wholeDay = day.Span{From: 0, To: day.Clock(24, 0)}

// offOn is the part of a day that an absence covers.
func (a Absence) offOn(d day.Day, h Horizon) day.Span {
	until := firstDayBack(a.Extent, h)
	if d < a.From || d >= until {
		return day.Span{}
	}
	off := wholeDay
	if d == a.From && a.FromTime != nil {
		off.From = *a.FromTime
	}
	if a.Until != nil && d == until-1 && a.ToTime != nil {
		off.To = *a.ToTime
	}
	return off
}

// firstDayBack of an open end is the expected one; where none is expected it is
// always OpenDays ahead, until somebody says otherwise.
func firstDayBack(x Extent, h Horizon) day.Day {
	switch {
	case x.Until != nil:
		return *x.Until
	case x.ExpectedUntil != nil:
		return *x.ExpectedUntil
	}
	return max(x.From, h.Today) + day.Day(h.OpenDays)
}

// without takes spans out of a shift. What is left runs from the first to the
// last moment present, with gaps as breaks. Nobody is present when nothing is
// left but breaks.
func without(shift Shift, off []day.Span) (span day.Span, breaks []day.Span, present bool) {
	away := merged(append(slices.Clone(off), day.Span{From: shift.To, To: wholeDay.To}))
	var left []day.Span
	at := shift.From
	for _, a := range away {
		if w := (day.Span{From: at, To: a.From}); w.Minutes() > 0 {
			left = append(left, w)
		}
		at = max(at, a.To)
	}
	if len(left) == 0 {
		return day.Span{}, nil, false
	}
	span = day.Span{From: left[0].From, To: left[len(left)-1].To}
	counter := span.Minutes()
	for _, b := range merged(append(slices.Clone(off), shift.Breaks...)) {
		if b = b.Meet(span); b.Minutes() > 0 {
			breaks = append(breaks, b)
			counter -= b.Minutes()
		}
	}
	return span, breaks, counter > 0
}

// merged sorts spans and joins those that touch.
func merged(spans []day.Span) []day.Span {
	slices.SortFunc(spans, func(a, b day.Span) int {
		if a.From != b.From {
			return int(a.From) - int(b.From)
		}
		return int(a.To) - int(b.To)
	})
	out := spans[:0:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// say makes the event of the state's duties, with the next version.
func (s State) say() staffing.DutiesChanged {
	return staffing.DutiesChanged{Employee: s.ID, Version: s.Said.Version + 1, Home: s.Terms.Home, Skills: s.Terms.Skills,
		Mobile: s.Terms.Mobile, Volunteer: s.Terms.Volunteer, Deployable: s.Terms.Deployable,
		MaxDaysAwayPerWeek: s.Terms.MaxDaysAwayPerWeek, Horizon: s.Horizon.Period(), Duties: s.duties()}
}

func sameDuties(a, b staffing.DutiesChanged) bool {
	return a.Employee == b.Employee && a.Home == b.Home && slices.Equal(a.Skills, b.Skills) && a.Mobile == b.Mobile &&
		a.Volunteer == b.Volunteer && a.Deployable == b.Deployable && a.MaxDaysAwayPerWeek == b.MaxDaysAwayPerWeek &&
		a.Horizon == b.Horizon && slices.EqualFunc(a.Duties, b.Duties, func(x, y staffing.Duty) bool {
		return x.Day == y.Day && x.Centre == y.Centre && x.Span == y.Span && x.Deployment == y.Deployment && slices.Equal(x.Breaks, y.Breaks)
	})
}
