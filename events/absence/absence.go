// Package absence has the public events of the absence service: who is off,
// never why.
package absence

import (
	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Service is the name in types, subjects and stream names.
const Service = "absence"

// Type names on the wire.
const (
	TypeAbsenceRecorded  = "lotse.absence.absence-recorded.v1"
	TypeAbsenceChanged   = "lotse.absence.absence-changed.v1"
	TypeAbsenceCancelled = "lotse.absence.absence-cancelled.v1"
	TypeVacancyOpened    = "lotse.absence.vacancy-opened.v1"
	TypeVacancyFilled    = "lotse.absence.vacancy-filled.v1"
)

// Extent says when somebody is off. It is the whole state, so that the newest
// revision alone suffices.
type Extent struct {
	From day.Day `json:"from"`
	// Until is the first day back (half-open); absent while the end is open.
	Until *day.Day `json:"until,omitempty"`
	// ExpectedUntil is the expected first day back of an open end.
	ExpectedUntil *day.Day `json:"expected_until,omitempty"`
	// FromTime: on the first day off only from this time on.
	FromTime *day.TimeOfDay `json:"from_time,omitempty"`
	// ToTime: on the last day off only up to this time.
	ToTime *day.TimeOfDay `json:"to_time,omitempty"`
	// Planned is true for leave known ahead, false for illness and the like.
	Planned bool `json:"planned"`
}

// AbsenceRecorded: an employee is off duty.
type AbsenceRecorded struct {
	Absence id.Absence `json:"absence"`
	// Revision of the absence; the greater one counts.
	Revision int64       `json:"revision"`
	Employee id.Employee `json:"employee"`
	Extent
}

// AbsenceChanged: what was recorded holds no longer, this does.
type AbsenceChanged struct {
	Absence id.Absence `json:"absence"`
	// Revision of the absence; the greater one counts.
	Revision int64       `json:"revision"`
	Employee id.Employee `json:"employee"`
	Extent
}

// AbsenceCancelled: the employee is on duty after all.
type AbsenceCancelled struct {
	Absence id.Absence `json:"absence"`
	// Revision of the absence; the greater one counts.
	Revision int64       `json:"revision"`
	Employee id.Employee `json:"employee"`
}

// VacancyOpened: a post has nobody from a day on.
type VacancyOpened struct {
	Post   id.Post   `json:"post"`
	Centre id.Centre `json:"centre"`
	From   day.Day   `json:"from"`
}

// VacancyFilled: a post is filled; the employee is able to serve from a day on.
type VacancyFilled struct {
	Post     id.Post     `json:"post"`
	Centre   id.Centre   `json:"centre"`
	Employee id.Employee `json:"employee"`
	From     day.Day     `json:"from"`
}

func (AbsenceRecorded) EventType() string  { return TypeAbsenceRecorded }
func (AbsenceChanged) EventType() string   { return TypeAbsenceChanged }
func (AbsenceCancelled) EventType() string { return TypeAbsenceCancelled }
func (VacancyOpened) EventType() string    { return TypeVacancyOpened }
func (VacancyFilled) EventType() string    { return TypeVacancyFilled }

func (e AbsenceRecorded) EventKey() []string  { return []string{string(e.Employee)} }
func (e AbsenceChanged) EventKey() []string   { return []string{string(e.Employee)} }
func (e AbsenceCancelled) EventKey() []string { return []string{string(e.Employee)} }
func (e VacancyOpened) EventKey() []string    { return []string{string(e.Post)} }
func (e VacancyFilled) EventKey() []string    { return []string{string(e.Post)} }

// Kinds describes the events.
func Kinds() []events.Kind {
	return []events.Kind{
		{Type: TypeAbsenceRecorded, Doc: "An employee is off duty; never why.", New: func() events.Event { return new(AbsenceRecorded) }},
		{Type: TypeAbsenceChanged, Doc: "An absence has another extent than recorded before.", New: func() events.Event { return new(AbsenceChanged) }},
		{Type: TypeAbsenceCancelled, Doc: "An absence does not take place.", New: func() events.Event { return new(AbsenceCancelled) }},
		{Type: TypeVacancyOpened, Doc: "A post has nobody from a day on.", New: func() events.Event { return new(VacancyOpened) }},
		{Type: TypeVacancyFilled, Doc: "A vacant post is filled from a day on.", New: func() events.Event { return new(VacancyFilled) }},
	}
}
