// Package relay copies the public events of a service's log to its JetStream
// stream, and answers those who need older ones.
//
// The relay keeps no cursor: the stream's last sequence is the cursor, because
// the sequence of a message equals its public position in the log. Each message
// names the sequence that must precede it, so the server itself refuses doubles,
// whoever sends them; two relays at once do no harm. A stream that was wiped, put
// back to an older state, belongs to another epoch or carries what the log does
// not know is filled again or replaced.
package relay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

const (
	batch     = 500
	stallWait = 10 * time.Second
	ackWait   = 5 * time.Second
	calm      = 10 * time.Second // without an error: earlier ones are forgotten
	stuck     = 3                // publishes that got no answer while the stream's end stood still: it is broken
)

// Options of a relay.
type Options struct {
	Service string
	Log     eventlog.Reader
	Conn    *bus.Conn

	MaxAge   time.Duration // how long the stream keeps messages; 0: for ever
	Replicas int           // copies of the stream in a NATS cluster; 0: 1
	// Window is how many of the newest events a new stream begins with; older
	// ones are had by backfill. 0: all.
	Window int64
	// Check is how often the stream is compared with the log while nothing
	// happens; 0: 2 s.
	Check time.Duration
	Retry bus.Backoff // pace after errors; zero: bus.DefaultBackoff

	// OnPublished hears of each batch that the bus has acknowledged: the last
	// public position, how many, and how long publishing took.
	OnPublished func(position int64, n int, took time.Duration)
	// AckWait is how long an acknowledgement may take; 0: 5 s.
	AckWait time.Duration
	Logger  *slog.Logger // nil: slog.Default()
}

// Stats count since the start of the process.
type Stats struct {
	Published int64 // events acknowledged by the bus
	Syncs     int64 // comparisons of stream and log
	Failures  int64 // errors after which the relay began anew
	Replaced  int64 // streams thrown away because their end was not of this log
	Position  int64 // sequence of the stream as last known
}

// Relay publishes one service's log.
type Relay struct {
	o  Options
	js jetstream.JetStream

	mu        sync.Mutex
	interrupt context.CancelFunc // ends the current follow

	// Of Run's goroutine: how many publishes in a row got no answer, and where
	// the stream ended meanwhile.
	silent   int
	silentAt uint64

	published, syncs, failures, replaced, position atomic.Int64
}

// New prepares a relay; Run works.
func New(o Options) *Relay {
	if o.Retry == (bus.Backoff{}) {
		o.Retry = bus.DefaultBackoff
	}
	o.Check, o.AckWait = cmp.Or(o.Check, 2*time.Second), cmp.Or(o.AckWait, ackWait)
	o.Logger = cmp.Or(o.Logger, slog.Default()).With("relay", o.Service)
	if o.OnPublished == nil {
		o.OnPublished = func(int64, int, time.Duration) {}
	}
	return &Relay{o: o}
}

// Stats reads the counters.
func (r *Relay) Stats() Stats {
	return Stats{r.published.Load(), r.syncs.Load(), r.failures.Load(), r.replaced.Load(), r.position.Load()}
}

// Run publishes until the context ends; it returns the context's error. Errors
// of log and bus are logged and tried again.
func (r *Relay) Run(ctx context.Context) error {
	// An own context of the connection: acknowledgements of this relay are
	// counted apart from those of others.
	js, err := jetstream.New(r.o.Conn.NATS(), jetstream.WithPublishAsyncMaxPending(2*batch))
	if err != nil {
		return fmt.Errorf("relay %s: %w", r.o.Service, err)
	}
	r.js = js
	woken, stop := r.o.Log.Watch()
	defer stop()
	remove := r.o.Conn.OnReconnect(r.again)
	defer remove()

	for failures := 0; ctx.Err() == nil; {
		began, before, replaced := time.Now(), r.published.Load(), r.replaced.Load()
		attempt, cancel := context.WithCancel(ctx)
		r.setInterrupt(cancel)
		err := r.follow(attempt, woken)
		interrupted := attempt.Err() != nil
		cancel()
		if ctx.Err() != nil {
			break
		}
		if interrupted {
			continue
		}
		if r.published.Load() > before || time.Since(began) > calm {
			failures = 0
		}
		failures++
		r.failures.Add(1)
		level := slog.LevelDebug // another relay was quicker, a moment without server
		if failures == 3 || failures%20 == 0 || r.replaced.Load() > replaced {
			level = slog.LevelWarn
		}
		r.o.Logger.Log(ctx, level, "relay begins anew", "failures", failures, "err", err)
		if failures > 1 && !bus.Pause(ctx, r.o.Retry.Wait(failures-1)) {
			break
		}
	}
	return ctx.Err()
}

