package read

import (
	"cmp"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
)

// Month is what a district's committee is told of one month: aggregates only.
// No person is in it, no reason that a planner wrote, no count too small to tell.
type Month struct {
	District capacity.District
	// Period of the month; Until is cut at the day after today.
	day.Period
	Over        bool // the whole month is in it
	Goal, Limit int
	Groups      []GroupMonth
	Moves       Moves
	Decisions   Decisions
	Service     Service
	Measures    []MeasureOfMonth
}

// GroupMonth is one service group.
type GroupMonth struct {
	Skill id.Skill
	Name  map[string]string // by language
	// Days as measured, and what came of them.
	Days     []Closed
	Kept     int
	GoalMet  int
	Nothing  int // days on which nothing was on offer
	Mean     float64
	Greatest int // of the days with an offer
	Booked   Booked
	Budget   promise.Budget // of the window that ends with the period
}

// Moves in person-days: carried out, and ordered for days to come of the month.
type Moves struct {
	In, Out, Within int
	With            []Partner // other districts, by name
}

// Partner is another district.
type Partner struct {
	District id.District
	Name     string
	In, Out  int
}

// Decisions on proposals with moves that begin or end in the district.
type Decisions struct {
	Automatic, Approved, Rejected, Undone, Expired, Superseded int
}

// Total decisions.
func (d Decisions) Total() int {
	return d.Automatic + d.Approved + d.Rejected + d.Undone + d.Expired + d.Superseded
}

// Service sums up days of service: appointments, those that at worst nobody could
// serve, the days on which there were some, and the minutes of them.
type Service struct {
	Days, Appointments, AtRisk, DaysAtRisk int
	Uncovered                              day.Minutes
}

// States of a measure.
const (
	MeasurePlanned = "planned"
	MeasureInForce = "in-force"
	MeasureEnded   = "ended"       // at its time
	MeasureCut     = "ended-early" // before its time
)

// MeasureOfMonth is a measure in force on some day of the month, with its state.
type MeasureOfMonth struct {
	capacity.Measure
	CentreName string
	State      string
}

// StateOf a measure on a day.
func StateOf(m capacity.MeasureChanged, today day.Day) string {
	switch {
	case m.Ended && m.Until <= today:
		return MeasureCut
	case m.Until <= today:
		return MeasureEnded
	case m.From > today:
		return MeasurePlanned
	}
	return MeasureInForce
}

// MonthOf a day: from its first to the first of the next.
func MonthOf(d day.Day) day.Period {
	y, m, _ := d.Date()
	return day.Period{From: day.Date(y, m, 1), Until: day.Date(y, m+1, 1)}
}

// Month of a district; ok is false when it does not exist, or the month has not
// begun. It is called inside node.View.
func (h *History) Month(c *City, r id.District, whole day.Period) (m Month, ok bool) {
	i := slices.IndexFunc(c.Policy.Districts, func(d capacity.District) bool { return d.ID == r })
	if i < 0 || whole.From > h.Today {
		return m, false
	}
	m = Month{District: c.Policy.Districts[i], Period: day.Period{From: whole.From, Until: min(whole.Until, h.Today+1)},
		Over: whole.Until <= h.Today, Goal: c.Policy.GoalDays, Limit: c.Policy.LimitDays}
	for _, g := range c.Catalogue.Groups {
		m.Groups = append(m.Groups, h.Group(g, r, m.Period))
	}
	c.monthOfProposals(&m, whole, h.zone)
	for _, s := range h.Served(r, m.From, m.Until) {
		m.Service.Days++
		m.Service.Appointments += s.Appointments
		m.Service.AtRisk += s.AtRisk
		m.Service.Uncovered += s.Uncovered
		if s.AtRisk > 0 {
			m.Service.DaysAtRisk++
		}
	}
	for _, s := range c.Measures {
		if s.District == r && s.Meet(whole).Days() > 0 {
			m.Measures = append(m.Measures, MeasureOfMonth{s.Measure, c.Centres[s.Centre].Name, StateOf(s, h.Today)})
		}
	}
	slices.SortFunc(m.Measures, func(a, b MeasureOfMonth) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID)) })
	return m, true
}

