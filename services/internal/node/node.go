// Package node is what the four services are alike in: a journal, read models
// folded from the log, reactions to what the log says, lanes in and a relay
// out.
//
// Everything that decides is a synchronous function: Do, Deliver, Step and Tick
// may all be called from one goroutine, and a simulation does so. Run puts
// goroutines around them.
package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	quick "github.com/segmentio/encoding/json"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Source is a foreign service that this one listens to.
type Source struct {
	Service string
	// Handle translates one foreign event into own commands, in the unit that
	// also moves the checkpoint. It is not called for types that the registry
	// does not know, nor when Wants is set and says no.
	Handle func(tx *journal.Tx, from events.Envelope, event events.Event) error
	// Wants tells which event types Handle cares for; nil means all.
	Wants func(eventType string) bool
}

// Model is a read model: a fold of the own log. Apply is called in log order,
// under the node's write lock.
type Model interface {
	Apply(stored eventlog.Event, event decider.Event)
}

// Reactor owes commands for what the log says. It is called after the models
// have taken in new events, and again until it has nothing left to do; its
// state is the models', so that a restart resumes it.
type Reactor struct {
	Name string
	// React does at most one piece of work and says whether there is more.
	React func(ctx context.Context) (more bool, err error)
	// Wait, when set, is how long React may be left alone after it had nothing
	// left to do and while the models stand still; 0 or nil: a second.
	Wait func() time.Duration
}

// Spec says what a service is.
type Spec struct {
	Service  string
	Codec    decider.Codec    // the own log
	Registry *events.Registry // the published language
	Sources  []Source
	// Citizens: they write into this log, too, so only codes are told as reasons.
	Citizens bool
	// Foreign handles a parked message from outside with corrected content: it
	// checks it and returns it as it is to be recorded. nil: they cannot be fixed.
	Foreign  func(tx *journal.Tx, p eventlog.Parked, data json.RawMessage) (json.RawMessage, error)
	Models   []Model
	Reactors []Reactor
	// Watch begins to tell operators' tools how the service stands, until stop: as long
	// as Run lasts. What is not run, such as a simulation, is not held on to.
	Watch func() (stop func())
	// Tick is called about once a second for what falls due, on the one replica
	// that does what one alone should; Sweep on each, for what its process alone
	// remembers.
	Tick, Sweep func(ctx context.Context, now time.Time) error
	// Snapshots make a start short; the zero value: none are written.
	Snapshots Snapshots
}

// Deps are what a service is given. Now is the clock, NewID the source of ids
// (nil: UUIDv7).
type Deps struct {
	Store   eventlog.Store
	Now     func() time.Time
	Logger  *slog.Logger
	Journal journal.Options // Now is overwritten
	// StreamReplicas is how many servers of a NATS cluster keep the stream; 0: 1.
	StreamReplicas int
	// SnapshotEvery is after how many events a running node writes itself down;
	// 0: 50,000.
	SnapshotEvery int64
	// ArchiveAfter is the age at which events move to the archive of a log that
	// has one; 0: never.
	ArchiveAfter time.Duration
}

// Node runs one service.
type Node struct {
	spec    Spec
	deps    Deps
	journal *journal.Journal
	log     *slog.Logger

	mu       sync.RWMutex // guards the models and applied
	applied  int64
	changed  chan struct{} // closed and replaced when applied moves
	asked    chan struct{} // somebody waits for a position: look at the log
	turn     turn
	reach    reach
	trail    trail
	conn     atomic.Pointer[bus.Conn] // of Run
	way      atomic.Pointer[way]      // of the present turn
	stepping sync.Mutex               // one fold at a time
	saving   sync.Mutex               // one snapshot at a time
	saved    atomic.Int64             // position of the newest snapshot

	gauges   *gauges
	settling sync.RWMutex // held while a parked message is settled
	parkedMu sync.Mutex
	parked   map[string]map[string]int // source → key → waiting records; never too few
}

// New makes a node. Start must be called before it serves.
func New(spec Spec, deps Deps) *Node {
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	deps.Journal.Now = deps.Now
	if deps.Journal.Observe == nil {
		deps.Journal.Observe = observeCommits(spec.Service)
	}
	spec.Codec = spec.Codec.With(ParkedHandled{}).Unmarshalling(quick.Unmarshal)
	if spec.Registry != nil {
		spec.Registry = spec.Registry.Unmarshalling(quick.Unmarshal)
	}
	return &Node{spec: spec, deps: deps, journal: journal.New(deps.Store, deps.Journal),
		parked: map[string]map[string]int{}, gauges: newGauges(spec.Service),
		log: deps.Logger.With("service", spec.Service), changed: make(chan struct{}), asked: make(chan struct{}, 1)}
}

// Service is the node's name.
func (n *Node) Service() string { return n.spec.Service }

// Now is the node's clock.
func (n *Node) Now() time.Time { return n.deps.Now() }

// Log is the node's log for reading.
func (n *Node) Log() eventlog.Reader { return n.journal.Reader() }

// Store is the log with what lies beside it.
func (n *Node) Store() eventlog.Store { return n.deps.Store }

