package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Nothing here rests on a session: tables are named with their schema, there is
// no LISTEN, no lock that outlives a transaction, and no temporary table. So a
// pooler may hand each transaction to another connection of its own. What a
// direct connection is set up with (poolConfig) is set for the transaction then.

// ExecModes are the ways to run statements that Options.ExecMode names.
var ExecModes = map[string]pgx.QueryExecMode{
	"cache_statement": pgx.QueryExecModeCacheStatement,
	"exec":            pgx.QueryExecModeExec,
	"simple_protocol": pgx.QueryExecModeSimpleProtocol,
}

// pooled: statements are not prepared, since a pooler may stand in between.
func pooled(c *pgx.ConnConfig) bool {
	return c.DefaultQueryExecMode == pgx.QueryExecModeExec || c.DefaultQueryExecMode == pgx.QueryExecModeSimpleProtocol
}

// settings of every transaction. Every statement here is a look-up by key. Plans
// made while a table was empty would scan it whole for ever, and compiling them
// costs more than running them.
func settings(o Options) [][2]string {
	milliseconds := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	return [][2]string{
		{"statement_timeout", milliseconds(o.StatementTimeout)},
		{"lock_timeout", milliseconds(o.LockTimeout)},
		{"idle_in_transaction_session_timeout", milliseconds(o.IdleInTransactionTimeout)},
		{"jit", "off"}, {"enable_seqscan", "off"}, {"enable_hashjoin", "off"}, {"enable_mergejoin", "off"},
	}
}

// locally sets them for the present transaction, in one statement.
func locally(o Options) string {
	var all []string
	for _, s := range settings(o) {
		all = append(all, fmt.Sprintf("set_config('%s', '%s', true)", s[0], s[1]))
	}
	return "SELECT " + strings.Join(all, ", ")
}

// in names the log's schema where a statement says @.
func (s *Store) in(statement string) string {
	return strings.ReplaceAll(statement, "@.", s.opts.Schema+".")
}

// batch is a pipeline of statements that say @ for the log's schema.
type batch struct {
	pgx.Batch
	s *Store
}

func (s *Store) batch() *batch { return &batch{s: s} }

func (b *batch) queue(statement string, args ...any) *pgx.QueuedQuery {
	return b.Queue(b.s.in(statement), args...)
}

// bounded gives a statement without a transaction its time-out where the
// connection has none: the server is told to cancel it.
func (s *Store) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.local == "" {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, s.opts.StatementTimeout)
}

// alone runs work in a transaction that has taken the log.
func (s *Store) alone(ctx context.Context, work func(tx pgx.Tx) error) error {
	return s.transact(ctx, pgx.TxOptions{}, func(tx pgx.Tx) error {
		var here *string
		if err := tx.QueryRow(ctx, s.in(`SELECT `+s.timelineNow+` FROM @.log_head WHERE one FOR UPDATE`)).Scan(&here); err != nil {
			return err
		}
		if err := s.same(here); err != nil {
			return err
		}
		return work(tx)
	})
}

// transact runs work in a transaction with the settings of all.
func (s *Store) transact(ctx context.Context, o pgx.TxOptions, work func(tx pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, o, func(tx pgx.Tx) error {
		if s.local != "" {
			if _, err := tx.Exec(ctx, s.local); err != nil {
				return err
			}
		}
		return work(tx)
	})
}

// usable: neither closed nor found restored.
func (s *Store) usable() error {
	if s.isClosed() {
		return eventlog.ErrClosed
	}
	if s.restored.Load() {
		return fmt.Errorf("the log in %s: %w", s.where, eventlog.ErrRestored)
	}
	return nil
}
