// Package network is what booking has heard about the city from capacity: the
// catalogue of services, the centres and the policy. Each is one stream; the
// newest version wins, older ones are ignored.
package network

import (
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// ServiceType is what a citizen comes for.
type ServiceType struct {
	ID      id.Service        `json:"id"`
	Name    map[string]string `json:"name"` // by language: "de", "en"
	LeiKa   string            `json:"leika,omitempty"`
	Skill   id.Skill          `json:"skill"`
	Minutes day.Minutes       `json:"minutes"`
	Express bool              `json:"express,omitempty"`
	Online  string            `json:"online,omitempty"` // link where no visit is needed
	Share   float64           `json:"share"`            // of the requests of its skill
}

// Group is a set of services that share a skill.
type Group struct {
	Skill id.Skill          `json:"skill"`
	Name  map[string]string `json:"name"` // by language: "de", "en"
}

// Lengths of a catalogue's services, for publishing free slots.
func Lengths(services []ServiceType) []centreday.Length {
	all := make([]centreday.Length, 0, len(services))
	for _, s := range services {
		all = append(all, centreday.Length{Skill: s.Skill, Minutes: s.Minutes, Share: s.Share})
	}
	return all
}

// Centre is a place where citizens are served.
type Centre struct {
	ID         id.Centre          `json:"id"`
	Name       string             `json:"name"`
	District   id.District        `json:"district"`
	Address    string             `json:"address"`
	Lat        float64            `json:"lat"`
	Lon        float64            `json:"lon"`
	Accessible bool               `json:"accessible"`
	Hours      map[int][]day.Span `json:"hours"` // by weekday, 1 Monday to 7 Sunday
	Exceptions []Exception        `json:"exceptions,omitempty"`
	Travel     map[id.Centre]int  `json:"travel_minutes,omitempty"`
	Removed    bool               `json:"removed,omitempty"`
}

// Exception replaces a day's opening hours.
type Exception struct {
	Day   day.Day    `json:"day"`
	Hours []day.Span `json:"hours"`
}

// Opening is when the centre opens on a day; nil when it does not, or when it
// is not known.
func (c Centre) Opening(d day.Day) *day.TimeOfDay {
	hours := c.Hours[(int(d.Weekday())+6)%7+1]
	for _, e := range c.Exceptions {
		if e.Day == d {
			hours = e.Hours
		}
	}
	if len(hours) == 0 {
		return nil
	}
	first := slices.MinFunc(hours, func(a, b day.Span) int { return int(a.From - b.From) })
	return &first.From
}

// Policy is what of the city's policy concerns booking.
type Policy struct {
	LimitDays   int `json:"limit_days"`
	HorizonDays int `json:"horizon_days"`
	MinLeadDays int `json:"min_lead_days"` // online
	HoldMinutes int `json:"hold_minutes"`
	// DoubleOptIn: an online booking needs its link to be opened.
	DoubleOptIn  bool `json:"double_opt_in,omitempty"`
	OptInMinutes int  `json:"opt_in_minutes,omitempty"`
	// ReminderHours before an appointment at which its citizen is reminded.
	ReminderHours []int `json:"reminder_hours,omitzero"`
	// AtRiskOffers slots are kept for AtRiskOfferHours for who is at risk, one
	// for WaitingOfferMinutes for who waits for an earlier one.
	AtRiskOffers        int `json:"at_risk_offers,omitempty"`
	AtRiskOfferHours    int `json:"at_risk_offer_hours,omitempty"`
	WaitingOfferMinutes int `json:"waiting_offer_minutes,omitempty"`
	// Promises of waiting times, in minutes.
	WalkInWaitMinutes  int `json:"walk_in_wait_minutes,omitempty"`
	ExpressWaitMinutes int `json:"express_wait_minutes,omitempty"`
	// MissedAfterMinutes the time of an appointment nobody waits for its citizen
	// any more; 0: never.
	MissedAfterMinutes int `json:"missed_after_minutes,omitempty"`
	// Captcha: an online hold needs a solved challenge.
	Captcha bool `json:"captcha,omitempty"`
	// OverbookRisk that, of what is booked at one group of like counters at one
	// moment, more come than it has; 0: nothing is overbooked.
	OverbookRisk float64 `json:"overbook_risk,omitempty"`
	// OpenPerContact online appointments for one service; negative: any number.
	OpenPerContact int `json:"open_per_contact,omitempty"`
	// ContactDays after the visit its contact is forgotten.
	ContactDays int `json:"contact_days,omitempty"`
	// Shares of the channels, and stages of release.
	Shares centreday.Shares `json:"shares,omitzero"`
}

// DefaultPolicy holds until capacity has spoken.
var DefaultPolicy = Policy{LimitDays: 14, HorizonDays: 60, HoldMinutes: 10, OptInMinutes: 60, ReminderHours: []int{24}, AtRiskOffers: 2, AtRiskOfferHours: 24, WaitingOfferMinutes: 60, OpenPerContact: 5,
	WalkInWaitMinutes: 30, ExpressWaitMinutes: 10, ContactDays: 30}

// Filled takes the default for what was written before there was such a field.
func (p Policy) Filled() Policy {
	for _, f := range []struct{ is, byDefault *int }{{&p.OptInMinutes, &DefaultPolicy.OptInMinutes}, {&p.AtRiskOffers, &DefaultPolicy.AtRiskOffers},
		{&p.AtRiskOfferHours, &DefaultPolicy.AtRiskOfferHours}, {&p.WaitingOfferMinutes, &DefaultPolicy.WaitingOfferMinutes},
		{&p.WalkInWaitMinutes, &DefaultPolicy.WalkInWaitMinutes}, {&p.OpenPerContact, &DefaultPolicy.OpenPerContact}, {&p.ExpressWaitMinutes, &DefaultPolicy.ExpressWaitMinutes}, {&p.ContactDays, &DefaultPolicy.ContactDays}} {
		if *f.is == 0 {
			*f.is = *f.byDefault
		}
	}
	return p
}

// Private events; each carries the whole state.
type (
	// CatalogueObserved is what citizens may come for.
	CatalogueObserved struct {
		Epoch    int64         `json:"epoch,omitempty"` // of capacity's log
		Version  int64         `json:"version"`
		Services []ServiceType `json:"services"`
		Groups   []Group       `json:"groups,omitempty"` // in the city's order
	}
	// CentreObserved is what a centre is.
	CentreObserved struct {
		Epoch   int64 `json:"epoch,omitempty"` // of capacity's log
		Version int64 `json:"version"`
		Centre
	}
	// PolicyObserved is the policy.
	PolicyObserved struct {
		Epoch   int64 `json:"epoch,omitempty"` // of capacity's log
		Version int64 `json:"version"`
		Policy
	}
)

// MeasureObserved is a district's temporary measure, as far as it changes where a
// centre's citizens are served: Place is nil where it does not.
type MeasureObserved struct {
	Epoch   int64      `json:"epoch,omitempty"` // of capacity's log
	Version int64      `json:"version"`
	ID      id.Measure `json:"id"`
	Centre  id.Centre  `json:"centre,omitempty"`
	day.Period
	Place *Elsewhere `json:"place,omitempty"`
}

// Elsewhere is another place for a time.
type Elsewhere struct {
	Name    string  `json:"name"`
	Address string  `json:"address"`
	Lat     float64 `json:"lat"`
	Lon     float64 `json:"lon"`
}

func (MeasureObserved) EventType() string   { return "booking.measure-observed.v1" }
func (CatalogueObserved) EventType() string { return "booking.catalogue-observed.v1" }
func (CentreObserved) EventType() string    { return "booking.centre-observed.v1" }
func (PolicyObserved) EventType() string    { return "booking.policy-observed.v1" }

// Streams of the aggregate "network".
const (
	CatalogueStream = "catalogue"
	PolicyStream    = "policy"
)

// CentreStream is a centre's stream.
func CentreStream(c id.Centre) string { return "centre/" + string(c) }

// MeasureStream is a measure's stream.
func MeasureStream(m id.Measure) string { return "measure/" + string(m) }

// State is the newest of what its stream is about.
type State struct {
	Epoch     int64
	Version   int64
	Catalogue []ServiceType
	Centre    Centre
	Policy    Policy
}

// Observe takes a fact over; Fact is one of the events above.
type Observe struct{ Fact decider.Event }

// Decider of one stream.
var Decider = decider.Decider[State, Observe]{
	Initial: func() State { return State{Policy: DefaultPolicy} },
	Decide: func(s State, c Observe) ([]decider.Event, error) {
		if epoch, version := stamp(c.Fact); !events.Newer(epoch, version, s.Epoch, s.Version) {
			return nil, nil
		}
		return []decider.Event{c.Fact}, nil
	},
	Evolve: func(s State, e decider.Event) State {
		s.Epoch, s.Version = stamp(e)
		switch e := e.(type) {
		case CatalogueObserved:
			s.Catalogue = slices.Clone(e.Services)
			slices.SortFunc(s.Catalogue, func(a, b ServiceType) int { return strings.Compare(string(a.ID), string(b.ID)) })
		case CentreObserved:
			s.Centre = e.Centre
		case PolicyObserved:
			s.Policy = e.Policy
		}
		return s
	},
}

func stamp(e decider.Event) (epoch, version int64) {
	switch e := e.(type) {
	case CatalogueObserved:
		return e.Epoch, e.Version
	case CentreObserved:
		return e.Epoch, e.Version
	case PolicyObserved:
		return e.Epoch, e.Version
	case MeasureObserved:
		return e.Epoch, e.Version
	}
	return 0, 0
}

// Events lists what the streams may hold.
func Events() []decider.Event {
	return []decider.Event{CatalogueObserved{}, CentreObserved{}, PolicyObserved{}, MeasureObserved{}}
}
