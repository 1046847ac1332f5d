package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Cause says why something is done; it travels in the context and ends up in
// the meta data of every event.
type Cause struct {
	CorrelationID string // id of the event that began the story
	CausationID   string // id of the direct cause
	TraceParent   string // overrides the context's span; for work done later
	Actor         string // role and pseudonym
}

type causeKey struct{}

// WithCause puts a cause into the context of a job.
func WithCause(ctx context.Context, c Cause) context.Context {
	return context.WithValue(ctx, causeKey{}, c)
}

// CauseOf returns the context's cause.
func CauseOf(ctx context.Context) Cause {
	c, _ := ctx.Value(causeKey{}).(Cause)
	return c
}

// Caller is who asked for a job over the network, and from where. It stands
// above what a Cause says of the actor.
type Caller struct {
	Actor string // role:pseudonym
	From  string // way of recognising them, and network
}

type callerKey struct{}

// WithCaller puts who asks into a request's context.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf is who asks; nobody where nothing came over the network.
func CallerOf(ctx context.Context) Caller {
	who, _ := ctx.Value(callerKey{}).(Caller)
	return who
}

// Tx is one job's view of the log: it reads the newest state, also what jobs
// before it in the same commit have decided, and collects what to write.
type Tx struct {
	journal *Journal
	ctx     context.Context
	caller  context.Context
	below   *overlay
	own     map[string]*entry
	order   []string
	rest    eventlog.Unit // all but Appends
	leans   []string      // idempotency keys whose answers an earlier job of this commit gave
	certain bool          // look idempotency keys up
	assumed []string      // idempotency keys that were taken for new
	now     time.Time
}

// Context carries the caller's trace; it ends with the commit's time-out.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Now is the journal's clock when the job was decided.
func (tx *Tx) Now() time.Time { return tx.now }

// NewID takes a fresh id. It is chance: pass it into a command.
func (tx *Tx) NewID() uuid.UUID { return tx.journal.opt.NewID() }

// Inbox answers a command or foreign message once: a second unit with the same
// key writes nothing and is reported as a duplicate.
func (tx *Tx) Inbox(consumer, messageID string) {
	tx.rest.Inbox = append(tx.rest.Inbox, eventlog.InboxKey{Consumer: consumer, MessageID: messageID})
}

// Advance moves a checkpoint together with the job's effects.
func (tx *Tx) Advance(a eventlog.Advance) { tx.rest.Advance = &a }

// Park keeps a message that cannot be handled.
func (tx *Tx) Park(p eventlog.Parked) { tx.rest.Park = append(tx.rest.Park, p) }

// Unpark settles a parked message.
func (tx *Tx) Unpark(id uuid.UUID) { tx.rest.Unpark = append(tx.rest.Unpark, id) }

// PutKey stores a personal-data key; ForgetKey destroys one.
func (tx *Tx) PutKey(k eventlog.Key) { tx.rest.Keys = append(tx.rest.Keys, k) }

// ForgetKey destroys a personal-data key.
func (tx *Tx) ForgetKey(id string) { tx.rest.Forget = append(tx.rest.Forget, id) }

// ErrReusedKey: an idempotency key came again with another body.
var ErrReusedKey = errors.New("the idempotency key was used before with another request body: use a new key")

