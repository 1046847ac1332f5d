package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// place names a database without its secrets.
func place(c *pgx.ConnConfig) string {
	host := net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))
	if strings.HasPrefix(c.Host, "/") {
		host = "socket " + c.Host + " port " + strconv.Itoa(int(c.Port))
	}
	return fmt.Sprintf("database %q on %s as user %q", c.Database, host, c.User)
}

// SQL states that have a cure of their own.
const (
	wrongPassword    = "28P01"
	notAuthorised    = "28000"
	noSuchDatabase   = "3D000"
	notPermitted     = "42501"
	tooManyConns     = "53300"
	diskFull         = "53100"
	outOfMemory      = "53200"
	queryCancelled   = "57014"
	lockNotHad       = "55P03"
	adminShutdown    = "57P01"
	crashShutdown    = "57P02"
	cannotConnectNow = "57P03"
	idleCutOff       = "25P03"
	readOnly         = "25006"
	uniqueViolation  = "23505"
)

var cures = map[string]string{
	wrongPassword:    "check user and password in the URL",
	notAuthorised:    "let this user in by pg_hba.conf, and check sslmode in the URL",
	noSuchDatabase:   "create the database (createdb) or correct its name in the URL",
	notPermitted:     "GRANT CREATE ON DATABASE to this user, or create the schema for it",
	tooManyConns:     "raise max_connections or run fewer replicas",
	diskFull:         "free space on the database server's disk",
	outOfMemory:      "give the database server more memory",
	lockNotHad:       "another session holds the log: look at pg_stat_activity and pg_locks, then try again",
	queryCancelled:   "another session holds the log, or the server is overloaded: look at pg_stat_activity, then try again",
	adminShutdown:    "the server is restarting: try again",
	crashShutdown:    "the server is recovering from a crash: try again",
	cannotConnectNow: "the server is starting: try again",
	idleCutOff:       "this process was stalled while it held the log: try again",
	readOnly:         "the server accepts no writes: give the URL of the primary",
}

func openError(where string, err error) error {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		if strings.Contains(pgErr.Message, "startup parameter") {
			return fmt.Errorf("open the log in %s: %w: a pooler in transaction mode stands there: set LOTSE_POSTGRES_EXEC_MODE=exec, or default_query_exec_mode=exec in the URL", where, err)
		}
		if cure := cures[pgErr.Code]; cure != "" {
			return fmt.Errorf("open the log in %s: %w: %s", where, err, cure)
		}
		return fmt.Errorf("open the log in %s: %w", where, err)
	}
	var connectErr *pgconn.ConnectError
	if errors.As(err, &connectErr) {
		return fmt.Errorf("open the log in %s: cannot connect: check host and port in the URL and that PostgreSQL runs and listens there: %w", where, err)
	}
	return fmt.Errorf("open the log in %s: %w", where, err)
}

// explain says what failed, where, and what to do; the cause stays in reach of
// errors.Is and errors.As.
func (s *Store) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, eventlog.ErrUnknown) || errors.Is(err, eventlog.ErrNotFound) || errors.Is(err, eventlog.ErrKeyDestroyed) || errors.Is(err, eventlog.ErrRestored) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if s.isClosed() {
		return fmt.Errorf("%s: %w", doing, eventlog.ErrClosed)
	}
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.Code == diskFull {
		return fmt.Errorf("%s in %s: %w: %s: %w", doing, s.where, eventlog.ErrFull, cures[diskFull], err)
	}
	if away(err) {
		return fmt.Errorf("%s in %s: %w: start it, or wait until it has recovered: %w", doing, s.where, eventlog.ErrUnreachable, err)
	}
	if errors.As(err, &pgErr) && cures[pgErr.Code] != "" {
		return fmt.Errorf("%s in %s: %w: %s", doing, s.where, err, cures[pgErr.Code])
	}
	return fmt.Errorf("%s in %s: %w", doing, s.where, err)
}

// taken: a row was refused because its like stands already.
func taken(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == uniqueViolation
}

// away reports whether the server is not there, or not yet again.
func away(err error) bool {
	var connectErr *pgconn.ConnectError
	if errors.As(err, &connectErr) {
		return true
	}
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && (pgErr.Code == adminShutdown || pgErr.Code == crashShutdown || pgErr.Code == cannotConnectNow)
}

// broken reports whether a pooled connection had died before it was used, so
// that another one may do.
func broken(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var connectErr *pgconn.ConnectError
	var pgErr *pgconn.PgError
	if errors.As(err, &connectErr) {
		return false // a new connection could not be had: the next will fail too
	}
	if errors.As(err, &pgErr) {
		return pgErr.Code == adminShutdown || pgErr.Code == crashShutdown
	}
	return true
}
