package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
)

// span is a stretch of the key file.
type span struct{ start, length int64 }

// openKeys finishes what a crash interrupted: keys that the log calls
// destroyed are overwritten before anything else happens, and what no commit
// kept is cut off.
func (s *Store) openKeys(ctx context.Context) error {
	var end int64
	err := s.writer.QueryRowContext(ctx, `SELECT coalesce(max(e), 0) FROM (SELECT max(start + length) AS e FROM personal_keys
		UNION ALL SELECT max(start + length) FROM shred)`).Scan(&end)
	if err != nil {
		return err
	}
	if s.keys, err = openKeyFile(s.path+".keys", end); err != nil {
		return fmt.Errorf("open the personal-data keys: %w", err)
	}
	rows, err := s.writer.QueryContext(ctx, `SELECT start, length FROM shred`)
	if err != nil {
		return err
	}
	if s.shred, err = spans(rows); err != nil || len(s.shred) == 0 {
		return err
	}
	if err := s.overwrite(); err != nil {
		return err
	}
	if _, err := s.writer.ExecContext(ctx, `DELETE FROM shred`); err != nil {
		return err
	}
	s.erased = nil
	return nil
}

func spans(rows *sql.Rows) (found []span, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var sp span
		if err := rows.Scan(&sp.start, &sp.length); err != nil {
			return nil, err
		}
		found = append(found, sp)
	}
	return found, rows.Err()
}

// storeKeys writes new keys to the key file, durably, before the log refers to
// them, and notes the destroyed ones.
func (s *Store) storeKeys(w *verdict.Writes) error {
	if len(w.Keys) > 0 {
		var all []byte
		for _, k := range w.Keys {
			if _, err := s.write.addKey.Exec(k.ID, s.keys.end+int64(len(all)), len(k.Wrapped)); err != nil {
				return err
			}
			all = append(all, k.Wrapped...)
		}
		if err := s.keys.write(all); err != nil {
			return fmt.Errorf("write personal-data keys: %w", err)
		}
		s.keys.end += int64(len(all))
	}
	for _, id := range w.Forgotten {
		rows, err := s.write.shredKey.Query(id)
		if err != nil {
			return err
		}
		doomed, err := spans(rows)
		if err != nil {
			return err
		}
		s.shred = append(s.shred, doomed...)
		if _, err := s.write.destroyKey.Exec(id, w.At.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

// strikeOff takes overwritten keys off the list, as part of a commit that
// happens anyway.
func (s *Store) strikeOff() error {
	for _, sp := range s.erased {
		if _, err := s.write.erased.Exec(sp.start); err != nil {
			return err
		}
	}
	return nil
}

// erase overwrites destroyed keys after the commit that destroyed them. When
// the disk fails here the keys are unreachable all the same, and the list
// makes sure that it is tried again.
func (s *Store) erase() {
	if len(s.shred) == 0 {
		return
	}
	if err := s.overwrite(); err != nil {
		s.logger.Error("destroyed personal-data keys could not be overwritten yet: it is tried again with the next commit",
			"file", s.path+".keys", "keys", len(s.shred), "error", err)
	}
}

func (s *Store) overwrite() error {
	for _, sp := range s.shred {
		if err := s.keys.zero(sp.start, sp.length); err != nil {
			return err
		}
	}
	if err := s.keys.f.Sync(); err != nil {
		return err
	}
	s.erased, s.shred = append(s.erased, s.shred...), nil
	return nil
}

// PersonalKey returns a personal-data key that was not forgotten.
func (s *Store) PersonalKey(ctx context.Context, id string) (eventlog.Key, error) {
	doing := fmt.Sprintf("read personal-data key %q", id)
	var sp span
	if err := s.one(ctx, doing, s.read.key, []any{id}, &sp.start, &sp.length); err != nil {
		return eventlog.Key{}, err
	}
	wrapped, err := s.readKey(sp)
	if err != nil {
		return eventlog.Key{}, s.explain(doing, err)
	}
	if wrapped == nil {
		return eventlog.Key{}, fmt.Errorf("%s: %w", doing, eventlog.ErrKeyDestroyed)
	}
	return eventlog.Key{ID: id, Wrapped: wrapped}, nil
}

// readKey returns nil for a destroyed key: one without a place, or one that
// lies overwritten because the log was put back from an older backup.
func (s *Store) readKey(sp span) ([]byte, error) {
	if sp.start < 0 {
		return nil, nil
	}
	b, err := s.keys.read(sp.start, sp.length)
	if err != nil {
		return nil, err
	}
	if len(bytes.Trim(b, "\x00")) == 0 {
		return nil, nil
	}
	return b, nil
}
