// Package staffing has the public events of the staffing service: who is where,
// when, able to do what.
package staffing

import (
	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Service is the name in types, subjects and stream names.
const Service = "staffing"

// Type names on the wire.
const (
	TypeDutiesChanged       = "lotse.staffing.duties-changed.v1"
	TypeDeploymentOrdered   = "lotse.staffing.deployment-ordered.v1"
	TypeDeploymentRefused   = "lotse.staffing.deployment-refused.v1"
	TypeDeploymentCancelled = "lotse.staffing.deployment-cancelled.v1"
)

// Duty is one employee, one day, one centre, from–to.
type Duty struct {
	Day    day.Day   `json:"day"`
	Centre id.Centre `json:"centre"`
	day.Span
	// Breaks are spans without counter work: rests and back-office time.
	Breaks []day.Span `json:"breaks,omitempty"`
	// Deployment is set when the centre is not the home centre.
	Deployment id.Deployment `json:"deployment,omitempty"`
}

// DutiesChanged carries all duties of one employee over the horizon, absences
// already taken out.
type DutiesChanged struct {
	Employee id.Employee `json:"employee"`
	// Version of the employee's duties; the greatest counts.
	Version int64      `json:"version"`
	Home    id.Centre  `json:"home"`
	Skills  []id.Skill `json:"skills"`
	// Mobile: member of a mobile team, deployed without notice. Volunteer: has
	// agreed to deployments at short notice.
	Mobile bool `json:"mobile,omitempty"`
	// Volunteer has agreed to deployments at short notice.
	Volunteer bool `json:"volunteer,omitempty"`
	// Deployable is false where somebody cannot be sent elsewhere (part-time
	// care, health, …: the cause is nobody's business).
	Deployable bool `json:"deployable"`
	// MaxDaysAwayPerWeek caps deployments in one ISO week.
	MaxDaysAwayPerWeek int `json:"max_days_away_per_week"`
	// Horizon is the period for which Duties is complete.
	Horizon day.Period `json:"horizon"`
	Duties  []Duty     `json:"duties"`
}

// DeploymentOrdered: the employee works at another centre that day.
type DeploymentOrdered struct {
	Deployment id.Deployment `json:"deployment"`
	Proposal   id.Proposal   `json:"proposal"`
	Employee   id.Employee   `json:"employee"`
	Day        day.Day       `json:"day"`
	From       id.Centre     `json:"from"`
	To         id.Centre     `json:"to"`
}

// DeploymentRefused: staffing rules on persons and says no.
type DeploymentRefused struct {
	Deployment id.Deployment `json:"deployment"`
	Proposal   id.Proposal   `json:"proposal"`
	Employee   id.Employee   `json:"employee"`
	Day        day.Day       `json:"day"`
	From       id.Centre     `json:"from"`
	To         id.Centre     `json:"to"`
	// Rule is the stable name of the rule in the way ("off-duty",
	// "weekly-cap", "rest-period", "not-deployable", "elsewhere",
	// "unknown-employee", "past"); Reason says it in words.
	Rule string `json:"rule"`
	// Reason says the rule in words.
	Reason string `json:"reason"`
}

// DeploymentCancelled: an ordered deployment does not take place.
type DeploymentCancelled struct {
	Deployment id.Deployment `json:"deployment"`
	Proposal   id.Proposal   `json:"proposal"`
	Employee   id.Employee   `json:"employee"`
	Day        day.Day       `json:"day"`
	From       id.Centre     `json:"from"`
	To         id.Centre     `json:"to"`
	// Cause is "undone" (capacity withdrew it) or "off-duty".
	Cause string `json:"cause"`
}

func (DutiesChanged) EventType() string       { return TypeDutiesChanged }
func (DeploymentOrdered) EventType() string   { return TypeDeploymentOrdered }
func (DeploymentRefused) EventType() string   { return TypeDeploymentRefused }
func (DeploymentCancelled) EventType() string { return TypeDeploymentCancelled }

func (e DutiesChanged) EventKey() []string       { return []string{string(e.Employee)} }
func (e DeploymentOrdered) EventKey() []string   { return []string{string(e.Employee)} }
func (e DeploymentRefused) EventKey() []string   { return []string{string(e.Employee)} }
func (e DeploymentCancelled) EventKey() []string { return []string{string(e.Employee)} }

// Kinds describes the events.
func Kinds() []events.Kind {
	return []events.Kind{
		{Type: TypeDutiesChanged, Doc: "All duties of one employee over the horizon.", State: true, New: func() events.Event { return new(DutiesChanged) }},
		{Type: TypeDeploymentOrdered, Doc: "An employee works at another centre on a day.", New: func() events.Event { return new(DeploymentOrdered) }},
		{Type: TypeDeploymentRefused, Doc: "A requested deployment breaks a rule on persons.", New: func() events.Event { return new(DeploymentRefused) }},
		{Type: TypeDeploymentCancelled, Doc: "An ordered deployment does not take place.", New: func() events.Event { return new(DeploymentCancelled) }},
	}
}
