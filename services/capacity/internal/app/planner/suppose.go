package planner

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

// Absent is somebody who would not be there.
type Absent struct {
	Employee id.Employee
	day.Period
}

// Supposition is what if: it never happens to the real city. Its parts hold all at
// once.
type Supposition struct {
	Absent []Absent
	// Measures: closures, and hours that replace all of a centre's.
	Measures []capacity.Measure
	// Hours that change on some weekdays only.
	Hours []HoursIf
	// Policy, where it would be another.
	Policy PolicyIf
	// Demand is the factor on what is asked for from now on, 0 and 1: as expected;
	// of Districts only, of all where there are none.
	Demand    float64
	Districts []id.District
}

// Empty: nothing is asked.
func (s Supposition) Empty() bool {
	return len(s.Absent)+len(s.Measures)+len(s.Hours) == 0 && s.Policy.Empty() && (s.Demand == 0 || s.Demand == 1)
}

// errNothing: the city would stay as it is.
var errNothing = &events.FieldError{Field: "what if", Reason: "is empty: name somebody who is absent, a measure, other opening hours, another policy or another demand"}

// Fork is the city that would be.
type Fork struct {
	*read.City
	// Loss are those who would be missed, and where.
	Loss Loss
	// Touched are the places whose offering may be another, by day and centre.
	Touched []read.Place
	// Extra minutes of duty that people would work beyond their roster.
	Extra day.Minutes

	touched map[read.Place]bool
	own     map[id.Employee]bool // whose duties are the fork's own
}

// Suppose makes the city that would be. The one handed in stays as it is.
func Suppose(city *read.City, s Supposition) (*Fork, error) {
	if s.Empty() {
		return nil, errNothing
	}
	f := &Fork{City: city.Still(), Loss: Loss{Cause: Supposed}, touched: map[read.Place]bool{}, own: map[id.Employee]bool{}}
	for i, a := range s.Absent {
		if err := f.take(fmt.Sprintf("absent[%d]", i), a); err != nil {
			return nil, err
		}
	}
	for i, m := range s.Measures {
		if err := f.measure(fmt.Sprintf("measures[%d]", i), m); err != nil {
			return nil, err
		}
	}
	if err := f.reopen(s.Hours); err != nil {
		return nil, err
	}
	if !s.Policy.Empty() {
		if err := f.rule(s.Policy); err != nil {
			return nil, err
		}
	}
	if s.Demand != 0 && s.Demand != 1 {
		if err := f.scale(s); err != nil {
			return nil, err
		}
	}
	f.Touched = slices.SortedFunc(maps.Keys(f.touched), read.ComparePlaces)
	slices.SortFunc(f.Loss.Places, read.ComparePlaces)
	f.uncover()
	return f, nil
}

// Supposed is the cause of what was only supposed.
const Supposed = "what-if"

// within refuses a period that has nothing to do with the days that are planned.
func (f *Fork) within(field string, p day.Period) error {
	h := f.Horizon()
	switch {
	case p.Days() == 0:
		return &events.FieldError{Field: field + ".until", Value: p.Until.String(), Reason: "is not after from " + p.From.String() + ": name the day after the last one"}
	case p.Until <= h.From:
		return &events.FieldError{Field: field + ".until", Value: p.Until.String(), Reason: "lies behind: name days from " + h.From.String() + " on"}
	case p.From >= h.Until:
		return &events.FieldError{Field: field + ".from", Value: p.From.String(), Reason: "lies beyond what is planned: name days before " + h.Until.String()}
	}
	return nil
}

// centre refuses one that nobody knows.
func (f *Fork) centre(field string, k id.Centre) error {
	if _, known := f.Centres[k]; !known {
		return &events.FieldError{Field: field + ".centre", Value: string(k), Reason: "is not a centre: name one of GET /v1/network"}
	}
	return nil
}

func (f *Fork) touch(p read.Place) { f.touched[p] = true }

// take takes somebody off duty, as an absence would.
func (f *Fork) take(field string, a Absent) error {
	d, known := f.Duties[a.Employee]
	if !known {
		return &events.FieldError{Field: field + ".employee", Value: string(a.Employee), Reason: "is nobody whose duties are known"}
	}
	if err := f.within(field, a.Period); err != nil {
		return err
	}
	var left []observed.Duty
	for _, x := range d.Duties {
		if !a.Contains(x.Day) || x.Day < f.Today || !f.Horizon().Contains(x.Day) {
			left = append(left, x)
			continue
		}
		p := read.Place{Centre: x.Centre, Day: x.Day}
		lost := read.Lost{Cause: Supposed, Duty: x}
		if f.Losses[p] == nil {
			f.Losses[p] = map[id.Employee]read.Lost{}
		}
		f.Losses[p][a.Employee] = lost
		if !slices.Contains(f.Loss.Places, p) {
			f.Loss.Places = append(f.Loss.Places, p)
		}
		f.touch(p)
		f.Loss.Lost, f.Loss.LostBy = append(f.Loss.Lost, lost), append(f.Loss.LostBy, a.Employee)
	}
	if len(left) == len(d.Duties) {
		return &events.FieldError{Field: field + ".from", Value: a.From.String(), Reason: "to " + a.Until.String() + " has no duty of " + string(a.Employee) + ": choose days on which they work"}
	}
	d.Duties = left
	f.Duties[a.Employee], f.own[a.Employee] = d, true
	return nil
}

