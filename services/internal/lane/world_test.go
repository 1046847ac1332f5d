package lane_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/lane"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

const source, consumerName = "absence", "staffing"

var quick = bus.Backoff{Initial: time.Millisecond, Max: 20 * time.Millisecond}

// eventID is the same for the same number, so that a log can be built twice.
func eventID(n int64) uuid.UUID {
	return uuid.NewSHA1(uuid.Nil, fmt.Appendf(nil, "event-%d", n))
}

// say appends public events number from..to, with a private one before each
// third, so that public positions and positions differ.
func say(t testing.TB, log eventlog.Committer, from, to int64) {
	t.Helper()
	for n := from; n <= to; n++ {
		var list []eventlog.NewEvent
		if n%3 == 0 {
			list = append(list, eventlog.NewEvent{ID: uuid.New(), Type: "lotse.absence.private.v1", Data: []byte(`{}`)})
		}
		list = append(list, eventlog.NewEvent{
			ID: eventID(n), Type: "lotse.absence.absence-recorded.v1", Data: fmt.Appendf(nil, `{"n":%d}`, n), Public: true,
			Meta: eventlog.Meta{Key: fmt.Sprintf("emp-%d", n%7), Time: time.Unix(n, 0), CorrelationID: "story"},
		})
		out, err := log.Commit(context.Background(), []eventlog.Unit{{Appends: []eventlog.Append{{Stream: fmt.Sprintf("s-%s", uuid.New()), Events: list}}}})
		if err != nil || out[0].Err != nil {
			t.Fatal(err, out)
		}
	}
}

// taker is a consumer with a log of its own; its checkpoint moves in the same
// commit as the record of what it saw.
type taker struct {
	log eventlog.Store

	mu      sync.Mutex
	seen    []string // event ids in the order of their commits
	parked  []string
	tries   map[int64]int
	trouble func(e events.Envelope, try int) error // before anything is written
}

func newTaker() *taker { return &taker{log: memory.New(), tries: map[int64]int{}} }

func (c *taker) commit(ctx context.Context, e events.Envelope, u eventlog.Unit) error {
	u.Advance = &eventlog.Advance{Consumer: consumerName, Source: source, Epoch: e.Epoch, Position: e.Position}
	out, err := c.log.Commit(ctx, []eventlog.Unit{u})
	if err != nil {
		return err
	}
	return out[0].Err
}

func (c *taker) Deliver(ctx context.Context, e events.Envelope) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries[e.Position]++
	if c.trouble != nil {
		if err := c.trouble(e, c.tries[e.Position]); err != nil {
			return err
		}
	}
	if err := c.commit(ctx, e, eventlog.Unit{}); err != nil {
		return err
	}
	c.seen = append(c.seen, e.ID)
	return nil
}

func (c *taker) Park(ctx context.Context, e events.Envelope, reason error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.commit(ctx, e, eventlog.Unit{Park: []eventlog.Parked{{
		ID: uuid.New(), Consumer: consumerName, Source: source, Position: e.Position,
		Key: e.Subject, Type: e.Type, MessageID: e.ID, Reason: reason.Error(), ParkedAt: time.Unix(1, 0),
	}}})
	if err != nil {
		return err
	}
	c.parked = append(c.parked, e.ID)
	c.seen = append(c.seen, e.ID)
	return nil
}

func (c *taker) Checkpoint(ctx context.Context) (eventlog.Checkpoint, error) {
	return c.log.Checkpoint(ctx, consumerName, source)
}

// rewind is what a service does when its source was restored.
func (c *taker) rewind(ctx context.Context, to eventlog.Checkpoint) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = c.seen[:to.Position]
	return c.log.Rewind(ctx, consumerName, source, to)
}

func (c *taker) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.seen)
}

// mustHave checks that events 1..n were seen, each once, in order.
func (c *taker) mustHave(t testing.TB, n int64) {
	t.Helper()
	bustest.Eventually(t, fmt.Sprintf("consumer has %d events", n), func() bool { return c.count() >= int(n) })
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.seen) != int(n) {
		t.Fatalf("consumer has %d events, %d were said", len(c.seen), n)
	}
	for i, id := range c.seen {
		if want := eventID(int64(i + 1)).String(); id != want {
			t.Fatalf("event %d is %s, not %s: lost, doubled or out of order", i+1, id, want)
		}
	}
}

// world is a source and a consumer over a real server.
type world struct {
	server *bustest.Server
	conn   *bus.Conn
	log    *memory.Store
	taker  *taker
	lane   *lane.Lane
}

func newWorld(t testing.TB) *world {
	s := bustest.Start(t)
	return &world{server: s, conn: s.Connect(t), log: memory.New(), taker: newTaker()}
}

// background runs f until the test ends, or until stop.
func background(t testing.TB, f func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = f(ctx) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

func (w *world) relay(t testing.TB, change func(*relay.Options)) (r *relay.Relay, stop func()) {
	t.Helper()
	o := relay.Options{Service: source, Log: w.log, Conn: w.conn, Retry: quick, Check: 50 * time.Millisecond, Logger: bustest.Quiet()}
	if change != nil {
		change(&o)
	}
	r = relay.New(o)
	return r, background(t, r.Run)
}

func (w *world) serveLog(t testing.TB) {
	t.Helper()
	stop, err := relay.ServeBackfill(w.conn, source, w.log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
}

func (w *world) options() lane.Options {
	return lane.Options{
		Consumer: consumerName, Source: source, Conn: w.conn, Handler: w.taker, OnEpoch: w.taker.rewind,
		Retry: quick, Check: 200 * time.Millisecond, Logger: bustest.Quiet(),
	}
}

func (w *world) runLane(t testing.TB) (stop func()) {
	t.Helper()
	w.lane = lane.New(w.options())
	return background(t, w.lane.Run)
}
