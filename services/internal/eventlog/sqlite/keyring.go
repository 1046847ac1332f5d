package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// PersonalKeys lists keys that live.
func (s *Store) PersonalKeys(ctx context.Context, after string, limit int) (found []eventlog.Key, err error) {
	const doing = "list personal-data keys"
	type row struct {
		id string
		span
	}
	var rows []row
	err = s.list(ctx, doing, func(r *sql.Rows) error {
		var x row
		err := r.Scan(&x.id, &x.start, &x.length)
		rows = append(rows, x)
		return err
	}, `SELECT id, start, length FROM personal_keys WHERE id > ? AND start IS NOT NULL ORDER BY id LIMIT ?`, after, max(limit, 0))
	if err != nil {
		return nil, err
	}
	for _, x := range rows {
		wrapped, err := s.readKey(x.span)
		if err != nil {
			return nil, s.explain(doing, err)
		}
		if wrapped != nil {
			found = append(found, eventlog.Key{ID: x.id, Wrapped: wrapped})
		}
	}
	return found, nil
}

// DestroyedKeys lists keys that were destroyed.
func (s *Store) DestroyedKeys(ctx context.Context, after string, limit int) (found []string, err error) {
	err = s.list(ctx, "list destroyed keys", func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		found = append(found, id)
		return err
	}, `SELECT id FROM personal_keys WHERE id > ? AND start IS NULL ORDER BY id LIMIT ?`, after, max(limit, 0))
	return found, err
}

func (s *Store) list(ctx context.Context, doing string, each func(*sql.Rows) error, query string, args ...any) error {
	if s.closed.Load() {
		return fmt.Errorf("%s: %w", doing, eventlog.ErrClosed)
	}
	rows, err := s.readDB.QueryContext(ctx, query, args...)
	if err != nil {
		return s.explain(doing, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := each(rows); err != nil {
			return s.explain(doing, err)
		}
	}
	return s.explain(doing, rows.Err())
}

// Rewrap writes keys at a new place of the key file; the bytes at the old one are
// overwritten after the commit, as those of destroyed keys are.
func (s *Store) Rewrap(ctx context.Context, keys []eventlog.Key) (done int, err error) {
	err = s.transact(ctx, fmt.Sprintf("wrap %d personal-data keys anew", len(keys)), func() (bool, error) {
		done = 0
		var all []byte
		for _, k := range keys {
			if len(k.Wrapped) == 0 {
				return false, fmt.Errorf("key %q is wrapped to nothing: give the encrypted key", k.ID)
			}
			rows, err := s.write.shredKey.Query(k.ID)
			if err != nil {
				return false, err
			}
			doomed, err := spans(rows)
			if err != nil {
				return false, err
			}
			if len(doomed) == 0 {
				continue
			}
			s.shred = append(s.shred, doomed...)
			if _, err := s.write.moveKey.Exec(s.keys.end+int64(len(all)), len(k.Wrapped), k.ID); err != nil {
				return false, err
			}
			all = append(all, k.Wrapped...)
			done++
		}
		if done == 0 {
			return false, nil
		}
		if err := s.keys.write(all); err != nil {
			return false, fmt.Errorf("write personal-data keys: %w", err)
		}
		s.keys.end += int64(len(all))
		return true, nil
	})
	if err != nil {
		return 0, err
	}
	return done, nil
}

// Search reads the files as they lie on the disk: what was deleted from a table
// and still stands in a free page, or in the write-ahead log, is found.
func (s *Store) Search(ctx context.Context, needles [][]byte) (found []eventlog.Searched, err error) {
	if s.closed.Load() {
		return nil, eventlog.ErrClosed
	}
	for _, suffix := range []string{"", "-wal", "-shm", ".keys"} {
		in := eventlog.Searched{Place: filepath.Base(s.path) + suffix}
		f, err := os.Open(s.path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		in.Bytes, in.Found, err = count(ctx, f, needles)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("search %s: %w", in.Place, err)
		}
		found = append(found, in)
	}
	return found, nil
}

// count reads in pieces that overlap by the longest needle.
func count(ctx context.Context, r io.Reader, needles [][]byte) (size, found int64, err error) {
	longest := 1
	for _, n := range needles {
		longest = max(longest, len(n))
	}
	buffer := make([]byte, 1<<20+longest)
	kept := 0
	for {
		n, err := io.ReadFull(r, buffer[kept:])
		size += int64(n)
		piece := buffer[:kept+n]
		for _, needle := range needles {
			if len(needle) == 0 {
				continue
			}
			for at := 0; ; at++ {
				i := bytes.Index(piece[at:], needle)
				if i < 0 {
					break
				}
				at += i
				if at+len(needle) > kept { // else it was counted before
					found++
				}
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return size, found, nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return size, found, err
		}
		kept = copy(buffer, piece[len(piece)-longest+1:])
	}
}
