package read

import (
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// MeasuredAt is the time of day at which the lead time of a day is taken: late
// enough that what the morning's absences closed is seen.
const MeasuredAt = day.TimeOfDay(12 * 60)

// carried is how long after midnight the lead time of the day before may stand:
// a measurement by then replaces it, a later one comes on top.
const carried = time.Hour

// History answers: was the promise kept, day by day? Its fields are read inside
// node.View and never written but by Apply. It grows by a few bytes a day for each
// district and service group.
type History struct {
	// Changed is the log position of the last event that it shows anything of.
	Changed int64
	// Today is the day under way; 0 until the first began.
	Today day.Day

	zone    *time.Location
	began   time.Time
	goal    int
	limit   int
	centres map[id.Centre]id.District
	gauges  map[Gauge]*series
	booked  map[Gauge]map[day.Day]Booked
	recent  map[Place]map[id.Skill]Booked
	served  *served
}

// Closed is one day of one gauge. Days to the third next available appointment at
// MeasuredAt, and at worst on the day; -1: none was on offer within the horizon.
type Closed struct {
	Day   day.Day
	Days  int
	Worst int
	// Goal and Limit of that day, in days.
	Goal, Limit int
	// Open: the day is under way, and Days is the lead time now.
	Open bool
}

// Kept tells whether the promise was kept on the day.
func (c Closed) Kept() bool { return !promise.Broken(c.Days, c.Limit) }

// GoalMet tells whether the aim was met.
func (c Closed) GoalMet() bool { return !promise.Broken(c.Days, c.Goal) }

// Booked counts bookings made on one day, and how far ahead they were.
type Booked struct {
	Count, SumDays         int
	WithinGoal, WithinLast int // within goal and limit days, as they were
}

// Plus adds up.
func (b Booked) Plus(o Booked) Booked {
	return Booked{b.Count + o.Count, b.SumDays + o.SumDays, b.WithinGoal + o.WithinGoal, b.WithinLast + o.WithinLast}
}

// Minus takes away.
func (b Booked) Minus(o Booked) Booked {
	return Booked{b.Count - o.Count, b.SumDays - o.SumDays, b.WithinGoal - o.WithinGoal, b.WithinLast - o.WithinLast}
}

// series of one gauge: closed days, and the one under way.
type series struct {
	closed []Closed
	now    capacity.LeadTimeMeasured
	fixed  *int // the lead time at MeasuredAt, once measured after it
	worst  *int
}

// NewHistory knows nothing yet; days and hours are those of the zone.
func NewHistory(zone *time.Location) *History {
	return &History{zone: zone, centres: map[id.Centre]id.District{}, gauges: map[Gauge]*series{},
		booked: map[Gauge]map[day.Day]Booked{}, recent: map[Place]map[id.Skill]Booked{}, served: newServed()}
}

// Apply folds one event.
func (h *History) Apply(stored eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case calendar.Began:
		h.begin(e.Day, stored.Meta.Time)
	case capacity.LeadTimeMeasured:
		h.measured(e, stored.Meta.Time)
	case observed.BookingsObserved:
		h.bookings(e)
	case observed.LoadObserved:
		h.served.load(h.centres[e.Centre], e, h.Today)
		return // the page does not change with every booking
	case capacity.CentreChanged:
		h.centres[e.ID] = e.District
	case capacity.PolicyChanged:
		h.goal, h.limit = e.GoalDays, e.LimitDays
	case capacity.CatalogueChanged, capacity.MeasureChanged:
	default:
		return
	}
	h.Changed = stored.Position
}

func (h *History) begin(d day.Day, at time.Time) {
	if d <= h.Today {
		return
	}
	for _, s := range h.gauges {
		s.closed = append(s.closed, s.today(h.Today, false))
		s.fixed, s.worst = nil, nil
	}
	h.Today, h.began = d, at
	h.served.begin(d, h.centres)
	for p := range h.recent {
		if p.Day < d-70 {
			delete(h.recent, p) // no count of it is corrected any more
		}
	}
}

func (h *History) measured(e capacity.LeadTimeMeasured, at time.Time) {
	if h.Today == 0 {
		return
	}
	g := Gauge{e.District, e.Skill}
	s := h.gauges[g]
	switch {
	case s == nil:
		s = &series{}
		h.gauges[g] = s
	case s.worst == nil && at.Sub(h.began) > carried:
		was := s.now.Days
		s.worst = &was
	}
	if known := s.now.Goal > 0; known && s.fixed == nil && at.After(h.Today.At(MeasuredAt, h.zone)) {
		was := s.now.Days
		s.fixed = &was
	}
	s.now = e
	if s.worst == nil || worse(e.Days, *s.worst) {
		worst := e.Days
		s.worst = &worst
	}
}

// worse: none on offer is the worst.
func worse(a, b int) bool { return b >= 0 && (a < 0 || a > b) }

func (s *series) today(d day.Day, open bool) Closed {
	c := Closed{Day: d, Days: s.now.Days, Worst: s.now.Days, Goal: s.now.Goal, Limit: s.now.Limit, Open: open}
	if s.fixed != nil && !open {
		c.Days = *s.fixed
	}
	if s.worst != nil {
		c.Worst = *s.worst
	}
	return c
}

func (h *History) bookings(e observed.BookingsObserved) {
	district, known := h.centres[e.Centre]
	if !known {
		return
	}
	p := Place{Centre: e.Centre, Day: e.Day}
	was, is := h.recent[p], map[id.Skill]Booked{}
	for _, s := range e.Skills {
		var b Booked
		for i, days := range s.Days {
			n := s.Counts[i]
			b.Count, b.SumDays = b.Count+n, b.SumDays+n*days
			if days <= h.goal {
				b.WithinGoal += n
			}
			if days <= h.limit {
				b.WithinLast += n
			}
		}
		is[s.Skill] = b
	}
	add := func(s id.Skill, change func(Booked) Booked) {
		g := Gauge{district, s}
		if h.booked[g] == nil {
			h.booked[g] = map[day.Day]Booked{}
		}
		h.booked[g][e.Day] = change(h.booked[g][e.Day])
	}
	for s, b := range was {
		add(s, func(x Booked) Booked { return x.Minus(b) })
	}
	for s, b := range is {
		add(s, func(x Booked) Booked { return x.Plus(b) })
	}
	h.recent[p] = is
}

// First is the first day with a measured lead time; 0: none yet.
func (h *History) First() (first day.Day) {
	for _, s := range h.gauges {
		d := h.Today
		if len(s.closed) > 0 {
			d = s.closed[0].Day
		}
		if first == 0 || d < first {
			first = d
		}
	}
	return first
}

// Days of a gauge in from..until-1, ascending. Days on which nothing was
// measured are left out; the one under way is the last.
func (h *History) Days(g Gauge, from, until day.Day) []Closed {
	s := h.gauges[g]
	if s == nil {
		return nil
	}
	at := func(d day.Day) int {
		i, _ := slices.BinarySearchFunc(s.closed, d, func(c Closed, d day.Day) int { return int(c.Day - d) })
		return i
	}
	all := slices.Clone(s.closed[at(from):max(at(from), at(until))])
	if from <= h.Today && h.Today < until {
		all = append(all, s.today(h.Today, true))
	}
	return all
}

// Bookings made on a day for appointments in a district.
func (h *History) Bookings(g Gauge, d day.Day) Booked { return h.booked[g][d] }

// BookingsIn sums up the days from..until-1.
func (h *History) BookingsIn(g Gauge, from, until day.Day) (sum Booked) {
	for d := from; d < until; d++ {
		sum = sum.Plus(h.booked[g][d])
	}
	return sum
}
