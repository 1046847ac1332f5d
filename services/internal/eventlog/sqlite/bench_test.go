package sqlite_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/eventlogtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
)

func BenchmarkLog(b *testing.B) {
	n := 0
	dir := b.TempDir()
	eventlogtest.Bench(b, dir, func(tb testing.TB) eventlog.Store {
		n++
		return open(tb, filepath.Join(dir, fmt.Sprint(n), "log.db"))
	})
	b.Run("yardstick: plain insert", func(b *testing.B) {
		db, err := sql.Open("sqlite", sqlite.DSN(filepath.Join(b.TempDir(), "plain.db"))+"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
		if err != nil {
			b.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		defer func() { _ = db.Close() }()
		if _, err := db.Exec(`CREATE TABLE plain (id INTEGER PRIMARY KEY, data BLOB) STRICT`); err != nil {
			b.Fatal(err)
		}
		insert, err := db.Prepare(`INSERT INTO plain (data) VALUES (?)`)
		if err != nil {
			b.Fatal(err)
		}
		row, rows := make([]byte, 270), 0
		for b.Loop() {
			if _, err := insert.Exec(row); err != nil {
				b.Fatal(err)
			}
			rows++
		}
		b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	})
}
