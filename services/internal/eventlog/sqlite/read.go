package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
)

// maxPage bounds one read, whatever the caller asks for.
const maxPage = 100_000

func instant(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// scanEvents reads and closes rows of eventColumns.
func scanEvents(rows *sql.Rows) (events []eventlog.Event, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	var id, meta sql.RawBytes
	var at int64
	for rows.Next() {
		var e eventlog.Event
		if err := rows.Scan(&e.Position, &e.PublicPosition, &e.Stream, &e.Version, &id, &e.Type, &e.Data, &meta, &at); err != nil {
			return nil, err
		}
		copy(e.ID[:], id)
		if err := verdict.DecodeMeta(meta, &e.Meta); err != nil {
			return nil, fmt.Errorf("event at position %d: %w", e.Position, err)
		}
		e.Public, e.RecordedAt = e.PublicPosition > 0, instant(at)
		events = append(events, e)
	}
	return events, rows.Err()
}

// page reads the range (after, after+limit] of a dense number.
func (s *Store) page(ctx context.Context, doing string, query *sql.Stmt, after int64, limit int, args ...any) ([]eventlog.Event, error) {
	after, limit = max(after, 0), min(limit, maxPage)
	if limit <= 0 {
		return nil, nil
	}
	rows, err := query.QueryContext(ctx, append([]any{after, after + int64(limit)}, args...)...)
	if err != nil {
		return nil, s.explain(doing, err)
	}
	events, err := scanEvents(rows)
	return events, s.explain(doing, err)
}

// Stream returns up to limit events of a stream with version > after.
func (s *Store) Stream(ctx context.Context, stream string, after int64, limit int) ([]eventlog.Event, error) {
	return s.page(ctx, fmt.Sprintf("read stream %q after %d", stream, after), s.read.stream, after, limit, stream)
}

// After returns up to limit events with position > after.
func (s *Store) After(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	return s.page(ctx, fmt.Sprintf("read the log after %d", after), s.read.after, after, limit)
}

// PublicAfter returns up to limit public events with public position > after.
func (s *Store) PublicAfter(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	return s.page(ctx, fmt.Sprintf("read the public log after %d", after), s.read.publicAfter, after, limit)
}

// one reads a single row; no row is ErrNotFound.
func (s *Store) one(ctx context.Context, doing string, query *sql.Stmt, args []any, into ...any) error {
	ok, err := found(query.QueryRowContext(ctx, args...), into...)
	if err == nil && !ok {
		return fmt.Errorf("%s: %w", doing, eventlog.ErrNotFound)
	}
	return s.explain(doing, err)
}

// Head says how long the log is.
func (s *Store) Head(ctx context.Context) (h eventlog.Head, err error) {
	err = s.one(ctx, "read the head of the log", s.read.head, nil, &h.Epoch, &h.Fork, &h.Position, &h.PublicPosition)
	return h, err
}

// Checkpoint returns the zero Checkpoint for a lane that never advanced.
func (s *Store) Checkpoint(ctx context.Context, consumer, source string) (at eventlog.Checkpoint, err error) {
	err = s.one(ctx, fmt.Sprintf("read the checkpoint of %s on %s", consumer, source), s.read.checkpoint,
		[]any{consumer, source}, &at.Epoch, &at.Position)
	if errors.Is(err, eventlog.ErrNotFound) {
		return eventlog.Checkpoint{}, nil
	}
	return at, err
}

// LoadSnapshot returns the newest snapshot of this name and schema.
func (s *Store) LoadSnapshot(ctx context.Context, name string, schema int) (eventlog.Snapshot, error) {
	snapshot := eventlog.Snapshot{Name: name, Schema: schema}
	err := s.one(ctx, fmt.Sprintf("load snapshot %q of schema %d", name, schema), s.read.snapshot,
		[]any{name, schema}, &snapshot.Epoch, &snapshot.Position, &snapshot.Data)
	if err != nil {
		return eventlog.Snapshot{}, err
	}
	return snapshot, nil
}

// IdempotencyResult returns the answer that was given to a key.
func (s *Store) IdempotencyResult(ctx context.Context, key string) (eventlog.Result, error) {
	r := eventlog.Result{Key: key}
	var at int64
	err := s.one(ctx, fmt.Sprintf("read the answer to idempotency key %q", key), s.read.result, []any{key},
		&r.BodyHash, &r.Position, &r.Data, &at)
	if err != nil {
		return eventlog.Result{}, err
	}
	r.At = instant(at)
	return r, nil
}

// ParkedRecords returns up to limit records in the order they were parked.
func (s *Store) ParkedRecords(ctx context.Context, all bool, limit int) (records []eventlog.Parked, err error) {
	const doing = "read parked records"
	query := s.read.waiting
	if all {
		query = s.read.allParked
	}
	rows, err := query.QueryContext(ctx, max(limit, 0))
	if err != nil {
		return nil, s.explain(doing, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p eventlog.Parked
		var id sql.RawBytes
		var parked, replayed int64
		if err := rows.Scan(&id, &p.Consumer, &p.Source, &p.Position, &p.Key, &p.Type, &p.MessageID, &p.Sender,
			&p.Reason, &p.Hash, &p.Data, &parked, &replayed); err != nil {
			return nil, s.explain(doing, err)
		}
		copy(p.ID[:], id)
		p.ParkedAt = instant(parked)
		if replayed != 0 {
			p.ReplayedAt = instant(replayed)
		}
		records = append(records, p)
	}
	return records, s.explain(doing, rows.Err())
}
