package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// ErrStale: the world has changed since the proposal was drafted.
var ErrStale = errors.New("the proposal is stale")

func field(name, value, reason string) error {
	return &events.FieldError{Field: name, Value: value, Reason: reason}
}

// do runs a job once per idempotency key.
func (a *App) do(ctx context.Context, key string, body any, job func(tx *journal.Tx) error) (journal.Receipt, error) {
	_, r, err := node.Command(ctx, a.node, key, body, func(tx *journal.Tx) (struct{}, error) { return struct{}{}, job(tx) })
	return r, err
}

// decide runs a planner's command on a proposal, in the correlation of what
// the proposal is about.
func (a *App) decide(ctx context.Context, key string, body any, p id.Proposal, c proposal.Command) (journal.Receipt, error) {
	var meta eventlog.Meta
	a.node.View(func() {
		for _, s := range a.City.Proposals[p].Draft.Causes {
			meta = a.City.Causes[s]
			meta.CorrelationID = s
			break
		}
	})
	if meta.CorrelationID != "" {
		// The trace is the planner's; only the story is the sick note's.
		actor := journal.CauseOf(ctx)
		actor.CorrelationID, actor.CausationID = meta.CorrelationID, meta.CausationID
		ctx = journal.WithCause(ctx, actor)
	}
	return a.do(ctx, key, body, func(tx *journal.Tx) error {
		_, err := journal.Execute(tx, proposals, string(p), c)
		return err
	})
}

// Approve a proposal without the moves dropped. seen, when above 0, is the
// version that the planner has read. It is refused as stale when a remaining
// move breaks a hard rule, uncovers an appointment, or when the moves together
// have lost more of their gain than the policy allows.
func (a *App) Approve(ctx context.Context, key string, p id.Proposal, drop []id.Deployment, seen int64) (journal.Receipt, error) {
	if err := a.fresh(p, drop); err != nil {
		return journal.Receipt{}, err
	}
	return a.decide(ctx, key, []any{p, drop}, p, proposal.Approve{Drop: drop, Today: a.Today(), Version: seen})
}

// fresh prices the remaining moves again on the city as it stands.
func (a *App) fresh(pid id.Proposal, drop []id.Deployment) (err error) {
	var s proposal.State
	var city *read.City
	a.node.View(func() {
		if s = a.City.Proposals[pid]; s.Open() {
			city = a.City.Still()
		}
	})
	if city == nil {
		return nil // the proposal itself refuses
	}
	p := buildProblem(city, pid)
	var asked []planning.Change
	was := 0.0
	for _, m := range s.Moves {
		e, known := p.staffAt[m.Employee]
		to, there := p.centreAt[m.To]
		t := p.index(m.Day)
		switch {
		case slices.Contains(drop, m.Deployment):
			continue
		case !known || !there:
			return fmt.Errorf("%w: %s or %s is not there any more", ErrStale, m.Employee, m.To)
		case t < 0 || t >= p.Horizon:
			return fmt.Errorf("%w: %s is over", ErrStale, m.Day)
		}
		asked, was = append(asked, planning.Change{Employee: e, Day: t, To: to}), was+m.Gain
	}
	priced, err := planning.Reprice(p.Instance, asked)
	if err != nil {
		return err
	}
	now := 0.0
	for _, m := range priced {
		if m.Rule != "" {
			why := "the employee is not on duty that day any more"
			if r, ok := planning.RuleByName(m.Rule); ok {
				why = r.En
			}
			return fmt.Errorf("%w: the move of %s to %s on %s breaks the rule %q: %s", ErrStale,
				p.employees[m.Employee], p.centres[m.To], p.day(m.Day), m.Rule, why)
		}
		now += m.Gain
	}
	if was > 0 && now < (1-city.Policy.StaleLoss)*was {
		return fmt.Errorf("%w: its moves gained %.1f points when drafted and gain %.1f now", ErrStale, was, now)
	}
	return nil
}

// Reject a proposal with a reason.
func (a *App) Reject(ctx context.Context, key string, p id.Proposal, reason string) (journal.Receipt, error) {
	return a.decide(ctx, key, []any{p, reason}, p, proposal.Reject{Reason: reason, Today: a.Today()})
}

// Undo an approved proposal with a reason.
func (a *App) Undo(ctx context.Context, key string, p id.Proposal, reason string) (journal.Receipt, error) {
	return a.decide(ctx, key, []any{p, reason}, p, proposal.Undo{Reason: reason, Today: a.Today()})
}
