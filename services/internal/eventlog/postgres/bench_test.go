package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

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

// BenchmarkArchive fills a log with 200,000 events, archives nine of ten, and
// says what that does to the table that is written to, to a fold of the whole log
// and to commits.
func BenchmarkArchive(b *testing.B) {
	const events, old, unitOf = 200_000, 180_000, 500
	for b.Loop() {
		o := fresh(b)
		o.ArchiveGrace = time.Microsecond
		now := eventlogtest.Clock()
		recorded := now.AddDate(0, 0, -150)
		o.Now = func() time.Time { return recorded }
		s := open(b, o)
		data := []byte(`{"centre":"altona","day":"2026-12-01","at":"09:15","minutes":15,"service":"passport","appointment":"altona.2026-12-01.0f3a9c","offering_version":17}`)
		for i := range events / unitOf {
			if i*unitOf == old {
				recorded = now
			}
			u := eventlog.Unit{Appends: []eventlog.Append{{Stream: fmt.Sprintf("centre-day/altona.%d", i)}}}
			for range unitOf {
				u.Appends[0].Events = append(u.Appends[0].Events, eventlog.NewEvent{ID: uuid.New(), Type: "booking.appointment-confirmed.v1", Data: data, Meta: eventlog.Meta{Time: recorded, CorrelationID: uuid.NewString()}})
			}
			if out, err := s.Commit(b.Context(), []eventlog.Unit{u}); err != nil || out[0].Err != nil {
				b.Fatal(err, out)
			}
		}
		conn, err := postgres.Connect(b.Context(), o)
		if err != nil {
			b.Fatal(err)
		}
		megabytes := func() (mb float64) {
			if _, err := conn.Exec(b.Context(), `SET statement_timeout = 0`); err != nil {
				b.Fatal(err)
			}
			if _, err := conn.Exec(b.Context(), `VACUUM (FULL, ANALYZE) events`); err != nil { // what is used, without what is free
				b.Fatal(err)
			}
			if err := conn.QueryRow(b.Context(), `SELECT pg_total_relation_size('events') / 1e6`).Scan(&mb); err != nil {
				b.Fatal(err)
			}
			return mb
		}
		fold := func(want int) float64 {
			begun, n := time.Now(), 0
			for at := int64(0); ; {
				page, err := s.After(b.Context(), at, 1000)
				if err != nil {
					b.Fatal(err)
				}
				if len(page) == 0 {
					break
				}
				n, at = n+len(page), page[len(page)-1].Position
			}
			if n != want {
				b.Fatalf("%d events", n)
			}
			return float64(n) / time.Since(begun).Seconds()
		}
		commits := func(stream string) float64 {
			begun := time.Now()
			for v := range int64(300) {
				if out, err := s.Commit(b.Context(), []eventlog.Unit{unit(stream, v)}); err != nil || out[0].Err != nil {
					b.Fatal(err, out)
				}
			}
			return time.Since(begun).Seconds() * 1000 / 300
		}
		b.ReportMetric(fold(events), "fold-before/s")
		b.ReportMetric(megabytes(), "MB-before")
		b.ReportMetric(commits("before"), "commit-before-ms")
		begun := time.Now()
		var moved, slowest float64
		for {
			step := time.Now()
			n, err := s.Archive(b.Context(), now.AddDate(0, 0, -120), 1000)
			if err != nil {
				b.Fatal(err)
			}
			if moved += float64(n); n == 0 {
				break
			}
			slowest = max(slowest, time.Since(step).Seconds())
		}
		if moved != old {
			b.Fatalf("%f moved", moved)
		}
		b.ReportMetric(moved/time.Since(begun).Seconds(), "moved/s")
		b.ReportMetric(slowest*1000, "slowest-step-ms")
		b.ReportMetric(megabytes(), "MB-after")
		b.ReportMetric(commits("after"), "commit-after-ms")
		b.ReportMetric(fold(events+600), "fold-after/s")
		if err := conn.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
