package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// CheckURL says what is wrong with the URL of a database, without asking it and
// without quoting it.
func CheckURL(url string) error {
	_, err := poolConfig(Options{URL: url})
	return err
}

// Probe asks a database whether a log can lie there, and changes nothing. have
// is the version of its tables, 0 where there are none, want that of this
// program.
func Probe(ctx context.Context, o Options) (have, want int, err error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return 0, 0, err
	}
	steps, err := migrations()
	if err != nil {
		return 0, 0, err
	}
	cfg, err := poolConfig(o)
	if err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.ConnectTimeout+5*time.Second)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, cfg.ConnConfig)
	if err != nil {
		return 0, 0, openError(place(cfg.ConnConfig), err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err = fit(ctx, conn); err == nil {
		err = conn.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM `+o.Schema+`.log_schema`).Scan(&have)
	}
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && (pgErr.Code == noSuchTable || pgErr.Code == noSuchSchema) {
		return 0, len(steps), nil
	}
	if err != nil {
		return 0, 0, openError(place(cfg.ConnConfig), err)
	}
	return have, len(steps), nil
}

const (
	noSuchTable  = "42P01"
	noSuchSchema = "3F000"
)
