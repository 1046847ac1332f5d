package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// ParkedRecord returns one record, whether it waits or not.
func (s *Store) ParkedRecord(ctx context.Context, id uuid.UUID) (eventlog.Parked, error) {
	p := eventlog.Parked{ID: id}
	var parked, replayed int64
	doing := fmt.Sprintf("read parked record %s", id)
	ok, err := found(s.readDB.QueryRowContext(ctx, `SELECT consumer, source, position, key, type, message_id, sender, reason, hash, data, parked_at, coalesce(replayed_at, 0)
		FROM parked WHERE id = ?`, id[:]), &p.Consumer, &p.Source, &p.Position, &p.Key, &p.Type, &p.MessageID, &p.Sender, &p.Reason, &p.Hash, &p.Data, &parked, &replayed)
	if err == nil && !ok {
		return eventlog.Parked{}, fmt.Errorf("%s: %w", doing, eventlog.ErrNotFound)
	}
	if err != nil {
		return eventlog.Parked{}, s.explain(doing, err)
	}
	p.ParkedAt = instant(parked)
	if replayed != 0 {
		p.ReplayedAt = instant(replayed)
	}
	return p, nil
}

// ParkedTotals counts what waits, by source.
func (s *Store) ParkedTotals(ctx context.Context) (all []eventlog.ParkedTotal, err error) {
	const doing = "count parked records"
	rows, err := s.readDB.QueryContext(ctx, `SELECT source, count(*), min(parked_at) FROM parked WHERE replayed_at IS NULL GROUP BY source ORDER BY source`)
	if err != nil {
		return nil, s.explain(doing, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var t eventlog.ParkedTotal
		var oldest int64
		if err := rows.Scan(&t.Source, &t.Count, &oldest); err != nil {
			return nil, s.explain(doing, err)
		}
		t.Oldest = instant(oldest)
		all = append(all, t)
	}
	return all, s.explain(doing, rows.Err())
}
