package relay_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

const service = "absence"

func say(t *testing.T, log eventlog.Committer, n int, data []byte) {
	t.Helper()
	var list []eventlog.NewEvent
	for range n {
		list = append(list, eventlog.NewEvent{
			ID: uuid.New(), Type: "lotse.absence.absence-recorded.v1", Data: data, Public: true,
			Meta: eventlog.Meta{Key: "emp-1", Time: time.Unix(1764573120, 0).UTC(), CorrelationID: "hr-17", CausationID: "hr-18",
				TraceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Actor: "planner:p-1"},
		}, eventlog.NewEvent{ID: uuid.New(), Type: "lotse.absence.private.v1", Data: []byte(`{}`)})
	}
	out, err := log.Commit(t.Context(), []eventlog.Unit{{Appends: []eventlog.Append{{Stream: uuid.NewString(), Events: list}}}})
	if err != nil || out[0].Err != nil {
		t.Fatal(err, out)
	}
}

func run(t *testing.T, o relay.Options) (r *relay.Relay, stop func()) {
	t.Helper()
	o.Service, o.Logger, o.Check = service, bustest.Quiet(), 20*time.Millisecond
	o.Retry = bus.Backoff{Initial: time.Millisecond, Max: 20 * time.Millisecond}
	r = relay.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
		done <- context.Canceled // stop may be called again
	}
	t.Cleanup(stop)
	return r, stop
}

// content checks the stream message by message against the log.
func content(t *testing.T, c *bus.Conn, log eventlog.Reader, from uint64) {
	t.Helper()
	head, err := log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, err := log.PublicAfter(t.Context(), int64(from)-1, 10000)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.JetStream().Stream(t.Context(), events.StreamName(service))
	if err != nil {
		t.Fatal(err)
	}
	state := s.CachedInfo().State
	if state.FirstSeq != from || state.LastSeq != uint64(head.PublicPosition) || int(state.Msgs) != len(list) {
		t.Fatalf("the stream has %d to %d (%d messages), the log %d events up to %d", state.FirstSeq, state.LastSeq, state.Msgs, len(list), head.PublicPosition)
	}
	for _, e := range list {
		m, err := s.GetMsg(t.Context(), uint64(e.PublicPosition))
		if err != nil {
			t.Fatal(err)
		}
		got, err := bus.FromNATS(&nats.Msg{Header: m.Header, Data: m.Data})
		if err != nil || got.ID != e.ID.String() || got.Position != e.PublicPosition || got.Epoch != head.Epoch {
			t.Fatalf("at %d stands %+v (%v)", e.PublicPosition, got, err)
		}
	}
}

func caughtUp(t *testing.T, r *relay.Relay, position int64) {
	t.Helper()
	bustest.Eventually(t, fmt.Sprintf("published up to %d", position), func() bool { return r.Stats().Position == position })
}

func TestPublishesWhatTheLogSays(t *testing.T) {
	c := bustest.Start(t).Connect(t)
	log := memory.New()
	published := make(chan int, 100)
	r, _ := run(t, relay.Options{Log: log, Conn: c, OnPublished: func(_ int64, n int, _ time.Duration) { published <- n }})
	say(t, log, 1, []byte(`{"n":1}`))
	caughtUp(t, r, 1)
	s, err := c.JetStream().Stream(t.Context(), events.StreamName(service))
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]string{
		"ce-specversion": "1.0", "ce-source": "lotse/absence", "ce-type": "lotse.absence.absence-recorded.v1", "ce-subject": "emp-1",
		"ce-time": "2025-12-01T07:12:00Z", "ce-correlationid": "hr-17", "ce-causationid": "hr-18", "ce-lotseepoch": "1", "ce-lotseposition": "1",
		"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "Content-Type": "application/json",
	} {
		if got := m.Header[k]; len(got) != 1 || got[0] != want {
			t.Errorf("header %s is %q, not %q", k, got, want)
		}
	}
	if m.Subject != "lotse.absence.absence-recorded.v1.emp-1" || string(m.Data) != `{"n":1}` || strings.Contains(fmt.Sprint(m.Header), "planner") {
		t.Errorf("message %s %s %v", m.Subject, m.Data, m.Header)
	}
	say(t, log, 1700, []byte(`{}`))
	caughtUp(t, r, 1701)
	content(t, c, log, 1)
	total := 0
	for len(published) > 0 {
		total += <-published
	}
	if total != 1701 {
		t.Errorf("OnPublished heard of %d events", total)
	}
}

