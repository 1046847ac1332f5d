package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Versions is how many versions of the tables there are.
func Versions() int {
	steps, err := migrations()
	if err != nil {
		panic(err)
	}
	return len(steps)
}

// Steps are the texts that lead from version to version.
func Steps() ([]string, error) { return migrations() }

// MakeVersion makes the tables as the program of an earlier version did.
func MakeVersion(ctx context.Context, conn *pgx.Conn, schema string, version int) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	all := `CREATE SCHEMA @schema@; CREATE TABLE @schema@.log_schema (version bigint PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp());`
	for i, step := range steps[:version] {
		all += step + `; INSERT INTO @schema@.log_schema (version) VALUES (` + string(rune('1'+i)) + `);`
	}
	_, err = conn.PgConn().Exec(ctx, strings.ReplaceAll(all, "@schema@", schema)).ReadAll()
	return err
}
