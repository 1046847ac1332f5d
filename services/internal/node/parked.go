package node

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Refusals of Replay, Fix and Discard.
var (
	ErrNotParked     = errors.New("no such message was ever parked")
	ErrNotReplayable = errors.New("the message cannot be replayed as it is: fix it, or discard it and let its sender send it again")
	ErrNotFirst      = errors.New("an earlier message with the same key is parked: replay, fix or discard that one first")
)

// ErrStillFails: the reason for which a message was parked holds still, or its
// corrected content has another.
var ErrStillFails = errors.New("the message still cannot be handled")

// ours are faults of this side, which say nothing about a message.
var ours = []error{eventlog.ErrUnknown, eventlog.ErrFull, eventlog.ErrUnreachable, eventlog.ErrClosed, journal.ErrBusy, context.Canceled, context.DeadlineExceeded}

// still marks what a message fails for; what a field says speaks for itself.
func still(err error) error {
	var field *events.FieldError
	if errors.As(err, &field) || slices.ContainsFunc(ours, func(e error) bool { return errors.Is(err, e) }) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrStillFails, err)
}

// maxParked bounds how many parked messages are looked through.
const maxParked = 100000

// Decision is what somebody decides about a parked message.
type Decision struct {
	// Key is the Idempotency-Key: the same decision asked again is not taken twice.
	Key string `json:"-"`
	// Why is required to fix or to discard.
	Why string
	// Data is the corrected content, or Patch a merge patch (RFC 7396) on the one
	// that is kept. Type corrects the type of a message from outside.
	Data, Patch json.RawMessage
	Type        string
}

// Handled answers a decision.
type Handled struct {
	// Replayed counts the messages handled now: the one itself and those that
	// waited behind it.
	Replayed int
	// Stopped is the one behind it that cannot be handled, if any, and Reason why.
	Stopped *uuid.UUID
	Reason  error
	Receipt journal.Receipt
}

// Parked lists the messages that could not be handled and wait, oldest first.
func (n *Node) Parked(ctx context.Context) ([]eventlog.Parked, error) {
	return n.deps.Store.ParkedRecords(ctx, false, maxParked)
}

// Became is what became of a parked message, with the event in the log; nil
// while it waits.
func (n *Node) Became(ctx context.Context, id uuid.UUID) (*ParkedHandled, eventlog.Event, error) {
	list, err := n.Log().Stream(ctx, handlings.Stream(id.String()), 0, 1)
	if err != nil || len(list) == 0 {
		return nil, eventlog.Event{}, err
	}
	var h ParkedHandled
	if err := json.Unmarshal(list[0].Data, &h); err != nil {
		return nil, eventlog.Event{}, fmt.Errorf("position %d of the log: %w", list[0].Position, err)
	}
	return &h, list[0], nil
}

// Replay handles a parked message again, and then those that wait behind it, in
// order, each in one commit with its settlement. At the first that fails it
// stops, and that one stays parked.
func (n *Node) Replay(ctx context.Context, id uuid.UUID, d Decision) (Handled, error) {
	d.Data, d.Patch, d.Type = nil, nil, ""
	return n.handle(ctx, id, Replayed, d)
}

// Fix is Replay with corrected content, which is checked against the message's
// type and recorded with who decided so and why. The message as it was stays.
func (n *Node) Fix(ctx context.Context, id uuid.UUID, d Decision) (Handled, error) {
	switch {
	case strings.TrimSpace(d.Why) == "":
		return Handled{}, &events.FieldError{Field: "why", Reason: "is missing: say why the content is changed"}
	case (len(d.Data) == 0) == (len(d.Patch) == 0):
		return Handled{}, &events.FieldError{Field: "data", Reason: "send either data, the whole content, or patch, what is to change of it"}
	}
	return n.handle(ctx, id, Fixed, d)
}