// again makes the relay compare stream and log at once: after a reconnection an
// answer that it waits for will never come.
func (r *Relay) again() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.interrupt != nil {
		r.interrupt()
	}
}

func (r *Relay) setInterrupt(f context.CancelFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.interrupt = f
}

// follow publishes what the log has and waits for more, until an error.
func (r *Relay) follow(ctx context.Context, woken <-chan struct{}) error {
	at, epoch, err := r.sync(ctx)
	if err != nil {
		return err
	}
	check := time.NewTicker(r.o.Check)
	defer check.Stop()
	for {
		n, err := r.publish(ctx, at, epoch)
		if err != nil {
			return errors.Join(err, r.unanswered(ctx, at, err))
		}
		r.silent = 0
		at += int64(n)
		r.position.Store(at)
		if n > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-woken:
		case <-check.C:
			if at, epoch, err = r.sync(ctx); err != nil {
				return err
			}
		}
	}
}

var errNoAck = errors.New("no acknowledgement")

// unanswered replaces a stream that takes nothing any more. A NATS server whose
// disk was full (seen with 2.15.2) does not answer publishers of a stream that it
// could not write, also when there is space again, until it or the stream begins
// anew; the log has all that the stream had.
func (r *Relay) unanswered(ctx context.Context, at int64, err error) error {
	if ctx.Err() != nil || !errors.Is(err, errNoAck) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, jetstream.ErrAsyncPublishTimeout) && !wrongSequence(err) {
		return nil
	}
	stream, err := r.js.Stream(ctx, events.StreamName(r.o.Service))
	if err != nil {
		return fmt.Errorf("look at the stream: %w", err)
	}
	if r.silent == 0 || stream.CachedInfo().State.LastSeq != r.silentAt {
		r.silent, r.silentAt = 1, stream.CachedInfo().State.LastSeq
		return nil
	}
	if r.silent++; r.silent < stuck {
		return nil
	}
	r.silent = 0
	r.replaced.Add(1)
	r.position.Store(0)
	return errors.Join(fmt.Errorf("the stream ends at %d and has not taken position %d at %d attempts; it is created again: look at the NATS server's disk", r.silentAt, at+1, stuck),
		bus.DropStream(ctx, r.o.Conn, r.o.Service))
}

// wrongSequence: a message came before its predecessor was stored.
func wrongSequence(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}

