package journal

import (
	"context"
	"slices"
	"sync"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// tailEvents is how many of the newest events are kept in memory for followers
// and the relay; whoever is further behind reads the store.
const tailEvents = 8192

// tail is the log's reader with its end in memory.
type tail struct {
	eventlog.Store
	mu     sync.RWMutex
	epoch  int64
	events []eventlog.Event // contiguous by position
	public []eventlog.Event // contiguous by public position
	watch  map[chan struct{}]struct{}
}

func newTail(store eventlog.Store) *tail {
	return &tail{Store: store, watch: map[chan struct{}]struct{}{}}
}

// add takes the outcomes of a commit and returns the log's epoch.
func (t *tail) add(outcomes []eventlog.Outcome) (epoch int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.epoch == 0 {
		if h, err := t.Store.Head(context.Background()); err == nil {
			t.epoch = h.Epoch
		}
	}
	for _, o := range outcomes {
		if o.Duplicate {
			continue
		}
		for _, e := range o.Events {
			if n := len(t.events); n > 0 && t.events[n-1].Position != e.Position-1 {
				t.events = t.events[:0:0] // another replica wrote in between
			}
			t.events = append(t.events, e)
			if e.PublicPosition > 0 {
				if n := len(t.public); n > 0 && t.public[n-1].PublicPosition != e.PublicPosition-1 {
					t.public = t.public[:0:0]
				}
				t.public = append(t.public, e)
			}
		}
	}
	t.events, t.public = trim(t.events), trim(t.public)
	t.wake()
	return t.epoch
}

func trim(s []eventlog.Event) []eventlog.Event {
	if len(s) < 2*tailEvents {
		return s
	}
	return slices.Clone(s[len(s)-tailEvents:])
}

func (t *tail) wake() {
	for c := range t.watch {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// forward passes on the wakes of other writers of the same log.
func (t *tail) forward() (stop func()) {
	woken, unwatch := t.Store.Watch()
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-woken:
				t.mu.RLock()
				t.wake()
				t.mu.RUnlock()
			}
		}
	}()
	return func() { unwatch(); close(done) }
}

// After serves the newest events from memory.
func (t *tail) After(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	t.mu.RLock()
	if n := len(t.events); n > 0 && t.events[0].Position <= after+1 && t.events[n-1].Position > after {
		part := t.events[after+1-t.events[0].Position:]
		t.mu.RUnlock()
		return part[:min(limit, len(part)):min(limit, len(part))], nil
	}
	t.mu.RUnlock()
	return t.Store.After(ctx, after, limit)
}

// PublicAfter serves the newest public events from memory.
func (t *tail) PublicAfter(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	t.mu.RLock()
	if n := len(t.public); n > 0 && t.public[0].PublicPosition <= after+1 && t.public[n-1].PublicPosition > after {
		part := t.public[after+1-t.public[0].PublicPosition:]
		t.mu.RUnlock()
		return part[:min(limit, len(part)):min(limit, len(part))], nil
	}
	t.mu.RUnlock()
	return t.Store.PublicAfter(ctx, after, limit)
}

// Watch wakes after each commit of this journal, and of others where the store
// says so.
func (t *tail) Watch() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	t.mu.Lock()
	t.watch[c] = struct{}{}
	t.mu.Unlock()
	return c, func() {
		t.mu.Lock()
		delete(t.watch, c)
		t.mu.Unlock()
	}
}
