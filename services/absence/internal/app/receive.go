package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// What became of a message.
const (
	Recorded  = "recorded"  // it says something new
	Unchanged = "unchanged" // it says what is known, or is older than what is known
	Duplicate = "duplicate" // this very message was taken in before
	Refused   = "refused"
	Undecided = "undecided" // it says nothing that is decided; nobody gets this in a receipt
	Forged    = "forged"    // its signature does not hold; nor this
)

// Receipt answers a message after the record is durable.
type Receipt struct {
	Status   string     `json:"status" enum:"recorded,unchanged,duplicate,refused"`
	Event    string     `json:"event,omitempty" doc:"The message's ce-id."`
	Absence  id.Absence `json:"absence,omitempty"`
	Epoch    int64      `json:"epoch,omitempty"`
	Position int64      `json:"position,omitempty" doc:"Position in absence's log."`
}

// Receive takes in one CloudEvent of an HR system. An error that is an
// *hr.Refusal means that the message is bad; it was parked without its content.
// Any other error means that nothing is recorded and the sender should try
// again.
func (a *App) Receive(ctx context.Context, source string, header map[string][]string, body []byte) (Receipt, error) {
	m, err := hr.Parse(source, header, body)
	return a.Take(ctx, m, err)
}

// Take is Receive for a message that hr.Parse has read.
func (a *App) Take(ctx context.Context, m hr.Message, refusal error) (Receipt, error) {
	a.count(m)
	refusal = m.Named(a.names, refusal) // changes m, so before m is handed on
	r, err := a.take(ctx, m, refusal)
	if err == nil || IsRefusal(err) {
		a.tally(m.Source, r.Status)
	}
	return r, err
}

func (a *App) take(ctx context.Context, m hr.Message, refusal error) (Receipt, error) {
	ctx = continued(ctx, m.TraceParent)
	ctx, span := otel.Tracer("lotse/absence").Start(ctx, "receive HR message", trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(attribute.String("messaging.message.id", m.ID)))
	defer span.End()
	ctx = journal.WithCause(ctx, journal.Cause{CorrelationID: m.ID, CausationID: m.ID, Actor: "hr/" + m.Source})
	if refusal == nil {
		refusal = hr.FromTheFuture(m, a.node.Now())
	}
	if refusal != nil {
		return a.park(ctx, m, refusal)
	}
	hash, err := m.ContentHash()
	if err != nil {
		return Receipt{}, err
	}
	// No Idempotency-Key of a request can look like this one.
	key := "hr message\n" + m.Source + "\n" + m.ID
	out, err := a.record(ctx, m, func(tx *journal.Tx) {
		tx.Inbox("hr/"+m.Source, m.ID)
		tx.Remember(key, hash, nil)
	})
	if err != nil || out.Status != Duplicate {
		return out, err
	}
	// Who counts from 1 again after a repair must not lose what they say.
	first, err := a.node.Store().IdempotencyResult(ctx, key)
	switch {
	case errors.Is(err, eventlog.ErrNotFound):
		return out, nil // recorded before hashes were kept
	case err != nil:
		return Receipt{}, fmt.Errorf("compare message %s with the first of that id: %w", m.ID, err)
	case first.BodyHash != hash:
		return a.park(ctx, m, hr.ReusedID(m.ID))
	}
	return out, nil
}

func (a *App) record(ctx context.Context, m hr.Message, first func(*journal.Tx)) (Receipt, error) {
	out := Receipt{Event: m.ID, Absence: m.Absence}
	rec, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		first(tx)
		if swept, err := overtaken(tx, m); err != nil || swept {
			out.Status = Unchanged
			return err
		}
		evs, err := journal.Execute(tx, Cases, string(m.Absence), m.Command)
		out.Status = status(evs)
		return err
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("record absence %s: %w", m.Absence, err)
	}
	out.Epoch, out.Position = rec.Epoch, rec.Position
	if rec.Duplicate {
		out.Status = Duplicate
	}
	return out, nil
}

// status: a change that others do not hear of is none.
func status(evs []decider.Event) string {
	for _, e := range evs {
		if _, public := e.(decider.Public); public {
			return Recorded
		}
	}
	return Unchanged
}

// park keeps a bad message: who sent it, why it is bad, its hash, and of its
// content the well-formed fields of the schema. The same message is kept once.
func (a *App) park(ctx context.Context, m hr.Message, refusal error) (Receipt, error) {
	data, err := json.Marshal(m.Fields)
	if err != nil {
		return Receipt{}, err
	}
	source := "hr/" + m.Source
	rec, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		tx.Inbox(source+"/refused", m.ID+" "+m.Hash)
		tx.Park(eventlog.Parked{ID: tx.NewID(), Consumer: a.node.Service(), Source: source, Key: string(m.Absence), Type: m.Type,
			MessageID: m.ID, Sender: m.Sender, Reason: refusal.Error(), Hash: m.Hash, Data: data, ParkedAt: tx.Now()})
		return nil
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("park a message of %s: %w", source, err)
	}
	if !rec.Duplicate {
		a.node.Logger().WarnContext(ctx, "HR message refused and parked", "source", m.Source, "id", m.ID, "type", m.Type, "reason", refusal.Error())
	}
	return Receipt{Status: Refused, Event: m.ID, Absence: m.Absence, Epoch: rec.Epoch, Position: rec.Position}, refusal
}

// IsRefusal tells a bad message from a fault of ours.
func IsRefusal(err error) bool {
	var r *hr.Refusal
	return errors.As(err, &r)
}

// continued goes on with the sender's trace unless one is running.
func continued(ctx context.Context, traceParent string) context.Context {
	if traceParent == "" || trace.SpanContextFromContext(ctx).IsValid() {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": traceParent})
}
