package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
)

// one reads a single row; no row is ErrNotFound.
func (s *Store) one(ctx context.Context, doing, query string, args []any, into ...any) error {
	if err := s.usable(); err != nil {
		return err
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	err := s.pool.QueryRow(ctx, s.in(query), args...).Scan(into...)
	if errors.Is(err, pgx.ErrNoRows) {
		err = eventlog.ErrNotFound
	}
	return s.explain(doing, err)
}

// Checkpoint returns the zero Checkpoint for a lane that never advanced.
func (s *Store) Checkpoint(ctx context.Context, consumer, source string) (at eventlog.Checkpoint, err error) {
	err = s.one(ctx, fmt.Sprintf("read the checkpoint of %s on %s", consumer, source),
		`SELECT epoch, position FROM @.checkpoints WHERE consumer = $1 AND source = $2`, []any{consumer, source}, &at.Epoch, &at.Position)
	if errors.Is(err, eventlog.ErrNotFound) {
		return eventlog.Checkpoint{}, nil
	}
	return at, err
}

// Rewind moves a checkpoint into a newer epoch; see verdict.Rewind.
func (s *Store) Rewind(ctx context.Context, consumer, source string, to eventlog.Checkpoint) error {
	if err := s.usable(); err != nil {
		return err
	}
	lane := verdict.Lane{Consumer: consumer, Source: source}
	err := s.alone(ctx, func(tx pgx.Tx) error {
		var at eventlog.Checkpoint
		err := tx.QueryRow(ctx, s.in(`SELECT epoch, position FROM @.checkpoints WHERE consumer = $1 AND source = $2`), consumer, source).
			Scan(&at.Epoch, &at.Position)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if err := verdict.Rewind(lane, at, err == nil, to); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, s.in(`INSERT INTO @.checkpoints (consumer, source, epoch, position) VALUES ($1, $2, $3, $4)
			ON CONFLICT (consumer, source) DO UPDATE SET epoch = excluded.epoch, position = excluded.position`),
			consumer, source, to.Epoch, to.Position)
		return err
	})
	return s.explain("rewind a checkpoint", err)
}

// LoadSnapshot returns the newest snapshot of this name and schema.
func (s *Store) LoadSnapshot(ctx context.Context, name string, schema int) (eventlog.Snapshot, error) {
	found := eventlog.Snapshot{Name: name, Schema: schema}
	err := s.one(ctx, fmt.Sprintf("load snapshot %q of schema %d", name, schema),
		`SELECT epoch, position, data FROM @.snapshots WHERE name = $1 AND schema = $2`, []any{name, schema},
		&found.Epoch, &found.Position, &found.Data)
	if err != nil {
		return eventlog.Snapshot{}, err
	}
	return found, nil
}

// SaveSnapshot keeps the snapshot unless a newer one of its schema is there.
// Those of the schema just before stay too, for replicas not yet deployed anew.
func (s *Store) SaveSnapshot(ctx context.Context, snapshot eventlog.Snapshot) error {
	if err := s.usable(); err != nil {
		return err
	}
	if err := verdict.CheckSnapshot(snapshot); err != nil {
		return err
	}
	if snapshot.Data == nil {
		snapshot.Data = []byte{}
	}
	b := s.batch() // without BEGIN it is one transaction
	b.queue(`INSERT INTO @.snapshots (name, schema, epoch, position, data) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name, schema) DO UPDATE SET epoch = excluded.epoch, position = excluded.position, data = excluded.data
		WHERE (excluded.epoch, excluded.position) >= (snapshots.epoch, snapshots.position)`,
		snapshot.Name, snapshot.Schema, snapshot.Epoch, snapshot.Position, snapshot.Data)
	b.queue(`DELETE FROM @.snapshots WHERE name = $1 AND schema < $2`, snapshot.Name, snapshot.Schema-1)
	return s.explain(fmt.Sprintf("save snapshot %q", snapshot.Name), s.pool.SendBatch(ctx, &b.Batch).Close())
}

// PersonalKey returns a personal-data key that was not forgotten.
func (s *Store) PersonalKey(ctx context.Context, id string) (eventlog.Key, error) {
	k, destroyed := eventlog.Key{ID: id}, false
	doing := fmt.Sprintf("read personal-data key %q", id)
	err := s.one(ctx, doing, `SELECT wrapped, destroyed_at IS NOT NULL FROM @.personal_keys WHERE id = $1`, []any{id}, &k.Wrapped, &destroyed)
	switch {
	case err != nil:
		return eventlog.Key{}, err
	case destroyed:
		return eventlog.Key{}, fmt.Errorf("%s: %w", doing, eventlog.ErrKeyDestroyed)
	}
	return k, nil
}

// IdempotencyResult returns the answer that was given to a key.
func (s *Store) IdempotencyResult(ctx context.Context, key string) (eventlog.Result, error) {
	r := eventlog.Result{Key: key}
	err := s.one(ctx, fmt.Sprintf("read the answer to idempotency key %q", key),
		`SELECT body_hash, position, data, at FROM @.results WHERE key = $1`, []any{key}, &r.BodyHash, &r.Position, &r.Data, &r.At)
	if err != nil {
		return eventlog.Result{}, err
	}
	r.At = r.At.UTC()
	return r, nil
}

// ParkedRecords returns up to limit records in the order they were parked.
func (s *Store) ParkedRecords(ctx context.Context, all bool, limit int) ([]eventlog.Parked, error) {
	const columns = `SELECT id, consumer, source, position, key, type, message_id, sender, reason, hash, data, parked_at, replayed_at FROM @.parked `
	const doing = "read parked records"
	if err := s.usable(); err != nil {
		return nil, err
	}
	where := `WHERE replayed_at IS NULL `
	if all {
		where = ``
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.pool.Query(ctx, s.in(columns+where+`ORDER BY seq LIMIT $1`), max(limit, 0))
	if err != nil {
		return nil, s.explain(doing, err)
	}
	defer rows.Close()
	var found []eventlog.Parked
	for rows.Next() {
		var p eventlog.Parked
		var replayed *time.Time
		if err := rows.Scan((*[16]byte)(&p.ID), &p.Consumer, &p.Source, &p.Position, &p.Key, &p.Type, &p.MessageID, &p.Sender,
			&p.Reason, &p.Hash, &p.Data, &p.ParkedAt, &replayed); err != nil {
			return nil, s.explain(doing, err)
		}
		p.ParkedAt = p.ParkedAt.UTC()
		if replayed != nil {
			p.ReplayedAt = replayed.UTC()
		}
		found = append(found, p)
	}
	return found, s.explain(doing, rows.Err())
}
