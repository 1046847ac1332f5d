// Package postgres keeps an event log in PostgreSQL, for production: any
// number of replicas may write the same log at once.
//
// All writers lock the one row of log_head, so positions are dense and their
// order is the commit order. That makes one commit at a time per log; the way
// to go fast is to put many units into one commit, which takes two round trips
// however many they are.
package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/wake"
)

// Options say where a log lies. URL and Schema must be set.
type Options struct {
	// URL of the database: postgres://user:password@host:5432/database.
	URL string
	// Schema is the Postgres schema that holds the log, created when missing.
	// Services that share a database take one each.
	Schema string
	// Now stamps RecordedAt; time.Now when nil.
	Now func() time.Time
	// StatementTimeout bounds each statement, and so the wait for another
	// writer; 5 s when 0.
	StatementTimeout time.Duration
	// LockTimeout bounds each wait for another session's lock, for the log itself
	// above all; 4 s when 0.
	LockTimeout time.Duration
	// IdleInTransactionTimeout is after how long the server cuts off a writer
	// that holds the log and does nothing; 3 s when 0. It must be shorter than
	// LockTimeout, and that not longer than StatementTimeout, else a stalled
	// replica makes the others fail.
	IdleInTransactionTimeout time.Duration
	// ConnectTimeout bounds one attempt to connect; 5 s when 0.
	ConnectTimeout time.Duration
	// PollInterval is how often the store looks whether another replica has
	// written, and wakes followers if so; 50 ms when 0. They are woken at least
	// once a second.
	PollInterval time.Duration
	// MaxConns bounds the connections of this store; 8 when 0.
	MaxConns int32
	// ExecMode is how statements are run, one of ExecModes: cache_statement
	// prepares them; exec and simple_protocol do not, and need nothing of a
	// session, as behind a pooler in transaction mode. Empty: what the URL says by
	// default_query_exec_mode, else cache_statement.
	ExecMode string
	// ArchiveGrace is how long after the archive's table was made nothing is
	// archived yet; a day when 0.
	ArchiveGrace time.Duration
	// Logger is told of a new epoch; slog.Default() when nil.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	set(&o.StatementTimeout, 5*time.Second)
	set(&o.LockTimeout, min(4*time.Second, o.StatementTimeout))
	set(&o.IdleInTransactionTimeout, 3*time.Second)
	set(&o.ArchiveGrace, 24*time.Hour)
	set(&o.ConnectTimeout, 5*time.Second)
	set(&o.PollInterval, 50*time.Millisecond)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxConns == 0 {
		o.MaxConns = 8
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

func (o Options) check() error {
	switch {
	case !schemaName.MatchString(o.Schema):
		return fmt.Errorf("postgres log: schema %q is not a plain lower-case name: use one like lotse_booking", o.Schema)
	case o.StatementTimeout < time.Millisecond || o.LockTimeout < time.Millisecond || o.IdleInTransactionTimeout < time.Millisecond || o.PollInterval < time.Millisecond:
		return fmt.Errorf("postgres log: a time-out below 1 ms (statement %v, lock %v, idle in transaction %v, poll %v): give at least 1ms",
			o.StatementTimeout, o.LockTimeout, o.IdleInTransactionTimeout, o.PollInterval)
	case o.ExecMode != "" && !known(o.ExecMode):
		return fmt.Errorf("postgres log: the exec mode is %q: give cache_statement, exec or simple_protocol", o.ExecMode)
	}
	return CheckTimeouts(o.StatementTimeout, o.LockTimeout, o.IdleInTransactionTimeout)
}

func known(mode string) bool {
	_, ok := ExecModes[mode]
	return ok
}

// CheckTimeouts says which time-out is not below the one that it must be below.
func CheckTimeouts(statement, lock, idle time.Duration) error {
	switch {
	case lock > statement:
		return fmt.Errorf("postgres log: the lock time-out %v is above the statement time-out %v, which would end the wait: give at most that", lock, statement)
	case idle >= lock:
		return fmt.Errorf("postgres log: the idle-in-transaction time-out %v is not below the lock time-out %v: a stalled writer must be cut off before the others give up", idle, lock)
	}
	return nil
}

// poolConfig turns options into the settings of every connection.
func poolConfig(o Options) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		// The parser's own message may quote the URL, password and all.
		return nil, fmt.Errorf("postgres log: the database URL cannot be read: write postgres://user:password@host:5432/database, and percent-encode special characters of the password")
	}
	cfg.MaxConns = o.MaxConns
	cfg.ConnConfig.ConnectTimeout = o.ConnectTimeout
	if mode, ok := ExecModes[o.ExecMode]; ok {
		cfg.ConnConfig.DefaultQueryExecMode = mode
	}
	params := cfg.ConnConfig.RuntimeParams
	params["application_name"] = "lotse eventlog " + o.Schema
	params["timezone"] = "UTC"
	if pooled(cfg.ConnConfig) { // poolers refuse others
		cfg.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
			// The driver is not told the types of parameters.
			conn.TypeMap().RegisterDefaultPgType([16]byte{}, "uuid")
			conn.TypeMap().RegisterDefaultPgType([][16]byte{}, "_uuid")
			return nil
		}
		return cfg, nil
	}
	for _, s := range settings(o) {
		params[s[0]] = s[1]
	}
	// To plan a look-up anew for each commit's keys costs more than to run it.
	params["plan_cache_mode"] = "force_generic_plan"
	return cfg, nil
}

