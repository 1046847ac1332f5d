package daemon

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
)

// Storage is how a process uses its database.
type Storage struct {
	Connections      int           `envconfig:"POSTGRES_CONNECTIONS" default:"8" desc:"connections to the database that this process opens at most; all replicas of all services share the server's max_connections, see docs/backup.md"`
	ExecMode         string        `envconfig:"POSTGRES_EXEC_MODE" desc:"how statements are run: cache_statement prepares them; exec and simple_protocol need nothing of a session, as behind PgBouncer in transaction mode; empty: what the URL says by default_query_exec_mode, else cache_statement"`
	StatementTimeout time.Duration `envconfig:"POSTGRES_STATEMENT_TIMEOUT" default:"5s" desc:"time of one statement, after which the database ends it"`
	LockTimeout      time.Duration `envconfig:"POSTGRES_LOCK_TIMEOUT" default:"4s" desc:"time that one waits for another writer of the log; at most LOTSE_POSTGRES_STATEMENT_TIMEOUT"`
	IdleTimeout      time.Duration `envconfig:"POSTGRES_IDLE_TIMEOUT" default:"3s" desc:"after which the database cuts off a writer that holds the log and does nothing; less than LOTSE_POSTGRES_LOCK_TIMEOUT"`
	ArchiveAfter     time.Duration `envconfig:"POSTGRES_ARCHIVE_AFTER" default:"2880h" desc:"age at which events move to the archive table, where they are read as before; 120 days are beyond what is booked, told of and forgotten day by day; 0s: never"`
}

func (s *Storage) check() (errs []error) {
	if s.Connections < 2 || s.Connections > 1000 {
		errs = append(errs, fmt.Errorf("LOTSE_POSTGRES_CONNECTIONS is %d: give 2 to 1000", s.Connections))
	}
	if _, ok := postgres.ExecModes[s.ExecMode]; s.ExecMode != "" && !ok {
		errs = append(errs, fmt.Errorf("LOTSE_POSTGRES_EXEC_MODE is %q: give cache_statement, exec or simple_protocol", s.ExecMode))
	}
	for _, t := range []struct {
		name           string
		is, least, top time.Duration
	}{
		{"STATEMENT_TIMEOUT", s.StatementTimeout, 100 * time.Millisecond, 10 * time.Minute},
		{"LOCK_TIMEOUT", s.LockTimeout, 50 * time.Millisecond, s.StatementTimeout},
		{"IDLE_TIMEOUT", s.IdleTimeout, 10 * time.Millisecond, s.LockTimeout - time.Millisecond},
	} {
		if t.is < t.least || t.is > t.top {
			errs = append(errs, fmt.Errorf("LOTSE_POSTGRES_%s is %s: give %s to %s", t.name, t.is, t.least, t.top))
		}
	}
	if s.ArchiveAfter != 0 && s.ArchiveAfter < 24*time.Hour {
		errs = append(errs, fmt.Errorf("LOTSE_POSTGRES_ARCHIVE_AFTER is %s: give 24h or more, or 0s for never", s.ArchiveAfter))
	}
	return errs
}

func storeOptions(cfg Config, name string, logger *slog.Logger) postgres.Options {
	return postgres.Options{URL: cfg.Postgres, Schema: "lotse_" + name, MaxConns: int32(cfg.Connections), ExecMode: cfg.ExecMode,
		StatementTimeout: cfg.StatementTimeout, LockTimeout: cfg.LockTimeout, IdleInTransactionTimeout: cfg.IdleTimeout, Logger: logger}
}
