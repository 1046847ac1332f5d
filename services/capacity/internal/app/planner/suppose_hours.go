package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// HoursIf are a centre's on some weekdays: an evening more, or a weekday on which it
// is closed. Public holidays, and days that have hours of their own, stay as they
// are.
type HoursIf struct {
	Centre id.Centre
	day.Period
	// Weekdays that change, 1 Monday to 7 Sunday; without a span it is closed.
	Weekdays map[int][]day.Span
	// People who would work for what is open longer, beyond their roster, within the
	// ten hours of a working day (§ 3 ArbZG): those on duty stay or come earlier; on
	// a day without duties as many of the centre's own come. 0: only the roster's.
	People int
}

// mostPeople of HoursIf.
const mostPeople = 200

// reopen puts other hours into force.
func (f *Fork) reopen(all []HoursIf) error {
	for i, h := range all {
		field := fmt.Sprintf("hours[%d]", i)
		if err := f.checkHours(field, h); err != nil {
			return err
		}
		for j, other := range all[:i] {
			if other.Centre != h.Centre || other.Period.Meet(h.Period).Days() == 0 {
				continue
			}
			for _, w := range slices.Sorted(maps.Keys(h.Weekdays)) {
				if _, twice := other.Weekdays[w]; twice {
					return &events.FieldError{Field: fmt.Sprintf("%s.weekdays.%d", field, w), Value: string(h.Centre),
						Reason: fmt.Sprintf("overlaps hours[%d]: say once how a centre is open on a day", j)}
				}
			}
		}
	}
	var duty map[read.Place][]id.Employee
	for _, h := range all {
		if h.People > 0 && duty == nil {
			duty = f.rostered()
		}
		c := f.Centres[h.Centre]
		c.Exceptions = slices.Clone(c.Exceptions)
		days := day.Period{From: max(h.From, f.Today), Until: min(h.Until, f.Horizon().Until)}
		for d := days.From; d < days.Until; d++ {
			spans, listed := h.Weekdays[weekday(d)]
			own := slices.ContainsFunc(c.Exceptions, func(x capacity.HoursException) bool { return x.Day == d })
			if !listed || own || network.PublicHoliday(f.City.Policy.Holidays, d) {
				continue
			}
			p := read.Place{Centre: h.Centre, Day: d}
			was := f.Opening(h.Centre, d)
			if slices.Equal(was, spans) {
				continue
			}
			c.Exceptions = append(c.Exceptions, capacity.HoursException{Day: d, Hours: spans})
			f.Centres[h.Centre] = c
			f.touch(p)
			if h.People > 0 && len(f.Opening(h.Centre, d)) > 0 {
				f.stay(p, duty[p], was, spans, h.People)
			}
		}
	}
	return nil
}

func (f *Fork) checkHours(field string, h HoursIf) error {
	if err := f.centre(field, h.Centre); err != nil {
		return err
	}
	if err := f.within(field, h.Period); err != nil {
		return err
	}
	switch {
	case len(h.Weekdays) == 0:
		return &events.FieldError{Field: field + ".weekdays", Reason: "is empty: name a weekday, 1 Monday to 7 Sunday, with its hours"}
	case h.People < 0 || h.People > mostPeople:
		return &events.FieldError{Field: field + ".people", Value: fmt.Sprint(h.People), Reason: fmt.Sprintf("must lie between 0 and %d", mostPeople)}
	}
	return network.CheckSpans(field+".weekdays", h.Weekdays)
}

func weekday(d day.Day) int { return int(d-d.Monday()) + 1 }

// rostered lists by place who is on duty there.
func (f *Fork) rostered() map[read.Place][]id.Employee {
	all := map[read.Place][]id.Employee{}
	for _, e := range slices.Sorted(maps.Keys(f.Duties)) {
		for _, x := range f.Duties[e].Duties {
			p := read.Place{Centre: x.Centre, Day: x.Day}
			all[p] = append(all[p], e)
		}
	}
	return all
}

// stay lets so many people work for what is open longer than it was.
func (f *Fork) stay(p read.Place, here []id.Employee, was, is []day.Span, people int) {
	opens, closes := is[0].From, is[len(is)-1].To
	if len(here) == 0 {
		f.call(p, day.Span{From: opens, To: closes}, people)
		return
	}
	until, from := closes, opens // as long as somebody must be there who is not
	if len(was) > 0 {
		from, until = was[0].From, was[len(was)-1].To
	}
	late, early := closes > until, opens < from
	if !late && !early {
		return
	}
	at := func(e id.Employee) int {
		return slices.IndexFunc(f.Duties[e].Duties, func(x observed.Duty) bool { return x.Centre == p.Centre && x.Day == p.Day })
	}
	who := slices.Clone(here)
	slices.SortStableFunc(who, func(a, b id.Employee) int { // whose duty lies nearest to what is new
		x, y := f.Duties[a].Duties[at(a)], f.Duties[b].Duties[at(b)]
		if late {
			return cmp.Compare(y.To, x.To)
		}
		return cmp.Compare(x.From, y.From)
	})
	for _, e := range who[:min(people, len(who))] {
		d := f.mine(e)
		x := &d.Duties[at(e)]
		before := x.Minutes()
		rest := x.Span.Minutes() - before // breaks
		most := day.TimeOfDay(planning.DayMinutes + rest)
		if late {
			x.To = max(x.To, min(closes, x.From+most))
		}
		if early {
			x.From = min(x.From, max(opens, x.To-most))
		}
		f.Extra += x.Minutes() - before
	}
}

// call lets so many of a centre's own people come who have no duty that day.
func (f *Fork) call(p read.Place, open day.Span, people int) {
	open.To = min(open.To, open.From+planning.DayMinutes)
	for _, e := range slices.Sorted(maps.Keys(f.Duties)) {
		if people == 0 {
			return
		}
		d := f.Duties[e]
		if d.Home != p.Centre || slices.ContainsFunc(d.Duties, func(x observed.Duty) bool { return x.Day == p.Day }) {
			continue
		}
		if _, missed := f.Losses[p][e]; missed {
			continue
		}
		d = f.mine(e)
		d.Duties = append(d.Duties, observed.Duty{Day: p.Day, Centre: p.Centre, Span: open})
		f.Duties[e] = d
		f.Extra += open.Minutes()
		people--
	}
}

// mine are somebody's duties, to be changed.
func (f *Fork) mine(e id.Employee) observed.DutiesObserved {
	d := f.Duties[e]
	if !f.own[e] {
		d.Duties = slices.Clone(d.Duties)
		f.Duties[e], f.own[e] = d, true
	}
	return d
}
