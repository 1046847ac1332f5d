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

// Supposition is what if: it never happens to the real city.
type Supposition struct {
	Absent []Absent
	// Measures: closures and other hours.
	Measures []capacity.Measure
	// Demand is the factor on what is asked for from now on, 0 and 1: as expected;
	// of Districts only, of all where there are none.
	Demand    float64
	Districts []id.District
}

// errNothing: the city would stay as it is.
var errNothing = &events.FieldError{Field: "what if", Reason: "is empty: name somebody who is absent, a measure, or another demand"}

// Suppose makes the city that would be. The one handed in stays as it is. touched
// are the places whose offering is another, losses those where people are missed.
func Suppose(city *read.City, s Supposition) (fork *read.City, loss Loss, touched []read.Place, err error) {
	fork = city.Still()
	if len(s.Absent)+len(s.Measures) == 0 && (s.Demand == 0 || s.Demand == 1) {
		return nil, Loss{}, nil, errNothing
	}
	loss = Loss{Cause: Supposed}
	for i, a := range s.Absent {
		if err := take(fork, &loss, fmt.Sprintf("absent[%d]", i), a); err != nil {
			return nil, Loss{}, nil, err
		}
	}
	touched = slices.Clone(loss.Places)
	for i, m := range s.Measures {
		f := fmt.Sprintf("measures[%d]", i)
		if err := network.CheckMeasure(f, m); err != nil {
			return nil, Loss{}, nil, err
		}
		if _, known := fork.Centres[m.Centre]; !known {
			return nil, Loss{}, nil, &events.FieldError{Field: f + ".centre", Value: string(m.Centre), Reason: "is not a centre: name one of GET /v1/network"}
		}
		fork.Measures[m.ID] = capacity.MeasureChanged{Measure: m}
		for d := max(m.From, fork.Today); d < min(m.Until, fork.Horizon().Until); d++ {
			if p := (read.Place{Centre: m.Centre, Day: d}); !slices.Contains(touched, p) {
				touched = append(touched, p)
			}
		}
	}
	if s.Demand != 0 && s.Demand != 1 {
		if err := scale(fork, s); err != nil {
			return nil, Loss{}, nil, err
		}
	}
	slices.SortFunc(touched, read.ComparePlaces)
	slices.SortFunc(loss.Places, read.ComparePlaces)
	uncover(fork, touched)
	return fork, loss, touched, nil
}

// Supposed is the cause of what was only supposed.
const Supposed = "what-if"

// take takes somebody off duty, as an absence would.
func take(c *read.City, loss *Loss, field string, a Absent) error {
	d, known := c.Duties[a.Employee]
	switch {
	case !known:
		return &events.FieldError{Field: field + ".employee", Value: string(a.Employee), Reason: "is nobody whose duties are known"}
	case a.Days() == 0:
		return &events.FieldError{Field: field + ".until", Value: a.Until.String(), Reason: "is not after from " + a.From.String() + ": name the first day back"}
	}
	var left []observed.Duty
	for _, x := range d.Duties {
		if !a.Contains(x.Day) || x.Day < c.Today || !c.Horizon().Contains(x.Day) {
			left = append(left, x)
			continue
		}
		p := read.Place{Centre: x.Centre, Day: x.Day}
		lost := read.Lost{Cause: Supposed, Duty: x}
		if c.Losses[p] == nil {
			c.Losses[p] = map[id.Employee]read.Lost{}
		}
		c.Losses[p][a.Employee] = lost
		if !slices.Contains(loss.Places, p) {
			loss.Places = append(loss.Places, p)
		}
		loss.Lost, loss.LostBy = append(loss.Lost, lost), append(loss.LostBy, a.Employee)
	}
	if len(left) == len(d.Duties) {
		return &events.FieldError{Field: field + ".from", Value: a.From.String(), Reason: "to " + a.Until.String() + " has no duty of " + string(a.Employee) + ": choose days on which they work"}
	}
	d.Duties = left
	c.Duties[a.Employee] = d
	return nil
}

// scale changes what is asked for.
func scale(c *read.City, s Supposition) error {
	if !(s.Demand >= .1 && s.Demand <= 5) {
		return &events.FieldError{Field: "demand", Value: fmt.Sprint(s.Demand), Reason: "must lie between 0.1 and 5: 1.2 is a fifth more"}
	}
	for i, d := range s.Districts {
		if !slices.ContainsFunc(c.Policy.Districts, func(x capacity.District) bool { return x.ID == d }) {
			return &events.FieldError{Field: fmt.Sprintf("districts[%d]", i), Value: string(d), Reason: "is not a district of the city"}
		}
	}
	c.Policy.Districts = slices.Clone(c.Policy.Districts)
	for i, d := range c.Policy.Districts {
		if len(s.Districts) > 0 && !slices.Contains(s.Districts, d.ID) {
			continue
		}
		asked := map[id.Skill]day.Minutes{}
		for k, m := range d.DailyDemand {
			asked[k] = day.Minutes(float64(m)*s.Demand + .5)
		}
		c.Policy.Districts[i].DailyDemand = asked
	}
	return nil
}

// uncover says at touched places what booking would: which of what is booked
// nobody serves. Where it has not told what is in use, the day's minutes decide.
func uncover(c *read.City, touched []read.Place) {
	for _, p := range touched {
		l := c.Loads[p]
		if l.InUse == nil {
			continue
		}
		short := offering.Short(linesAt(c, p), *l.InUse)
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
		c.Loads[p] = l
	}
}

// linesAt is what capacity would offer at a place.
func linesAt(c *read.City, p read.Place) []capacity.Line {
	var present []offering.Presence
	for e, d := range c.Duties {
		if _, gone := c.Withdrawn[p][e]; gone {
			continue
		}
		for _, x := range d.Duties {
			if x.Centre == p.Centre && x.Day == p.Day {
				present = append(present, offering.Presence{Employee: e, Span: x.Span, Breaks: x.Breaks, Skills: d.Skills})
			}
		}
	}
	return offering.Lines(present, c.Opening(p.Centre, p.Day), c.Rules())
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
