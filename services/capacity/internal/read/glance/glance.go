// Package glance is the city as planners see it at one log position: districts
// and centres day by day, lead times with where they go, and what needs a
// decision. Take copies inside node.View what is needed, See reckons outside.
package glance

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
)

// City at a glance. It is never changed once it was made.
type City struct {
	Position    int64
	Today       day.Day
	Days        int // of the horizon
	Goal, Limit int
	Groups      []Group
	Districts   []District
	Centres     []Centre // by district, then name
	Decisions   []Decision
	// Staff of the whole city today, and Uncovered appointments over the horizon.
	Staff     Staff
	Uncovered int
	Open      int // proposals
}

// Group of services with its names by language.
type Group struct {
	Skill id.Skill
	Name  map[string]string
}

// Staff counts people at a place on a day. Present are on duty; Absent had a duty
// there that was lost and not regained; In are those of the present whose own
// centre is another, Out those of the place's own people who serve elsewhere.
type Staff struct{ Present, Absent, In, Out int }

func (s *Staff) add(o Staff) {
	s.Present, s.Absent, s.In, s.Out = s.Present+o.Present, s.Absent+o.Absent, s.In+o.In, s.Out+o.Out
}

// Cell is a place or district on a day.
type Cell struct {
	Day day.Day
	// Open: somebody serves appointments.
	Open bool
	// Offered counter minutes for appointments, Booked of them, and booked ones that
	// are Uncovered.
	Offered, Booked, Uncovered day.Minutes
	// Appointments booked, and those AtRisk: booking's verdict that nobody can serve
	// them.
	Appointments, AtRisk int
	Staff                Staff
}

// Fill is the share of what is offered that is booked, above 1 where more is; 0
// where nothing is either.
func (c Cell) Fill() float64 {
	switch {
	case c.Offered > 0:
		return float64(c.Booked) / float64(c.Offered)
	case c.Booked > 0:
		return 2
	}
	return 0
}

func (c *Cell) add(o Cell) {
	c.Open = c.Open || o.Open
	c.Offered, c.Booked, c.Uncovered = c.Offered+o.Offered, c.Booked+o.Booked, c.Uncovered+o.Uncovered
	c.Appointments, c.AtRisk = c.Appointments+o.Appointments, c.AtRisk+o.AtRisk
	c.Staff.add(o.Staff)
}

// Lead is the lead time of one service group in a district.
type Lead struct {
	Skill    id.Skill
	Measured bool
	// Days to the third next available appointment; -1: none on offer.
	Days        int
	Third       *day.Day
	Goal, Limit int
	Past        []Past
	Ahead       forecast.Band
	Demand      bool // the district's citizens ask for it
	// Requests expected on the days ahead, in appointments; Learned: as was counted,
	// and else as the policy says.
	Requests []outlook.Day
	Learned  bool
}

// Kept: within the limit.
func (l Lead) Kept() bool { return !promise.Broken(l.Days, l.Limit) }

// GoalMet: within the goal.
func (l Lead) GoalMet() bool { return !promise.Broken(l.Days, l.Goal) }

// Past is the lead time of a day that is over, or of today so far.
type Past struct {
	Day  day.Day
	Days int
}

// District at a glance.
type District struct {
	ID    id.District
	Name  string
	Leads []Lead // by group
	// Worst is the index of the group with the longest lead time, -1 before any
	// was measured. Past and Ahead are those of the worst group of each day.
	Worst     int
	Past      []Past
	Ahead     forecast.Band
	Days      []Cell // from today on
	Uncovered int    // appointments at risk over the horizon
	// Missed is the share of appointments that nobody is expected to come to, Absent
	// that of the time on duty that is expected to be lost at short notice.
	Missed, Absent Share
}

// Share expected, 0 to 1; Counted: it was learned, and not only supposed.
type Share struct {
	Share   float64
	Counted bool
}

// WorstLead is the lead time that the district is judged by.
func (d District) WorstLead() (Lead, bool) {
	if d.Worst < 0 {
		return Lead{}, false
	}
	return d.Leads[d.Worst], true
}

// Trend is by how many days the worst lead time has changed within a week; ok is
// false where it is not known, or nothing was on offer on either day.
func (d District) Trend() (days int, ok bool) {
	n := len(d.Past)
	if n < 2 {
		return 0, false
	}
	last := d.Past[n-1]
	for _, p := range d.Past {
		if p.Day >= last.Day-7 && p.Day < last.Day {
			return last.Days - p.Days, last.Days >= 0 && p.Days >= 0
		}
	}
	return 0, false
}

// Centre at a glance.
type Centre struct {
	ID        id.Centre
	Name      string
	District  id.District
	Lat, Lon  float64
	Estimated bool // the coordinates are
	Days      []Cell
}

// Kinds of decisions.
const (
	Proposal   = "proposal"
	Uncovered  = "uncovered"
	AtRisk     = "promise"
	Suggestion = "suggestion"
)

// Decision is something that a planner should look at.
type Decision struct {
	Kind      string
	Urgency   int // 1 is the most urgent, 4 the least
	District  id.District
	Districts []id.District // that moves begin or end in
	Proposal  id.Proposal
	Centre    id.Centre
	// Day is the soonest on which appointments are uncovered, or the first that it
	// is about.
	Day       day.Day
	Expires   day.Day // of a proposal: the first day on which it is void
	Uncovered int     // appointments that nobody serves
	Moves     int
	Gain      float64
	Groups    []id.Skill // whose promise is broken in the district
	Lead      int        // days, the longest of them
	// ID of a suggestion; Words by language.
	ID    string
	Words map[string]string
}
