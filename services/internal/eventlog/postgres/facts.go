package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
)

// load is the first pipeline: it begins the transaction, takes the log for
// this writer alone, and asks the questions.
func (s *Store) load(ctx context.Context, conn *pgxpool.Conn, q verdict.Questions) (*verdict.Facts, error) {
	f := verdict.NewFacts()
	b := s.batch()
	b.queue(`BEGIN`)
	if s.local != "" {
		b.queue(s.local)
	}
	// From here on this transaction is alone; each later statement sees all
	// that was committed before it.
	var here *string
	b.queue(`SELECT position, public_position, ` + s.timelineNow + ` FROM @.log_head WHERE one FOR UPDATE`).QueryRow(func(row pgx.Row) error {
		return row.Scan(&f.Position, &f.PublicPosition, &here)
	})
	askLog(b, f, q)
	askBeside(b, f, q)
	if err := conn.SendBatch(ctx, &b.Batch).Close(); err != nil {
		return f, err
	}
	return f, s.same(here)
}

func askLog(b *batch, f *verdict.Facts, q verdict.Questions) {
	if len(q.Streams) > 0 {
		b.queue(`SELECT s.name, coalesce((SELECT e.version FROM @.events e WHERE e.stream = s.name ORDER BY e.version DESC LIMIT 1),
				(SELECT a.version FROM @.archive a WHERE a.stream = s.name ORDER BY a.version DESC LIMIT 1))
			FROM unnest($1::text[]) AS s (name)`, q.Streams).Query(func(rows pgx.Rows) error {
			var name string
			var version *int64
			_, err := pgx.ForEachRow(rows, []any{&name, &version}, func() error {
				if version != nil {
					f.Streams[name] = *version
				}
				return nil
			})
			return err
		})
	}
	if len(q.EventIDs) > 0 {
		b.queue(everywhere(`event_id = ANY ($1::uuid[])`), plainIDs(q.EventIDs)).Query(func(rows pgx.Rows) error {
			known, err := scanEvents(rows)
			for _, e := range known {
				f.Events[e.ID] = e
			}
			return err
		})
	}
	if len(q.Inbox) > 0 {
		consumers, messages := make([]string, len(q.Inbox)), make([]string, len(q.Inbox))
		for i, k := range q.Inbox {
			consumers[i], messages[i] = k.Consumer, k.MessageID
		}
		b.queue(`SELECT i.consumer, i.message_id, i.position FROM unnest($1::text[], $2::text[]) AS k (c, m)
			JOIN @.inbox i ON i.consumer = k.c AND i.message_id = k.m`, consumers, messages).Query(func(rows pgx.Rows) error {
			var k eventlog.InboxKey
			var position int64
			_, err := pgx.ForEachRow(rows, []any{&k.Consumer, &k.MessageID, &position}, func() error {
				f.Inbox[k] = position
				return nil
			})
			return err
		})
	}
}

func askBeside(b *batch, f *verdict.Facts, q verdict.Questions) {
	if len(q.Results) > 0 {
		b.queue(`SELECT key, position FROM @.results WHERE key = ANY ($1::text[])`, q.Results).Query(func(rows pgx.Rows) error {
			var key string
			var position int64
			_, err := pgx.ForEachRow(rows, []any{&key, &position}, func() error {
				f.Results[key] = position
				return nil
			})
			return err
		})
	}
	if len(q.Parked) > 0 {
		b.queue(`SELECT id, replayed_at IS NOT NULL, coalesce(settled_at, 0) FROM @.parked WHERE id = ANY ($1::uuid[])`,
			plainIDs(q.Parked)).Query(func(rows pgx.Rows) error {
			var id [16]byte
			var p verdict.ParkedFact
			_, err := pgx.ForEachRow(rows, []any{&id, &p.Settled, &p.Position}, func() error {
				f.Parked[id] = p
				return nil
			})
			return err
		})
	}
	if len(q.Lanes) > 0 {
		consumers, sources := make([]string, len(q.Lanes)), make([]string, len(q.Lanes))
		for i, l := range q.Lanes {
			consumers[i], sources[i] = l.Consumer, l.Source
		}
		b.queue(`SELECT c.consumer, c.source, c.epoch, c.position FROM unnest($1::text[], $2::text[]) AS k (c, s)
			JOIN @.checkpoints c ON c.consumer = k.c AND c.source = k.s`, consumers, sources).Query(func(rows pgx.Rows) error {
			var l verdict.Lane
			var at eventlog.Checkpoint
			_, err := pgx.ForEachRow(rows, []any{&l.Consumer, &l.Source, &at.Epoch, &at.Position}, func() error {
				f.Checkpoints[l] = at
				return nil
			})
			return err
		})
	}
	if len(q.Keys) > 0 {
		b.queue(`SELECT id, destroyed_at IS NOT NULL, wrapped FROM @.personal_keys WHERE id = ANY ($1::text[])`, q.Keys).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				var id string
				var k verdict.KeyFact
				if err := rows.Scan(&id, &k.Destroyed, &k.Wrapped); err != nil {
					return err
				}
				f.Keys[id] = k
			}
			return rows.Err()
		})
	}
}

// plainIDs spares the driver the detour over text that uuid.UUID suggests.
func plainIDs(ids []uuid.UUID) [][16]byte {
	plain := make([][16]byte, len(ids))
	for i, id := range ids {
		plain[i] = id
	}
	return plain
}
