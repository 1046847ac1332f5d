package planner

import (
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Loss is one cause that is to be answered.
type Loss struct {
	Cause  string
	Meta   eventlog.Meta
	Places []read.Place
	Lost   []read.Lost
	LostBy []id.Employee
	// Also are causes that miss people at the same places and are answered with it.
	Also []string
	// Own are the open proposals that answer the cause already.
	Own []id.Proposal
}

// Question is about a city that stands still. A cause that has open proposals is
// asked about alone.
type Question struct {
	At     int64 // log position of the model
	Today  day.Day
	City   *read.City
	Losses []Loss
	// Heads are people lost at a place and not made good by what is open or
	// running.
	Heads map[read.Place]int
	// Sent are deployments that may not be needed any more.
	Sent []Sent
}

// Sent is a move that is being carried out or ordered.
type Sent struct {
	Proposal id.Proposal
	Move     proposal.Move
}

// Void is a proposal that ends, with the reason.
type Void struct {
	Proposal id.Proposal
	By       id.Proposal
	Why      map[string]string
}

// Answer to one cause.
type Answer struct {
	Loss
	Assessed damage.Assessed
	Draft    *proposal.Draft
	// Void are open proposals that end with it, in the same unit.
	Void []Void
}

// Ways of approval.
const (
	Automatic = "automatic"
	Review    = "review"
)

// OnTheWay counts those whom open and running proposals send to a place, but for
// the open ones named.
func OnTheWay(c *read.City, p read.Place, except ...id.Proposal) (n int) {
	for _, pid := range c.Order {
		s := c.Proposals[pid]
		if !binding(s) || s.Open() && contains(except, pid) {
			continue
		}
		for _, m := range s.Moves {
			if m.To == p.Centre && m.Day == p.Day && m.Returns == nil && m.ReturnedBy == nil && (!m.Answered() || m.Step == proposal.IsOrdered) {
				n++
			}
		}
	}
	return n
}

// binding: its moves are reckoned with. An open re-optimisation binds nobody:
// whoever is missed comes first.
func binding(s proposal.State) bool {
	switch s.Status {
	case proposal.Drafted:
		return !IsReoptimisation(s)
	case proposal.Approved, proposal.Applied:
		return true
	}
	return false
}

// IsReoptimisation: no HR event is behind it.
func IsReoptimisation(s proposal.State) bool {
	return len(s.Draft.Causes) == 1 && s.Draft.Causes[0] == capacity.Reoptimisation
}

func contains(all []id.Proposal, p id.Proposal) bool {
	for _, x := range all {
		if x == p {
			return true
		}
	}
	return false
}