// sync makes the stream fit the log and tells where it ends.
func (r *Relay) sync(ctx context.Context) (at, epoch int64, err error) {
	r.syncs.Add(1)
	head, err := r.o.Log.Head(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("head of the log: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, ackWait)
	defer cancel()
	spec := bus.StreamSpec{
		Service: r.o.Service, Epoch: head.Epoch, MaxAge: r.o.MaxAge, Replicas: r.o.Replicas,
		Head: func(ctx context.Context) (int64, error) {
			h, err := r.o.Log.Head(ctx)
			return h.PublicPosition, err
		},
	}
	if r.o.Window > 0 && head.PublicPosition > r.o.Window {
		spec.FirstSeq = uint64(head.PublicPosition - r.o.Window + 1)
	}
	last, err := bus.EnsureStream(ctx, r.o.Conn, spec)
	if err != nil {
		return 0, 0, err
	}
	if int64(last) == r.position.Load() && last > 0 {
		return int64(last), head.Epoch, nil // the end is known to be of this log
	}
	ours, err := r.ours(ctx, last, head.Epoch)
	if err != nil {
		return 0, 0, err
	}
	if !ours {
		r.replaced.Add(1)
		r.position.Store(0)
		// The new stream is looked at again before it is believed.
		return 0, 0, errors.Join(fmt.Errorf("the stream ended at %d with a message that is not of this log and is created again: only this service's user may publish there", last),
			bus.DropStream(ctx, r.o.Conn, r.o.Service))
	}
	return int64(last), head.Epoch, nil
}

// ours tells whether the last message of the stream is the log's event of that
// position in this epoch. A stranger's message would take an event's place: the relay would
// take it for its own and never publish that event.
func (r *Relay) ours(ctx context.Context, last uint64, epoch int64) (bool, error) {
	if last == 0 {
		return true, nil
	}
	stream, err := r.js.Stream(ctx, events.StreamName(r.o.Service))
	if err != nil {
		return false, fmt.Errorf("read the end of the stream: %w", err)
	}
	m, err := stream.GetMsg(ctx, last)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return true, nil // aged out, or a stream that begins later and is still empty
	}
	if err != nil {
		return false, fmt.Errorf("read the end of the stream: %w", err)
	}
	list, err := r.o.Log.PublicAfter(ctx, int64(last)-1, 1)
	if err != nil {
		return false, fmt.Errorf("read the log: %w", err)
	}
	e, err := events.ParseMessage(m.Header, m.Data)
	return err == nil && len(list) == 1 && e.ID == list[0].ID.String() && e.Epoch == epoch && e.Position == int64(last), nil
}

// publish sends the next events and returns how many the bus has acknowledged.
func (r *Relay) publish(ctx context.Context, at, epoch int64) (int, error) {
	list, err := r.o.Log.PublicAfter(ctx, at, batch)
	if err != nil {
		return 0, fmt.Errorf("read the log after %d: %w", at, err)
	}
	if len(list) == 0 {
		return 0, nil
	}
	began := time.Now()
	if len(list) == 1 {
		err = r.one(ctx, list[0], epoch)
	} else {
		err = r.many(ctx, list, epoch)
	}
	if err != nil {
		return 0, err
	}
	r.published.Add(int64(len(list)))
	r.o.OnPublished(at+int64(len(list)), len(list), time.Since(began))
	return len(list), nil
}

func (r *Relay) one(ctx context.Context, e eventlog.Event, epoch int64) error {
	ctx, cancel := context.WithTimeout(ctx, r.o.AckWait)
	defer cancel()
	ack, err := r.js.PublishMsg(ctx, r.message(e, epoch), expect(e)...)
	return check(e, ack, err)
}

func (r *Relay) many(ctx context.Context, list []eventlog.Event, epoch int64) error {
	// Each message names its predecessor: when the last one has its place, so
	// have all before it, and nobody need acknowledge them.
	for _, e := range list[:len(list)-1] {
		m := r.message(e, epoch)
		m.Header.Set(jetstream.ExpectedLastSeqHeader, strconv.FormatInt(e.PublicPosition-1, 10))
		if err := r.js.Conn().PublishMsg(m); err != nil {
			return fmt.Errorf("publish %d: %w", e.PublicPosition, err)
		}
	}
	e := list[len(list)-1]
	last, err := r.js.PublishMsgAsync(r.message(e, epoch), append(expect(e), jetstream.WithStallWait(stallWait))...)
	if err != nil {
		return fmt.Errorf("publish %d: %w", e.PublicPosition, err)
	}
	limit := time.NewTimer(r.o.AckWait)
	defer limit.Stop()
	select {
	case ack := <-last.Ok():
		return check(e, ack, nil)
	case err := <-last.Err():
		return check(e, nil, err)
	case <-limit.C:
		return fmt.Errorf("publish up to %d: %w within %s", e.PublicPosition, errNoAck, r.o.AckWait)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func expect(e eventlog.Event) []jetstream.PublishOpt {
	return []jetstream.PublishOpt{
		jetstream.WithExpectLastSequence(uint64(e.PublicPosition - 1)),
		jetstream.WithRetryAttempts(0), // after an error the stream's end decides, not a blind repeat
	}
}

func check(e eventlog.Event, ack *jetstream.PubAck, err error) error {
	if err != nil {
		return fmt.Errorf("publish %d: %w", e.PublicPosition, err)
	}
	if ack.Sequence != uint64(e.PublicPosition) {
		return fmt.Errorf("publish %d: the bus put it at %d of stream %s", e.PublicPosition, ack.Sequence, ack.Stream)
	}
	return nil
}

func (r *Relay) message(e eventlog.Event, epoch int64) *nats.Msg {
	return bus.ToNATS(Envelope(r.o.Service, e, epoch))
}

// Envelope is how a service's log says a public event to the world.
func Envelope(service string, e eventlog.Event, epoch int64) events.Envelope {
	return events.Envelope{
		ID: e.ID.String(), Source: Source(service), Type: e.Type, Subject: e.Meta.Key,
		Time: e.Meta.Time, RecordedTime: e.RecordedAt,
		CorrelationID: e.Meta.CorrelationID, CausationID: e.Meta.CausationID, TraceParent: e.Meta.TraceParent,
		Epoch: epoch, Position: e.PublicPosition, Data: e.Data,
	}
}

// Source is the CloudEvents source of a service's events.
func Source(service string) string { return "lotse/" + service }
