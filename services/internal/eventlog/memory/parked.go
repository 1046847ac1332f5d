package memory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// ParkedRecord returns one record, whether it waits or not.
func (s *Store) ParkedRecord(ctx context.Context, id uuid.UUID) (eventlog.Parked, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return eventlog.Parked{}, err
	}
	p, known := s.parkedByID[id]
	if !known {
		return eventlog.Parked{}, fmt.Errorf("parked record %s: %w", id, eventlog.ErrNotFound)
	}
	return p.Parked, nil
}

// ParkedTotals counts what waits, by source.
func (s *Store) ParkedTotals(ctx context.Context) ([]eventlog.ParkedTotal, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	by := map[string]eventlog.ParkedTotal{}
	for _, p := range s.parked {
		if !p.ReplayedAt.IsZero() {
			continue
		}
		t, seen := by[p.Source]
		if !seen || p.ParkedAt.Before(t.Oldest) {
			t.Oldest = p.ParkedAt
		}
		t.Source, t.Count = p.Source, t.Count+1
		by[p.Source] = t
	}
	var all []eventlog.ParkedTotal
	for _, t := range by {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b eventlog.ParkedTotal) int { return strings.Compare(a.Source, b.Source) })
	return all, nil
}
