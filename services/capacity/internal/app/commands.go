package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/suggestion"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
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

// story puts a job into the correlation of what a proposal is about. The trace
// is the planner's; only the story is the sick note's.
func (a *App) story(ctx context.Context, p id.Proposal) context.Context {
	var meta eventlog.Meta
	a.node.View(func() {
		for _, s := range a.City.Proposals[p].Draft.Causes {
			meta = a.City.Causes[s]
			meta.CorrelationID = s
			break
		}
	})
	if meta.CorrelationID == "" {
		return ctx
	}
	actor := journal.CauseOf(ctx)
	actor.CorrelationID, actor.CausationID = meta.CorrelationID, meta.CausationID
	return journal.WithCause(ctx, actor)
}

// decide runs a planner's command on a proposal, in the correlation of what
// the proposal is about.
func (a *App) decide(ctx context.Context, key string, body any, p id.Proposal, c proposal.Command) (journal.Receipt, error) {
	ctx = a.story(ctx, p)
	return a.do(ctx, key, body, func(tx *journal.Tx) error {
		_, err := journal.Execute(tx, proposals, string(p), c)
		return err
	})
}

// Approve a proposal without the moves dropped. seen, when above 0, is the
// version that the planner has read. What remains is evaluated again: a stale
// proposal is refused with what has changed, and superseded, so that its causes
// are planned for anew.
func (a *App) Approve(ctx context.Context, key string, p id.Proposal, drop []id.Deployment, seen int64) (journal.Receipt, error) {
	var s proposal.State
	var city *read.City
	a.node.View(func() {
		// What is not open, or was changed since, the proposal itself refuses.
		if s = a.City.Proposals[p]; s.Open() && a.Today() < s.Draft.ExpiresOn && (seen == 0 || seen == s.Version) {
			city = a.City.Still()
		}
	})
	if city != nil {
		why, err := a.stale(city, s, drop)
		if err != nil {
			return journal.Receipt{}, err
		}
		if why != nil {
			if err := a.supersede(ctx, s, why); err != nil {
				return journal.Receipt{}, err
			}
			return journal.Receipt{}, fmt.Errorf("%w: %s %s", ErrStale, why["en"], why["de"])
		}
	}
	return a.decide(ctx, key, []any{p, drop}, p, proposal.Approve{Drop: drop, Today: a.Today(), Version: seen})
}

// Reject a proposal with a reason.
func (a *App) Reject(ctx context.Context, key string, p id.Proposal, reason string) (journal.Receipt, error) {
	return a.decide(ctx, key, []any{p, reason}, p, proposal.Reject{Reason: reason, Today: a.Today()})
}

// Undo an approved proposal with a reason.
func (a *App) Undo(ctx context.Context, key string, p id.Proposal, reason string) (journal.Receipt, error) {
	return a.decide(ctx, key, []any{p, reason}, p, proposal.Undo{Reason: reason, Today: a.Today()})
}

// AcceptSuggestion takes up what Lotse has suggested, with a note. Where a measure
// carries it out, with measure it is entered in the same unit, the note being its
// reason; all else is arranged by the planner.
func (a *App) AcceptSuggestion(ctx context.Context, key, which, note string, measure bool) (journal.Receipt, error) {
	var s suggestion.State
	a.node.View(func() { s = a.City.Suggestions[which] })
	accepted := suggestion.Accepted{ID: which, Note: note}
	var entered *capacity.Measure
	if measure && s.Made.ID != "" {
		if note == "" {
			return journal.Receipt{}, field("note", note, "is missing: say what about the place makes the measure necessary")
		}
		m, ok := suggestion.Measure(s.Made.Suggestion, saturdayHours(), note)
		if !ok {
			return journal.Receipt{}, field("measure", "true", "cannot be entered for a suggestion of kind \""+s.Made.Kind+"\": arrange it and accept it without")
		}
		entered, accepted.Measure = &m, m.ID
	}
	return a.do(ctx, key, []any{which, note, measure}, func(tx *journal.Tx) error {
		if _, err := journal.Execute(tx, suggestions, which, suggestion.Command(suggestion.Accept{Accepted: accepted, Today: a.Today()})); err != nil || entered == nil {
			return err
		}
		_, err := journal.Execute(tx, measures, string(entered.ID), network.MeasureCommand(network.SetMeasure{Measure: *entered}))
		return err
	})
}

// saturdayHours are those of a centre that opens on a Saturday: five hours, as
// suggestions reckon with.
func saturdayHours() map[int][]day.Span {
	return map[int][]day.Span{6: {{From: day.Clock(8, 0), To: day.Clock(13, 0)}}}
}
