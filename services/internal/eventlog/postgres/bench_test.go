package postgres_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/eventlogtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
)

func BenchmarkLog(b *testing.B) {
	eventlogtest.Bench(b, b.TempDir(), func(tb testing.TB) eventlog.Store { return open(tb, fresh(tb)) })
	b.Run("yardstick: plain insert", func(b *testing.B) {
		o := fresh(b)
		open(b, o)
		conn, err := postgres.Connect(b.Context(), o)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = conn.Close(b.Context()) }()
		if _, err := conn.Exec(b.Context(), `CREATE TABLE plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data bytea)`); err != nil {
			b.Fatal(err)
		}
		row, rows := make([]byte, 270), 0
		for b.Loop() {
			if _, err := conn.Exec(b.Context(), `INSERT INTO plain (data) VALUES ($1)`, row); err != nil {
				b.Fatal(err)
			}
			rows++
		}
		b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	})
}