// Discard gives a parked message up; those behind it still wait.
func (n *Node) Discard(ctx context.Context, id uuid.UUID, d Decision) (Handled, error) {
	if strings.TrimSpace(d.Why) == "" {
		return Handled{}, &events.FieldError{Field: "why", Reason: "is missing: say why the message is given up"}
	}
	p, err := n.ParkedMessage(ctx, id)
	if err != nil {
		return Handled{}, err
	}
	rec, err := n.settle(ctx, p, Discarded, d, func(*journal.Tx) (json.RawMessage, error) { return nil, nil })
	if err != nil {
		return Handled{}, err
	}
	n.log.Warn("parked message discarded", "id", p.ID, "source", p.Source, "type", p.Type, "key", p.Key, "position", p.Position)
	return Handled{Receipt: rec}, nil
}

// handle settles one message, and then those behind it as they are.
func (n *Node) handle(ctx context.Context, id uuid.UUID, how string, d Decision) (out Handled, err error) {
	first, err := n.ParkedMessage(ctx, id)
	if err != nil {
		return out, err
	}
	queue, err := n.queue(ctx, first)
	if err != nil {
		return out, err
	}
	// Who is not in the queue was handled, perhaps a moment ago: settle says so.
	if slices.IndexFunc(queue, func(p eventlog.Parked) bool { return p.ID == id }) > 0 {
		return out, fmt.Errorf("%w (%s)", ErrNotFirst, queue[0].ID)
	}
	work, story, err := n.again(ctx, first, how, d)
	if err != nil {
		return out, err
	}
	if out.Receipt, err = n.settle(story, first, how, d, work); err != nil {
		return out, err
	}
	out.Replayed = 1
	for first.Position > 0 { // only what comes from a log waits behind another
		queue, err := n.queue(ctx, first)
		if err != nil || len(queue) == 0 {
			return out, err
		}
		next := queue[0]
		work, story, err := n.again(ctx, next, Replayed, Decision{})
		if err == nil {
			_, err = n.settle(story, next, Replayed, Decision{Why: "waited behind " + id.String()}, work)
		}
		switch {
		case errors.Is(err, ErrHandled): // by somebody else at the same time
			return out, nil
		case err != nil:
			out.Stopped, out.Reason = &next.ID, err
			return out, nil
		}
		out.Replayed++
	}
	return out, nil
}

// again is the work of handling a message once more, with its content as
// corrected, and the context that carries on its story. The work returns the
// corrected content as it is recorded.
func (n *Node) again(ctx context.Context, p eventlog.Parked, how string, d Decision) (work func(*journal.Tx) (json.RawMessage, error), story context.Context, err error) {
	source := slices.IndexFunc(n.spec.Sources, func(s Source) bool { return s.Service == p.Source })
	if source < 0 || p.Position == 0 {
		if n.spec.Foreign == nil || how != Fixed {
			return nil, nil, ErrNotReplayable
		}
		data, err := d.corrected(p.Data)
		if err != nil {
			return nil, nil, err
		}
		if d.Type != "" {
			p.Type = d.Type
		}
		cause := journal.Cause{CorrelationID: p.MessageID, CausationID: p.MessageID}
		return func(tx *journal.Tx) (json.RawMessage, error) { return n.spec.Foreign(tx, p, data) }, journal.WithCause(ctx, cause), nil
	}
	if d.Type != "" {
		return nil, nil, &events.FieldError{Field: "type", Value: d.Type, Reason: "cannot be changed for a message of another service: leave it out"}
	}
	from := n.spec.Sources[source]
	e, err := events.ParseStructured(p.Data)
	if err != nil && e.Type == "" {
		return nil, nil, fmt.Errorf("%w: %w", ErrNotReplayable, err)
	}
	var content json.RawMessage
	if how == Fixed {
		if content, err = d.fixed(n.spec.Registry, p, e.Data); err != nil {
			return nil, nil, err
		}
		e.Data = content
	} else if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrNotReplayable, err)
	}
	event, err := from.decode(n.spec.Registry, e)
	if err != nil {
		return nil, nil, err
	}
	return func(tx *journal.Tx) (json.RawMessage, error) {
		if event == nil {
			return content, nil
		}
		return content, from.Handle(tx, e, event)
	}, causedBy(ctx, e), nil
}

