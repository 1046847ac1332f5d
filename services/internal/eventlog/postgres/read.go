package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
)

const eventColumns = `position, coalesce(public_position, 0), stream, version, event_id, type, data, meta, recorded_at`

// maxPage bounds one read, whatever the caller asks for.
const maxPage = 100_000

// scanEvents reads and closes rows of eventColumns.
func scanEvents(rows pgx.Rows) ([]eventlog.Event, error) {
	defer rows.Close()
	var events []eventlog.Event
	var meta []byte
	for rows.Next() {
		var e eventlog.Event
		if err := rows.Scan(&e.Position, &e.PublicPosition, &e.Stream, &e.Version, (*[16]byte)(&e.ID), &e.Type, &e.Data, &meta, &e.RecordedAt); err != nil {
			return nil, err
		}
		if err := verdict.DecodeMeta(meta, &e.Meta); err != nil {
			return nil, fmt.Errorf("event at position %d: %w", e.Position, err)
		}
		e.Public, e.RecordedAt = e.PublicPosition > 0, e.RecordedAt.UTC()
		events = append(events, e)
	}
	return events, rows.Err()
}

// everywhere reads events wherever they lie. The newest are not in the archive, so
// who needs only those asks the other table alone.
func everywhere(where string) string {
	return `SELECT ` + eventColumns + ` FROM @.archive WHERE ` + where + ` UNION ALL SELECT ` + eventColumns + ` FROM @.events WHERE ` + where
}

// page reads the bounded range (after, after+limit] of a dense number, by which
// the events are ordered and which number reads off them. With an open end and
// LIMIT the planner has been seen to walk the whole index.
func (s *Store) page(ctx context.Context, doing, by, where string, number func(eventlog.Event) int64, after int64, limit int, args ...any) ([]eventlog.Event, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	after, limit = max(after, 0), min(limit, maxPage)
	if limit <= 0 {
		return nil, nil
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	where += by + ` > $1 AND ` + by + ` <= $2`
	args = append([]any{after, after + int64(limit)}, args...)
	read := func(query string) ([]eventlog.Event, error) {
		rows, err := s.pool.Query(ctx, s.in(query+` ORDER BY `+by), args...)
		if err != nil {
			return nil, s.explain(doing, err)
		}
		events, err := scanEvents(rows)
		return events, s.explain(doing, err)
	}
	events, err := read(`SELECT ` + eventColumns + ` FROM @.events WHERE ` + where)
	if err != nil || len(events) > 0 && number(events[0]) == after+1 {
		return events, err
	}
	// The archive is the log's beginning: what is missing at the beginning of
	// the page lies there, if anywhere.
	return read(`SELECT * FROM (` + everywhere(where) + `) AS all_events (position, public_position, stream, version, event_id, type, data, meta, recorded_at)`)
}

// Stream returns up to limit events of a stream with version > after.
func (s *Store) Stream(ctx context.Context, stream string, after int64, limit int) ([]eventlog.Event, error) {
	return s.page(ctx, fmt.Sprintf("read stream %q after %d", stream, after), `version`, `stream = $3 AND `,
		func(e eventlog.Event) int64 { return e.Version }, after, limit, stream)
}

// After returns up to limit events with position > after.
func (s *Store) After(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	return s.page(ctx, fmt.Sprintf("read the log after %d", after), `position`, ``,
		func(e eventlog.Event) int64 { return e.Position }, after, limit)
}

// PublicAfter returns up to limit public events with public position > after.
func (s *Store) PublicAfter(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	return s.page(ctx, fmt.Sprintf("read the public log after %d", after), `public_position`, ``,
		func(e eventlog.Event) int64 { return e.PublicPosition }, after, limit)
}

func headAndPlace(place string) string {
	return `SELECT e.epoch, h.position, h.public_position, e.fork, ` + place + ` FROM @.log_head h,
		(SELECT epoch, fork FROM @.epochs ORDER BY epoch DESC LIMIT 1) e WHERE h.one`
}

// Head says how long the log is.
func (s *Store) Head(ctx context.Context) (eventlog.Head, error) {
	if err := s.usable(); err != nil {
		return eventlog.Head{}, err
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	var h eventlog.Head
	var here *string
	err := s.pool.QueryRow(ctx, s.in(headAndPlace(s.timelineNow))).Scan(&h.Epoch, &h.Position, &h.PublicPosition, &h.Fork, &here)
	if err == nil { // nobody is told the end of a log that went back as if it were the same one's
		err = s.same(here)
	}
	if err != nil {
		return eventlog.Head{}, s.explain("read the head of the log", err)
	}
	return h, nil
}

// RaiseEpoch begins a new epoch at the present end of the log.
func (s *Store) RaiseEpoch(ctx context.Context) (h eventlog.Head, err error) {
	if err := s.usable(); err != nil {
		return eventlog.Head{}, err
	}
	err = s.alone(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, s.in(raiseEpoch), s.opts.Now()); err != nil {
			return err
		}
		var place *string
		return tx.QueryRow(ctx, s.in(headAndPlace("NULL"))).Scan(&h.Epoch, &h.Position, &h.PublicPosition, &h.Fork, &place)
	})
	return h, s.explain("raise the epoch", err)
}

const raiseEpoch = `INSERT INTO @.epochs (epoch, fork, began_at)
	SELECT (SELECT max(epoch) + 1 FROM @.epochs), public_position, $1 FROM @.log_head WHERE one`
