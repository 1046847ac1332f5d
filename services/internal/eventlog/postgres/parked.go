package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// ParkedRecord returns one record, whether it waits or not.
func (s *Store) ParkedRecord(ctx context.Context, id uuid.UUID) (eventlog.Parked, error) {
	p := eventlog.Parked{ID: id}
	var replayed *time.Time
	err := s.one(ctx, fmt.Sprintf("read parked record %s", id),
		`SELECT consumer, source, position, key, type, message_id, sender, reason, hash, data, parked_at, replayed_at FROM @.parked WHERE id = $1`, []any{[16]byte(id)},
		&p.Consumer, &p.Source, &p.Position, &p.Key, &p.Type, &p.MessageID, &p.Sender, &p.Reason, &p.Hash, &p.Data, &p.ParkedAt, &replayed)
	if err != nil {
		return eventlog.Parked{}, err
	}
	p.ParkedAt = p.ParkedAt.UTC()
	if replayed != nil {
		p.ReplayedAt = replayed.UTC()
	}
	return p, nil
}

// ParkedTotals counts what waits, by source.
func (s *Store) ParkedTotals(ctx context.Context) (all []eventlog.ParkedTotal, err error) {
	const doing = "count parked records"
	if err := s.usable(); err != nil {
		return nil, err
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.pool.Query(ctx, s.in(`SELECT source, count(*), min(parked_at) FROM @.parked WHERE replayed_at IS NULL GROUP BY source ORDER BY source COLLATE "C"`))
	if err != nil {
		return nil, s.explain(doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		var t eventlog.ParkedTotal
		if err := rows.Scan(&t.Source, &t.Count, &t.Oldest); err != nil {
			return nil, s.explain(doing, err)
		}
		t.Oldest = t.Oldest.UTC()
		all = append(all, t)
	}
	return all, s.explain(doing, rows.Err())
}
