package app

import (
	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/centre"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/post"
)

// Sources are the services that staffing hears.
func (a *App) Sources() []node.Source {
	return []node.Source{
		{Service: absence.Service, Handle: a.fromAbsence},
		{Service: capacity.Service, Handle: a.fromCapacity, Wants: func(t string) bool {
			switch t {
			case capacity.TypeDeploymentRequested, capacity.TypeDeploymentWithdrawn, capacity.TypePolicyChanged, capacity.TypeCentreChanged:
				return true
			}
			return false
		}},
	}
}

func (a *App) fromAbsence(tx *journal.Tx, from events.Envelope, event events.Event) error {
	switch e := event.(type) {
	case absence.AbsenceRecorded:
		return a.takeOff(tx, from.Epoch, e)
	case absence.AbsenceChanged:
		return a.takeOff(tx, from.Epoch, absence.AbsenceRecorded(e))
	case absence.AbsenceCancelled:
		return onEmployee(tx, e.Employee, employee.LiftAbsence{Employee: e.Employee, Case: e.Absence, Revision: e.Revision, Epoch: from.Epoch})
	case absence.VacancyOpened:
		return onPost(tx, post.Note{Post: e.Post, Centre: e.Centre, From: e.From})
	case absence.VacancyFilled:
		return onPost(tx, post.Note{Post: e.Post, Centre: e.Centre, Employee: e.Employee, From: e.From})
	}
	return nil
}

func (a *App) takeOff(tx *journal.Tx, epoch int64, e absence.AbsenceRecorded) error {
	out, err := journal.Execute(tx, Employees, string(e.Employee), employee.Command(employee.RecordAbsence{Employee: e.Employee,
		Absence: employee.Absence{Case: e.Absence, Revision: e.Revision, Epoch: epoch, Extent: employee.Extent(e.Extent)}}))
	for _, ev := range out {
		if _, unknown := ev.(employee.AbsenceOfUnknownEmployee); unknown {
			a.node.Logger().WarnContext(tx.Context(), "absence of an unknown employee: it takes effect once the employee is imported", "employee", string(e.Employee), "absence", string(e.Absence))
		}
	}
	return err
}

func (a *App) fromCapacity(tx *journal.Tx, _ events.Envelope, event events.Event) error {
	switch e := event.(type) {
	case capacity.DeploymentRequested:
		from, _, err := journal.Load(tx, Centres, string(e.From))
		if err != nil {
			return err
		}
		today, now := a.clock(tx.Now())
		return onEmployee(tx, e.Employee, employee.OrderDeployment{Deployment: e.Deployment, Proposal: e.Proposal,
			Employee: e.Employee, Day: e.Day, From: e.From, To: e.To, Today: today, Now: now, TravelMinutes: day.Minutes(from.TravelMinutes[e.To])})
	case capacity.DeploymentWithdrawn:
		return onEmployee(tx, e.Employee, employee.WithdrawDeployment{Employee: e.Employee, Deployment: e.Deployment})
	case capacity.PolicyChanged:
		set := calendar.Set{HorizonDays: e.HorizonDays}
		for _, h := range e.Holidays {
			set.Holidays = append(set.Holidays, calendar.Holiday(h))
		}
		_, err := journal.Execute(tx, Calendars, city, calendar.Command(set))
		return err
	case capacity.CentreChanged:
		_, err := journal.Execute(tx, Centres, string(e.ID), centre.Command(centre.Note{Centre: e.ID, TravelMinutes: e.TravelMinutes, District: e.District, Name: e.Name}))
		return err
	}
	return nil
}

func onEmployee(tx *journal.Tx, who id.Employee, c employee.Command) error {
	_, err := journal.Execute(tx, Employees, string(who), c)
	return err
}

func onPost(tx *journal.Tx, n post.Note) error {
	_, err := journal.Execute(tx, Posts, string(n.Post), post.Command(n))
	return err
}
