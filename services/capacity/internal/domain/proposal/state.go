package proposal

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Status of a proposal.
type Status string

// Statuses.
const (
	Drafted    Status = "drafted"
	Approved   Status = "approved"
	Rejected   Status = "rejected"
	Superseded Status = "superseded"
	Expired    Status = "expired"
	Applied    Status = "applied"
	Undone     Status = "undone"
)

// Step of one move.
type Step string

// Steps.
const (
	Proposed  Step = "proposed"
	Dropped   Step = "dropped"
	Begun     Step = "approved"
	AtGiver   Step = "giver-closing"
	Requested Step = "requested"
	IsOrdered Step = "ordered"
	IsRefused Step = "refused"
	HasFailed Step = "failed"
	Called    Step = "cancelled"
	TakenBack Step = "undone"
)

// Move with how far it is.
type Move struct {
	capacity.Move
	Step            Step
	OfferingVersion int64
	UncoveredBefore day.Minutes
	Rule, Reason    string
	// Added by the planner who approved it.
	Added bool
	// Returns is set when the move sends somebody back; ReturnedBy when
	// another proposal does so with this one.
	Returns    *Reference
	ReturnedBy *Reference
}

// Answered: nothing more is awaited for it.
func (m Move) Answered() bool {
	switch m.Step {
	case Proposed, Begun, AtGiver, Requested:
		return false
	}
	return true
}

// Withdraws reports whether the person is taken off the giver's offering.
func (m Move) Withdraws() bool {
	switch m.Step {
	case Begun, AtGiver, Requested, IsOrdered:
		return true
	}
	return false
}

// Pending reports whether it is being carried out.
func (m Move) Pending() bool { return m.Withdraws() && m.Step != IsOrdered }

// State of a proposal.
type State struct {
	ID        id.Proposal
	Version   int64 // events so far: the ETag
	Status    Status
	Draft     capacity.ProposalDrafted
	Details   Detailed
	Moves     []Move
	Automatic bool
	Reason    string
	By        id.Proposal
	// SupersededWhy says per language what has changed.
	SupersededWhy map[string]string
	// Approval is what was approved; Found what it was worth when it was given up.
	Approval capacity.ProposalApproved
	Found    *Reappraised
}

// Open: it can still be decided.
func (s State) Open() bool { return s.Status == Drafted }

// Find returns the index of a move, or -1.
func (s State) Find(d id.Deployment) int {
	return slices.IndexFunc(s.Moves, func(m Move) bool { return m.Deployment == d })
}

// Evolve folds one event.
func Evolve(s State, e decider.Event) State {
	s.Version++
	move := func(d id.Deployment, change func(*Move)) {
		if i := s.Find(d); i >= 0 {
			s.Moves = slices.Clone(s.Moves)
			change(&s.Moves[i])
		}
	}
	all := func(change func(*Move)) {
		s.Moves = slices.Clone(s.Moves)
		for i := range s.Moves {
			change(&s.Moves[i])
		}
	}
	switch e := e.(type) {
	case Detailed:
		s.ID, s.Details = e.Proposal, e
	case capacity.ProposalDrafted:
		s.ID, s.Status, s.Draft = e.Proposal, Drafted, e
		s.Moves = make([]Move, len(e.Moves))
		for i, m := range e.Moves {
			s.Moves[i] = Move{Move: m, Step: Proposed}
			if r, ok := s.Details.Returns[m.Deployment]; ok {
				s.Moves[i].Returns = &r
			}
		}
	case capacity.ProposalApproved:
		s.Status, s.Automatic, s.Approval = Approved, e.Automatic, e
		s.Moves = slices.Clip(s.Moves)
		for _, m := range e.Added {
			s.Moves = append(s.Moves, Move{Move: m, Added: true})
		}
		all(func(m *Move) {
			m.Step = Dropped
			if slices.Contains(e.Deployments, m.Deployment) {
				m.Step = Begun
			}
		})
	case capacity.ProposalRejected:
		s.Status, s.Reason = Rejected, e.Reason
	case Reappraised:
		s.Found = &e
	case capacity.ProposalSuperseded:
		s.Status, s.Reason, s.By, s.SupersededWhy = Superseded, e.Reason, e.By, e.Why
	case capacity.ProposalExpired:
		s.Status = Expired
	case capacity.ProposalApplied:
		s.Status = Applied
	case capacity.ProposalUndone:
		s.Status, s.Reason = Undone, e.Reason
		all(func(m *Move) {
			if m.Withdraws() {
				m.Step = TakenBack
			}
		})
	case Closing:
		move(e.Deployment, func(m *Move) {
			m.Step, m.OfferingVersion, m.UncoveredBefore = AtGiver, e.OfferingVersion, e.UncoveredBefore
		})
	case Failed:
		move(e.Deployment, func(m *Move) { m.Step, m.Rule, m.Reason = HasFailed, e.Rule, e.Reason })
	case capacity.DeploymentRequested:
		move(e.Deployment, func(m *Move) { m.Step = Requested })
	case capacity.DeploymentWithdrawn:
		// Of an undone proposal, or of another one whose person returns.
		for i, m := range s.Moves {
			if m.Returns != nil && m.Returns.Deployment == e.Deployment && m.Step == AtGiver {
				s.Moves = slices.Clone(s.Moves)
				s.Moves[i].Step = Requested
			}
		}
	case Ordered:
		move(e.Deployment, func(m *Move) { m.Step = IsOrdered })
	case Refused:
		move(e.Deployment, func(m *Move) { m.Step, m.Rule, m.Reason = IsRefused, e.Rule, e.Reason })
	case Cancelled:
		move(e.Deployment, func(m *Move) { m.Step, m.Reason = Called, e.Cause })
	case ReturnBegan:
		by := e.By
		move(e.Deployment, func(m *Move) { m.ReturnedBy = &by })
	}
	return s
}
