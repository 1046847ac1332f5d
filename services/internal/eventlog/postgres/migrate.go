package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// migrations returns the steps in order; step i leads to version i+1.
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

// migrate brings a schema to the newest version in one transaction. Replicas
// that start together queue on an advisory lock.
func migrate(ctx context.Context, conn *pgx.Conn, schema string) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		var exists bool
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('lotse eventlog ' || $1, 0))`, schema); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`, schema).Scan(&exists); err != nil {
			return err
		}
		setup := ""
		if !exists {
			setup = `CREATE SCHEMA @schema@;`
		}
		setup += `CREATE TABLE IF NOT EXISTS @schema@.log_schema (version bigint PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp());`
		if _, err := tx.Exec(ctx, strings.ReplaceAll(setup, "@schema@", schema)); err != nil {
			return err
		}
		var version int
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM log_schema`).Scan(&version); err != nil {
			return err
		}
		if version > len(steps) {
			return fmt.Errorf("schema %s has version %d and this program knows only %d: deploy the newer program", schema, version, len(steps))
		}
		for i := version; i < len(steps); i++ {
			if _, err := tx.Exec(ctx, strings.ReplaceAll(steps[i], "@schema@", schema)); err != nil {
				return fmt.Errorf("bring schema %s to version %d: %w", schema, i+1, err)
			}
			if _, err := tx.Exec(ctx, `INSERT INTO log_schema (version) VALUES ($1)`, i+1); err != nil {
				return err
			}
		}
		return nil
	})
}
