package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// A log that was restored from a backup, or whose standby took over before it had
// everything, gives out positions a second time. Postgres tells: a restore to a
// moment and a promotion begin a new timeline, a restore by pg_restore another
// cluster. log_head remembers both. Who opens a log elsewhere than it was written
// last begins a new epoch; who has it open and sees that writes nothing more.

// timelineNow is the timeline that is written at present, as 8 hexadecimal digits.
const timelineNow = `substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)`

// origin is where a log is written.
type origin struct{ cluster, timeline *string }

// here asks the server; parts that it does not tell, as some managed ones, are nil.
func here(ctx context.Context, conn *pgx.Conn) (o origin, err error) {
	for query, into := range map[string]**string{
		`SELECT system_identifier::text FROM pg_control_system()`: &o.cluster,
		`SELECT ` + timelineNow:                                   &o.timeline,
	} {
		if err := conn.QueryRow(ctx, query).Scan(into); err != nil {
			if conn.IsClosed() || ctx.Err() != nil {
				return o, err
			}
			*into = nil
		}
	}
	return o, nil
}

// settle compares where the log is with where it was written last, and begins a
// new epoch if that was elsewhere. Replicas that start together queue at the row.
func settle(ctx context.Context, conn *pgx.Conn, s *Store, now origin) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		var last origin
		var position int64
		err := tx.QueryRow(ctx, s.in(`SELECT cluster, timeline, position FROM @.log_head WHERE one FOR UPDATE`)).Scan(&last.cluster, &last.timeline, &position)
		if err != nil {
			return err
		}
		moved := differ(last.cluster, now.cluster) || differ(last.timeline, now.timeline)
		if !moved && !gained(last.cluster, now.cluster) && !gained(last.timeline, now.timeline) {
			return nil
		}
		if moved && position > 0 {
			if _, err := tx.Exec(ctx, s.in(raiseEpoch), s.opts.Now()); err != nil {
				return err
			}
			s.opts.Logger.Warn("the log was restored from a backup, or another server took over: a new epoch begins",
				"schema", s.opts.Schema, "position", position, "timeline", told(now.timeline), "before", told(last.timeline))
		}
		_, err = tx.Exec(ctx, s.in(`UPDATE @.log_head SET cluster = coalesce($1, cluster), timeline = coalesce($2, timeline) WHERE one`), now.cluster, now.timeline)
		return err
	})
}

func differ(last, now *string) bool { return last != nil && now != nil && *last != *now }
func gained(last, now *string) bool { return last == nil && now != nil }

func told(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// same refuses to go on in another timeline than the one that the log was opened in.
func (s *Store) same(timeline *string) error {
	if timeline == nil || *timeline == s.timeline {
		return nil
	}
	s.foundRestored(fmt.Sprintf("timeline %s, it was %s", *timeline, s.timeline))
	return eventlog.ErrRestored
}

// foundRestored ends the use of this store and wakes who follows it.
func (s *Store) foundRestored(why string) {
	if !s.restored.Swap(true) {
		s.opts.Logger.Error("the log was restored from a backup, or another server took over, while it was open: it must be opened again", "schema", s.opts.Schema, "why", why)
	}
	s.bell.Ring()
}