func TestGoesOnWhereTheStreamEnds(t *testing.T) {
	c := bustest.Start(t).Connect(t)
	log := memory.New()
	say(t, log, 10, []byte(`{}`))
	r, stop := run(t, relay.Options{Log: log, Conn: c})
	caughtUp(t, r, 10)
	stop()
	say(t, log, 5, []byte(`{}`))
	r, _ = run(t, relay.Options{Log: log, Conn: c})
	caughtUp(t, r, 15)
	if s := r.Stats(); s.Published != 5 || s.Failures != 0 {
		t.Errorf("%+v", s)
	}
	content(t, c, log, 1)
}

func TestNewEpochReplacesTheStream(t *testing.T) {
	c := bustest.Start(t).Connect(t)
	log := memory.New()
	say(t, log, 20, []byte(`{}`))
	r, _ := run(t, relay.Options{Log: log, Conn: c})
	caughtUp(t, r, 20)
	if _, err := log.RaiseEpoch(t.Context()); err != nil { // while the relay runs
		t.Fatal(err)
	}
	say(t, log, 3, []byte(`{}`))
	bustest.Eventually(t, "the stream is of epoch 2", func() bool {
		s, err := c.JetStream().Stream(t.Context(), events.StreamName(service))
		return err == nil && bus.StreamEpoch(s.CachedInfo().Config) == 2 && s.CachedInfo().State.LastSeq == 23
	})
	content(t, c, log, 1)
}

func TestStreamOfAnotherLogIsReplaced(t *testing.T) {
	c := bustest.Start(t).Connect(t)
	for _, n := range []int{30, 15, 15} { // a shorter log, then another one of the same length
		log := memory.New()
		say(t, log, n, []byte(`{}`))
		r, stop := run(t, relay.Options{Log: log, Conn: c})
		caughtUp(t, r, int64(n))
		content(t, c, log, 1)
		stop()
	}
}

func TestWindowBoundsARefill(t *testing.T) {
	c := bustest.Start(t).Connect(t)
	log := memory.New()
	say(t, log, 1000, []byte(`{}`))
	r, _ := run(t, relay.Options{Log: log, Conn: c, Window: 300})
	caughtUp(t, r, 1000)
	content(t, c, log, 701)
}

func TestBackfillAnswers(t *testing.T) {
	c := bustest.Start(t).Connect(t)
	log := memory.New()
	if _, err := relay.Backfill(t.Context(), c, service, 0, 1); err == nil || !strings.Contains(err.Error(), "is it running?") {
		t.Errorf("nobody answers: %v", err)
	}
	stop, err := relay.ServeBackfill(c, service, log)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	big := fmt.Appendf(nil, `{"x":%q}`, strings.Repeat("x", 100<<10))
	say(t, log, 20, big)
	page, err := relay.Backfill(t.Context(), c, service, 3, 100)
	if err != nil {
		t.Fatal(err)
	}
	if page.Epoch != 1 || page.Head != 20 || len(page.Events) < 3 || len(page.Events) > 5 {
		t.Errorf("epoch %d, head %d, %d events of 100 KiB in at most 512 KiB", page.Epoch, page.Head, len(page.Events))
	}
	first := page.Events[0]
	if first.Position != 4 || first.Epoch != 1 || string(first.Data) != string(big) || first.CorrelationID != "hr-17" || first.TraceParent == "" {
		t.Errorf("first event after 3: position %d, epoch %d, %d bytes", first.Position, first.Epoch, len(first.Data))
	}
	if page, err = relay.Backfill(t.Context(), c, service, 0, 0); err != nil || page.Head != 20 || len(page.Events) != 0 {
		t.Errorf("head alone: %+v, %v", page, err)
	}
	if page, err = relay.Backfill(t.Context(), c, service, 20, 10); err != nil || len(page.Events) != 0 {
		t.Errorf("after the end: %+v, %v", page, err)
	}
	m, err := c.NATS().Request(events.BackfillSubject(service), []byte(`{"after":-1}`), 5*time.Second)
	if err != nil || !strings.Contains(string(m.Data), "after is -1") {
		t.Errorf("a bad request gets %s (%v)", m.Data, err)
	}
	if m, err = c.NATS().Request(events.BackfillSubject(service), []byte(`hello`), 5*time.Second); err != nil || !strings.Contains(string(m.Data), `{\"after\":0,\"limit\":100}`) {
		t.Errorf("a bad request gets %s (%v)", m.Data, err)
	}
}