// Group is one service group of a district in a period.
func (h *History) Group(g capacity.ServiceGroup, r id.District, p day.Period) GroupMonth {
	gauge := Gauge{District: r, Skill: g.Skill}
	m := GroupMonth{Skill: g.Skill, Name: g.Name, Days: h.Days(gauge, p.From, p.Until), Booked: h.BookingsIn(gauge, p.From, p.Until),
		Budget: h.Budget(gauge, p.Until)}
	sum, with := 0, 0
	for _, d := range m.Days {
		if d.Kept() {
			m.Kept++
		}
		if d.GoalMet() {
			m.GoalMet++
		}
		if d.Days < 0 {
			m.Nothing++
			continue
		}
		sum, with, m.Greatest = sum+d.Days, with+1, max(m.Greatest, d.Days)
	}
	if with > 0 {
		m.Mean = float64(sum) / float64(with)
	}
	return m
}

// Budget of a gauge over the window that ends before a day.
func (h *History) Budget(g Gauge, until day.Day) promise.Budget {
	var kept []bool
	for _, d := range h.Days(g, until-promise.Window, until) {
		kept = append(kept, d.Kept())
	}
	return promise.BudgetOf(kept)
}

// farAhead is by how many days a proposal is older than its last move at most: by the
// longest time to decide and the longest horizon of a policy.
const farAhead = 90 + 180

// since are the decisions from a day on.
func (c *City) since(d day.Day, zone *time.Location) []Decision {
	i, _ := slices.BinarySearchFunc(c.Audit, d.At(0, zone), func(a Decision, t time.Time) int { return a.Time.Compare(t) })
	return c.Audit[i:]
}

// monthOfProposals counts person-days by their day, decisions by the day on which
// they were made. It looks at proposals that may have moves in the month, and at no
// others, however long the city has been running.
func (c *City) monthOfProposals(m *Month, whole day.Period, zone *time.Location) {
	r := m.District.ID
	with := map[id.District]*Partner{}
	partner := func(d id.District) *Partner {
		if with[d] == nil {
			with[d] = &Partner{District: d, Name: string(d)}
		}
		return with[d]
	}
	end := whole.Until.At(0, zone)
	for _, a := range c.since(whole.From-farAhead, zone) {
		if !a.Time.Before(end) {
			break
		}
		if a.Decision != "drafted" {
			continue
		}
		for _, x := range c.Proposals[a.Proposal].Moves {
			if x.Step != proposal.IsOrdered || x.Returns != nil || !whole.Contains(x.Day) {
				continue
			}
			switch {
			case x.FromDistrict == r && x.ToDistrict == r:
				m.Moves.Within++
			case x.ToDistrict == r:
				m.Moves.In++
				partner(x.FromDistrict).In++
			case x.FromDistrict == r:
				m.Moves.Out++
				partner(x.ToDistrict).Out++
			}
		}
	}
	for _, d := range c.Policy.Districts {
		if p := with[d.ID]; p != nil {
			p.Name = d.Name
			m.Moves.With = append(m.Moves.With, *p)
		}
	}
	for _, a := range c.since(whole.From, zone) {
		if !a.Time.Before(end) {
			break
		}
		s := c.Proposals[a.Proposal]
		if !slices.ContainsFunc(s.Moves, func(x proposal.Move) bool { return x.FromDistrict == r || x.ToDistrict == r }) {
			continue
		}
		switch a.Decision {
		case "approved":
			if s.Automatic {
				m.Decisions.Automatic++
			} else {
				m.Decisions.Approved++
			}
		case "rejected":
			m.Decisions.Rejected++
		case "undone":
			m.Decisions.Undone++
		case "expired":
			m.Decisions.Expired++
		case "superseded":
			m.Decisions.Superseded++
		}
	}
}
