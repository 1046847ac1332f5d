package memory

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// TakeLease takes, keeps or asks for a lease. It runs out by the wall clock:
// the store's own may stand still.
func (s *Store) TakeLease(ctx context.Context, name, holder string, ttl, rest time.Duration) (eventlog.Lease, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return eventlog.Lease{}, err
	}
	return s.leases.Take(name, holder, time.Now(), ttl, rest), nil
}

// ReleaseLease gives one's own lease free.
func (s *Store) ReleaseLease(ctx context.Context, name, holder string) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.leases.Release(name, holder, time.Now())
	return nil
}