// corrected is the content that was decided on: data, or what is kept with the
// patch applied.
func (d Decision) corrected(kept []byte) (json.RawMessage, error) {
	if len(d.Data) > 0 {
		return d.Data, nil
	}
	if len(kept) == 0 {
		kept = []byte("{}")
	}
	data, err := mergePatch(kept, d.Patch)
	if err != nil {
		return nil, &events.FieldError{Field: "patch", Reason: "cannot be applied to what is kept: send data, the whole content"}
	}
	return data, nil
}

// fixed is corrected content of a type in the registry: every field must be
// known, and what it is about must stay, since later messages wait behind it.
func (d Decision) fixed(known *events.Registry, p eventlog.Parked, kept []byte) (json.RawMessage, error) {
	kind, ok := known.Kind(p.Type)
	if !ok {
		return nil, fmt.Errorf("%w: %w", ErrNotReplayable, &events.UnknownTypeError{Type: p.Type})
	}
	data, err := d.corrected(kept)
	if err != nil {
		return nil, err
	}
	event := kind.New()
	if err := events.DecodeStrict(data, event); err != nil {
		return nil, err
	}
	if key := events.Key(reflect.ValueOf(event).Elem().Interface().(events.Event).EventKey()...); key != p.Key {
		return nil, &events.FieldError{Field: "data", Reason: fmt.Sprintf("is about %q, the message about %q: correct what it says, not what it is about", key, p.Key)}
	}
	return json.Marshal(event)
}

// handling is the answer that an Idempotency-Key remembers.
type handling struct {
	Handling uuid.UUID `json:"handling"`
}

// settle does a work and records it as what became of a message, in one commit.
func (n *Node) settle(ctx context.Context, p eventlog.Parked, how string, d Decision, work func(*journal.Tx) (json.RawMessage, error)) (journal.Receipt, error) {
	n.settling.Lock()
	defer n.settling.Unlock()
	asked := struct {
		ID       uuid.UUID
		How      string
		Decision Decision
	}{p.ID, how, d}
	mine, rec, err := Command(ctx, n, d.Key, asked, func(tx *journal.Tx) (handling, error) {
		h := ParkedHandled{Handling: tx.NewID(), Parked: p.ID, How: how, Why: d.Why, Source: p.Source, Position: p.Position,
			Key: p.Key, Type: p.Type, Message: p.MessageID}
		if handled, _, err := journal.Load(tx, handlings, p.ID.String()); err != nil || handled {
			return handling{}, cmp.Or(err, ErrHandled)
		}
		data, err := work(tx)
		if err != nil {
			return handling{}, still(err)
		}
		h.Data = data
		tx.Unpark(p.ID)
		_, err = journal.Execute(tx, handlings, p.ID.String(), h)
		return handling{h.Handling}, err
	})
	if err != nil {
		return rec, err
	}
	// A unit that settles what another replica has settled writes nothing.
	stands, _, err := n.Became(ctx, p.ID)
	switch {
	case err != nil:
		return rec, err
	case stands == nil || stands.Handling != mine.Handling:
		return rec, ErrHandled
	}
	if len(rec.Events) > 0 {
		n.gauges.handled(ctx, p.Source, how)
	}
	return rec, n.loadParked(ctx)
}

// ParkedMessage is one message, whether it waits or was handled.
func (n *Node) ParkedMessage(ctx context.Context, id uuid.UUID) (eventlog.Parked, error) {
	p, err := n.deps.Store.ParkedRecord(ctx, id)
	if errors.Is(err, eventlog.ErrNotFound) {
		return p, fmt.Errorf("%s: %w", id, ErrNotParked)
	}
	return p, err
}

// queue is what waits with a message's key, itself included, by position.
func (n *Node) queue(ctx context.Context, as eventlog.Parked) ([]eventlog.Parked, error) {
	all, err := n.Parked(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p eventlog.Parked) bool {
		return p.Source != as.Source || p.Key != as.Key || p.Position == 0 && p.ID != as.ID
	}), nil
}