// Once makes a command idempotent by a caller's key. When the key was used with
// the same body before, it returns what Remember stored and true; with another
// body ErrReusedKey.
//
// Nearly every key is new, and the commit finds out anyway: so at first it is
// taken for new, and only a job that is then refused, does not remember the
// key or turns out to be a repeat is decided again on what the log says.
func (tx *Tx) Once(key, bodyHash string) (data []byte, seen bool, err error) {
	r, found := tx.below.results[key]
	switch {
	case found:
		tx.leans = append(tx.leans, key)
	case !tx.certain:
		tx.assumed = append(tx.assumed, key)
		return nil, false, nil
	default:
		r, err = tx.journal.store.IdempotencyResult(tx.ctx, key)
		if errors.Is(err, eventlog.ErrNotFound) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	if r.BodyHash != bodyHash {
		return nil, false, ErrReusedKey
	}
	return r.Data, true, nil
}

// Remember stores the answer to an idempotency key with the job's effects.
func (tx *Tx) Remember(key, bodyHash string, data []byte) {
	tx.rest.Results = append(tx.rest.Results, eventlog.Result{Key: key, BodyHash: bodyHash, Data: data, At: tx.now})
}

// guessed reports whether a job's answer rests on a key that was taken for new
// and that no commit will look up.
func (tx *Tx) guessed(err error) bool {
	return slices.ContainsFunc(tx.assumed, func(key string) bool {
		return err != nil || !slices.ContainsFunc(tx.rest.Results, func(r eventlog.Result) bool { return r.Key == key })
	})
}

// Aggregate is a family of streams that a decider decides. A stream's name is
// Category + "-" + id.
type Aggregate[S, C any] struct {
	Category string
	decider.Decider[S, C]
	Codec decider.Codec
}

// Stream is the name of one aggregate's stream.
func (a Aggregate[S, C]) Stream(id string) string { return a.Category + "-" + id }

// Load returns the newest state and version of one aggregate. Having been read,
// it must not change until the commit.
func Load[S, C any](tx *Tx, a Aggregate[S, C], id string) (S, int64, error) {
	e, err := load(tx, a, id)
	if err != nil {
		var zero S
		return zero, 0, err
	}
	return e.state.(S), e.version, nil
}

// Execute decides a command on the newest state and appends the events.
func Execute[S, C any](tx *Tx, a Aggregate[S, C], id string, command C) ([]decider.Event, error) {
	e, err := load(tx, a, id)
	if err != nil {
		return nil, err
	}
	evs, err := a.Decide(e.state.(S), command)
	if err != nil || len(evs) == 0 {
		return nil, err
	}
	return evs, record(tx, a, e, evs)
}

func record[S, C any](tx *Tx, a Aggregate[S, C], e *entry, evs []decider.Event) error {
	s := e.state.(S)
	for _, ev := range evs {
		data, err := a.Codec.Encode(ev)
		if err != nil {
			return err
		}
		e.events = append(e.events, tx.newEvent(ev, data))
		s = a.Evolve(s, ev)
		e.version++
	}
	if tx.journal.opt.Carry {
		e.said = append(e.said, evs...)
	}
	e.state = s
	return nil
}

func (tx *Tx) newEvent(ev decider.Event, data []byte) eventlog.NewEvent {
	c := CauseOf(tx.caller)
	n := eventlog.NewEvent{ID: tx.NewID(), Type: ev.EventType(), Data: data}
	n.Meta = eventlog.Meta{Time: tx.now, CorrelationID: c.CorrelationID, CausationID: c.CausationID,
		TraceParent: c.TraceParent, Actor: c.Actor}
	if who, asked := tx.caller.Value(callerKey{}).(Caller); asked {
		n.Meta.Actor, n.Meta.From = who.Actor, who.From
	}
	if n.Meta.CorrelationID == "" {
		n.Meta.CorrelationID = n.ID.String()
	}
	if n.Meta.TraceParent == "" {
		n.Meta.TraceParent = TraceParent(tx.caller)
	}
	if p, public := ev.(decider.Public); public {
		n.Public, n.Meta.Key = true, events.Key(p.EventKey()...)
	}
	return n
}

// TraceParent formats the context's span as W3C traceparent, or "".
func TraceParent(ctx context.Context) string {
	sc := trace.SpanContextFromContext(ctx)
	if !sc.IsValid() {
		return ""
	}
	return "00-" + sc.TraceID().String() + "-" + sc.SpanID().String() + "-" + sc.TraceFlags().String()
}

// load finds the newest state: this job's, this batch's, the cache's, the log's.
func load[S, C any](tx *Tx, a Aggregate[S, C], id string) (*entry, error) {
	stream := a.Stream(id)
	if e, ok := tx.own[stream]; ok {
		return e, nil
	}
	known, ok := tx.below.find(stream)
	if !ok || known.behind {
		s, version, kept := recall[S](tx.journal, stream)
		switch {
		case known.behind:
			s, version = known.state.(S), known.version
		case !kept:
			s, version = a.Initial(), 0
		}
		for {
			page, err := tx.journal.store.Stream(tx.ctx, stream, version, 1000)
			if err != nil {
				return nil, fmt.Errorf("read stream %s: %w", stream, err)
			}
			for _, ev := range page {
				d, err := a.Codec.Decode(ev.Type, ev.Data)
				if err != nil {
					return nil, fmt.Errorf("stream %s version %d: %w", stream, ev.Version, err)
				}
				s, version = a.Evolve(s, d), ev.Version
			}
			if len(page) < 1000 {
				break
			}
		}
		known = folded{state: s, version: version}
		tx.below.cache.put(stream, s, version)
	}
	e := &entry{state: known.state, version: known.version, base: known.version}
	tx.own[stream] = e
	tx.order = append(tx.order, stream)
	return e, nil
}

// guards is what a refusal rests on: the streams it has read.
func (tx *Tx) guards() (u eventlog.Unit) {
	for _, s := range tx.order {
		u.Appends = append(u.Appends, eventlog.Append{Stream: s, Expected: tx.own[s].base})
	}
	return u
}

// unit is what the job wants written. Streams that were only read become
// guards, so that nothing is decided on what has changed meanwhile.
func (tx *Tx) unit() (eventlog.Unit, error) {
	u := tx.rest
	for _, s := range tx.order {
		e := tx.own[s]
		u.Appends = append(u.Appends, eventlog.Append{Stream: s, Expected: e.base, Events: e.events})
	}
	return u, u.Check()
}
