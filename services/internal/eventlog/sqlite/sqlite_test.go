package sqlite_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog/eventlogtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
)

// open opens a log in a file and closes it at the end of the test.
func open(tb testing.TB, path string) *sqlite.Store {
	tb.Helper()
	s, err := sqlite.Open(tb.Context(), path, sqlite.WithClock(eventlogtest.Clock))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	n := 0
	dir := t.TempDir()
	eventlogtest.Run(t, func(tb testing.TB) eventlogtest.Harness {
		n++
		path := filepath.Join(dir, fmt.Sprint(n), "log #ä%?.db")
		return eventlogtest.Harness{Store: open(tb, path), Tamper: func(statement string) error { return tamper(path, statement) }}
	})
}

func tamper(path, statement string) error {
	db, err := sql.Open("sqlite", sqlite.DSN(path))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.Exec(statement)
	return err
}

// Also in a folder that others may read.
func TestOnlyTheOwnerReadsTheLog(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	open(t, filepath.Join(dir, "log.db"))
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v", f.Name(), info.Mode())
		}
	}
}
