package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

var _ eventlog.Archive = (*Store)(nil)

// Archive moves up to limit of the oldest events that were recorded before a
// moment; see eventlog.Archive. Until ArchiveGrace after the archive's table was
// made nothing is moved: programs of the version before, that do not know it, may
// still be at work.
func (s *Store) Archive(ctx context.Context, before time.Time, limit int) (moved int64, err error) {
	doing := "move events to the archive"
	if err := s.usable(); err != nil {
		return 0, err
	}
	if limit < 1 || limit > maxPage {
		return 0, fmt.Errorf("%s: limit is %d: give 1 to %d", doing, limit, maxPage)
	}
	err = s.transact(ctx, pgx.TxOptions{}, func(tx pgx.Tx) error {
		var from, to int64
		if err := tx.QueryRow(ctx, s.in(`WITH a AS (SELECT coalesce((SELECT position FROM @.archive ORDER BY position DESC LIMIT 1), 0) AS "end"),
			due AS (SELECT a."end" + 1 AS first, least(a."end" + $2, (SELECT position FROM @.log_head WHERE one)) AS last FROM a
				WHERE EXISTS (SELECT FROM @.log_schema WHERE version = $3 AND applied_at <= clock_timestamp() - $4 * interval '1 microsecond'))
			SELECT coalesce(min(due.first), 0), coalesce(min(least(due.last,
				(SELECT min(e.position) - 1 FROM @.events e WHERE e.position BETWEEN due.first AND due.last AND e.recorded_at >= $1))), -1) FROM due`),
			before, int64(limit), archiveVersion, s.opts.ArchiveGrace.Microseconds()).Scan(&from, &to); err != nil || to < from {
			return err
		}
		tag, err := tx.Exec(ctx, s.in(`INSERT INTO @.archive (position, public_position, stream, version, event_id, type, data, meta, recorded_at)
			SELECT position, public_position, stream, version, event_id, type, data, meta, recorded_at
			FROM @.events WHERE position BETWEEN $1 AND $2 ORDER BY position`), from, to)
		moved = tag.RowsAffected()
		return err
	})
	if taken(err) {
		return 0, nil // another process was quicker
	}
	if err != nil {
		return 0, s.explain(doing, err)
	}
	return moved, nil
}

// archiveVersion is the version of the tables that brought the archive.
const archiveVersion = 3

// Archived is the position up to which the log lies in the archive.
func (s *Store) Archived(ctx context.Context) (position int64, err error) {
	err = s.one(ctx, "read the end of the archive", `SELECT coalesce((SELECT position FROM @.archive ORDER BY position DESC LIMIT 1), 0)`, nil, &position)
	return position, err
}
