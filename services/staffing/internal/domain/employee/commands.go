package employee

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Command is what can be asked of an employee's stream.
type Command interface{ command() }

type (
	// Import sets the terms, and the horizon with them.
	Import struct {
		Employee id.Employee
		Terms    Terms
		Horizon  Horizon
	}
	// RecordAbsence takes the employee off duty. A revision that is not newer
	// than the case's newest, by epoch and number, is a repeat.
	RecordAbsence struct {
		Employee id.Employee
		Absence  Absence
	}
	// LiftAbsence puts the employee back on duty.
	LiftAbsence struct {
		Employee id.Employee
		Case     id.Absence
		Revision int64
		Epoch    int64
	}
	// AdvanceHorizon goes on to another day or another calendar.
	AdvanceHorizon struct {
		Employee id.Employee
		Horizon  Horizon
	}
	// OrderDeployment asks for one day's work at another centre.
	OrderDeployment struct {
		Deployment id.Deployment
		Proposal   id.Proposal
		Employee   id.Employee
		Day        day.Day
		From, To   id.Centre
		// Today and Now are the city's date and time of day.
		Today day.Day
		Now   day.TimeOfDay
		// TravelMinutes one way between the centres; 0 where not known.
		TravelMinutes day.Minutes
	}
	// WithdrawDeployment takes an order back.
	WithdrawDeployment struct {
		Employee   id.Employee
		Deployment id.Deployment
	}
)

func (Import) command()             {}
func (RecordAbsence) command()      {}
func (LiftAbsence) command()        {}
func (AdvanceHorizon) command()     {}
func (OrderDeployment) command()    {}
func (WithdrawDeployment) command() {}

// Absence is one case as absence says it.
type Absence struct {
	Case     id.Absence `json:"absence"`
	Revision int64      `json:"revision"`
	// Epoch of absence's log: a revision counts within it.
	Epoch int64 `json:"epoch,omitempty"`
	Extent
}

// Extent says when somebody is off: [From, Until), the first day from FromTime
// on, the last one up to ToTime. Without Until the end is open, and
// ExpectedUntil, where given, is the expected first day back.
type Extent struct {
	From          day.Day        `json:"from"`
	Until         *day.Day       `json:"until,omitempty"`
	ExpectedUntil *day.Day       `json:"expected_until,omitempty"`
	FromTime      *day.TimeOfDay `json:"from_time,omitempty"`
	ToTime        *day.TimeOfDay `json:"to_time,omitempty"`
	Planned       bool           `json:"planned"`
}
