// Package sqlite keeps an event log in one SQLite file: the embedded default,
// durable without a server (WAL, synchronous=FULL; pure Go).
//
// One process owns a log. Beside the database lie a lock file and the file of
// personal-data keys, which is apart so that it can forget (see keyFile) and
// be left out of long-lived backups.
package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/lease"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/wake"
)

//go:embed schema.sql
var schema string

const (
	schemaVersion = 1
	// applicationID marks the file as a Lotse log ("LtsE").
	applicationID = 0x4c747345
	readers       = 4
)

var errLocked = errors.New("locked")

// Store is a log in a SQLite file. Several goroutines may use it.
type Store struct {
	path   string
	now    func() time.Time
	logger *slog.Logger
	bell   wake.Bell
	leases lease.Book
	lock   *os.File

	closed  atomic.Bool
	mu      sync.Mutex // the one writer
	writeDB *sql.DB
	writer  *sql.Conn
	write   *writeStatements
	keys    *keyFile
	shred   []span // destroyed keys still to be overwritten
	erased  []span // overwritten, and still to be struck off the list

	readDB *sql.DB
	read   *readStatements
}

var _ eventlog.Store = (*Store)(nil)

// Option changes how a store works.
type Option func(*Store)

// WithClock gives the clock that stamps RecordedAt; time.Now without it.
func WithClock(now func() time.Time) Option { return func(s *Store) { s.now = now } }

// WithLogger gives the logger for what needs no answer but an operator's eye;
// slog.Default without it.
func WithLogger(l *slog.Logger) Option { return func(s *Store) { s.logger = l } }

// Open opens or creates the log in the file path, in a folder created when
// missing. It must lie on a local disk: over a network neither locks nor syncs
// hold. Only one Store may have a file open.
func Open(ctx context.Context, path string, options ...Option) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open the log %s: %w", path, err)
	}
	s := &Store{path: path, now: time.Now, logger: slog.Default()}
	for _, o := range options {
		o(s)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open the log %s: create its folder: %w", path, err)
	}
	s.lock, err = lockFile(path + ".lock")
	switch {
	case errors.Is(err, errLocked):
		return nil, fmt.Errorf("open the log %s: another process has it open (it holds %s.lock): stop that process, or give this one another data folder", path, path)
	case err != nil:
		return nil, fmt.Errorf("open the log %s: take its lock: %w", path, err)
	}
	// SQLite gives the files beside it the rights of this one.
	if f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err == nil {
		_ = f.Close() // SQLite says better what is wrong with it
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(s.explain("open the log", err), s.closeAll())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	var err error
	// One connection, so that there is one writer; its statements stay prepared.
	if s.writeDB, err = sql.Open("sqlite", s.dsn("journal_mode(WAL)", "synchronous(FULL)", "secure_delete(FAST)", "journal_size_limit(67108864)", "wal_autocheckpoint(4000)")); err != nil {
		return err
	}
	s.writeDB.SetMaxOpenConns(1)
	if s.writer, err = s.writeDB.Conn(ctx); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if s.write, err = prepareWrites(ctx, s.writer); err != nil {
		return err
	}
	if err := s.openKeys(ctx); err != nil {
		return err
	}
	if s.readDB, err = sql.Open("sqlite", s.dsn("query_only(ON)")); err != nil {
		return err
	}
	s.readDB.SetMaxOpenConns(readers)
	s.readDB.SetMaxIdleConns(readers)
	s.read, err = prepareReads(ctx, s.readDB)
	return err
}

func (s *Store) dsn(pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(5000)"}, pragmas...)}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(s.path), RawQuery: q.Encode()}
	return u.String()
}

// prepare checks that the file keeps its promises and creates the tables.
func (s *Store) prepare(ctx context.Context) error {
	var mode string
	var synchronous, app, version int
	if err := s.writer.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&mode); err != nil {
		return err
	}
	for pragma, into := range map[string]*int{"synchronous": &synchronous, "application_id": &app, "user_version": &version} {
		if err := s.writer.QueryRowContext(ctx, `PRAGMA `+pragma).Scan(into); err != nil {
			return err
		}
	}
	switch {
	case mode != "wal" || synchronous != 2:
		return fmt.Errorf("journal_mode is %s and synchronous %d, must be wal and 2 (FULL): put the file on a local disk", mode, synchronous)
	case version > schemaVersion:
		return fmt.Errorf("the file has version %d and this program knows only %d: use the newer program", version, schemaVersion)
	case version == schemaVersion && app == applicationID:
		return nil
	}
	var tables int
	if err := s.writer.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		return fmt.Errorf("the file is a SQLite database but not a Lotse log: give another path")
	}
	_, err := s.writer.ExecContext(ctx, fmt.Sprintf(`BEGIN IMMEDIATE; %s
		INSERT INTO epochs (epoch, fork, began_at) VALUES (1, 0, %d);
		PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT`,
		schema, s.now().UnixMicro(), applicationID, schemaVersion))
	return err
}

// Watch wakes a follower after each commit. No other process writes the file,
// so there is no poll.
func (s *Store) Watch() (woken <-chan struct{}, stop func()) { return s.bell.Watch() }

// Close waits for a running commit and gives the file free.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Swap(true) {
		return nil
	}
	return s.closeAll()
}

// closeAll closes what is open; the lock goes last.
func (s *Store) closeAll() error {
	var errs []error
	if s.readDB != nil {
		errs = append(errs, s.readDB.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.writeDB != nil {
		errs = append(errs, s.writeDB.Close())
	}
	if s.keys != nil {
		errs = append(errs, s.keys.close())
	}
	return errors.Join(append(errs, s.lock.Close())...)
}
