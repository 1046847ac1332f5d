package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Connect opens a connection with the settings of the store's own pool.
func Connect(ctx context.Context, o Options) (*pgx.Conn, error) {
	cfg, err := poolConfig(o.withDefaults())
	if err != nil {
		return nil, err
	}
	cfg.ConnConfig.RuntimeParams["search_path"] = o.Schema // for tests' own statements
	return pgx.ConnectConfig(ctx, cfg.ConnConfig)
}

// TakeLog is the statement by which a writer takes the log.
const TakeLog = `SELECT position, public_position FROM log_head WHERE one FOR UPDATE`

// Alone runs work in a transaction of the store that has taken the log.
func (s *Store) Alone(ctx context.Context, work func(tx pgx.Tx) error) error {
	return s.alone(ctx, work)
}
