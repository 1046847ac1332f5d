package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

const eventColumns = `position, coalesce(public_position, 0), stream, version, event_id, type, data, meta, recorded_at`

// writeStatements are prepared once on the writer's connection.
type writeStatements struct {
	begin, commit, rollback *sql.Stmt

	head, version, knownEvent, inbox, result, parked, checkpoint, key *sql.Stmt

	addEvent, addInbox, setCheckpoint, park, settle, addKey, moveKey, shredKey, destroyKey, erased, addResult *sql.Stmt
}

// readStatements are prepared on the read-only pool.
type readStatements struct {
	head, after, publicAfter, stream, checkpoint, snapshot, key, result, waiting, allParked *sql.Stmt
}

type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

func prepareAll(ctx context.Context, p preparer, statements map[**sql.Stmt]string) error {
	for into, query := range statements {
		s, err := p.PrepareContext(ctx, query)
		if err != nil {
			return fmt.Errorf("prepare %s: %w", query, err)
		}
		*into = s
	}
	return nil
}

func prepareWrites(ctx context.Context, conn *sql.Conn) (*writeStatements, error) {
	w := &writeStatements{}
	return w, prepareAll(ctx, conn, map[**sql.Stmt]string{
		&w.begin:    `BEGIN IMMEDIATE`,
		&w.commit:   `COMMIT`,
		&w.rollback: `ROLLBACK`,

		&w.head: `SELECT coalesce((SELECT max(position) FROM events), 0),
			coalesce((SELECT max(public_position) FROM events WHERE public_position IS NOT NULL), 0)`,
		&w.version:    `SELECT coalesce(max(version), 0) FROM events WHERE stream = ?`,
		&w.knownEvent: `SELECT ` + eventColumns + ` FROM events WHERE event_id = ?`,
		&w.inbox:      `SELECT position FROM inbox WHERE consumer = ? AND message_id = ?`,
		&w.result:     `SELECT position FROM results WHERE key = ?`,
		&w.parked:     `SELECT replayed_at IS NOT NULL, coalesce(settled_at, 0) FROM parked WHERE id = ?`,
		&w.checkpoint: `SELECT epoch, position FROM checkpoints WHERE consumer = ? AND source = ?`,
		&w.key:        `SELECT coalesce(start, -1), coalesce(length, 0) FROM personal_keys WHERE id = ?`,

		&w.addEvent: `INSERT INTO events (position, public_position, stream, version, event_id, type, data, meta, recorded_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		&w.addInbox: `INSERT INTO inbox (consumer, message_id, position) VALUES (?, ?, ?)`,
		&w.setCheckpoint: `INSERT INTO checkpoints (consumer, source, epoch, position) VALUES (?, ?, ?, ?)
			ON CONFLICT (consumer, source) DO UPDATE SET epoch = excluded.epoch, position = excluded.position`,
		&w.park: `INSERT INTO parked (id, consumer, source, position, key, type, message_id, sender, reason, hash, data, parked_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		&w.settle:   `UPDATE parked SET replayed_at = ?, settled_at = ? WHERE id = ?`,
		&w.addKey:   `INSERT INTO personal_keys (id, start, length) VALUES (?, ?, ?)`,
		&w.moveKey:  `UPDATE personal_keys SET start = ?, length = ? WHERE id = ?`,
		&w.shredKey: `INSERT INTO shred (start, length) SELECT start, length FROM personal_keys WHERE id = ? AND start IS NOT NULL RETURNING start, length`,
		&w.destroyKey: `INSERT INTO personal_keys (id, destroyed_at) VALUES (?, ?)
			ON CONFLICT (id) DO UPDATE SET start = NULL, length = NULL, destroyed_at = excluded.destroyed_at`,
		&w.erased:    `DELETE FROM shred WHERE start = ?`,
		&w.addResult: `INSERT INTO results (key, body_hash, position, data, at) VALUES (?, ?, ?, ?, ?)`,
	})
}

func prepareReads(ctx context.Context, db *sql.DB) (*readStatements, error) {
	const parked = `SELECT id, consumer, source, position, key, type, message_id, sender, reason, hash, data, parked_at, coalesce(replayed_at, 0) FROM parked `
	r := &readStatements{}
	return r, prepareAll(ctx, db, map[**sql.Stmt]string{
		&r.head: `SELECT e.epoch, e.fork, coalesce((SELECT max(position) FROM events), 0),
			coalesce((SELECT max(public_position) FROM events WHERE public_position IS NOT NULL), 0)
			FROM epochs e ORDER BY e.epoch DESC LIMIT 1`,
		&r.after:       `SELECT ` + eventColumns + ` FROM events WHERE position > ? AND position <= ? ORDER BY position`,
		&r.publicAfter: `SELECT ` + eventColumns + ` FROM events WHERE public_position > ? AND public_position <= ? ORDER BY public_position`,
		&r.stream:      `SELECT ` + eventColumns + ` FROM events WHERE version > ? AND version <= ? AND stream = ? ORDER BY version`,
		&r.checkpoint:  `SELECT epoch, position FROM checkpoints WHERE consumer = ? AND source = ?`,
		&r.snapshot:    `SELECT epoch, position, data FROM snapshots WHERE name = ? AND schema = ?`,
		&r.key:         `SELECT coalesce(start, -1), coalesce(length, 0) FROM personal_keys WHERE id = ?`,
		&r.result:      `SELECT body_hash, position, data, at FROM results WHERE key = ?`,
		&r.waiting:     parked + `WHERE replayed_at IS NULL ORDER BY seq LIMIT ?`,
		&r.allParked:   parked + `ORDER BY seq LIMIT ?`,
	})
}
