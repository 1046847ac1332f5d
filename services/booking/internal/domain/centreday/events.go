package centreday

import (
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Why a hold ended.
const (
	HoldReleased  = "released"
	HoldExpired   = "expired"
	HoldWithdrawn = "withdrawn" // the offering shrank
	HoldTaken     = "taken"     // by the appointment that it was offered to
)

// Private events of a centre-day; the public ones are those of events/booking.
type (
	// OfferingAdopted: what the centre can serve from now on.
	OfferingAdopted struct {
		Centre    id.Centre      `json:"centre"`
		Day       day.Day        `json:"day"`
		Epoch     int64          `json:"epoch,omitempty"` // of capacity's log
		Version   int64          `json:"version"`
		Lines     []Line         `json:"lines"`
		Tentative bool           `json:"tentative,omitempty"`
		Causes    []string       `json:"causes,omitempty"`
		Opening   *day.TimeOfDay `json:"opening,omitempty"`
		// Elapsed of the day when it was adopted; appointments that had ended
		// by then are not judged by it.
		Elapsed day.TimeOfDay `json:"elapsed"`
		// Overbook, where the policy allows it.
		Overbook *Overbook `json:"overbook,omitempty"`
	}
	// HoldPlaced: a slot is kept for a citizen.
	HoldPlaced struct {
		Hold    HoldID         `json:"hold"`
		Centre  id.Centre      `json:"centre"`
		Day     day.Day        `json:"day"`
		Service id.Service     `json:"service"`
		Skill   id.Skill       `json:"skill"`
		Minutes day.Minutes    `json:"minutes"`
		At      day.TimeOfDay  `json:"at"`
		Parts   []booking.Part `json:"parts,omitempty"`
		Channel string         `json:"channel"`
		For     string         `json:"for,omitempty"`
		Wanted  id.District    `json:"wanted,omitempty"` // the district asked for
		Expires time.Time      `json:"expires"`
	}
	// OptInAsked: the hold waits for its link to be opened.
	OptInAsked struct {
		Hold    HoldID    `json:"hold"`
		Expires time.Time `json:"expires"`
		Detail
	}
	// HoldEnded without an appointment. ContactKey is the key of the contact
	// that waited with it: to be destroyed in the same unit.
	HoldEnded struct {
		Hold       HoldID `json:"hold"`
		Why        string `json:"why"`
		ContactKey string `json:"contact_key,omitempty"`
		Quota      string `json:"quota,omitempty"` // that counted it
	}
	// AppointmentDetailed follows appointment-booked or -moved: what nobody
	// else may read. Hold is the hold that became the appointment.
	AppointmentDetailed struct {
		Appointment id.Appointment `json:"appointment"`
		Hold        HoldID         `json:"hold,omitempty"`
		Channel     string         `json:"channel,omitempty"`
		BookedOn    day.Day        `json:"booked_on"`
		Detail
	}
	// AppointmentMovedOut: it takes place elsewhere.
	AppointmentMovedOut struct {
		Appointment id.Appointment `json:"appointment"`
		To          booking.Place  `json:"to"`
	}
	// CheckedIn: the citizen is there.
	CheckedIn struct {
		Appointment id.Appointment `json:"appointment"`
		At          time.Time      `json:"at"`
	}
	// CameLate: who was missed has come after all.
	CameLate struct {
		Appointment id.Appointment `json:"appointment"`
		Service     id.Service     `json:"service"`
	}
	// Called: the citizen is asked to a counter; Again, once more.
	Called struct {
		Appointment id.Appointment `json:"appointment"`
		At          time.Time      `json:"at"`
		Counter     string         `json:"counter,omitempty"`
		Again       bool           `json:"again,omitempty"`
	}
	// Begun: the citizen is at a counter.
	Begun struct {
		Appointment id.Appointment `json:"appointment"`
		At          time.Time      `json:"at"`
	}
	// HardshipSet: the appointment is spared when capacity goes, or not.
	HardshipSet struct {
		Appointment id.Appointment `json:"appointment"`
		Hardship    bool           `json:"hardship"`
		Elapsed     day.TimeOfDay  `json:"elapsed"`
	}
)

func (OfferingAdopted) EventType() string     { return "booking.offering-adopted.v1" }
func (HoldPlaced) EventType() string          { return "booking.hold-placed.v1" }
func (OptInAsked) EventType() string          { return "booking.opt-in-asked.v1" }
func (HoldEnded) EventType() string           { return "booking.hold-ended.v1" }
func (AppointmentDetailed) EventType() string { return "booking.appointment-detailed.v1" }
func (AppointmentMovedOut) EventType() string { return "booking.appointment-moved-out.v1" }
func (CheckedIn) EventType() string           { return "booking.appointment-checked-in.v1" }
func (CameLate) EventType() string            { return "booking.appointment-came-late.v1" }
func (Called) EventType() string              { return "booking.appointment-called.v1" }
func (Begun) EventType() string               { return "booking.appointment-begun.v1" }
func (HardshipSet) EventType() string         { return "booking.hardship-set.v1" }

// Events lists every event that a centre-day's stream may hold.
func Events() []decider.Event {
	return []decider.Event{OfferingAdopted{}, HoldPlaced{}, OptInAsked{}, HoldExtended{}, HoldEnded{}, AppointmentDetailed{}, AppointmentMovedOut{},
		CheckedIn{}, CameLate{}, Called{}, Begun{}, HardshipSet{}, booking.SlotsChanged{}, booking.LoadChanged{}, booking.AppointmentBooked{},
		booking.AppointmentMoved{}, booking.AppointmentCancelled{}, booking.AppointmentKept{}, booking.AppointmentMissed{},
		booking.AppointmentAtRisk{}, booking.AppointmentSecured{}}
}