// measure puts a closure or other hours into force.
func (f *Fork) measure(field string, m capacity.Measure) error {
	if err := network.CheckMeasure(field, m); err != nil {
		return err
	}
	if err := f.centre(field, m.Centre); err != nil {
		return err
	}
	if err := f.within(field, m.Period); err != nil {
		return err
	}
	f.Measures[m.ID] = capacity.MeasureChanged{Measure: m}
	for d := max(m.From, f.Today); d < min(m.Until, f.Horizon().Until); d++ {
		f.touch(read.Place{Centre: m.Centre, Day: d})
	}
	return nil
}

// scale changes what is asked for.
func (f *Fork) scale(s Supposition) error {
	if !(s.Demand >= .1 && s.Demand <= 5) {
		return &events.FieldError{Field: "demand", Value: fmt.Sprint(s.Demand), Reason: "must lie between 0.1 and 5: 1.2 is a fifth more"}
	}
	for i, d := range s.Districts {
		if !slices.ContainsFunc(f.City.Policy.Districts, func(x capacity.District) bool { return x.ID == d }) {
			return &events.FieldError{Field: fmt.Sprintf("districts[%d]", i), Value: string(d), Reason: "is not a district of the city"}
		}
	}
	f.City.Policy.Districts = slices.Clone(f.City.Policy.Districts)
	for i, d := range f.City.Policy.Districts {
		if len(s.Districts) > 0 && !slices.Contains(s.Districts, d.ID) {
			continue
		}
		asked := map[id.Skill]day.Minutes{}
		for k, m := range d.DailyDemand {
			asked[k] = day.Minutes(float64(m)*s.Demand + .5)
		}
		f.City.Policy.Districts[i].DailyDemand = asked
	}
	return nil
}

// uncover says at touched places what booking would: which of what is booked
// nobody serves. Where it has not told what is in use, the day's minutes decide.
func (f *Fork) uncover() {
	var present map[read.Place][]offering.Presence
	for _, p := range f.Touched {
		l := f.Loads[p]
		if l.InUse == nil {
			continue
		}
		if present == nil {
			present = onDuty(f.City, nil)
		}
		short := offering.Short(offering.Lines(present[p], f.Opening(p.Centre, p.Day), f.Rules()), *l.InUse)
		if short == nil {
			continue
		}
		use := *l.InUse
		rows := map[id.Skill][]int{}
		for k, row := range use.Uncovered {
			rows[k] = slices.Clone(row)
		}
		l.Uncovered = maps.Clone(l.Uncovered)
		if l.Uncovered == nil {
			l.Uncovered = map[id.Skill]day.Minutes{}
		}
		for k, row := range short {
			if rows[k] == nil {
				rows[k] = make([]int, len(row))
			}
			sum := day.Minutes(0)
			for i, m := range row {
				rows[k][i] = max(rows[k][i], m)
				sum += day.Minutes(rows[k][i])
			}
			l.Uncovered[k] = max(l.Uncovered[k], sum)
		}
		use.Uncovered, l.InUse = rows, &use
		f.Loads[p] = l
	}
}

// onDuty lists who is at each place, by employee: by their duties, less those being
// withdrawn, but where sent says that somebody is elsewhere on a day.
func onDuty(c *read.City, sent map[read.PersonDay]id.Centre) map[read.Place][]offering.Presence {
	all := make(map[read.Place][]offering.Presence, len(c.Loads))
	for _, e := range slices.Sorted(maps.Keys(c.Duties)) {
		d := c.Duties[e]
		for _, x := range d.Duties {
			p := read.Place{Centre: x.Centre, Day: x.Day}
			if to, away := sent[read.PersonDay{Employee: e, Day: x.Day}]; away {
				p.Centre = to
			} else if _, gone := c.Withdrawn[p][e]; gone {
				continue
			}
			all[p] = append(all[p], offering.Presence{Employee: e, Span: x.Span, Breaks: x.Breaks, Skills: d.Skills})
		}
	}
	return all
}

// Closing is the i-th supposed measure: a centre closed in a period, or open at
// other hours.
func Closing(i int, centre id.Centre, period day.Period, hours map[int][]day.Span) capacity.Measure {
	m := capacity.Measure{ID: id.Measure(fmt.Sprintf("what-if-%d", i+1)), Centre: centre, Kind: capacity.MeasureClosure, Period: period, Hours: hours, Reason: Supposed}
	if len(hours) > 0 {
		m.Kind = capacity.MeasureHours
	}
	return m
}
