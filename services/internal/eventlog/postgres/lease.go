package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// TakeLease takes, keeps or asks for a lease, by the database's clock.
func (s *Store) TakeLease(ctx context.Context, name, holder string, ttl, rest time.Duration) (eventlog.Lease, error) {
	if err := s.usable(); err != nil {
		return eventlog.Lease{}, err
	}
	l := eventlog.Lease{Name: name}
	doing := fmt.Sprintf("take the lease %q", name)
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	for {
		err := s.pool.QueryRow(ctx, s.in(`INSERT INTO @.leases AS l (name, holder, term, until)
			VALUES ($1, $2, 1, clock_timestamp() + $3 * interval '1 microsecond')
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
				term = CASE WHEN l.holder = excluded.holder THEN l.term ELSE l.term + 1 END
			WHERE l.holder = excluded.holder OR l.until <= clock_timestamp() - $4 * interval '1 microsecond'
			RETURNING holder, term`), name, holder, ttl.Microseconds(), rest.Microseconds()).Scan(&l.Holder, &l.Term)
		if !errors.Is(err, pgx.ErrNoRows) {
			return l, s.explain(doing, err)
		}
		err = s.pool.QueryRow(ctx, s.in(`SELECT holder, term FROM @.leases WHERE name = $1`), name).Scan(&l.Holder, &l.Term)
		if err != nil || l.Holder != holder {
			return l, s.explain(doing, err)
		}
	}
}

// ReleaseLease gives one's own lease free.
func (s *Store) ReleaseLease(ctx context.Context, name, holder string) error {
	if err := s.usable(); err != nil {
		return err
	}
	_, err := s.pool.Exec(ctx, s.in(`UPDATE @.leases SET until = least(until, clock_timestamp()) WHERE name = $1 AND holder = $2`), name, holder)
	return s.explain(fmt.Sprintf("release the lease %q", name), err)
}
