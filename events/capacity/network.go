package capacity

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Centre is a place where citizens are served; a dated fact.
type Centre struct {
	ID id.Centre `json:"id"`
	// Name as citizens read it.
	Name     string      `json:"name"`
	District id.District `json:"district"`
	// Address in one line.
	Address string `json:"address"`
	// Lat in degrees north (WGS 84).
	Lat float64 `json:"lat"`
	// Lon in degrees east (WGS 84).
	Lon float64 `json:"lon"`
	// CoordinatesEstimated: taken from the address, not surveyed.
	CoordinatesEstimated bool `json:"coordinates_estimated,omitempty"`
	// Accessible without barriers.
	Accessible bool `json:"accessible"`
	// Opens and Closes bound the centre's life, [Opens, Closes).
	Opens  *day.Day `json:"opens,omitempty"`
	Closes *day.Day `json:"closes,omitempty"`
	// Successor serves its citizens after Closes.
	Successor id.Centre `json:"successor,omitempty"`
	// Counters that there are.
	Counters int `json:"counters"`
	// MinStaff is the least number of employees that may run it on an open day.
	MinStaff int `json:"min_staff"`
	// MinPresent, where given, is the least number of employees present at each
	// half hour of the minimum opening hours, 8 to 18; then MinStaff does not
	// count.
	MinPresent int `json:"min_present,omitempty"`
	// Hours lists opening hours by weekday, 1 Monday to 7 Sunday; a weekday
	// that is not listed is closed. Public holidays are closed.
	Hours map[int][]day.Span `json:"hours"`
	// Exceptions replace the weekday's hours on one day.
	Exceptions []HoursException `json:"exceptions,omitempty"`
	// TravelMinutes one way to other centres, by public transport, estimated.
	TravelMinutes map[id.Centre]int `json:"travel_minutes,omitempty"`
}

// HoursException replaces a day's opening hours; no spans: closed.
type HoursException struct {
	Day   day.Day    `json:"day"`
	Hours []day.Span `json:"hours"`
	// Note is about the place.
	Note string `json:"note,omitempty"`
}

// CentreChanged carries the whole state of one centre.
type CentreChanged struct {
	// Version of the centre; the greatest counts.
	Version int64 `json:"version"`
	Centre
	// Removed: the centre is not part of the network any more.
	Removed bool `json:"removed,omitempty"`
}

func (CentreChanged) EventType() string    { return TypeCentreChanged }
func (e CentreChanged) EventKey() []string { return []string{string(e.ID)} }

// ServiceGroup is a set of services that share a skill.
type ServiceGroup struct {
	Skill id.Skill          `json:"skill"`
	Name  map[string]string `json:"name"` // by language: "de", "en"
}

// ServiceType is what a citizen comes for.
type ServiceType struct {
	ID id.Service `json:"id"`
	// Name by language: "de", "en".
	Name  map[string]string `json:"name"`
	LeiKa string            `json:"leika,omitempty"` // 14 digits, opaque
	Skill id.Skill          `json:"skill"`
	// Minutes at the counter, a multiple of 5.
	Minutes day.Minutes `json:"minutes"`
	// Express: short, served without waiting at counters set aside.
	Express bool `json:"express,omitempty"`
	// Online is the link where no visit is needed.
	Online string `json:"online,omitempty"`
	// Share of the requests in its group, 0 to 1.
	Share float64 `json:"share"`
}

// CatalogueChanged carries the whole catalogue.
type CatalogueChanged struct {
	// Version of the catalogue; the greatest counts.
	Version  int64          `json:"version"`
	Groups   []ServiceGroup `json:"groups"`
	Services []ServiceType  `json:"services"`
}

func (CatalogueChanged) EventType() string  { return TypeCatalogueChanged }
func (CatalogueChanged) EventKey() []string { return []string{"city"} }

