package sqlite

import (
	"context"
	"fmt"
	"os"
)

// DSN lets tests reach the file past the store.
func DSN(path string) string { return (&Store{path: path}).dsn() }

// Path is the file of the log.
func (s *Store) Path() string { return s.path }

// LimitPages makes the disk full after n pages; 0 frees it.
func (s *Store) LimitPages(n int) error {
	if n == 0 {
		n = 1 << 30
	}
	_, err := s.writer.ExecContext(context.Background(), fmt.Sprintf("PRAGMA max_page_count = %d", n))
	return err
}

// Pragma reads a setting of the writer's connection.
func (s *Store) Pragma(name string) (value string, err error) {
	err = s.writer.QueryRowContext(context.Background(), "PRAGMA "+name).Scan(&value)
	return value, err
}

// BreakKeyFile makes writes to the key file fail until mend is called.
func (s *Store) BreakKeyFile() (mend func(), err error) {
	whole := s.keys.f
	s.keys.f, err = os.Open(whole.Name()) // read only
	return func() {
		_ = s.keys.f.Close()
		s.keys.f = whole
	}, err
}
