package sqlite

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// TakeLease takes, keeps or asks for a lease. One process owns the file, so
// leases need not outlive it.
func (s *Store) TakeLease(ctx context.Context, name, holder string, ttl, rest time.Duration) (eventlog.Lease, error) {
	if s.closed.Load() {
		return eventlog.Lease{}, eventlog.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return eventlog.Lease{}, err
	}
	return s.leases.Take(name, holder, time.Now(), ttl, rest), nil
}

// ReleaseLease gives one's own lease free.
func (s *Store) ReleaseLease(ctx context.Context, name, holder string) error {
	if s.closed.Load() {
		return eventlog.ErrClosed
	}
	s.leases.Release(name, holder, time.Now())
	return ctx.Err()
}
