package node

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

// shelf is a log with an archive, of so many old events.
type shelf struct {
	eventlog.Store
	old    int64
	before time.Time
	steps  int
	empty  chan struct{} // closed when a look finds nothing left
}

func (s *shelf) Archive(_ context.Context, before time.Time, limit int) (int64, error) {
	s.before = before
	s.steps++
	moved := min(s.old, int64(limit))
	if s.old -= moved; moved == 0 {
		close(s.empty)
	}
	return moved, nil
}

func (s *shelf) Archived(context.Context) (int64, error) { return 0, nil }

func TestOldEventsMoveInSteps(t *testing.T) {
	s := &shelf{Store: memory.New(), old: 2*archiveBatch + 1, empty: make(chan struct{})}
	now := time.Date(2026, 11, 2, 7, 12, 0, 0, time.UTC)
	n := replica(s)
	n.deps.Now, n.deps.ArchiveAfter = func() time.Time { return now }, 24*time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); n.archiveLoop(ctx, s) }()
	await(t, "all is moved", s.empty)
	cancel()
	await(t, "it ends", ended)
	if s.steps != 4 || !s.before.Equal(now.Add(-24*time.Hour)) {
		t.Errorf("%d steps of what was before %s", s.steps, s.before)
	}
}

// restored is a log that went back while it was open.
type restored struct{ eventlog.Store }

func (restored) After(context.Context, int64, int) ([]eventlog.Event, error) {
	return nil, eventlog.ErrRestored
}

// A replica does not go on from a state that is not the log's any more.
func TestAReplicaEndsWhenItsLogWentBack(t *testing.T) {
	n := replica(restored{memory.New()})
	ended := make(chan error, 1)
	go func() { ended <- n.foldLoop(t.Context()) }()
	select {
	case err := <-ended:
		if !errors.Is(err, eventlog.ErrRestored) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on")
	}
}
