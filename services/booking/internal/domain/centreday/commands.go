package centreday

import (
	"errors"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Refusals.
var (
	ErrSlotTaken         = errors.New("no counter is free at this time any more: choose another slot")
	ErrClosed            = errors.New("the centre does not serve this on that day at that time: choose another slot")
	ErrHoldExpired       = errors.New("the hold has expired or was never placed: search again and place a new hold")
	ErrOptInNeeded       = errors.New("the hold waits for its link to be opened: open the link in the mail")
	ErrNotThere          = errors.New("the citizen of the appointment is not checked in: check them in first")
	ErrNoSuchAppointment = errors.New("there is no such appointment")
	ErrAlreadyOver       = errors.New("the appointment is over: it was cancelled, kept or missed")
	ErrPast              = errors.New("the time has passed: choose a later slot")
	ErrTooSoon           = errors.New("the slot is too near to be booked on this channel: choose a later day, or telephone")
	ErrTooFar            = errors.New("the slot lies beyond the booking horizon: choose an earlier day")
	ErrOffGrid           = errors.New("start and length must be multiples of five minutes within the day")
	ErrTooManySkills     = errors.New("an offering may name at most 8 skills")
)

// HoldID names a hold; a confirmed hold's id becomes the appointment's.
type HoldID string

// Key names one centre-day.
type Key struct {
	Centre id.Centre
	Day    day.Day
}

// ID is the aggregate's id: "altona/2026-12-01".
func (k Key) ID() string { return string(k.Centre) + "/" + k.Day.String() }

// Moment is now in the city's zone, in days and minutes.
type Moment struct {
	Day day.Day
	At  day.TimeOfDay
}

// elapsed is how much of a day has passed at the moment.
func (m Moment) elapsed(d day.Day) day.TimeOfDay {
	switch {
	case m.Day < d:
		return 0
	case m.Day > d:
		return day.Clock(24, 0)
	}
	return m.At
}

// Limits say from when to when a channel may book, and how much of a day. Zero
// HorizonDays: no end.
type Limits struct {
	Now         Moment
	LeadDays    int
	HorizonDays int
	Channel     string
	Shares      Shares
}

func (l Limits) check(d day.Day, at day.TimeOfDay) error {
	switch ahead := int(d - l.Now.Day); {
	case ahead < 0 || ahead == 0 && at < l.Now.At:
		return ErrPast
	case ahead < l.LeadDays:
		return ErrTooSoon
	case l.HorizonDays > 0 && ahead > l.HorizonDays:
		return ErrTooFar
	}
	return nil
}

// Length is a service's skill and minutes; Share is how common it is within
// its skill. Free slots are published per length.
type Length struct {
	Skill   id.Skill
	Minutes day.Minutes
	Share   float64
}

// Slot is what is asked for: a visit and its start. Parts are served one after
// the other, each at a counter with its skill; without parts the visit is one
// service. Service and Skill are those of the first part, Minutes is the whole.
// Parts are never changed.
type Slot struct {
	Service id.Service
	Skill   id.Skill
	Minutes day.Minutes
	At      day.TimeOfDay
	Parts   []booking.Part
}

// VisitOf makes the slot of a visit. Parts of one skill that follow each other
// stay apart, since each is counted as what it is; a visit of one part of one
// person has none.
func VisitOf(at day.TimeOfDay, parts ...booking.Part) Slot {
	s := Slot{Service: parts[0].Service, Skill: parts[0].Skill, At: at}
	for _, p := range parts {
		s.Minutes += p.Minutes
	}
	if len(parts) > 1 || parts[0].Persons > 1 {
		s.Parts = parts
	}
	return s
}

// each calls f for the parts in their order, with the start of each.
func (sl Slot) each(f func(skill id.Skill, at day.TimeOfDay, minutes day.Minutes)) {
	if len(sl.Parts) == 0 {
		f(sl.Skill, sl.At, sl.Minutes)
		return
	}
	at := sl.At
	for _, p := range sl.Parts {
		f(p.Skill, at, p.Minutes)
		at += day.TimeOfDay(p.Minutes)
	}
}

// Detail is what the log keeps beside an appointment and tells nobody.
type Detail struct {
	// CodeHash and LinkHash are keyed hashes of the citizen's code and link.
	CodeHash string `json:"code_hash,omitempty"`
	LinkHash string `json:"link_hash,omitempty"`
	// Contact is encrypted with the personal-data key ContactKey.
	ContactKey string `json:"contact_key,omitempty"`
	Contact    []byte `json:"contact,omitempty"`
	Hardship   bool   `json:"hardship,omitempty"`
	// Mail: the contact has an e-mail address.
	Mail bool `json:"mail,omitempty"`
	// Quota names the count of its contact's open appointments, if any.
	Quota string `json:"quota,omitempty"`
	// Sequence counts how often the appointment was moved (RFC 5545, 3.8.7.4).
	Sequence int `json:"sequence,omitempty"`
}

// ForAppointments is the use of a line that appointments may take; lines for
// walk-ins and express are set aside.
const ForAppointments = "appointments"

// Line is one counter that is staffed, without saying by whom.
type Line struct {
	day.Span
	Breaks []day.Span `json:"breaks,omitempty"`
	Skills []id.Skill `json:"skills"`
	Use    string     `json:"use"`
}

// Command is one of the commands below.
type Command interface{ command() }

type (
	// AdoptOffering takes over what capacity says the centre can serve; an
	// older version is ignored. Opening is when the centre opens, the origin
	// of published starts; nil takes the first line's.
	AdoptOffering struct {
		Key
		Epoch     int64 // of capacity's log
		Version   int64
		Lines     []Line
		Tentative bool
		Causes    []string
		Opening   *day.TimeOfDay
		Lengths   []Length
		Shares    Shares
		Overbook  *Overbook
		Now       Moment
		At        time.Time
	}
	// Publish says slots-changed and load-changed if they differ from what
	// was said last.
	Publish struct {
		Lengths []Length
		Shares  Shares
		Now     Moment
		At      time.Time
	}
	// Hold keeps a slot for a citizen until Expires.
	Hold struct {
		Key
		Hold HoldID
		Slot
		Channel string
		// For whom it is kept, where it is an offer: an appointment at risk, or a
		// place on the waiting list. It can then only be taken by them.
		For string
		// Wanted is the district that the citizen asked for, if they said one.
		Wanted  id.District
		Expires time.Time
		At      time.Time
		Limits  Limits
	}
	// Release gives a hold back; an unknown one is no matter.
	Release struct {
		Hold HoldID
		At   time.Time
	}
	// ExpireHolds gives back all holds that have run out.
	ExpireHolds struct{ At time.Time }
	// AskOptIn keeps a hold until Expires instead, for its link to be opened;
	// the details wait with it.
	AskOptIn struct {
		Hold    HoldID
		Expires time.Time
		Detail  Detail
		At      time.Time
	}
	// Confirm turns a hold into an appointment with the same id. A hold that
	// waits for its link needs OptedIn and brings its own details.
	Confirm struct {
		Hold     HoldID
		OptedIn  bool
		For      string // for whom the hold was kept, where it is an offer
		Detail   Detail
		BookedOn day.Day
		At       time.Time
	}
	// Book takes a slot at once (telephone, desk).
	Book struct {
		Key
		Appointment id.Appointment
		Slot
		Channel  string
		Wanted   id.District // the district asked for, if the citizen said one
		Detail   Detail
		BookedOn day.Day
		At       time.Time
		Limits   Limits
	}
	// Import books what another system has booked; what does not fit is left
	// out, and the caller sees from the events what was taken. No detail is
	// recorded for an item without one.
	Import struct {
		Key
		Items []ImportItem
		At    time.Time
	}
	// Cancel ends an appointment on the citizen's behalf.
	Cancel struct {
		Appointment id.Appointment
		At          time.Time
	}
	// Reschedule moves an appointment within its centre-day, into the offer Hold
	// if one is named.
	Reschedule struct {
		Appointment id.Appointment
		To          day.TimeOfDay
		At          time.Time
		Limits      Limits
		Hold        HoldID
	}
	// MoveIn takes an appointment over from another centre-day; MoveOut must
	// be decided there in the same unit. Hold is the offer that it moves into,
	// if one was made.
	MoveIn struct {
		Key
		Hold        HoldID
		Appointment id.Appointment
		From        booking.Place
		Slot
		Channel  string
		Detail   Detail
		BookedOn day.Day
		At       time.Time
		Limits   Limits
	}
	// MoveOut frees the old place of an appointment that was moved in
	// elsewhere, and leaves a pointer to it.
	MoveOut struct {
		Appointment id.Appointment
		To          booking.Place
		At          time.Time
	}
	// CheckIn notes that the citizen is there. On the day itself, Today, who was
	// missed may still come.
	CheckIn struct {
		Appointment id.Appointment
		Today       day.Day
		At          time.Time
	}
	// Call asks the citizen to a counter; Again, once more.
	Call struct {
		Appointment id.Appointment
		At          time.Time
		Counter     string
		Again       bool
	}
	// MissUnattended notes of all whose time was Before, and who were never
	// checked in, that they did not come.
	MissUnattended struct {
		Before day.TimeOfDay
		At     time.Time
	}
	// Begin notes that the citizen is at a counter.
	Begin struct {
		Appointment id.Appointment
		At          time.Time
	}
	// Keep notes that the citizen was served. Due is when the appointment was,
	// for the time that was waited.
	Keep struct {
		Appointment id.Appointment
		At, Due     time.Time
	}
	// Miss notes that the citizen did not come; the counter is free again.
	Miss struct {
		Appointment id.Appointment
		At          time.Time
	}
	// SetHardship puts an appointment first (or not) when capacity goes.
	SetHardship struct {
		Appointment id.Appointment
		Hardship    bool
		At          time.Time
		Now         Moment
	}
)

// ImportItem is one appointment of another system.
type ImportItem struct {
	Appointment id.Appointment
	Slot
	Channel  string
	Detail   Detail
	BookedOn day.Day
}

func (AdoptOffering) command()  {}
func (Publish) command()        {}
func (Hold) command()           {}
func (Release) command()        {}
func (ExpireHolds) command()    {}
func (AskOptIn) command()       {}
func (Confirm) command()        {}
func (Book) command()           {}
func (Import) command()         {}
func (Cancel) command()         {}
func (Reschedule) command()     {}
func (MoveIn) command()         {}
func (MoveOut) command()        {}
func (CheckIn) command()        {}
func (Call) command()           {}
func (MissUnattended) command() {}
func (Begin) command()          {}
func (Keep) command()           {}
func (Miss) command()           {}
func (SetHardship) command()    {}