// Policy has the promise and the rules that hold it. Shares lie between 0 and 1.
type Policy struct {
	GoalDays    int `json:"goal_days"`    // aim, 10
	LimitDays   int `json:"limit_days"`   // promise, 14
	HorizonDays int `json:"horizon_days"` // how far slots are on offer, 60
	// MinLeadDays before a slot can be booked online.
	MinLeadDays int `json:"min_lead_days"`
	// HoldMinutes that a slot is kept for who is booking it.
	HoldMinutes int `json:"hold_minutes"`
	// WalkInShare and ExpressCounters are set aside from appointments.
	WalkInShare float64 `json:"walk_in_share"`
	// ExpressCounters per centre.
	ExpressCounters int `json:"express_counters"`
	// NoticeDays before an ordinary employee may be moved; below it only
	// mobile teams and volunteers.
	NoticeDays int `json:"notice_days"`
	// MaxDaysAwayPerWeek that one person may be sent elsewhere.
	MaxDaysAwayPerWeek int `json:"max_days_away_per_week"`
	// MaxTravelMinutes one way.
	MaxTravelMinutes int `json:"max_travel_minutes"`
	// Guardrails of automatic approval; all must hold.
	Automatic Guardrails `json:"automatic"`
	// StaleLoss: a proposal is stale when its remaining moves lose more than
	// this share of their gain.
	StaleLoss float64 `json:"stale_loss"`
	// ProposalDays until an undecided proposal expires.
	ProposalDays int `json:"proposal_days"`
	// Booking rules how slots are given away; missing: the defaults.
	Booking *BookingPolicy `json:"booking,omitempty"`
	// Planning are the planner's settings; nil: the defaults.
	Planning *Planning `json:"planning,omitempty"`
}

// Guardrails bound what may be approved without a planner.
type Guardrails struct {
	// Enabled: something may be approved without a planner.
	Enabled bool `json:"enabled"`
	// MaxMoves of one proposal.
	MaxMoves int `json:"max_moves"`
	// MaxTravelMinutes one way.
	MaxTravelMinutes int     `json:"max_travel_minutes"`
	MinGain          float64 `json:"min_gain"` // points per move
	// MobileOnly: only members of mobile teams are moved without review.
	MobileOnly bool `json:"mobile_only"`
}

// District is one of the city's seven, with its demand.
type District struct {
	ID id.District `json:"id"`
	// Name as citizens read it.
	Name string `json:"name"`
	// Population of the district.
	Population int `json:"population"`
	// DailyDemand is the expected minutes of all requests for appointments per
	// working day and skill from the district's citizens. Walk-ins and express
	// are not among them.
	DailyDemand map[id.Skill]day.Minutes `json:"daily_demand"`
	// AnyShare of these requests accepts any centre, 0 to 1; the rest wants
	// the own district.
	AnyShare float64 `json:"any_share"`
}

// Holiday is a day or a period without service (public) or with other demand
// (school).
type Holiday struct {
	// Name as people say it.
	Name string `json:"name"`
	day.Period
	// School holidays, with other demand; else nothing is open.
	School bool `json:"school,omitempty"`
}

// PolicyChanged carries the policy, the districts and the calendar.
type PolicyChanged struct {
	// Version of the policy; the greatest counts.
	Version int64 `json:"version"`
	Policy
	Districts []District `json:"districts"`
	Holidays  []Holiday  `json:"holidays"`
}

func (PolicyChanged) EventType() string  { return TypePolicyChanged }
func (PolicyChanged) EventKey() []string { return []string{"city"} }

// Kinds of temporary measures.
const (
	MeasureClosure    = "closure"
	MeasureRelocation = "relocation"
	MeasureSite       = "temporary-site"
	MeasureReserve    = "reserve"
	MeasureHours      = "hours"
)

// Measure is a district's temporary local solution, dated and visible to all.
type Measure struct {
	ID       id.Measure  `json:"id"`
	District id.District `json:"district"`
	Centre   id.Centre   `json:"centre"`
	// Kind is "closure", "relocation", "temporary-site", "reserve" or "hours".
	Kind string `json:"kind"`
	day.Period
	// Hours replace the centre's hours in the period (kind "hours").
	Hours map[int][]day.Span `json:"hours,omitempty"`
	// Site is where citizens are served meanwhile (kinds "relocation" and
	// "temporary-site").
	Site *Site `json:"site,omitempty"`
	// People who stay at the centre at least, whatever is missing elsewhere (kind
	// "reserve").
	People int `json:"people,omitempty"`
	// Reason is about the place ("water damage"), never about a person.
	Reason string `json:"reason"`
}

// Site is a place for a time.
type Site struct {
	// Name as citizens read it.
	Name string `json:"name"`
	// Address in one line.
	Address string `json:"address"`
	// Lat in degrees north (WGS 84).
	Lat float64 `json:"lat"`
	// Lon in degrees east (WGS 84).
	Lon float64 `json:"lon"`
	// Counters that there are.
	Counters int `json:"counters,omitempty"`
	// Accessible without barriers.
	Accessible bool `json:"accessible,omitempty"`
}

// MeasureChanged carries the whole state of one measure.
type MeasureChanged struct {
	// Version of the measure; the greatest counts.
	Version int64 `json:"version"`
	Measure
	// Ended: it does not count any more.
	Ended bool `json:"ended,omitempty"`
}

func (MeasureChanged) EventType() string    { return TypeMeasureChanged }
func (e MeasureChanged) EventKey() []string { return []string{string(e.ID)} }
