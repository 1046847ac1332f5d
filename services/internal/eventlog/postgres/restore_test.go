//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
)

// moment is the server's clock now.
func moment(t *testing.T, url string) (now time.Time) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&now); err != nil {
		t.Fatal(err)
	}
	return now
}

// A log that is restored to a moment begins a new epoch where it ends; a process
// that had it open writes nothing more to it.
func TestRestoreToAMoment(t *testing.T) {
	for _, mode := range []string{"cache_statement", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) { restoreToAMoment(t, mode) })
	}
}

func restoreToAMoment(t *testing.T, mode string) {
	b := pgtest.StartBackedUp(t)
	o := postgres.Options{URL: b.URL, Schema: "lotse_test", ExecMode: mode}
	s := open(t, o)
	append1 := func(s *postgres.Store, stream string, at int64) error {
		u := unit(stream, at)
		u.Appends[0].Events[0].Public, u.Appends[0].Events[0].Meta.Key = true, "altona"
		out, err := s.Commit(t.Context(), []eventlog.Unit{u})
		if err == nil {
			err = out[0].Err
		}
		return err
	}
	for i := range int64(5) {
		if err := append1(s, "a", i); err != nil {
			t.Fatal(err)
		}
	}
	backup := b.Backup(t)
	for i := range int64(5) { // from the write-ahead log
		if err := append1(s, "a", 5+i); err != nil {
			t.Fatal(err)
		}
	}
	then := moment(t, b.URL)
	for i := range int64(7) { // to be lost
		if err := append1(s, "a", 10+i); err != nil {
			t.Fatal(err)
		}
	}
	woken, stop := s.Watch()
	defer stop()
	b.LoseAndRestore(t, backup, then)

	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	for { // whoever follows hears of it
		_, err := s.After(t.Context(), 17, 10)
		if errors.Is(err, eventlog.ErrRestored) {
			break
		}
		select {
		case <-woken:
		case <-deadline.C:
			t.Fatalf("a process that had the log open is told %v", err)
		}
	}
	if err := append1(s, "a", 17); !errors.Is(err, eventlog.ErrRestored) {
		t.Errorf("it may write: %v", err)
	}

	again := open(t, o)
	want := eventlog.Head{Epoch: 2, Position: 10, PublicPosition: 10, Fork: 10}
	if h, err := again.Head(t.Context()); err != nil || h != want {
		t.Fatalf("restored to %+v, %v, want %+v", h, err, want)
	}
	if err := append1(again, "a", 10); err != nil {
		t.Fatal(err)
	}
	if h, err := open(t, o).Head(t.Context()); err != nil || h.Epoch != 2 || h.Position != 11 {
		t.Errorf("opened once more: %+v, %v", h, err)
	}
}

// Without anybody looking first: the very commit is refused.
func TestNoCommitIntoAnotherTimeline(t *testing.T) {
	b := pgtest.StartBackedUp(t)
	o := postgres.Options{URL: b.URL, Schema: "lotse_test", PollInterval: time.Hour}
	s := open(t, o)
	if _, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", 0)}); err != nil {
		t.Fatal(err)
	}
	backup, then := b.Backup(t), moment(t, b.URL)
	if _, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", 1)}); err != nil {
		t.Fatal(err)
	}
	b.LoseAndRestore(t, backup, then)
	if _, err := s.Commit(t.Context(), []eventlog.Unit{unit("b", 0)}); !errors.Is(err, eventlog.ErrRestored) {
		t.Fatalf("a commit into a restored log: %v", err)
	}
	if h, err := open(t, o).Head(t.Context()); err != nil || h.Position != 1 {
		t.Errorf("the restored log ends at %+v, %v", h, err)
	}
}

// What pg_dump has taken along and pg_restore brings into another cluster is a
// restored log, too.
func TestDumpAndRestoreElsewhere(t *testing.T) {
	from, to := pgtest.StartBackedUp(t), pgtest.StartBackedUp(t)
	o := aged(t)
	o.URL, o.Schema = from.URL, "lotse_test"
	write(t, o, time.Now().AddDate(-1, 0, 0), 0, 30)
	s := open(t, o)
	if moved, err := s.Archive(t.Context(), time.Now(), 20); err != nil || moved != 20 {
		t.Fatal(moved, err)
	}
	before := readAll(t, s, 1000)
	file := from.File("lotse.dump")
	from.Program(t, "pg_dump", "--dbname="+from.URL, "--format=custom", "--schema=lotse_test", "--file="+file)
	to.Program(t, "pg_restore", "--dbname="+to.URL, "--exit-on-error", file)
	o.URL = to.URL
	restored := open(t, o)
	if h, err := restored.Head(t.Context()); err != nil || h.Epoch != 2 || h.Position != 30 {
		t.Errorf("%+v, %v", h, err)
	}
	if after := readAll(t, restored, 7); len(after.Events) != 30 || len(after.Streams) != len(before.Streams) || after.Events[29].ID != before.Events[29].ID {
		t.Errorf("the restored log has %d events in %d streams", len(after.Events), len(after.Streams))
	}
	if _, err := restored.Commit(t.Context(), []eventlog.Unit{unit("new", 0)}); err != nil {
		t.Error(err)
	}
}