// Store is a log in Postgres. Several goroutines and processes may use it.
type Store struct {
	opts  Options
	where string // host, port and database, for messages
	pool  *pgxpool.Pool
	bell  wake.Bell
	local string // sets up a transaction where the connection is not set up; else ""
	// timelineNow is what a statement selects to see that the log still lies where
	// it was opened, timeline what it answered then. NULL where the server does not tell.
	timelineNow, timeline string
	restored              atomic.Bool

	stopPolling context.CancelFunc
	polling     sync.WaitGroup
	closing     sync.Once
	closed      chan struct{}
}

var _ eventlog.Store = (*Store)(nil)

// Open connects to the log, creating or upgrading its tables. The error says
// which host and database it was about and what to do, and never quotes the
// password.
func Open(ctx context.Context, o Options) (*Store, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	cfg, err := poolConfig(o)
	if err != nil {
		return nil, err
	}
	where := place(cfg.ConnConfig)
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, openError(where, err)
	}
	s := &Store{opts: o, where: where, pool: pool, closed: make(chan struct{}), timelineNow: "NULL"}
	if pooled(cfg.ConnConfig) {
		s.local = locally(o)
	}
	conn, err := pool.Acquire(ctx)
	if err == nil {
		err = s.prepare(ctx, conn.Conn())
		conn.Release()
	}
	if err != nil {
		pool.Close()
		return nil, openError(where, err)
	}
	pollCtx, stop := context.WithCancel(context.Background())
	s.stopPolling = stop
	s.polling.Go(func() { s.poll(pollCtx) })
	return s, nil
}

// prepare checks that the server keeps its promises and brings the tables up
// to date.
func (s *Store) prepare(ctx context.Context, conn *pgx.Conn) error {
	if err := fit(ctx, conn); err != nil {
		return err
	}
	if err := migrate(ctx, conn, s.opts.Schema); err != nil {
		return err
	}
	now, err := here(ctx, conn)
	if err != nil {
		return err
	}
	if now.timeline != nil {
		s.timelineNow, s.timeline = timelineNow, *now.timeline
	}
	return settle(ctx, conn, s, now)
}

// fit checks that the server keeps its promises.
func fit(ctx context.Context, conn *pgx.Conn) error {
	var fsync, commit, encoding string
	var standby bool
	err := conn.QueryRow(ctx, `SELECT current_setting('fsync'), current_setting('synchronous_commit'),
		current_setting('server_encoding'), pg_is_in_recovery()`).Scan(&fsync, &commit, &encoding, &standby)
	switch {
	case err != nil:
		return err
	case standby:
		return fmt.Errorf("the server is a read-only standby: give the URL of the primary")
	case fsync != "on":
		return fmt.Errorf("the server runs with fsync=%s and may lose accepted commands: set fsync=on", fsync)
	case commit == "off":
		return fmt.Errorf("synchronous_commit=off for this user or database may lose accepted commands: ALTER ROLE … SET synchronous_commit=on")
	case encoding != "UTF8":
		return fmt.Errorf("the database is encoded in %s: create it with ENCODING 'UTF8'", encoding)
	}
	return nil
}

// poll wakes followers for what other replicas wrote.
func (s *Store) poll(ctx context.Context) {
	tick := time.NewTicker(s.opts.PollInterval)
	defer tick.Stop()
	var seen int64
	rung := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var position int64
		var here *string
		err := s.pool.QueryRow(ctx, s.in(`SELECT position, `+s.timelineNow+` FROM @.log_head WHERE one`)).Scan(&position, &here)
		switch {
		case err == nil && position < seen:
			s.foundRestored(fmt.Sprintf("it ends at %d and ended at %d", position, seen))
		case err == nil:
			_ = s.same(here) // said by whoever asks next
		}
		if err == nil && position != seen || time.Since(rung) >= time.Second {
			seen, rung = position, time.Now()
			s.bell.Ring()
		}
	}
}

// Watch wakes a follower after each commit of this store, within PollInterval
// after one of another replica, and once a second.
func (s *Store) Watch() (woken <-chan struct{}, stop func()) { return s.bell.Watch() }

// Close waits for running calls and ends the connections.
func (s *Store) Close() error {
	s.closing.Do(func() {
		close(s.closed)
		s.stopPolling()
		s.polling.Wait()
		s.pool.Close()
	})
	return nil
}

func (s *Store) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}
