package postgres

import (
	"bytes"
	"context"
	"encoding/hex"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// PersonalKeys lists keys that live.
func (s *Store) PersonalKeys(ctx context.Context, after string, limit int) ([]eventlog.Key, error) {
	if s.isClosed() {
		return nil, eventlog.ErrClosed
	}
	rows, err := s.pool.Query(ctx, `SELECT id, wrapped FROM personal_keys WHERE id > $1 AND wrapped IS NOT NULL ORDER BY id LIMIT $2`, after, max(limit, 0))
	if err != nil {
		return nil, s.explain("list personal-data keys", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k eventlog.Key, err error) { return k, row.Scan(&k.ID, &k.Wrapped) })
	return found, s.explain("list personal-data keys", err)
}

// DestroyedKeys lists keys that were destroyed.
func (s *Store) DestroyedKeys(ctx context.Context, after string, limit int) ([]string, error) {
	if s.isClosed() {
		return nil, eventlog.ErrClosed
	}
	rows, err := s.pool.Query(ctx, `SELECT id FROM personal_keys WHERE id > $1 AND wrapped IS NULL ORDER BY id LIMIT $2`, after, max(limit, 0))
	if err != nil {
		return nil, s.explain("list destroyed keys", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return found, s.explain("list destroyed keys", err)
}

// Rewrap changes what wraps keys. The rows as they were stay in the table's pages
// until it is vacuumed, and in the write-ahead log and backups as long as those
// are kept: what was wrapped by a key that nobody has any more is of no use there.
func (s *Store) Rewrap(ctx context.Context, keys []eventlog.Key) (done int, err error) {
	if s.isClosed() {
		return 0, eventlog.ErrClosed
	}
	ids, wrapped := make([]string, len(keys)), make([][]byte, len(keys))
	for i, k := range keys {
		ids[i], wrapped[i] = k.ID, k.Wrapped
	}
	tag, err := s.pool.Exec(ctx, `UPDATE personal_keys k SET wrapped = n.wrapped FROM unnest($1::text[], $2::bytea[]) AS n (id, wrapped)
		WHERE k.id = n.id AND k.wrapped IS NOT NULL`, ids, wrapped)
	return int(tag.RowsAffected()), s.explain("wrap personal-data keys anew", err)
}

// Search reads every row of every table of the log. It does not see the pages'
// free space, the write-ahead log or backups; see Rewrap.
func (s *Store) Search(ctx context.Context, needles [][]byte) ([]eventlog.Searched, error) {
	const doing = "search the tables"
	if s.isClosed() {
		return nil, eventlog.ErrClosed
	}
	rows, err := s.pool.Query(ctx, `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1`)
	if err != nil {
		return nil, s.explain(doing, err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, s.explain(doing, err)
	}
	var all [][]byte // as they are, and as text of bytea
	for _, n := range needles {
		all = append(all, n, []byte(hex.EncodeToString(n)))
	}
	var found []eventlog.Searched
	for _, table := range tables {
		in := eventlog.Searched{Place: "table " + table}
		rows, err := s.pool.Query(ctx, `SELECT r::text FROM `+table+` r`)
		if err != nil {
			return nil, s.explain(doing, err)
		}
		for rows.Next() {
			line := rows.RawValues()[0]
			in.Rows++
			in.Bytes += int64(len(line))
			for _, n := range all {
				in.Found += int64(bytes.Count(line, n))
			}
		}
		if err := rows.Err(); err != nil {
			return nil, s.explain(doing, err)
		}
		found = append(found, in)
	}
	return found, nil
}
