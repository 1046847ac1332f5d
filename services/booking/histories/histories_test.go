package histories

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/natsd"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
)

// failover is within what a killed replica's work must go on.
const failover = 10 * time.Second

// times is how much longer than usual the histories are wanted.
func times(t *testing.T) int {
	text := os.Getenv("LOTSE_HISTORIES")
	if text == "" {
		return 1
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("LOTSE_HISTORIES is %q: write a number, 10 for ten times as long", text)
	}
	return n
}

// server starts a bus of its own.
func server(t *testing.T) (*natsd.Server, *bus.Conn) {
	t.Helper()
	s, err := natsd.Start(natsd.Options{Dir: t.TempDir(), Host: "127.0.0.1", Port: natsd.RandomPort, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	conn, err := bus.Connect(context.Background(), bus.Options{InProcess: s.InProcess(), Name: t.Name(), Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return s, conn
}

// load is clients at work until it is ended.
type load struct {
	record *recorder
	stop   chan struct{}
	done   sync.WaitGroup
}

// begin sets clients to work, each with a pause between what it does, and
// capacity to change what is on offer; pace 0: without pauses.
func begin(t *testing.T, urls []*atomic.Value, record *recorder, clients, days int, seed uint64, pace time.Duration, offers func(stop <-chan struct{})) *load {
	l := &load{record: record, stop: make(chan struct{})}
	for i := range clients {
		c := newClient(t, i, seed, urls, record, days)
		l.done.Go(func() {
			rest := time.NewTicker(max(pace, 1))
			defer rest.Stop()
			for {
				select {
				case <-l.stop:
					return
				case <-rest.C:
					c.act()
				}
			}
		})
	}
	l.done.Go(func() { offers(l.stop) })
	return l
}

// after waits until so many more operations were recorded.
func (l *load) after(t *testing.T, n int) {
	t.Helper()
	goal := l.record.length() + n
	deadline := time.After(2 * time.Minute)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for l.record.length() < goal {
		select {
		case <-deadline:
			t.Fatalf("%d operations after two minutes, %d wanted", l.record.length(), goal)
		case <-look.C:
		}
	}
}

func (l *load) end() {
	close(l.stop)
	l.done.Wait()
}

// offers lets capacity change what is on offer, one change at a centre-day after
// the other, and records each from when it was said to when it was seen.
func offers(t *testing.T, c *capacityService, record *recorder, log eventlog.Reader, days int, seed uint64, pace time.Duration) func(stop <-chan struct{}) {
	dice := rand.New(rand.NewPCG(seed, 99))
	return func(stop <-chan struct{}) {
		rest := time.NewTicker(pace)
		defer rest.Stop()
		for {
			select {
			case <-stop:
				return
			case <-rest.C:
			}
			in := asked{kind: offering, day: dice.IntN(days), centre: dice.IntN(centres)}
			for i := range in.counters {
				in.counters[i] = dice.IntN(4)
			}
			if !change(t, c, record, log, in, 2*failover) {
				return
			}
		}
	}
}

func change(t *testing.T, c *capacityService, record *recorder, log eventlog.Reader, in asked, within time.Duration) bool {
	d := record.first + day.Day(in.day)
	call := record.now()
	version := c.offer(in.centre, d, in.counters)
	if !adopted(t, log, in.centre, d, version, within) {
		t.Errorf("version %d of the offering of centre %d on %s was not adopted within %v", version, in.centre, d, within)
		return false
	}
	record.add(1000, in, call, answered{})
	return true
}

// judge checks the history, and audits the log.
func judge(t *testing.T, record *recorder, log eventlog.Reader) booking.Audited {
	t.Helper()
	begun := time.Now()
	result, info := porcupine.CheckOperationsVerbose(model, record.history, 2*time.Minute)
	if result != porcupine.Ok {
		path := filepath.Join(os.TempDir(), fmt.Sprintf("lotse-history-%d.html", time.Now().UnixNano()))
		if err := porcupine.VisualizePath(model, info, path); err != nil {
			t.Error(err)
		}
		t.Errorf("no order of the %d operations explains their answers (%s); drawn in %s", len(record.history), result, path)
	}
	count := map[string]int{}
	for _, o := range record.history {
		out, name := o.Output.(answered), kinds[o.Input.(asked).kind]
		switch {
		case out.unknown:
			name += " without answer"
		case out.refused:
			name += " refused"
		case out.atRisk:
			name += " at risk"
		}
		count[name]++
	}
	checked := time.Since(begun)
	report, err := booking.Audit(context.Background(), log, record.promises())
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range report.Faults {
		t.Error(fault)
	}
	faults := len(report.Faults)
	report.Faults = nil
	t.Logf("%d operations, %d tried again, %v; checked in %v; audit %+v with %d promises: %d faults",
		len(record.history), record.retried, count, checked.Round(time.Millisecond), report, len(record.told), faults)
	return report
}

// TestTwoReplicasKilledInTurn runs two bookingd on one Postgres and one bus.
// Each is killed while clients and capacity are at work, and comes back.
func TestTwoReplicasKilledInTurn(t *testing.T) {
	const clients, days, batch = 6, 3, 500
	database := pgtest.Database(t)
	nats, conn := server(t)
	data := t.TempDir()
	var replicas [2]*replica
	var urls []*atomic.Value
	for i := range replicas {
		folder := filepath.Join(data, strconv.Itoa(i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		replicas[i] = newReplica(t, "LOTSE_HTTP=127.0.0.1:0", "LOTSE_NATS="+nats.URL(), "LOTSE_POSTGRES="+database,
			"LOTSE_DATA="+folder, "LOTSE_BOOKING_KEY_FILE="+filepath.Join(data, "booking.kek"),
			"LOTSE_BOOKING_RATE_READS=0", "LOTSE_BOOKING_RATE_COMMANDS=0", "LOTSE_BOOKING_HOLDS_PER_CLIENT=0")
		urls = append(urls, &replicas[i].url)
	}
	replicas[0].start() // it makes the key that both use
	replicas[1].start()
	log, err := postgres.Open(t.Context(), postgres.Options{URL: database, Schema: "lotse_booking"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	c := speak(t, conn)
	c.found()
	record := newRecorder(today() + 7)
	for d := range days {
		for centre := range centres {
			if !change(t, c, record, log, asked{kind: offering, day: d, centre: centre, counters: [starts]int{2, 1, 3, 2}}, failover) {
				return
			}
		}
	}
	knows(t, newClient(t, 0, 1, urls, record, days))
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for range times(t) {
		l := begin(t, urls, record, clients, days, seed, 15*time.Millisecond, offers(t, c, record, log, days, seed, 50*time.Millisecond))
		for _, r := range replicas {
			l.after(t, batch)
			r.kill()
			killed := time.Now()
			l.after(t, batch)
			took := followed(t, log, killed)
			l.after(t, batch/2)
			t.Logf("a replica was killed; capacity was heard again after %v; it was back within %v", took.Round(time.Millisecond), r.start().Round(time.Millisecond))
		}
		l.after(t, batch)
		l.end()
	}
	judge(t, record, log)
}

// followed waits until an offering is adopted that was said after a moment, and
// says how long that took: somebody reads the lane again.
func followed(t *testing.T, log eventlog.Reader, killed time.Time) time.Duration {
	t.Helper()
	head, err := log.Head(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	at := max(0, head.Position-2000)
	deadline := time.After(time.Until(killed.Add(2 * failover)))
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		page, err := log.After(context.Background(), at, 2000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			at = e.Position
			if e.Type == "booking.offering-adopted.v1" && e.RecordedAt.After(killed) {
				took := e.RecordedAt.Sub(killed)
				if took > failover {
					t.Errorf("nobody read capacity's lane for %v, %v are allowed", took, failover)
				}
				return took
			}
		}
		select {
		case <-deadline:
			t.Fatalf("nobody reads capacity's lane %v after a replica was killed", 2*failover)
		case <-look.C:
		}
	}
}
