// Package booking has the public events of the booking service. None carries
// who a citizen is.
package booking

import (
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Service is the name in types, subjects and stream names.
const Service = "booking"

// Type names on the wire.
const (
	TypeSlotsChanged         = "lotse.booking.slots-changed.v1"
	TypeLoadChanged          = "lotse.booking.load-changed.v1"
	TypeSearchUnmet          = "lotse.booking.search-unmet.v1"
	TypeAppointmentBooked    = "lotse.booking.appointment-booked.v1"
	TypeAppointmentMoved     = "lotse.booking.appointment-moved.v1"
	TypeAppointmentCancelled = "lotse.booking.appointment-cancelled.v1"
	TypeAppointmentKept      = "lotse.booking.appointment-kept.v1"
	TypeAppointmentMissed    = "lotse.booking.appointment-missed.v1"
	TypeAppointmentAtRisk    = "lotse.booking.appointment-at-risk.v1"
	TypeAppointmentSecured   = "lotse.booking.appointment-secured.v1"
	TypeOnlineTaken          = "lotse.booking.online-taken.v1"
	TypeBookingsCounted      = "lotse.booking.bookings-counted.v1"
	TypeTicketIssued         = "lotse.booking.ticket-issued.v1"
	TypeTicketCalled         = "lotse.booking.ticket-called.v1"
	TypeTicketMissed         = "lotse.booking.ticket-missed.v1"
	TypeTicketServed         = "lotse.booking.ticket-served.v1"
)

// FreeStarts counts, for services of one skill and length, how many
// appointments could still begin at each start. Starts lie Step minutes apart
// from From on; Counts[i] belongs to From + i×Step. Counts of different starts
// are not independent: each says what is free as things stand.
type FreeStarts struct {
	Skill   id.Skill      `json:"skill"`
	Minutes day.Minutes   `json:"minutes"`
	From    day.TimeOfDay `json:"from"`
	Step    day.Minutes   `json:"step"`
	// Counts of appointments that could begin, one per start.
	Counts []int `json:"counts"`
}

// SlotsChanged carries all free slots of one centre-day.
type SlotsChanged struct {
	Centre id.Centre `json:"centre"`
	Day    day.Day   `json:"day"`
	// Version of the centre-day's slots; the greatest counts.
	Version int64 `json:"version"`
	// OfferingVersion is the offering that the slots follow.
	OfferingVersion int64        `json:"offering_version"`
	Free            []FreeStarts `json:"free"`
	// FreeSlots is how many appointments could be booked side by side, per skill.
	FreeSlots map[id.Skill]int `json:"free_slots"`
	// Open is how many minutes of counters each channel may book at present,
	// where the policy gives channels a share or releases a day in stages;
	// missing: all that is free.
	Open map[string]day.Minutes `json:"open,omitempty"`
}

// LoadChanged carries what is booked at one centre-day, and what of it the
// staff on duty cannot serve.
type LoadChanged struct {
	Centre id.Centre `json:"centre"`
	Day    day.Day   `json:"day"`
	// Version of the centre-day's load; the greatest counts.
	Version int64 `json:"version"`
	// OfferingVersion is the offering that the load was judged by.
	OfferingVersion int64 `json:"offering_version"`
	// Booked minutes per skill.
	Booked map[id.Skill]day.Minutes `json:"booked"`
	// Uncovered minutes belong to appointments that the offering of
	// OfferingVersion cannot serve; under a tentative offering they are a
	// warning, no appointment is at risk yet.
	Uncovered map[id.Skill]day.Minutes `json:"uncovered,omitempty"`
	// Free is how many appointments could be booked side by side, per skill.
	Free map[id.Skill]int `json:"free"`
	// Appointments booked, those at risk among them.
	Appointments int `json:"appointments"`
	// AtRisk counts appointments that the staff on duty cannot serve.
	AtRisk int `json:"at_risk"`
	// InUse says how many counters the appointments take up over the day;
	// missing when none is booked, or when the writer does not tell yet.
	InUse *InUse `json:"in_use,omitempty"`
	// Overbooked is how many appointments more than there are counters may be
	// booked for one moment, by the policy of overbooking: where InUse exceeds the
	// offering by as many, nobody is uncovered.
	Overbooked int `json:"overbooked,omitempty"`
}

// InUse is the greatest number of appointments that take place at the same
// moment, step by step; those at risk have no counter and are left out.
// Counters[i] belongs to the Step minutes from From + i×Step on. Skills tells
// the same for the appointments of each skill, with as many entries.
type InUse struct {
	From day.TimeOfDay `json:"from"`
	Step day.Minutes   `json:"step_minutes"`
	// Counters in use, one count per step.
	Counters []int `json:"counters"`
	// Skills has counts per step for each skill.
	Skills map[id.Skill][]int `json:"skills"`
	// Uncovered minutes of each step, by skill, with as many entries: of the
	// appointments that no counter serves, as LoadChanged.Uncovered sums them up.
	Uncovered map[id.Skill][]int `json:"uncovered,omitempty"`
}

// SearchUnmet: somebody looked for a slot and found none in the limit.
type SearchUnmet struct {
	Service id.Service `json:"service"`
	// Also has the other services of the same visit.
	Also     []id.Service `json:"also,omitempty"`
	Centre   id.Centre    `json:"centre,omitempty"`
	District id.District  `json:"district,omitempty"`
	From     day.Day      `json:"from"`
	Until    day.Day      `json:"until"`
	At       time.Time    `json:"at"`
	// Skill of the service.
	Skill id.Skill `json:"skill,omitempty"`
	// On is the day of the search in the city.
	On *day.Day `json:"on,omitempty"`
	// Lost is how many such searches since the one noted before found nothing at
	// their place on any day that can be booked, each client counted once a day.
	Lost int `json:"lost,omitempty"`
}

// Place says where and when an appointment takes place.
type Place struct {
	Centre  id.Centre     `json:"centre"`
	Day     day.Day       `json:"day"`
	At      day.TimeOfDay `json:"at"`
	Minutes day.Minutes   `json:"minutes"`
}

// Part is one service of a visit, for one or more persons. The parts of a
// visit are served one after the other, in their order.
type Part struct {
	Service id.Service `json:"service"`
	Skill   id.Skill   `json:"skill"`
	// Minutes of all persons together.
	Minutes day.Minutes `json:"minutes"`
	Persons int         `json:"persons,omitempty"` // missing: one
}

// Channels of a booking.
const (
	Online    = "online"
	Telephone = "telephone"
	Desk      = "desk"
)

// AppointmentBooked: a slot is promised.
type AppointmentBooked struct {
	Appointment id.Appointment `json:"appointment"`
	Place
	Service id.Service `json:"service"`
	Skill   id.Skill   `json:"skill"`
	// Parts of a visit for several services or persons; Service and Skill are
	// the first one's. Missing: one service for one person.
	Parts []Part `json:"parts,omitempty"`
	// Channel is "online", "telephone" or "desk".
	Channel  string  `json:"channel"`
	BookedOn day.Day `json:"booked_on"`
	// Wanted is the district that the citizen asked for, wherever the appointment
	// is; missing: any, or nobody said.
	Wanted id.District `json:"wanted,omitempty"`
}

// AppointmentMoved: another slot is promised instead.
type AppointmentMoved struct {
	Appointment id.Appointment `json:"appointment"`
	From        Place          `json:"from"`
	To          Place          `json:"to"`
	Service     id.Service     `json:"service"`
	Skill       id.Skill       `json:"skill"`
	Parts       []Part         `json:"parts,omitempty"`
}

// AppointmentEnded is what the events of an appointment's end and of its
// danger share.
type AppointmentEnded struct {
	Appointment id.Appointment `json:"appointment"`
	Place
	Service id.Service `json:"service"`
	Skill   id.Skill   `json:"skill"`
	Parts   []Part     `json:"parts,omitempty"`
}

type (
	// AppointmentCancelled by the citizen or on their behalf.
	AppointmentCancelled struct{ AppointmentEnded }
	// AppointmentKept: the citizen came and was served. What was not measured is
	// missing.
	AppointmentKept struct {
		AppointmentEnded
		// WaitedSeconds from check-in, or the time of the appointment if that is
		// later, to the counter.
		WaitedSeconds int `json:"waited_seconds,omitempty"`
		// ServedSeconds at the counter.
		ServedSeconds int `json:"served_seconds,omitempty"`
	}
	// AppointmentMissed: the citizen did not come.
	AppointmentMissed struct{ AppointmentEnded }
	// AppointmentAtRisk: the staff on duty cannot serve it as things stand; it
	// is not dropped.
	AppointmentAtRisk struct{ AppointmentEnded }
	// AppointmentSecured: it can be served again.
	AppointmentSecured struct{ AppointmentEnded }
)

// OnlineTaken: somebody took the way that needs no visit. Who was shown it and
// booked a visit all the same is among the appointments booked.
type OnlineTaken struct {
	Service id.Service `json:"service"`
	// Channel is "online", "telephone" or "desk".
	Channel string  `json:"channel"`
	On      day.Day `json:"on"`
}

// BookingsCounted carries how far ahead the appointments at one centre were
// booked on one day that is over, cancelled ones included. It says nothing about
// single appointments.
type BookingsCounted struct {
	Centre id.Centre `json:"centre"`
	// Day on which was booked, not of the appointments.
	Day day.Day `json:"day"`
	// Version of the day's count; the greatest counts.
	Version int64         `json:"version"`
	Skills  []BookedAhead `json:"skills"`
	// Kept and Missed count the appointments of that day at the centre, whenever
	// they were booked, to which somebody came and nobody did. Without both: none
	// was, or the writer does not tell yet.
	Kept   int `json:"kept,omitempty"`
	Missed int `json:"missed,omitempty"` // nobody came
}

// BookedAhead counts bookings of one service group, by the first service of a
// visit.
type BookedAhead struct {
	Skill id.Skill `json:"skill"`
	// Days from booking to appointment, ascending.
	Days []int `json:"days"`
	// Counts of bookings so many days ahead, with as many entries.
	Counts []int `json:"counts"`
	// Wanted counts those of them who named the district that they asked for, by
	// that district; the others are not in it.
	Wanted map[id.District]int `json:"wanted,omitempty"`
}

// TicketStep is what the events of a walk-in's ticket share.
type TicketStep struct {
	Ticket id.Ticket `json:"ticket"`
	Centre id.Centre `json:"centre"`
	Day    day.Day   `json:"day"`
	// Number in the centre's queue of the day, from 1.
	Number  int        `json:"number"`
	Service id.Service `json:"service"`
	At      time.Time  `json:"at"`
	// WaitedSeconds from issue to the first call; 0 when issued.
	WaitedSeconds int `json:"waited_seconds,omitempty"`
	// ServedSeconds from the last call to the end; only when served.
	ServedSeconds int `json:"served_seconds,omitempty"`
	// Express: a short service that is not to wait.
	Express bool `json:"express,omitempty"`
	// Counter that called it, where the desk said which.
	Counter string `json:"counter,omitempty"`
}

type (
	// TicketIssued: a walk-in draws a number.
	TicketIssued struct{ TicketStep }
	// TicketCalled: the number is called to a counter.
	TicketCalled struct{ TicketStep }
	// TicketServed: the walk-in was served.
	TicketServed struct{ TicketStep }
	// TicketMissed: the walk-in did not come when called, or has left.
	TicketMissed struct{ TicketStep }
)

func (SlotsChanged) EventType() string         { return TypeSlotsChanged }
func (LoadChanged) EventType() string          { return TypeLoadChanged }
func (SearchUnmet) EventType() string          { return TypeSearchUnmet }
func (AppointmentBooked) EventType() string    { return TypeAppointmentBooked }
func (AppointmentMoved) EventType() string     { return TypeAppointmentMoved }
func (AppointmentCancelled) EventType() string { return TypeAppointmentCancelled }
func (AppointmentKept) EventType() string      { return TypeAppointmentKept }
func (AppointmentMissed) EventType() string    { return TypeAppointmentMissed }
func (AppointmentAtRisk) EventType() string    { return TypeAppointmentAtRisk }
func (AppointmentSecured) EventType() string   { return TypeAppointmentSecured }
func (OnlineTaken) EventType() string          { return TypeOnlineTaken }
func (BookingsCounted) EventType() string      { return TypeBookingsCounted }
func (TicketIssued) EventType() string         { return TypeTicketIssued }
func (TicketCalled) EventType() string         { return TypeTicketCalled }
func (TicketServed) EventType() string         { return TypeTicketServed }

func (TicketMissed) EventType() string { return TypeTicketMissed }

func centreDay(c id.Centre, d day.Day) []string { return []string{string(c), d.String()} }

func (e SlotsChanged) EventKey() []string      { return centreDay(e.Centre, e.Day) }
func (e LoadChanged) EventKey() []string       { return centreDay(e.Centre, e.Day) }
func (e SearchUnmet) EventKey() []string       { return []string{string(e.Service)} }
func (e AppointmentBooked) EventKey() []string { return centreDay(e.Centre, e.Day) }
func (e AppointmentMoved) EventKey() []string  { return centreDay(e.To.Centre, e.To.Day) }
func (e AppointmentEnded) EventKey() []string  { return centreDay(e.Centre, e.Day) }
func (e OnlineTaken) EventKey() []string       { return []string{string(e.Service)} }
func (e BookingsCounted) EventKey() []string   { return centreDay(e.Centre, e.Day) }
func (e TicketStep) EventKey() []string        { return centreDay(e.Centre, e.Day) }

// Kinds describes the events.
func Kinds() []events.Kind {
	return []events.Kind{
		{Type: TypeSlotsChanged, Doc: "All free slots of one centre-day.", State: true, New: func() events.Event { return new(SlotsChanged) }},
		{Type: TypeLoadChanged, Doc: "What is booked at one centre-day, and what of it is uncovered.", State: true, New: func() events.Event { return new(LoadChanged) }},
		{Type: TypeSearchUnmet, Doc: "A search found nothing within the limit.", New: func() events.Event { return new(SearchUnmet) }},
		{Type: TypeAppointmentBooked, Doc: "A slot is promised.", New: func() events.Event { return new(AppointmentBooked) }},
		{Type: TypeAppointmentMoved, Doc: "Another slot is promised instead.", New: func() events.Event { return new(AppointmentMoved) }},
		{Type: TypeAppointmentCancelled, Doc: "An appointment was cancelled.", New: func() events.Event { return new(AppointmentCancelled) }},
		{Type: TypeAppointmentKept, Doc: "A citizen came and was served.", New: func() events.Event { return new(AppointmentKept) }},
		{Type: TypeAppointmentMissed, Doc: "A citizen did not come.", New: func() events.Event { return new(AppointmentMissed) }},
		{Type: TypeAppointmentAtRisk, Doc: "The staff on duty cannot serve an appointment as things stand.", New: func() events.Event { return new(AppointmentAtRisk) }},
		{Type: TypeAppointmentSecured, Doc: "An appointment at risk can be served again.", New: func() events.Event { return new(AppointmentSecured) }},
		{Type: TypeOnlineTaken, Doc: "Somebody took the way that needs no visit.", New: func() events.Event { return new(OnlineTaken) }},
		{Type: TypeBookingsCounted, Doc: "How far ahead was booked at one centre on a day that is over.", State: true, New: func() events.Event { return new(BookingsCounted) }},
		{Type: TypeTicketIssued, Doc: "A walk-in draws a number.", New: func() events.Event { return new(TicketIssued) }},
		{Type: TypeTicketCalled, Doc: "A walk-in is called to a counter.", New: func() events.Event { return new(TicketCalled) }},
		{Type: TypeTicketMissed, Doc: "A walk-in did not come when called, or has left.", New: func() events.Event { return new(TicketMissed) }},
		{Type: TypeTicketServed, Doc: "A walk-in was served.", New: func() events.Event { return new(TicketServed) }},
	}
}
