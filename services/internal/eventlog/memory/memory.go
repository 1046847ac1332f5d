// Package memory keeps an event log in memory, for tests and simulation.
//
// It is the plainest statement of what the port promises: every unit is judged
// against plain maps and applied at once. It starts no goroutine and reads no
// clock but the one it is given, so a simulation is the same on every run. The
// databases judge by package verdict instead; a property test holds both
// against each other.
package memory

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/lease"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/wake"
)

// Store is a log in memory. Several goroutines may use it.
type Store struct {
	now    func() time.Time
	told   func(eventlog.Event)
	bell   wake.Bell
	leases lease.Book

	mu          sync.RWMutex
	closed      bool
	epoch, fork int64
	events      list             // by position
	public      list             // by public position
	streams     map[string]*list // by version
	byID        map[uuid.UUID]int64
	inbox       map[eventlog.InboxKey]int64
	checkpoints map[verdict.Lane]eventlog.Checkpoint
	snapshots   map[snapshotKey]eventlog.Snapshot
	keys        map[string][]byte // nil: destroyed
	results     map[string]eventlog.Result
	parked      []*parkedRecord
	parkedByID  map[uuid.UUID]*parkedRecord
}

type snapshotKey struct {
	name   string
	schema int
}

type parkedRecord struct {
	eventlog.Parked
	settledAt int64 // log position
}

var _ eventlog.Store = (*Store)(nil)

// Option changes how a store works.
type Option func(*Store)

// WithClock gives the clock that stamps RecordedAt; time.Now without it.
func WithClock(now func() time.Time) Option { return func(s *Store) { s.now = now } }

// WithWitness has each event told once, in log order, when it is stored: a
// running hash, say. It is called with the store locked.
func WithWitness(told func(eventlog.Event)) Option { return func(s *Store) { s.told = told } }

// New returns an empty log in its first epoch.
func New(options ...Option) *Store {
	s := &Store{
		now: time.Now, epoch: 1,
		streams: map[string]*list{}, byID: map[uuid.UUID]int64{}, inbox: map[eventlog.InboxKey]int64{},
		checkpoints: map[verdict.Lane]eventlog.Checkpoint{}, snapshots: map[snapshotKey]eventlog.Snapshot{},
		keys: map[string][]byte{}, results: map[string]eventlog.Result{}, parkedByID: map[uuid.UUID]*parkedRecord{},
	}
	for _, o := range options {
		o(s)
	}
	return s
}

// usable is called with the lock held.
func (s *Store) usable(ctx context.Context) error {
	if s.closed {
		return eventlog.ErrClosed
	}
	return ctx.Err()
}

// head is called with the lock held.
func (s *Store) head() eventlog.Head {
	return eventlog.Head{Epoch: s.epoch, Fork: s.fork, Position: s.events.end(), PublicPosition: s.public.end()}
}

// Head says how long the log is.
func (s *Store) Head(ctx context.Context) (eventlog.Head, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return eventlog.Head{}, err
	}
	return s.head(), nil
}

// Stream returns up to limit events of a stream with version > after.
func (s *Store) Stream(ctx context.Context, stream string, after int64, limit int) ([]eventlog.Event, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	all, known := s.streams[stream]
	if !known {
		return nil, nil
	}
	found, err := all.page(after, limit)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", stream, err)
	}
	return found, nil
}

// After returns up to limit events with position > after.
func (s *Store) After(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	return s.events.page(after, limit)
}

// PublicAfter returns up to limit public events with public position > after.
func (s *Store) PublicAfter(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	return s.public.page(after, limit)
}

// Watch wakes a follower after each commit.
func (s *Store) Watch() (woken <-chan struct{}, stop func()) { return s.bell.Watch() }

// Checkpoint returns the zero Checkpoint for a lane that never advanced.
func (s *Store) Checkpoint(ctx context.Context, consumer, source string) (eventlog.Checkpoint, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.checkpoints[verdict.Lane{Consumer: consumer, Source: source}], s.usable(ctx)
}

// Rewind moves a checkpoint into a newer epoch; see verdict.Rewind.
func (s *Store) Rewind(ctx context.Context, consumer, source string, to eventlog.Checkpoint) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	lane := verdict.Lane{Consumer: consumer, Source: source}
	at, known := s.checkpoints[lane]
	if err := verdict.Rewind(lane, at, known, to); err != nil {
		return err
	}
	s.checkpoints[lane] = to
	return nil
}

// LoadSnapshot returns the newest snapshot of this name and schema.
func (s *Store) LoadSnapshot(ctx context.Context, name string, schema int) (eventlog.Snapshot, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return eventlog.Snapshot{}, err
	}
	snapshot, known := s.snapshots[snapshotKey{name, schema}]
	if !known {
		return eventlog.Snapshot{}, fmt.Errorf("snapshot %q of schema %d: %w", name, schema, eventlog.ErrNotFound)
	}
	return snapshot, nil
}

// SaveSnapshot keeps the snapshot unless a newer one of its schema is there.
// Those of the schema just before stay too, for replicas not yet deployed anew.
func (s *Store) SaveSnapshot(ctx context.Context, snapshot eventlog.Snapshot) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if err := verdict.CheckSnapshot(snapshot); err != nil {
		return err
	}
	key := snapshotKey{snapshot.Name, snapshot.Schema}
	if have, known := s.snapshots[key]; known &&
		(have.Epoch > snapshot.Epoch || have.Epoch == snapshot.Epoch && have.Position > snapshot.Position) {
		return nil
	}
	snapshot.Data = append([]byte{}, snapshot.Data...)
	s.snapshots[key] = snapshot
	for k := range s.snapshots {
		if k.name == key.name && k.schema < key.schema-1 {
			delete(s.snapshots, k)
		}
	}
	return nil
}

// PersonalKey returns a personal-data key that was not forgotten.
func (s *Store) PersonalKey(ctx context.Context, id string) (eventlog.Key, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return eventlog.Key{}, err
	}
	switch wrapped, known := s.keys[id]; {
	case !known:
		return eventlog.Key{}, fmt.Errorf("personal-data key %q: %w", id, eventlog.ErrNotFound)
	case wrapped == nil:
		return eventlog.Key{}, fmt.Errorf("personal-data key %q: %w", id, eventlog.ErrKeyDestroyed)
	default:
		return eventlog.Key{ID: id, Wrapped: append([]byte(nil), wrapped...)}, nil
	}
}

// IdempotencyResult returns the answer that was given to a key.
func (s *Store) IdempotencyResult(ctx context.Context, key string) (eventlog.Result, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return eventlog.Result{}, err
	}
	r, known := s.results[key]
	if !known {
		return eventlog.Result{}, fmt.Errorf("idempotency key %q: %w", key, eventlog.ErrNotFound)
	}
	return r, nil
}

// ParkedRecords returns up to limit records in the order they were parked.
func (s *Store) ParkedRecords(ctx context.Context, all bool, limit int) ([]eventlog.Parked, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	var found []eventlog.Parked
	for _, p := range s.parked {
		if len(found) < limit && (all || p.ReplayedAt.IsZero()) {
			found = append(found, p.Parked)
		}
	}
	return found, nil
}

// RaiseEpoch begins a new epoch at the present end of the log.
func (s *Store) RaiseEpoch(ctx context.Context) (eventlog.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return eventlog.Head{}, err
	}
	s.epoch, s.fork = s.epoch+1, s.public.end()
	return s.head(), nil
}

// Close makes every later call fail with ErrClosed.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}