// Logger carries the service's name.
func (n *Node) Logger() *slog.Logger { return n.log }

// Do decides a job and returns when it is durable.
func (n *Node) Do(ctx context.Context, job journal.Job) (journal.Receipt, error) {
	return n.journal.Do(ctx, job)
}

// Stow packs away the states of streams, see journal.Stow.
func (n *Node) Stow(named func(stream string) bool) { n.journal.Stow(named) }

// Start restores the models from the newest snapshot, folds what the log has
// beyond it, and loads what is parked.
func (n *Node) Start(ctx context.Context) error {
	if err := n.loadParked(ctx); err != nil {
		return fmt.Errorf("%s: %w", n.spec.Service, err)
	}
	n.restore(ctx)
	if err := n.Fold(ctx); err != nil {
		return fmt.Errorf("%s: fold the log: %w", n.spec.Service, err)
	}
	return nil
}

// Fold takes new events of the log into the models.
func (n *Node) Fold(ctx context.Context) error {
	n.stepping.Lock()
	defer n.stepping.Unlock()
	for {
		page, err := n.Log().After(ctx, n.applied, 1000)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		decoded := make([]decider.Event, len(page))
		for i, e := range page {
			var known bool
			if decoded[i], known = n.journal.Said(e.Position); known {
				continue
			}
			if decoded[i], err = n.spec.Codec.Decode(e.Type, e.Data); err != nil {
				return fmt.Errorf("position %d: %w", e.Position, err)
			}
		}
		n.mu.Lock()
		for i, e := range page {
			if _, ours := decoded[i].(ParkedHandled); ours {
				continue
			}
			for _, m := range n.spec.Models {
				m.Apply(e, decoded[i])
			}
		}
		n.applied = page[len(page)-1].Position
		close(n.changed)
		n.changed = make(chan struct{})
		n.mu.Unlock()
	}
}

// View runs read with the models held still.
func (n *Node) View(read func()) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	read()
}

// Applied is the log position that the models contain.
func (n *Node) Applied() int64 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.applied
}

// Changed is closed when the models have next taken something in.
func (n *Node) Changed() <-chan struct{} {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.changed
}

// ErrNotYet: the read models have not reached the position asked for.
var ErrNotYet = errors.New("the read model has not reached this position yet: try again in a moment")

// WaitFor waits until the models contain a position, at most 500 ms. A position
// that another replica has given is looked for at once.
func (n *Node) WaitFor(ctx context.Context, position int64) error {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	for {
		n.mu.RLock()
		reached, changed := n.applied >= position, n.changed
		n.mu.RUnlock()
		if reached {
			return nil
		}
		select {
		case n.asked <- struct{}{}:
		default:
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%w (position %d)", ErrNotYet, position)
		}
	}
}

// Step folds and reacts until nothing is left to do: one goroutine's whole
// turn, for simulations and tests.
func (n *Node) Step(ctx context.Context) error {
	for {
		if err := n.Fold(ctx); err != nil {
			return err
		}
		before := n.Applied()
		busy := false
		for _, r := range n.spec.Reactors {
			more, err := r.React(ctx)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", n.spec.Service, r.Name, err)
			}
			busy = busy || more
		}
		if err := n.Fold(ctx); err != nil {
			return err
		}
		if !busy && n.Applied() == before {
			return nil
		}
	}
}

// Tick does what has fallen due, and sweeps.
func (n *Node) Tick(ctx context.Context) error {
	var errs []error
	for _, f := range []func(context.Context, time.Time) error{n.spec.Tick, n.spec.Sweep} {
		if f != nil {
			errs = append(errs, f(ctx, n.Now()))
		}
	}
	return errors.Join(errs...)
}

// Command decides a job once per idempotency key. The result is stored with the
// effects, and a repeat returns it; body is what the key is bound to. An empty
// key decides without memory. Of the key a hash is stored: clients make keys of
// whatever they have at hand, a name or a telephone number too.
func Command[T any](ctx context.Context, n *Node, key string, body any, job func(tx *journal.Tx) (T, error)) (T, journal.Receipt, error) {
	var out T
	if key == "" {
		rec, err := n.Do(ctx, func(tx *journal.Tx) (err error) { out, err = job(tx); return err })
		return out, rec, err
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return out, journal.Receipt{}, err
	}
	sum := sha256.Sum256(raw)
	hash := hex.EncodeToString(sum[:])
	key = ResultKey(key)
	once := func(tx *journal.Tx) error {
		var fresh T
		out = fresh
		stored, seen, err := tx.Once(key, hash)
		if err != nil {
			return err
		}
		if seen {
			return json.Unmarshal(stored, &out)
		}
		if out, err = job(tx); err != nil {
			return err
		}
		data, err := json.Marshal(out)
		if err != nil {
			return err
		}
		tx.Remember(key, hash, data)
		return nil
	}
	rec, err := n.Do(ctx, once)
	return out, rec, err
}

// ResultKey is under what the answer to an idempotency key of Command is stored.
func ResultKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "command/" + hex.EncodeToString(sum[:])
}
