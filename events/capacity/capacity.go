// Package capacity has the public events of the capacity service: what the
// centres are and can serve, what is proposed, and whether the promise is kept.
package capacity

import (
	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Service is the name in types, subjects and stream names.
const Service = "capacity"

// Type names on the wire.
const (
	TypeCentreChanged       = "lotse.capacity.centre-changed.v1"
	TypeCatalogueChanged    = "lotse.capacity.catalogue-changed.v1"
	TypePolicyChanged       = "lotse.capacity.policy-changed.v1"
	TypeMeasureChanged      = "lotse.capacity.measure-changed.v1"
	TypeOfferingChanged     = "lotse.capacity.offering-changed.v1"
	TypeProposalDrafted     = "lotse.capacity.proposal-drafted.v1"
	TypeProposalApproved    = "lotse.capacity.proposal-approved.v1"
	TypeProposalRejected    = "lotse.capacity.proposal-rejected.v1"
	TypeProposalSuperseded  = "lotse.capacity.proposal-superseded.v1"
	TypeProposalExpired     = "lotse.capacity.proposal-expired.v1"
	TypeProposalApplied     = "lotse.capacity.proposal-applied.v1"
	TypeProposalUndone      = "lotse.capacity.proposal-undone.v1"
	TypeDeploymentRequested = "lotse.capacity.deployment-requested.v1"
	TypeDeploymentWithdrawn = "lotse.capacity.deployment-withdrawn.v1"
	TypePromiseAtRisk       = "lotse.capacity.promise-at-risk.v1"
	TypePromiseRestored     = "lotse.capacity.promise-restored.v1"
	TypeLeadTimeMeasured    = "lotse.capacity.lead-time-measured.v1"
)

// Uses of a counter line.
const (
	ForAppointments = "appointments"
	ForWalkIns      = "walk-in"
	ForExpress      = "express"
)

// Line is one counter that is staffed on a day, without saying by whom.
type Line struct {
	day.Span
	Breaks []day.Span `json:"breaks,omitempty"`
	Skills []id.Skill `json:"skills"`
	// Use is "appointments", "walk-in" or "express".
	Use string `json:"use"`
}

// OfferingChanged carries what one centre can serve on one day.
type OfferingChanged struct {
	Centre id.Centre `json:"centre"`
	Day    day.Day   `json:"day"`
	// Version of the centre-day's offering; the greatest counts.
	Version int64  `json:"version"`
	Lines   []Line `json:"lines"`
	// Tentative: a planned withdrawal. Booking closes the free slots and
	// answers with its load; no appointment becomes at risk by it.
	Tentative bool `json:"tentative,omitempty"`
	// Causes are the ids of the HR events behind the change, at most 16.
	Causes []string `json:"causes,omitempty"`
}

// Move is one employee, one day, from one centre to another.
type Move struct {
	Deployment   id.Deployment `json:"deployment"`
	Employee     id.Employee   `json:"employee"`
	Day          day.Day       `json:"day"`
	From         id.Centre     `json:"from"`
	FromDistrict id.District   `json:"from_district"`
	To           id.Centre     `json:"to"`
	ToDistrict   id.District   `json:"to_district"`
	// TravelMinutes is one way, from the home centre.
	TravelMinutes int `json:"travel_minutes"`
	// Gain in points (one slot one day late is one point) as evaluated.
	Gain float64 `json:"gain"`
	// Why in one sentence, per language ("de", "en").
	Why map[string]string `json:"why,omitempty"`
}

// Effect is what a proposal does to one district.
type Effect struct {
	District id.District `json:"district"`
	// Lead time in days to the third next available appointment of the
	// district's worst service group, expected; -1: none in the horizon.
	BeforeDays int `json:"before_days"`
	// AfterDays: the same with the moves.
	AfterDays int `json:"after_days"`
	// Appointments that the staff present cannot serve, expected.
	UncoveredBefore int `json:"uncovered_before"`
	// UncoveredAfter: the same with the moves.
	UncoveredAfter int `json:"uncovered_after"`
	// Slot-days late over the horizon, expected.
	LateBefore float64 `json:"late_before"`
	// LateAfter: the same with the moves.
	LateAfter float64 `json:"late_after"`
}

// ProposalDrafted: moves that would mend a damage.
type ProposalDrafted struct {
	Proposal id.Proposal `json:"proposal"`
	// Causes are the ids of the HR events behind it, or Reoptimisation.
	Causes []string `json:"causes"`
	Moves  []Move   `json:"moves"`
	// Effects per district touched.
	Effects []Effect `json:"effects"`
	// Damage in points without any move, Gain in points by the moves.
	Damage float64 `json:"damage"`
	// Gain in points by the moves.
	Gain float64 `json:"gain"`
	// Unsolved says in words what the moves cannot mend.
	Unsolved []string `json:"unsolved,omitempty"`
	// Approval is "review" or "automatic".
	Approval string `json:"approval"`
	// ExpiresOn is the first day on which it can no longer be approved.
	ExpiresOn day.Day `json:"expires_on"`
	// Supersedes names the open proposals that it replaces.
	Supersedes []id.Proposal `json:"supersedes,omitempty"`
}

// Reoptimisation is the cause of a proposal that no HR event is behind: the whole
// city was planned anew.
const Reoptimisation = "re-optimisation"

// ProposalApproved: capacity begins to carry out the named moves, giver first.
type ProposalApproved struct {
	Proposal    id.Proposal     `json:"proposal"`
	Deployments []id.Deployment `json:"deployments"`
	Dropped     []id.Deployment `json:"dropped,omitempty"`
	// Added are moves that the planner chose beside those drafted; Deployments
	// names them, too.
	Added []Move `json:"added,omitempty"`
	// Gain in points of what is carried out, where moves were dropped or added.
	Gain float64 `json:"gain,omitempty"`
	// Effects of what is carried out, where moves were dropped or added.
	Effects []Effect `json:"effects,omitempty"`
	// Automatic: the policy's guardrails approved it, no planner.
	Automatic bool `json:"automatic"`
}

// ProposalRejected by a planner, with a reason.
type ProposalRejected struct {
	Proposal id.Proposal `json:"proposal"`
	// Reason that the planner gave.
	Reason string `json:"reason"`
}

// ProposalSuperseded: the world changed, it is void.
type ProposalSuperseded struct {
	Proposal id.Proposal `json:"proposal"`
	By       id.Proposal `json:"by,omitempty"`
	// Reason in a word: what has become of it.
	Reason string `json:"reason"`
	// Why says what has changed in one sentence, per language ("de", "en").
	Why map[string]string `json:"why,omitempty"`
}

// ProposalExpired: nobody decided in time.
type ProposalExpired struct {
	Proposal id.Proposal `json:"proposal"`
}

// ProposalApplied: every move is answered.
type ProposalApplied struct {
	Proposal id.Proposal     `json:"proposal"`
	Ordered  []id.Deployment `json:"ordered"`
	Refused  []Refusal       `json:"refused,omitempty"`
}

// Refusal of one move.
type Refusal struct {
	Deployment id.Deployment `json:"deployment"`
	// Rule is the stable name of the rule in the way.
	Rule string `json:"rule"`
	// Reason says the rule in words.
	Reason string `json:"reason"`
}

// ProposalUndone: a planner took an approved proposal back.
type ProposalUndone struct {
	Proposal    id.Proposal     `json:"proposal"`
	Deployments []id.Deployment `json:"deployments"`
	// Reason that the planner gave.
	Reason string `json:"reason"`
}

// DeploymentRequested: the giver's slots are closed, staffing may order.
type DeploymentRequested struct {
	Deployment id.Deployment `json:"deployment"`
	Proposal   id.Proposal   `json:"proposal"`
	Employee   id.Employee   `json:"employee"`
	Day        day.Day       `json:"day"`
	From       id.Centre     `json:"from"`
	To         id.Centre     `json:"to"`
}

// DeploymentWithdrawn: staffing shall cancel what it ordered.
type DeploymentWithdrawn struct {
	Deployment id.Deployment `json:"deployment"`
	Proposal   id.Proposal   `json:"proposal"`
	Employee   id.Employee   `json:"employee"`
	Day        day.Day       `json:"day"`
}

// LeadTime is the next-free lead time of one district and service group, by
// the third next available appointment, from slots really on offer.
type LeadTime struct {
	District id.District `json:"district"`
	Skill    id.Skill    `json:"skill"`
	On       day.Day     `json:"on"`
	// Days from On to the third next available; -1: none within the horizon.
	Days int `json:"days"`
	// ThirdNext is that appointment's day.
	ThirdNext *day.Day `json:"third_next,omitempty"`
}

type (
	// LeadTimeMeasured: the lead time is another than measured before.
	LeadTimeMeasured struct {
		LeadTime
		// Goal in days.
		Goal int `json:"goal_days"`
		// Limit in days.
		Limit int `json:"limit_days"`
	}
	// PromiseAtRisk: the lead time has passed the limit.
	PromiseAtRisk struct {
		LeadTime
		// Limit in days.
		Limit int `json:"limit_days"`
	}
	// PromiseRestored: the lead time is within the limit again.
	PromiseRestored struct {
		LeadTime
		// Limit in days.
		Limit int `json:"limit_days"`
	}
)

func (OfferingChanged) EventType() string     { return TypeOfferingChanged }
func (ProposalDrafted) EventType() string     { return TypeProposalDrafted }
func (ProposalApproved) EventType() string    { return TypeProposalApproved }
func (ProposalRejected) EventType() string    { return TypeProposalRejected }
func (ProposalSuperseded) EventType() string  { return TypeProposalSuperseded }
func (ProposalExpired) EventType() string     { return TypeProposalExpired }
func (ProposalApplied) EventType() string     { return TypeProposalApplied }
func (ProposalUndone) EventType() string      { return TypeProposalUndone }
func (DeploymentRequested) EventType() string { return TypeDeploymentRequested }
func (DeploymentWithdrawn) EventType() string { return TypeDeploymentWithdrawn }
func (PromiseAtRisk) EventType() string       { return TypePromiseAtRisk }
func (PromiseRestored) EventType() string     { return TypePromiseRestored }
func (LeadTimeMeasured) EventType() string    { return TypeLeadTimeMeasured }

func (e OfferingChanged) EventKey() []string {
	return []string{string(e.Centre), e.Day.String()}
}
func (e ProposalDrafted) EventKey() []string     { return []string{string(e.Proposal)} }
func (e ProposalApproved) EventKey() []string    { return []string{string(e.Proposal)} }
func (e ProposalRejected) EventKey() []string    { return []string{string(e.Proposal)} }
func (e ProposalSuperseded) EventKey() []string  { return []string{string(e.Proposal)} }
func (e ProposalExpired) EventKey() []string     { return []string{string(e.Proposal)} }
func (e ProposalApplied) EventKey() []string     { return []string{string(e.Proposal)} }
func (e ProposalUndone) EventKey() []string      { return []string{string(e.Proposal)} }
func (e DeploymentRequested) EventKey() []string { return []string{string(e.Employee)} }
func (e DeploymentWithdrawn) EventKey() []string { return []string{string(e.Employee)} }
func (e LeadTime) EventKey() []string            { return []string{string(e.District), string(e.Skill)} }

// Kinds describes the events.
func Kinds() []events.Kind {
	return []events.Kind{
		{Type: TypeCentreChanged, Doc: "What a centre is: place, opening hours, counters.", State: true, New: func() events.Event { return new(CentreChanged) }},
		{Type: TypeCatalogueChanged, Doc: "What citizens may come for, and who may serve it.", State: true, New: func() events.Event { return new(CatalogueChanged) }},
		{Type: TypePolicyChanged, Doc: "The promise and the rules that hold it.", State: true, New: func() events.Event { return new(PolicyChanged) }},
		{Type: TypeMeasureChanged, Doc: "A district's temporary local measure.", State: true, New: func() events.Event { return new(MeasureChanged) }},
		{Type: TypeOfferingChanged, Doc: "What one centre can serve on one day.", State: true, New: func() events.Event { return new(OfferingChanged) }},
		{Type: TypeProposalDrafted, Doc: "Moves that would mend a damage.", New: func() events.Event { return new(ProposalDrafted) }},
		{Type: TypeProposalApproved, Doc: "Moves that are being carried out.", New: func() events.Event { return new(ProposalApproved) }},
		{Type: TypeProposalRejected, Doc: "A planner said no.", New: func() events.Event { return new(ProposalRejected) }},
		{Type: TypeProposalSuperseded, Doc: "The world changed, the proposal is void.", New: func() events.Event { return new(ProposalSuperseded) }},
		{Type: TypeProposalExpired, Doc: "Nobody decided in time.", New: func() events.Event { return new(ProposalExpired) }},
		{Type: TypeProposalApplied, Doc: "Every move is answered.", New: func() events.Event { return new(ProposalApplied) }},
		{Type: TypeProposalUndone, Doc: "A planner took an approved proposal back.", New: func() events.Event { return new(ProposalUndone) }},
		{Type: TypeDeploymentRequested, Doc: "The giver's slots are closed, staffing may order the deployment.", New: func() events.Event { return new(DeploymentRequested) }},
		{Type: TypeDeploymentWithdrawn, Doc: "Staffing shall cancel a deployment.", New: func() events.Event { return new(DeploymentWithdrawn) }},
		{Type: TypePromiseAtRisk, Doc: "A lead time passed the limit.", New: func() events.Event { return new(PromiseAtRisk) }},
		{Type: TypePromiseRestored, Doc: "A lead time is within the limit again.", New: func() events.Event { return new(PromiseRestored) }},
		{Type: TypeLeadTimeMeasured, Doc: "The lead time of a district and service group, from real slots.", State: true, New: func() events.Event { return new(LeadTimeMeasured) }},
	}
}
