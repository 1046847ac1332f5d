package employee

import (
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Private facts of an employee.
type (
	// Imported: these are the terms.
	Imported struct {
		Employee id.Employee `json:"employee"`
		Terms
	}
	// AbsenceNoted: a case's newest word.
	AbsenceNoted struct {
		Employee id.Employee `json:"employee"`
		Absence
	}
	// AbsenceOfUnknownEmployee: the same of somebody who was never imported;
	// it takes effect with the import.
	AbsenceOfUnknownEmployee struct {
		Employee id.Employee `json:"employee"`
		Absence
	}
	// AbsenceLifted: the case does not stand any more.
	AbsenceLifted struct {
		Employee id.Employee `json:"employee"`
		Case     id.Absence  `json:"absence"`
		Revision int64       `json:"revision"`
		Epoch    int64       `json:"epoch,omitempty"`
	}
	// HorizonAdvanced: duties are worked out for another horizon.
	HorizonAdvanced struct {
		Employee id.Employee `json:"employee"`
		Horizon
	}
)

func (Imported) EventType() string                 { return "staffing.employee-imported.v1" }
func (AbsenceNoted) EventType() string             { return "staffing.absence-noted.v1" }
func (AbsenceOfUnknownEmployee) EventType() string { return "staffing.absence-of-unknown-employee.v1" }
func (AbsenceLifted) EventType() string            { return "staffing.absence-lifted.v1" }
func (HorizonAdvanced) EventType() string          { return "staffing.horizon-advanced.v1" }

// Events lists examples of all events of an employee, for the codec.
func Events() []decider.Event {
	return []decider.Event{Imported{}, AbsenceNoted{}, AbsenceOfUnknownEmployee{}, AbsenceLifted{}, HorizonAdvanced{},
		staffing.DutiesChanged{}, staffing.DeploymentOrdered{}, staffing.DeploymentRefused{}, staffing.DeploymentCancelled{}}
}
