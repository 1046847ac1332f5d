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
// the proposal is about. Who comes too late is told who was first.
func (a *App) decide(ctx context.Context, key string, body any, p id.Proposal, c proposal.Command) (journal.Receipt, error) {
	r, err := a.do(a.story(ctx, p), key, body, func(tx *journal.Tx) error {
		_, err := journal.Execute(tx, proposals, string(p), c)
		return err
	})
	if errors.Is(err, proposal.ErrDecided) || errors.Is(err, proposal.ErrChanged) || errors.Is(err, proposal.ErrExpired) {
		if d, ok := a.LastDecision(p); ok {
			return r, a.tooLate(d, err)
		}
	}
	return r, err
}

// TooLate is a refusal because somebody else has decided.
type TooLate struct {
	By  read.Decision
	On  string // day and time in the city
	Err error
}

func (a *App) tooLate(d read.Decision, err error) *TooLate {
	return &TooLate{d, d.Time.In(a.opt.Zone).Format("2006-01-02 at 15:04"), err}
}

func (t *TooLate) Error() string {
	return fmt.Sprintf("%s (%s %s it on %s)", t.Err, t.By.By(), t.By.Decision, t.On)
}

func (t *TooLate) Unwrap() error { return t.Err }

// LastDecision on a proposal; ok is false while it is only drafted.
func (a *App) LastDecision(p id.Proposal) (d read.Decision, ok bool) {
	a.node.View(func() {
		all := a.City.DecisionsOn(p)
		for i := len(all) - 1; i >= 0 && !ok; i-- {
			switch all[i].Decision {
			case "drafted", "applied":
			default:
				d, ok = all[i], true
			}
		}
	})
	return d, ok
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
