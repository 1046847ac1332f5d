package postgres_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
)

// A step that databases have taken is never changed: what comes after it is a
// step of its own. Add the sum of a new step when it is released.
var released = []string{
	"b9362488c7abf4dd362c3931fc648c43454898826d08cea0593ad4fe24f40ad3",
	"0d25492c84f38a00b1df8607f95c325d9c8b1b565f07b2149b50c98c36e99b6e",
}

func TestReleasedStepsStay(t *testing.T) {
	steps, err := postgres.Steps()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range released {
		if got := fmt.Sprintf("%x", sha256.Sum256([]byte(steps[i]))); got != want {
			t.Errorf("step %d has changed: take it back and write a new one", i+1)
		}
	}
}

// old is a replica of the program that knew versions 1 and 2: its statements as
// they were, prepared, with tables found by the search path.
type old struct {
	conn   *pgx.Conn
	stream string
	at     int64
	wrote  map[uuid.UUID]int64 // acknowledged, with their positions
}

func startOld(t *testing.T, o postgres.Options, stream string) *old {
	t.Helper()
	cfg, err := pgx.ParseConfig(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range map[string]string{"search_path": o.Schema, "statement_timeout": "5000", "idle_in_transaction_session_timeout": "3000", "plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"} {
		cfg.RuntimeParams[k] = v
	}
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return &old{conn: conn, stream: stream, wrote: map[uuid.UUID]int64{}}
}

// append commits one event as that program did.
func (r *old) append(ctx context.Context) error {
	var position, public int64
	var version *int64
	first := &pgx.Batch{}
	first.Queue(`BEGIN`)
	first.Queue(`SELECT position, public_position FROM log_head WHERE one FOR UPDATE`).QueryRow(func(row pgx.Row) error { return row.Scan(&position, &public) })
	first.Queue(`SELECT s.name, (SELECT e.version FROM events e WHERE e.stream = s.name ORDER BY e.version DESC LIMIT 1)
			FROM unnest($1::text[]) AS s (name)`, []string{r.stream}).QueryRow(func(row pgx.Row) error {
		var name string
		return row.Scan(&name, &version)
	})
	if err := r.conn.SendBatch(ctx, first).Close(); err != nil {
		return err
	}
	if version != nil && *version != r.at || version == nil && r.at != 0 {
		return fmt.Errorf("stream %s is not at %d", r.stream, r.at)
	}
	id := uuid.New()
	second := &pgx.Batch{}
	second.Queue(`INSERT INTO events (position, public_position, stream, version, event_id, type, data, meta, recorded_at)
		SELECT u.*, $9::timestamptz
		FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::uuid[], $6::text[], $7::json[], $8::json[]) AS u`,
		[]int64{position + 1}, []*int64{new(public + 1)}, []string{r.stream}, []int64{r.at + 1}, [][16]byte{id}, []string{"lotse.test.fact.v1"},
		[][]byte{[]byte(`{"old": true}`)}, [][]byte{[]byte(`{"key":"altona","time":"2026-11-02T07:12:30Z"}`)}, time.Now())
	second.Queue(`UPDATE log_head SET position = $1, public_position = $2 WHERE one`, position+1, public+1)
	second.Queue(`COMMIT`)
	if err := r.conn.SendBatch(ctx, second).Close(); err != nil {
		return err
	}
	r.at++
	r.wrote[id] = position + 1
	return nil
}

// beside is what lies beside the log, as text.
func beside(t *testing.T, conn *pgx.Conn, schema string) string {
	t.Helper()
	var all string
	query := `SELECT ''`
	for _, from := range []string{"consumer, message_id, position|inbox", "consumer, source, epoch, position|checkpoints", "id, reason, data, settled_at|parked",
		"id, wrapped, destroyed_at|personal_keys", "key, body_hash, position, data, at|results", "name, schema, epoch, position, data|snapshots", "epoch, fork, began_at|epochs"} {
		columns, table, _ := strings.Cut(from, "|")
		query += fmt.Sprintf(` || coalesce((SELECT string_agg((%s)::text, ' ' ORDER BY 1) FROM %s.%s), '-')`, columns, schema, table)
	}
	if err := conn.QueryRow(t.Context(), query).Scan(&all); err != nil {
		t.Fatal(err, query)
	}
	return all
}

// From each earlier version, replicas of the old program go on writing before,
// while and after the tables are brought up to date: nothing is lost, the order is
// kept, and old and new write side by side, as in a rolling update.
func TestMigrationUnderLoad(t *testing.T) {
	for version := 1; version < postgres.Versions(); version++ {
		t.Run(fmt.Sprintf("from version %d", version), func(t *testing.T) {
			o := fresh(t)
			o.ArchiveGrace = time.Microsecond
			admin, err := pgx.Connect(t.Context(), o.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = admin.Close(context.Background()) }()
			if err := postgres.MakeVersion(t.Context(), admin, o.Schema, version); err != nil {
				t.Fatal(err)
			}
			in := o.Schema + "."
			for _, sql := range []string{
				`INSERT INTO ` + in + `inbox VALUES ('absence', 'm-1', 1)`, `INSERT INTO ` + in + `checkpoints VALUES ('booking', 'capacity', 1, 7)`,
				`INSERT INTO ` + in + `parked (id, consumer, source, position, key, type, message_id, sender, reason, hash, data, parked_at)
					VALUES (gen_random_uuid(), 'booking', 'capacity', 3, 'k', 't', 'm', 's', 'no', 'h', '\x7b7d', now())`,
				`INSERT INTO ` + in + `personal_keys (id, wrapped) VALUES ('key-1', '\x01')`, `INSERT INTO ` + in + `results VALUES ('r', 'h', 1, NULL, now())`,
				`INSERT INTO ` + in + `snapshots VALUES ('s', 1, 1, 1, '\x02')`,
			} {
				if _, err := admin.Exec(t.Context(), sql); err != nil {
					t.Fatal(sql, err)
				}
			}
			before := beside(t, admin, o.Schema)

			replicas := []*old{startOld(t, o, "old-0"), startOld(t, o, "old-1"), startOld(t, o, "old-2")}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var wg sync.WaitGroup
			var appended atomic.Int64
			reached := func(n int64) {
				t.Helper()
				for deadline := time.Now().Add(30 * time.Second); appended.Load() < n; {
					if time.Now().After(deadline) || t.Failed() {
						stop()
						wg.Wait()
						t.Fatalf("%d appended, want %d", appended.Load(), n)
					}
					<-time.After(5 * time.Millisecond)
				}
			}
			for _, r := range replicas {
				wg.Go(func() {
					for ctx.Err() == nil {
						if err := r.append(context.Background()); err != nil {
							t.Errorf("%s, event %d: %v", r.stream, r.at+1, err)
							return
						}
						appended.Add(1)
					}
				})
			}
			reached(60)
			began := time.Now()
			s := open(t, o) // the new program
			t.Logf("up to date after %s, %d appended so far", time.Since(began).Round(time.Millisecond), appended.Load())
			for v := range int64(40) {
				out, err := s.Commit(t.Context(), []eventlog.Unit{unit("new", v)})
				if err != nil || out[0].Err != nil {
					t.Fatal(err, out)
				}
			}
			reached(appended.Load() + 60)
			stop()
			wg.Wait()

			got := readAll(t, s, 1000)
			at := map[uuid.UUID]int64{}
			for i, e := range got.Events {
				if e.Position != int64(i+1) {
					t.Fatalf("position %d stands at %d", e.Position, i+1)
				}
				at[e.ID] = e.Position
			}
			if n := int64(len(got.Events)); n != appended.Load()+40 {
				t.Errorf("%d events, want %d", n, appended.Load()+40)
			}
			for _, r := range replicas {
				for id, position := range r.wrote {
					if at[id] != position {
						t.Errorf("%s: acknowledged at %d, stands at %d", r.stream, position, at[id])
					}
				}
				for i, e := range got.Streams[r.stream] {
					if e.Version != int64(i+1) {
						t.Errorf("%s: version %d is number %d", r.stream, e.Version, i+1)
					}
				}
			}
			if after := beside(t, admin, o.Schema); after != before {
				t.Errorf("beside the log there was\n%s\nand is\n%s", before, after)
			}
			if moved, err := s.Archive(t.Context(), time.Now().Add(time.Hour), 100_000); err != nil || moved != int64(len(got.Events)) {
				t.Errorf("moved %d, %v", moved, err)
			}
		})
	}
}

// A step waits a moment for who holds the log, lets the others by, and tries again.
func TestMigrationDoesNotHoldUpOthers(t *testing.T) {
	o := fresh(t)
	admin, err := pgx.Connect(t.Context(), o.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.Background()) }()
	if err := postgres.MakeVersion(t.Context(), admin, o.Schema, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Exec(t.Context(), `BEGIN; SELECT count(*) FROM `+o.Schema+`.log_head`); err != nil { // a long report
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		s, err := postgres.Open(context.Background(), o)
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	r := startOld(t, o, "old")
	for i, begun := 0, time.Now(); time.Since(begun) < 2500*time.Millisecond; i++ { // beyond two tries
		if err := r.append(t.Context()); err != nil {
			t.Fatalf("append %d while a migration waits: %v", i, err)
		}
	}
	select {
	case err := <-opened:
		t.Fatalf("opened although the table is in use: %v", err)
	default:
	}
	if _, err := admin.Exec(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

// Tables that are newer can say that this program may go on with them.
func TestNewerTablesMayBeCompatible(t *testing.T) {
	o := fresh(t)
	open(t, o)
	conn, err := postgres.Connect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	v := postgres.Versions()
	if _, err := conn.Exec(t.Context(), `INSERT INTO log_schema (version, compatible) VALUES ($1, $2)`, v+1, v); err != nil {
		t.Fatal(err)
	}
	open(t, o)
	if _, err := conn.Exec(t.Context(), `INSERT INTO log_schema (version, compatible) VALUES ($1, $2)`, v+2, v+1); err != nil {
		t.Fatal(err)
	}
	if s, err := postgres.Open(t.Context(), o); err == nil {
		_ = s.Close()
		t.Error("opened tables that this program may not go on with")
	}
}
