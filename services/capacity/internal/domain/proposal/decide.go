package proposal

import (
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Refusals.
var (
	ErrUnknown     = errors.New("there is no such proposal")
	ErrUnknownMove = errors.New("the proposal has no such move")
	ErrDecided     = errors.New("the proposal was decided before")
	ErrExpired     = errors.New("the proposal has expired")
	ErrNothingLeft = errors.New("every move was dropped: reject the proposal instead")
	ErrNoReason    = errors.New("reason is missing: say in a sentence why")
	ErrNotApproved = errors.New("only an approved or applied proposal can be undone")
	ErrUnderWay    = errors.New("a day of the proposal has begun: it can no longer be undone")
	ErrChanged     = errors.New("the proposal has changed since it was read: read it again")
	ErrTwice       = errors.New("the person has a move of the proposal on that day already: drop it, or choose somebody else")
	ErrNowhere     = errors.New("a move leads from one centre to another, on a day that has not begun")
)

// WouldUncover is the rule by which a move fails whose giver could not serve all
// that is booked.
const WouldUncover = "would-uncover"

// Command is one of the structs below.
type Command interface{ command() }

type (
	// Draft proposes. The stream must be new.
	Draft struct {
		Details Detailed
		Drafted capacity.ProposalDrafted
	}
	// Approve all moves but those dropped, with those that the planner adds.
	// Version, when above 0, is the one the planner has seen.
	Approve struct {
		Drop []id.Deployment
		// Add are moves of the planner's own as the planner's rules and prices have
		// them; their deployments are named here.
		Add []capacity.Move
		// Gain and Effects are what is left when moves were dropped or added.
		Gain      float64
		Effects   []capacity.Effect
		Automatic bool
		Today     day.Day
		Version   int64
	}
	// Reject with a reason.
	Reject struct {
		Reason string
		Today  day.Day
	}
	// Supersede: the world changed. Reason is the English sentence of Why; Found,
	// when set, is what it was worth and is.
	Supersede struct {
		By    id.Proposal
		Why   map[string]string
		Found *Reappraised
	}
	// Expire when nobody decided in time.
	Expire struct{ Today day.Day }
	// CloseGiver notes the giver's offering whose answer is awaited.
	CloseGiver struct{ Closing }
	// GiverAnswered: the giver's load under that offering is known.
	GiverAnswered struct {
		Deployment id.Deployment
		Uncovered  day.Minutes
	}
	// Fail a move that can no longer be carried out.
	Fail struct{ Failed }
	// Answer is staffing's.
	Answer struct {
		Deployment   id.Deployment
		Ordered      bool
		Rule, Reason string
	}
	// Cancel: staffing says an ordered deployment does not take place.
	Cancel struct{ Cancelled }
	// BeginReturn: another proposal sends the person of a move back.
	BeginReturn struct{ ReturnBegan }
	// Undo takes an approved proposal back.
	Undo struct {
		Reason string
		Today  day.Day
	}
)

func (Draft) command()         {}
func (Approve) command()       {}
func (Reject) command()        {}
func (Supersede) command()     {}
func (Expire) command()        {}
func (CloseGiver) command()    {}
func (GiverAnswered) command() {}
func (Fail) command()          {}
func (Answer) command()        {}
func (Cancel) command()        {}
func (BeginReturn) command()   {}
func (Undo) command()          {}

// Decider of proposals.
var Decider = decider.Decider[State, Command]{
	Initial: func() State { return State{} },
	Decide:  decide,
	Evolve:  Evolve,
}

func decide(s State, c Command) ([]decider.Event, error) {
	if d, ok := c.(Draft); ok {
		if s.Status != "" {
			return nil, nil
		}
		return []decider.Event{d.Details, d.Drafted}, nil
	}
	if s.Status == "" {
		return nil, ErrUnknown
	}
	switch c := c.(type) {
	case Approve:
		return approve(s, c)
	case Reject:
		if c.Reason == "" {
			return nil, ErrNoReason
		}
		if s.Status == Rejected && s.Reason == c.Reason {
			return nil, nil
		}
		if err := s.decidable(c.Today); err != nil {
			return nil, err
		}
		return []decider.Event{capacity.ProposalRejected{Proposal: s.ID, Reason: c.Reason}}, nil
	case Supersede:
		if !s.Open() {
			return nil, nil
		}
		over := capacity.ProposalSuperseded{Proposal: s.ID, By: c.By, Reason: c.Why["en"], Why: c.Why}
		if c.Found != nil {
			return []decider.Event{*c.Found, over}, nil
		}
		return []decider.Event{over}, nil
	case Expire:
		if !s.Open() || c.Today < s.Draft.ExpiresOn {
			return nil, nil
		}
		return []decider.Event{capacity.ProposalExpired{Proposal: s.ID}}, nil
	case Undo:
		return undo(s, c)
	}
	return decideMove(s, c)
}

func (s State) decidable(today day.Day) error {
	switch {
	case s.Status == Expired || s.Open() && today >= s.Draft.ExpiresOn:
		return fmt.Errorf("%w on %s", ErrExpired, s.Draft.ExpiresOn)
	case s.Status == Superseded:
		return fmt.Errorf("%w: it is superseded, %s", ErrDecided, s.Reason)
	case !s.Open():
		return fmt.Errorf("%w: it is %s", ErrDecided, s.Status)
	}
	return nil
}

func undo(s State, c Undo) ([]decider.Event, error) {
	if c.Reason == "" {
		return nil, ErrNoReason
	}
	if s.Status == Undone {
		return nil, nil
	}
	if s.Status != Approved && s.Status != Applied {
		return nil, fmt.Errorf("%w: it is %s", ErrNotApproved, s.Status)
	}
	e := capacity.ProposalUndone{Proposal: s.ID, Reason: c.Reason, Deployments: []id.Deployment{}}
	var withdrawn []decider.Event
	for _, m := range s.Moves {
		if !m.Withdraws() || m.ReturnedBy != nil {
			continue
		}
		if m.Returns != nil {
			return nil, fmt.Errorf("%w: it sends people back, deploy them anew", ErrNotApproved)
		}
		if m.Day <= c.Today {
			return nil, fmt.Errorf("%w (%s)", ErrUnderWay, m.Day)
		}
		e.Deployments = append(e.Deployments, m.Deployment)
		if m.Step == Requested || m.Step == IsOrdered {
			withdrawn = append(withdrawn, capacity.DeploymentWithdrawn{Deployment: m.Deployment, Proposal: s.ID, Employee: m.Employee, Day: m.Day})
		}
	}
	return append([]decider.Event{e}, withdrawn...), nil
}

// decideMove carries out one move; whatever answers the last one applies the
// proposal.
func decideMove(s State, c Command) ([]decider.Event, error) {
	d := deploymentOf(c)
	i := s.Find(d)
	if i < 0 {
		return nil, fmt.Errorf("%w %q", ErrUnknownMove, d)
	}
	m := s.Moves[i]
	var e decider.Event
	switch c := c.(type) {
	case CloseGiver:
		if m.Step == Begun {
			e = c.Closing
		}
	case GiverAnswered:
		switch {
		case m.Step != AtGiver:
		case c.Uncovered > m.UncoveredBefore:
			e = Failed{d, WouldUncover, fmt.Sprintf("%d booked minutes at %s would be uncovered on %s, %d were before", c.Uncovered, m.From, m.Day, m.UncoveredBefore)}
		case m.Returns != nil:
			e = capacity.DeploymentWithdrawn{Deployment: m.Returns.Deployment, Proposal: m.Returns.Proposal, Employee: m.Employee, Day: m.Day}
		default:
			e = capacity.DeploymentRequested{Deployment: d, Proposal: s.ID, Employee: m.Employee, Day: m.Day, From: m.From, To: m.To}
		}
	case Fail:
		if m.Pending() {
			e = c.Failed
		}
	case Answer:
		switch {
		case m.Step != Requested:
		case c.Ordered:
			e = Ordered{d}
		default:
			e = Refused{d, c.Rule, c.Reason}
		}
	case Cancel:
		if m.Step == IsOrdered || m.Step == Requested {
			e = c.Cancelled
		}
	case BeginReturn:
		if m.Step == IsOrdered && m.ReturnedBy == nil {
			e = c.ReturnBegan
		}
	}
	if e == nil {
		return nil, nil
	}
	return applied(s, e), nil
}

func deploymentOf(c Command) id.Deployment {
	switch c := c.(type) {
	case CloseGiver:
		return c.Closing.Deployment
	case GiverAnswered:
		return c.Deployment
	case Fail:
		return c.Failed.Deployment
	case Answer:
		return c.Deployment
	case Cancel:
		return c.Cancelled.Deployment
	case BeginReturn:
		return c.ReturnBegan.Deployment
	}
	return ""
}

func applied(s State, e decider.Event) []decider.Event {
	next := Evolve(s, e)
	if s.Status != Approved {
		return []decider.Event{e}
	}
	out := capacity.ProposalApplied{Proposal: s.ID, Ordered: []id.Deployment{}}
	for _, m := range next.Moves {
		switch {
		case !m.Answered():
			return []decider.Event{e}
		case m.Step == IsOrdered:
			out.Ordered = append(out.Ordered, m.Deployment)
		case m.Step == IsRefused || m.Step == HasFailed:
			out.Refused = append(out.Refused, capacity.Refusal{Deployment: m.Deployment, Rule: m.Rule, Reason: m.Reason})
		case m.Step == Called:
			out.Refused = append(out.Refused, capacity.Refusal{Deployment: m.Deployment, Rule: "cancelled", Reason: m.Reason})
		}
	}
	return []decider.Event{e, out}
}
