// Package employee decides over one employee: when on duty, where, and whether
// a deployment to another centre is allowed. The duties of the whole horizon
// follow from the terms of employment, the calendar, the absences and the
// deployments; whenever they differ from what was said last, they are said.
package employee

import (
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// Terms are what is agreed with an employee.
type Terms struct {
	Home               id.Centre  `json:"home"`
	Skills             []id.Skill `json:"skills"`
	Mobile             bool       `json:"mobile"`
	Volunteer          bool       `json:"volunteer"`
	Deployable         bool       `json:"deployable"`
	MaxDaysAwayPerWeek int        `json:"max_days_away_per_week"`
	// Rotation alternates: the week of a day has the index (weeks since Monday
	// 1970-01-05) mod len(Rotation).
	Rotation []Week `json:"rotation"`
	// From and Until bound the employment, [From, Until).
	From  *day.Day `json:"from,omitempty"`
	Until *day.Day `json:"until,omitempty"`
}

// Week has the shift of each working weekday, 1 Monday to 7 Sunday.
type Week map[int]Shift

// Shift is one day's presence; Breaks are spans without counter work.
type Shift struct {
	day.Span
	Breaks []day.Span `json:"breaks,omitempty"`
}

func (s Shift) equal(o Shift) bool { return s.Span == o.Span && slices.Equal(s.Breaks, o.Breaks) }

// Equal reports whether two terms say the same.
func (t Terms) Equal(o Terms) bool {
	return t.Home == o.Home && slices.Equal(t.Skills, o.Skills) && t.Mobile == o.Mobile && t.Volunteer == o.Volunteer &&
		t.Deployable == o.Deployable && t.MaxDaysAwayPerWeek == o.MaxDaysAwayPerWeek && same(t.From, o.From) && same(t.Until, o.Until) &&
		slices.EqualFunc(t.Rotation, o.Rotation, func(a, b Week) bool { return maps.EqualFunc(a, b, Shift.equal) })
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// Shift is the shift of a day by the rotation alone.
func (t Terms) Shift(d day.Day) (Shift, bool) {
	n := len(t.Rotation)
	if n == 0 {
		return Shift{}, false
	}
	week := int(d.Monday()-day.Date(1970, 1, 5)) / 7 % n
	s, works := t.Rotation[(week+n)%n][int(d-d.Monday())+1]
	return s, works
}

// Horizon is the part of the calendar that duties are worked out for.
type Horizon struct {
	Today day.Day `json:"today"`
	Until day.Day `json:"until"`
	// Holidays are the public holidays in it, sorted.
	Holidays []day.Day `json:"holidays,omitempty"`
	// OpenDays is how long an absence without any known end is taken to last
	// on, in days.
	OpenDays int `json:"open_days"`
	// Calendar is the version of the calendar that the holidays are from.
	Calendar int64 `json:"calendar"`
}

// Period is [Today, Until).
func (h Horizon) Period() day.Period { return day.Period{From: h.Today, Until: h.Until} }

func (h Horizon) equal(o Horizon) bool {
	return h.Today == o.Today && h.Until == o.Until && h.OpenDays == o.OpenDays && h.Calendar == o.Calendar && slices.Equal(h.Holidays, o.Holidays)
}

// Noted is what is known of one absence case.
type Noted struct {
	Absence
	Lifted bool
}

// Deployment that was asked for, and what became of it.
type Deployment struct {
	ID       id.Deployment
	Proposal id.Proposal
	Day      day.Day
	From, To id.Centre
	Status   Status
}

// Status of a deployment.
type Status string

// What became of a deployment.
const (
	Ordered   Status = "ordered"
	Refused   Status = "refused"
	Cancelled Status = "cancelled"
)

// State is what is known of one employee.
type State struct {
	// Known: the employee was imported. Absences may come before.
	Known       bool
	ID          id.Employee
	Terms       Terms
	Horizon     Horizon
	Absences    []Noted      // by case
	Deployments []Deployment // by day, then id
	// Said are the duties said last.
	Said staffing.DutiesChanged
}

// kept is for how many days a deployment is remembered.
const kept = 60
