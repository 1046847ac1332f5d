package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// migrations returns the steps in order; step i leads to version i+1. Steps that
// were released never change, and only ever lead forward.
func migrations() ([]string, error) {
	files, err := fs.Glob(schemaFiles, "schema/*.sql") // sorted by name
	if err != nil {
		return nil, err
	}
	steps := make([]string, len(files))
	for i, file := range files {
		text, err := schemaFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		steps[i] = string(text)
	}
	return steps, nil
}

// While others work, a change of the tables waits for their transactions, and
// theirs wait behind it. So it waits a moment only, and tries again.
const (
	migrateLock  = "1s"
	migrateWork  = "30min" // a step that fills an index of a long log
	migratePause = 200 * time.Millisecond
	migrateTries = 60
)

// migrate brings a schema to the newest version in one transaction. Replicas
// that start together queue on an advisory lock; others go on working.
func migrate(ctx context.Context, conn *pgx.Conn, schema string) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := migrateOnce(ctx, conn, schema, steps)
		var pgErr *pgconn.PgError
		if !errors.As(err, &pgErr) || pgErr.Code != lockNotHad || try == migrateTries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(migratePause):
		}
	}
}

func migrateOnce(ctx context.Context, conn *pgx.Conn, schema string, steps []string) error {
	in := func(statement string) string { return strings.ReplaceAll(statement, "@schema@", schema) }
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		// Planned as usual: a step may be about every row.
		if _, err := tx.Exec(ctx, `SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true),
			set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true)`, migrateWork, migrateLock); err != nil {
			return err
		}
		var exists bool
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('lotse eventlog ' || $1, 0))`, schema); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`, schema).Scan(&exists); err != nil {
			return err
		}
		if !exists {
			if _, err := tx.Exec(ctx, in(`CREATE SCHEMA @schema@`)); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, in(`CREATE TABLE IF NOT EXISTS @schema@.log_schema (version bigint PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`)); err != nil {
			return err
		}
		var version int
		if err := tx.QueryRow(ctx, in(`SELECT coalesce(max(version), 0) FROM @schema@.log_schema`)).Scan(&version); err != nil {
			return err
		}
		if version > len(steps) {
			var compatible int // with the oldest program that can go on with each newer step
			if err := tx.QueryRow(ctx, in(`SELECT max(coalesce(compatible, version)) FROM @schema@.log_schema WHERE version > $1`), len(steps)).Scan(&compatible); err != nil || compatible <= len(steps) {
				return err
			}
			return fmt.Errorf("schema %s has version %d and this program knows only %d: deploy the newer program", schema, version, len(steps))
		}
		if 0 < version && version < len(steps) {
			// Every commit takes log_head first. Who waits for it holds nothing
			// yet, so that the locks below cannot meet theirs crosswise.
			if _, err := tx.Exec(ctx, in(`LOCK TABLE @schema@.log_head IN ACCESS EXCLUSIVE MODE`)); err != nil {
				return err
			}
		}
		for i := version; i < len(steps); i++ {
			if _, err := tx.Conn().PgConn().Exec(ctx, in(steps[i])).ReadAll(); err != nil { // many statements
				return fmt.Errorf("bring schema %s to version %d: %w", schema, i+1, err)
			}
			insert := in(`INSERT INTO @schema@.log_schema (version) VALUES ($1)`)
			args := []any{i + 1}
			if i+1 >= archiveVersion { // which brought the column
				insert, args = in(`INSERT INTO @schema@.log_schema (version, compatible) VALUES ($1, $2)`), append(args, compatibleWith(steps[i], i+1))
			}
			if _, err := tx.Exec(ctx, insert, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

var compatibleLine = regexp.MustCompile(`(?m)^-- compatible: (\d+)$`)

// compatibleWith reads what a step says of older programs; without it, none may
// go on.
func compatibleWith(step string, version int) int {
	if m := compatibleLine.FindStringSubmatch(step); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return version
}
