package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Inbound is one source's way in; it is the handler of a lane.
type Inbound struct {
	node   *Node
	source Source

	mu   sync.Mutex
	done eventlog.Checkpoint // the stored checkpoint as last seen
	seen eventlog.Checkpoint // with the unwanted events after it passed over
}

// flushEvery is how many unwanted events are passed over before the checkpoint
// is moved for their sake alone; after a restart they are passed over again.
const flushEvery = 2000

// Inbounds lists the node's ways in.
func (n *Node) Inbounds() []*Inbound {
	all := make([]*Inbound, len(n.spec.Sources))
	for i, s := range n.spec.Sources {
		all[i] = &Inbound{node: n, source: s}
	}
	return all
}

// Source is the foreign service's name.
func (in *Inbound) Source() string { return in.source.Service }

// Checkpoint is how far this source was taken in, unwanted events included.
func (in *Inbound) Checkpoint(ctx context.Context) (eventlog.Checkpoint, error) {
	at, err := in.node.deps.Store.Checkpoint(ctx, in.node.spec.Service, in.source.Service)
	if err != nil {
		return at, err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.done = at
	if in.seen.Epoch != at.Epoch || in.seen.Position < at.Position {
		in.seen = at
	}
	return in.seen, nil
}

// Rewind moves the checkpoint to where a new epoch of the source forked off.
func (in *Inbound) Rewind(ctx context.Context, to eventlog.Checkpoint) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if err := in.node.deps.Store.Rewind(ctx, in.node.spec.Service, in.source.Service, to); err != nil {
		return err
	}
	in.done, in.seen = to, to
	return nil
}

// Deliver handles one event and moves the checkpoint to its position in one
// commit. A repeat does nothing. An event whose key is parked is parked too.
// Events that nobody here wants move the checkpoint together with the next one
// that is wanted.
func (in *Inbound) Deliver(ctx context.Context, e events.Envelope) error {
	if parked, err := in.parkBehind(ctx, e); parked || err != nil {
		return err
	}
	event, err := in.source.decode(in.node.spec.Registry, e)
	if err != nil {
		return err
	}
	if event == nil && in.passOver(e) {
		return nil
	}
	return in.do(causedBy(ctx, e), e, func(tx *journal.Tx) error {
		if event == nil {
			return nil
		}
		return in.source.Handle(tx, e, event)
	})
}

// parkBehind parks an event whose key waits already. A replay cannot end
// meanwhile and leave it behind.
func (in *Inbound) parkBehind(ctx context.Context, e events.Envelope) (parked bool, err error) {
	in.node.settling.RLock()
	defer in.node.settling.RUnlock()
	before, err := in.node.waiting(ctx, in.source.Service, e.Subject)
	if err != nil || before == 0 {
		return false, err
	}
	return true, in.Park(ctx, e, fmt.Errorf("waits behind %d parked message(s) with key %q", before, e.Subject))
}

// causedBy carries on the story and the trace of a foreign event.
func causedBy(ctx context.Context, e events.Envelope) context.Context {
	cause := journal.Cause{CorrelationID: e.CorrelationID, CausationID: e.ID}
	if cause.CorrelationID == "" {
		cause.CorrelationID = e.ID
	}
	if journal.TraceParent(ctx) == "" {
		cause.TraceParent = e.TraceParent
	}
	return journal.WithCause(ctx, cause)
}

// decode returns nil for an event that is not wanted or not known: it comes
// from a newer writer, and nothing here depends on it.
func (s Source) decode(known *events.Registry, e events.Envelope) (events.Event, error) {
	if s.Wants != nil && !s.Wants(e.Type) {
		return nil, nil
	}
	event, err := known.Decode(e.Type, e.Data)
	var unknown *events.UnknownTypeError
	if errors.As(err, &unknown) {
		return nil, nil
	}
	return event, err
}

// Cares reports whether events of a type move the checkpoint. Others are passed
// over, and it moves beyond them with the next that it cares for.
func (in *Inbound) Cares(eventType string) bool {
	return in.source.Wants == nil || in.source.Wants(eventType)
}

// passOver notes an unwanted event in memory; false when it must be written.
func (in *Inbound) passOver(e events.Envelope) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.seen.Epoch != e.Epoch || in.seen.Position != e.Position-1 || e.Position-in.done.Position > flushEvery {
		return false
	}
	in.seen.Position = e.Position
	return true
}

// do runs a job that also moves the checkpoint; a repeat is no error.
func (in *Inbound) do(ctx context.Context, e events.Envelope, job journal.Job) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	a := eventlog.Advance{Consumer: in.node.spec.Service, Source: in.source.Service, Epoch: e.Epoch, Position: e.Position}
	if in.seen.Epoch == e.Epoch && in.seen.Position == e.Position-1 {
		a.Skipped = in.seen.Position - in.done.Position
	}
	r, err := in.node.Do(ctx, func(tx *journal.Tx) error {
		tx.Advance(a)
		return job(tx)
	})
	switch {
	case err == nil:
		in.done = eventlog.Checkpoint{Epoch: e.Epoch, Position: e.Position}
		in.seen = in.done
	case errors.Is(err, eventlog.ErrOutOfOrder) && r.Epoch == e.Epoch && r.Position >= e.Position:
		in.done = eventlog.Checkpoint{Epoch: r.Epoch, Position: r.Position}
		in.seen = in.done
		return nil
	default: // the commit may have taken place: look before the next one
		in.done, in.seen = eventlog.Checkpoint{}, eventlog.Checkpoint{}
	}
	return err
}

// Park keeps an event that cannot be handled, with its reason, and moves the
// checkpoint; later events with its key will wait behind it.
func (in *Inbound) Park(ctx context.Context, e events.Envelope, reason error) error {
	data, err := e.Structured()
	if err != nil {
		data = nil
	}
	sum := sha256.Sum256(e.Data)
	p := eventlog.Parked{ID: uuid.Must(uuid.NewV7()), Consumer: in.node.spec.Service, Source: in.source.Service,
		Position: e.Position, Key: e.Subject, Type: e.Type, MessageID: e.ID, Sender: e.Source,
		Reason: reason.Error(), Hash: hex.EncodeToString(sum[:]), Data: data, ParkedAt: in.node.Now()}
	if err := in.do(ctx, e, func(tx *journal.Tx) error { tx.Park(p); return nil }); err != nil {
		return err
	}
	in.node.countParked(in.source.Service, e.Subject)
	in.node.log.Warn("message parked", "source", in.source.Service, "type", e.Type, "key", e.Subject, "position", e.Position, "reason", reason.Error())
	return nil
}
