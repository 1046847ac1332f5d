//go:build unix

package systemtest

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/allinone/verify"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
)

// The rehearsal of docs/backup.md: the database is lost and restored to a moment
// between two sick notes. The bus knows more than the logs then; services end by
// themselves, and started again they begin a new epoch, make the bus what the logs
// are, and go on.
func TestRestoreToAMoment(t *testing.T) {
	b := pgtest.StartBackedUp(t)
	d := deploy(t, "LOTSE_POSTGRES="+b.URL, "LOTSE_BOOKING_KEY_FILE="+filepath.Join(t.TempDir(), "booking.kek"))
	d.settle(false)
	d.chain("in-the-backup", today(t)+1)
	backup := b.Backup(t)
	d.chain("in-the-log-kept", today(t)+2)
	conn, err := pgx.Connect(t.Context(), b.URL)
	if err != nil {
		t.Fatal(err)
	}
	var moment time.Time
	if err := conn.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&moment); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close(t.Context())
	kept := d.heads(b.URL)
	d.chain("lost", today(t)+3)
	d.quiet()
	lost := d.heads(b.URL)

	b.LoseAndRestore(t, backup, moment)
	restored := time.Now()
	for _, service := range lotse.Services {
		p := d.running[service]
		select {
		case <-p.ended:
		case <-time.After(30 * time.Second):
			t.Fatalf("%s goes on with what the log is not any more", service)
		}
		delete(d.running, service)
		if err := p.Wait(); err == nil || !strings.Contains(p.said(), "the log was restored while it was open") {
			t.Errorf("%s ended with %v:\n%s", service, err, p.said())
		}
	}
	for _, service := range lotse.Services { // as whoever supervises them does
		d.run(service)
	}
	t.Logf("all four serve again %.1f s after the database did", time.Since(restored).Seconds())
	d.quiet()
	for service, h := range d.heads(b.URL) {
		if h.epoch != 2 || h.position < kept[service].position || h.fork > kept[service].public {
			t.Errorf("%s: %+v; kept were %+v", service, h, kept[service])
		}
		if lost[service].position <= kept[service].position {
			t.Errorf("%s: nothing was lost: %+v, %+v", service, kept[service], lost[service])
		}
	}
	d.audit(b.URL)
	d.chain("lost", today(t)+3) // HR tells it once more, as a sweep does
	d.quiet()
	d.audit(b.URL)
}

// heads are the ends of the logs, by service.
type end struct{ epoch, fork, position, public int64 }

func (d *deployment) heads(url string) map[string]end {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), url)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	all := map[string]end{}
	for _, service := range lotse.Services {
		var e end
		query := fmt.Sprintf(`SELECT e.epoch, e.fork, h.position, h.public_position FROM lotse_%[1]s.log_head h, lotse_%[1]s.epochs e ORDER BY e.epoch DESC LIMIT 1`, service)
		if err := conn.QueryRow(d.t.Context(), query).Scan(&e.epoch, &e.fork, &e.position, &e.public); err != nil {
			d.t.Fatal(err)
		}
		all[service] = e
	}
	return all
}

// audit is lotse verify.
func (d *deployment) audit(url string) {
	d.t.Helper()
	urls := map[string]string{}
	o := verify.Options{Token: d.token(), Patience: 20 * time.Second}
	for _, service := range lotse.Services {
		urls[service] = url
		o.Replicas = append(o.Replicas, verify.Replica{Name: service, Service: service, URL: d.running[service].url})
	}
	var err error
	if o.Logs, err = verify.Open(d.t.Context(), urls); err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = o.Logs.Close() }()
	nc, err := nats.Connect(d.bus, as(d.t, filepath.Join(d.data, "nats"), "frontend-test")...)
	if err != nil {
		d.t.Fatal(err)
	}
	defer nc.Close()
	o.Bucket = func(ctx context.Context) (map[string]verify.Slots, error) { return slotsOf(ctx, nc) }
	report, err := verify.Run(d.t.Context(), o)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, c := range report.Checks {
		d.t.Logf("%-14s %6d %-14s %d faults %s", c.Name, c.Looked, c.Of, c.Faults, c.Left)
		for _, f := range c.First {
			d.t.Error(f)
		}
	}
}

// slotsOf reads the frontends' bucket.
func slotsOf(ctx context.Context, nc *nats.Conn) (map[string]verify.Slots, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	kv, err := js.KeyValue(ctx, booking.SlotsBucket)
	if err != nil {
		return nil, err
	}
	watch, err := kv.WatchAll(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = watch.Stop() }()
	all := map[string]verify.Slots{}
	for entry := range watch.Updates() {
		if entry == nil { // that was all
			break
		}
		if entry.Operation() != jetstream.KeyValuePut {
			continue
		}
		var m booking.MirroredSlots
		if err := json.Unmarshal(entry.Value(), &m); err != nil {
			return nil, err
		}
		all[entry.Key()] = verify.Slots{Position: m.Position, Data: m.Slots}
	}
	return all, nil
}
