// Package lane is the one way in which a service takes in the public events of
// another: in order, unfiltered, each exactly once.
//
// A lane begins at its checkpoint and verifies (epoch, position) of every
// message. What it knows already is skipped, what is missing is asked for from
// the source itself, what is not of the source is ignored. The checkpoint moves
// in the same commit as the effects, so nothing is lost or doubled whatever the
// bus does, and two lanes at once do no harm.
//
// Step is the reaction to one event, a plain synchronous function: a simulation
// drives it directly. Run drives it from JetStream under watermill's router.
package lane

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

// Handler is what a service does with the events of a source.
type Handler interface {
	// Deliver handles one event and moves the checkpoint to its position, in
	// one commit. An error for which IsPermanent holds parks the event; any
	// other is tried again. eventlog.ErrOutOfOrder makes the lane read the
	// checkpoint again.
	Deliver(ctx context.Context, e events.Envelope) error
	// Park records the event with its reason and moves the checkpoint, in one
	// commit.
	Park(ctx context.Context, e events.Envelope, reason error) error
	// Checkpoint tells how far the consumer is in this source.
	Checkpoint(ctx context.Context) (eventlog.Checkpoint, error)
}

// Options of a lane.
type Options struct {
	Consumer string // the service that takes in
	Source   string // the service that speaks
	Conn     *bus.Conn
	Handler  Handler

	// OnEpoch is called when the source was restored from a backup: rewind the
	// checkpoint to this epoch and position, and undo or rebuild what came of
	// later events. The lane goes on when it returns nil.
	OnEpoch func(ctx context.Context, to eventlog.Checkpoint) error
	// Epoch is that of the consumer's own log; nil: 1. Where it is higher than a
	// stream's, both logs may have been restored from one backup, and the stream may
	// tell what no log knows any more: the source is asked before it is believed.
	Epoch func(ctx context.Context) (int64, error)
	// Backfill asks the source for its public log; nil: by request over Conn.
	Backfill func(ctx context.Context, after int64, limit int) (relay.Page, error)

	Retry   bus.Backoff   // pace after transient errors; zero: bus.DefaultBackoff
	Timeout time.Duration // of one try; 0: 30 s
	// AlarmAfter is how many failures of one event raise an alarm in the log;
	// the lane goes on trying. 0: 10.
	AlarmAfter int
	// Check is how often the lane makes sure that it has not fallen silent; 0: 5 s.
	Check time.Duration
	// OnAlarm hears of an event that has failed AlarmAfter times, and again
	// after as many more; nil: the log alone does.
	OnAlarm func(position int64, failures int, err error)

	Tracing trace.TracerProvider // nil: the global one
	Logger  *slog.Logger         // nil: slog.Default()
}

// Stats count since the start of the process.
type Stats struct {
	Delivered  int64 // events handled
	Repeats    int64 // known already, skipped
	Strangers  int64 // not of the source, ignored
	Stale      int64 // of an epoch that was given up, ignored
	Gaps       int64 // times that the bus lacked events
	Backfilled int64 // events had from the source itself
	Parked     int64
	Retries    int64 // transient failures
	Position   int64 // the checkpoint as last known
	Working    bool  // an event is being handled, perhaps again and again
}

// Lane takes in one source for one consumer.
type Lane struct {
	o Options

	mu     sync.Mutex // one event at a time; guards the fields below
	known  bool       // at is the stored checkpoint
	at     eventlog.Checkpoint
	panics int // of the event after at, in a row

	position                                               atomic.Int64
	working                                                atomic.Bool
	delivered, repeats, strangers, stale, gaps, backfilled atomic.Int64
	parked, retries                                        atomic.Int64
	strangerSeen                                           sync.Once
}

// panicTries: a handler that panics this often on one event parks it.
const panicTries = 3

// New prepares a lane; Run works.
func New(o Options) *Lane {
	o.Logger = cmp.Or(o.Logger, slog.Default()).With("lane", o.Consumer+"<-"+o.Source)
	o.AlarmAfter = cmp.Or(o.AlarmAfter, 10)
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	o.Check = cmp.Or(o.Check, 5*time.Second)
	if o.Retry == (bus.Backoff{}) {
		o.Retry = bus.DefaultBackoff
	}
	if o.Backfill == nil && o.Conn != nil {
		o.Backfill = func(ctx context.Context, after int64, limit int) (relay.Page, error) {
			ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
			return relay.Backfill(ctx, o.Conn, o.Source, after, limit)
		}
	}
	if o.OnEpoch == nil {
		o.OnEpoch = func(context.Context, eventlog.Checkpoint) error {
			return errors.New("the source began a new epoch and Options.OnEpoch is not set")
		}
	}
	if o.OnAlarm == nil {
		o.OnAlarm = func(int64, int, error) {}
	}
	return &Lane{o: o}
}

// Stats reads the counters.
func (l *Lane) Stats() Stats {
	return Stats{
		Delivered: l.delivered.Load(), Repeats: l.repeats.Load(), Strangers: l.strangers.Load(),
		Stale: l.stale.Load(), Gaps: l.gaps.Load(), Backfilled: l.backfilled.Load(),
		Parked: l.parked.Load(), Retries: l.retries.Load(),
		Position: l.position.Load(), Working: l.working.Load(),
	}
}
