package employee

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Decider of one employee.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{Initial: func() State { return State{} }, Decide: decide, Evolve: evolve}
}

func decide(s State, c Command) ([]decider.Event, error) {
	switch c := c.(type) {
	case Import:
		var out []decider.Event
		if !s.Known || !s.Terms.Equal(c.Terms) {
			out = append(out, Imported{c.Employee, c.Terms})
		}
		return s.follow(append(out, s.advance(c.Employee, c.Horizon)...)), nil
	case AdvanceHorizon:
		if !s.Known {
			return nil, nil
		}
		return s.follow(s.advance(c.Employee, c.Horizon)), nil
	case RecordAbsence:
		if n, found := s.noted(c.Absence.Case); found && !events.Newer(c.Absence.Epoch, c.Absence.Revision, n.Epoch, n.Revision) {
			return nil, nil
		}
		if !s.Known {
			return []decider.Event{AbsenceOfUnknownEmployee{c.Employee, c.Absence}}, nil
		}
		return s.follow([]decider.Event{AbsenceNoted{c.Employee, c.Absence}}), nil
	case LiftAbsence:
		if n, found := s.noted(c.Case); found && !events.Newer(c.Epoch, c.Revision, n.Epoch, n.Revision) {
			return nil, nil
		}
		return s.follow([]decider.Event{AbsenceLifted(c)}), nil
	case OrderDeployment:
		return s.order(c), nil
	case WithdrawDeployment:
		return s.withdraw(c.Deployment), nil
	}
	return nil, nil
}

// advance never goes back to a day before.
func (s State) advance(who id.Employee, h Horizon) []decider.Event {
	if s.Known && h.Today < s.Horizon.Today || s.Horizon.equal(h) {
		return nil
	}
	return []decider.Event{HorizonAdvanced{who, h}}
}

func (s State) order(c OrderDeployment) []decider.Event {
	if slices.ContainsFunc(s.Deployments, func(p Deployment) bool { return p.ID == c.Deployment }) {
		return nil // answered before
	}
	if rule, reason := refusal(s, c); rule != "" {
		return []decider.Event{staffing.DeploymentRefused{Deployment: c.Deployment, Proposal: c.Proposal, Employee: c.Employee,
			Day: c.Day, From: c.From, To: c.To, Rule: rule, Reason: reason}}
	}
	return s.follow([]decider.Event{staffing.DeploymentOrdered{Deployment: c.Deployment, Proposal: c.Proposal, Employee: c.Employee,
		Day: c.Day, From: c.From, To: c.To}})
}

func (s State) withdraw(d id.Deployment) []decider.Event {
	for _, p := range s.Deployments {
		if p.ID == d && p.Status == Ordered {
			return s.follow([]decider.Event{s.cancelled(p, "undone")})
		}
	}
	return nil
}

func (s State) cancelled(p Deployment, cause string) decider.Event {
	return staffing.DeploymentCancelled{Deployment: p.ID, Proposal: p.Proposal, Employee: s.ID, Day: p.Day, From: p.From, To: p.To, Cause: cause}
}

// follow adds what follows from the events: deployments of days that are off
// duty by now are cancelled, and the duties are said if they differ from what
// was said last.
func (s State) follow(out []decider.Event) []decider.Event {
	if len(out) == 0 {
		return nil
	}
	for _, e := range out {
		s = evolve(s, e)
	}
	if !s.Known {
		return out
	}
	for _, p := range s.Deployments {
		if p.Status != Ordered || !s.Horizon.Period().Contains(p.Day) {
			continue
		}
		if _, on := s.dutyOn(p.Day); !on {
			e := s.cancelled(p, "off-duty")
			out, s = append(out, e), evolve(s, e)
		}
	}
	if said := s.say(); !sameDuties(said, s.Said) {
		out = append(out, said)
	}
	return out
}

func (s State) noted(a id.Absence) (Noted, bool) {
	i, found := slices.BinarySearchFunc(s.Absences, a, byCase)
	if !found {
		return Noted{}, false
	}
	return s.Absences[i], true
}

func byCase(n Noted, a id.Absence) int { return cmp.Compare(n.Case, a) }

func evolve(s State, e decider.Event) State {
	switch e := e.(type) {
	case Imported:
		s.Known, s.ID, s.Terms = true, e.Employee, e.Terms
	case AbsenceNoted:
		s.Absences = note(s.Absences, Noted{Absence: e.Absence})
	case AbsenceOfUnknownEmployee:
		s.Absences = note(s.Absences, Noted{Absence: e.Absence})
	case AbsenceLifted:
		s.Absences = note(s.Absences, Noted{Absence: Absence{Case: e.Case, Revision: e.Revision, Epoch: e.Epoch}, Lifted: true})
	case HorizonAdvanced:
		s.Horizon = e.Horizon
		s = s.forget(e.Today - kept)
	case staffing.DutiesChanged:
		s.Said = e
	case staffing.DeploymentOrdered:
		s.Deployments = place(s.Deployments, Deployment{e.Deployment, e.Proposal, e.Day, e.From, e.To, Ordered})
	case staffing.DeploymentRefused:
		s.Deployments = place(s.Deployments, Deployment{e.Deployment, e.Proposal, e.Day, e.From, e.To, Refused})
	case staffing.DeploymentCancelled:
		s.Deployments = place(s.Deployments, Deployment{e.Deployment, e.Proposal, e.Day, e.From, e.To, Cancelled})
	}
	return s
}

// note puts a case into a copy, in order.
func note(all []Noted, n Noted) []Noted {
	i, found := slices.BinarySearchFunc(all, n.Case, byCase)
	all = slices.Clone(all)
	if found {
		all[i] = n
		return all
	}
	return slices.Insert(all, i, n)
}

// place puts a deployment into a copy, by day and id.
func place(all []Deployment, p Deployment) []Deployment {
	out := make([]Deployment, 0, len(all)+1)
	for _, o := range all {
		if o.ID != p.ID {
			out = append(out, o)
		}
	}
	i, _ := slices.BinarySearchFunc(out, p, func(a, b Deployment) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID))
	})
	return slices.Insert(out, i, p)
}

// forget drops deployments of long ago; cases stay, because a late word about
// one is known as late only by its revision.
func (s State) forget(before day.Day) State {
	if len(s.Deployments) > 0 && s.Deployments[0].Day < before {
		s.Deployments = slices.DeleteFunc(slices.Clone(s.Deployments), func(p Deployment) bool { return p.Day < before })
	}
	return s
}
