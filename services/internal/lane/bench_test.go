package lane_test

import (
	"context"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
	"github.com/lotse-hamburg/lotse/services/internal/lane"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

// sink is a handler that only counts, or that commits its checkpoint to a log.
type sink struct {
	log  eventlog.Store // nil: nothing is written
	at   eventlog.Checkpoint
	n    atomic.Int64
	seen chan int64
}

func (s *sink) Deliver(ctx context.Context, e events.Envelope) error {
	if s.log != nil {
		out, err := s.log.Commit(ctx, []eventlog.Unit{{Advance: &eventlog.Advance{Consumer: consumerName, Source: source, Epoch: e.Epoch, Position: e.Position}}})
		if err != nil {
			return err
		}
		if out[0].Err != nil {
			return out[0].Err
		}
	}
	s.at = eventlog.Checkpoint{Epoch: e.Epoch, Position: e.Position}
	s.n.Add(1)
	if s.seen != nil {
		s.seen <- e.Position
	}
	return nil
}
func (s *sink) Park(context.Context, events.Envelope, error) error { return nil }
func (s *sink) Checkpoint(context.Context) (eventlog.Checkpoint, error) {
	return s.at, nil
}

func openSQLite(b *testing.B, name string) eventlog.Store {
	b.Helper()
	s, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), name))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

func openPostgres(b *testing.B, url string) eventlog.Store {
	b.Helper()
	s, err := postgres.Open(context.Background(), postgres.Options{URL: url, Schema: pgtest.Schema(b, url)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// BenchmarkHop is append -> relay -> JetStream -> lane -> Deliver, one event in
// flight. With SQLite and Postgres both the append and the delivery are synced to disk.
func BenchmarkHop(b *testing.B) {
	for _, c := range []struct {
		name      string
		inProcess bool
		open      func(b *testing.B) (from, to eventlog.Store)
	}{
		{"memory/in-process", true, func(*testing.B) (from, to eventlog.Store) { return memory.New(), nil }},
		{"memory/tcp", false, func(*testing.B) (from, to eventlog.Store) { return memory.New(), nil }},
		{"sqlite/in-process", true, func(b *testing.B) (from, to eventlog.Store) {
			return openSQLite(b, "from.db"), openSQLite(b, "to.db")
		}},
		{"postgres/in-process", true, func(b *testing.B) (from, to eventlog.Store) {
			url := pgtest.Start(b)
			return openPostgres(b, url), openPostgres(b, url)
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			server := bustest.Start(b)
			conn := server.Connect(b)
			if c.inProcess {
				var err error
				if conn, err = bus.Connect(context.Background(), bus.Options{InProcess: server.NATS().InProcess(), Logger: bustest.Quiet()}); err != nil {
					b.Fatal(err)
				}
				b.Cleanup(conn.Close)
			}
			log, to := c.open(b)
			s := &sink{log: to, seen: make(chan int64, 1)}
			background(b, relay.New(relay.Options{Service: source, Log: log, Conn: conn, Logger: bustest.Quiet()}).Run)
			background(b, lane.New(lane.Options{Consumer: consumerName, Source: source, Conn: conn, Handler: s, Logger: bustest.Quiet()}).Run)
			hop := func(n int64) time.Duration {
				began := time.Now()
				sayOne(b, log)
				if got := <-s.seen; got != n {
					b.Fatalf("position %d came where %d is due", got, n)
				}
				return time.Since(began)
			}
			n := int64(1)
			for ; n <= 50; n++ {
				hop(n)
			}
			took := make([]time.Duration, 0, b.N)
			b.ResetTimer()
			for range b.N {
				took = append(took, hop(n))
				n++
			}
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

func sayOne(t testing.TB, log eventlog.Committer) {
	out, err := log.Commit(context.Background(), []eventlog.Unit{{Appends: []eventlog.Append{{Stream: uuid.NewString(), Events: []eventlog.NewEvent{{
		ID: uuid.New(), Type: "lotse.absence.absence-recorded.v1", Public: true,
		Data: []byte(`{"absence_id":"a-1","employee_id":"e-0001","from":"2026-12-01","until":"2026-12-04","planned":false}`),
		Meta: eventlog.Meta{Key: "e-0001", Time: time.Now(), CorrelationID: "story", CausationID: "cause"},
	}}}}}})
	if err != nil || out[0].Err != nil {
		t.Fatal(err, out)
	}
}

// BenchmarkThroughput compares a lane (subscriber, router with all middleware,
// verification) with a plain Consume of the same stream in the same run; one
// operation is one event of a backlog.
func BenchmarkThroughput(b *testing.B) {
	const backlog = 20000
	server := bustest.Start(b)
	conn := server.Connect(b)
	log := memory.New()
	for range backlog {
		sayOne(b, log)
	}
	r := relay.New(relay.Options{Service: source, Log: log, Conn: conn, Logger: bustest.Quiet()})
	began := time.Now()
	stop := background(b, r.Run)
	bustest.Eventually(b, "the stream is filled", func() bool { return r.Stats().Published == backlog })
	b.Logf("relay: %.0f events/s", backlog/time.Since(began).Seconds())
	stop()

	b.Run("plain-consume", func(b *testing.B) {
		for done := 0; done < b.N; done += backlog {
			plainConsume(b, conn, min(backlog, b.N-done))
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("lane", func(b *testing.B) {
		for done := 0; done < b.N; done += backlog {
			want := int64(min(backlog, b.N-done))
			s := &sink{}
			reached := make(chan struct{})
			h := &until{sink: s, want: want, reached: reached}
			stop := background(b, lane.New(lane.Options{Consumer: consumerName, Source: source, Conn: conn, Handler: h, Logger: bustest.Quiet()}).Run)
			<-reached
			b.StopTimer()
			stop()
			b.StartTimer()
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
}

type until struct {
	*sink
	want    int64
	reached chan struct{}
}

func (u *until) Deliver(ctx context.Context, e events.Envelope) error {
	err := u.sink.Deliver(ctx, e)
	if u.n.Load() == u.want {
		close(u.reached)
	}
	return err
}

func plainConsume(b *testing.B, conn *bus.Conn, want int) {
	c, err := conn.JetStream().CreateConsumer(context.Background(), events.StreamName(source), jetstream.ConsumerConfig{
		AckPolicy: jetstream.AckExplicitPolicy, MemoryStorage: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	n, done := 0, make(chan struct{})
	cc, err := c.Consume(func(m jetstream.Msg) {
		_ = m.Ack()
		if n++; n == want {
			close(done)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	<-done
	cc.Stop()
}
