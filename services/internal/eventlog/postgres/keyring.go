package postgres

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// PersonalKeys lists keys that live.
func (s *Store) PersonalKeys(ctx context.Context, after string, limit int) ([]eventlog.Key, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.pool.Query(ctx, s.in(`SELECT id, wrapped FROM @.personal_keys WHERE id > $1 AND wrapped IS NOT NULL ORDER BY id LIMIT $2`), after, max(limit, 0))
	if err != nil {
		return nil, s.explain("list personal-data keys", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k eventlog.Key, err error) { return k, row.Scan(&k.ID, &k.Wrapped) })
	return found, s.explain("list personal-data keys", err)
}

// DestroyedKeys lists keys that were destroyed.
func (s *Store) DestroyedKeys(ctx context.Context, after string, limit int) ([]string, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	rows, err := s.pool.Query(ctx, s.in(`SELECT id FROM @.personal_keys WHERE id > $1 AND wrapped IS NULL ORDER BY id LIMIT $2`), after, max(limit, 0))
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
	if err := s.usable(); err != nil {
		return 0, err
	}
	ids, wrapped := make([]string, len(keys)), make([][]byte, len(keys))
	for i, k := range keys {
		ids[i], wrapped[i] = k.ID, k.Wrapped
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	tag, err := s.pool.Exec(ctx, s.in(`UPDATE @.personal_keys k SET wrapped = n.wrapped FROM unnest($1::text[], $2::bytea[]) AS n (id, wrapped)
		WHERE k.id = n.id AND k.wrapped IS NOT NULL`), ids, wrapped)
	return int(tag.RowsAffected()), s.explain("wrap personal-data keys anew", err)
}

// searchPages is how many pages of a table (8 kB each) one statement searches, so
// that none meets its time-out, however long the log.
const searchPages = 4096

// Search reads every row of every table of the log as of one moment. It does not
// see the pages' free space, the write-ahead log or backups; see Rewrap.
func (s *Store) Search(ctx context.Context, needles [][]byte) ([]eventlog.Searched, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	var all [][]byte // as they are, and as text of bytea
	for _, n := range needles {
		all = append(all, n, []byte(hex.EncodeToString(n)))
	}
	var found []eventlog.Searched
	err := s.transact(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT quote_ident(c.relname), pg_relation_size(c.oid) / current_setting('block_size')::bigint FROM pg_class c
			JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY 1`, s.opts.Schema)
		if err != nil {
			return err
		}
		type table struct {
			name  string
			pages int64
		}
		tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t table, err error) { return t, row.Scan(&t.name, &t.pages) })
		if err != nil {
			return err
		}
		for _, t := range tables {
			in := eventlog.Searched{Place: "table " + t.name}
			for page := int64(0); page <= t.pages; page += searchPages {
				rows, err := tx.Query(ctx, s.in(`SELECT r::text FROM @.`+t.name+` r WHERE ctid >= $1::tid AND ctid < $2::tid`),
					fmt.Sprintf("(%d,0)", page), fmt.Sprintf("(%d,0)", page+searchPages))
				if err != nil {
					return err
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
					return err
				}
			}
			found = append(found, in)
		}
		return nil
	})
	return found, s.explain("search the tables", err)
}
