// Package journal is the one writer of a service's log. It holds the loop
// load → fold → decide → append at the expected version → on conflict decide
// again, and it holds it once.
//
// Jobs are decided one after the other on the newest, not yet committed state,
// and many jobs share one commit (group commit): while one batch is being
// synced to disk the next collects. If a commit fails, everything decided on
// top of it is dropped and decided again. A job is a synchronous function and
// may be called more than once; it must have no effect but through its Tx.
//
// Without Run, Do decides and commits in the caller's goroutine: a simulation
// drives a whole service that way.
package journal

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// ErrBusy: a job met a conflict again and again, or the queue is full.
var ErrBusy = errors.New("journal: too many writers at once, try again")

// Options of a journal. Zero values mean the defaults named.
type Options struct {
	Now      func() time.Time // required: the clock of Meta.Time
	NewID    func() uuid.UUID // default: UUIDv7
	MaxBatch int              // units per commit, default 512
	Queue    int              // waiting jobs, default 8192
	Cache    int              // folded streams kept, default 20000
	// Gather is how long a commit waits at most for those who will ask soon,
	// default 3 ms.
	Gather time.Duration
	// Pause waits before a commit whose answer was lost is asked for again, or until
	// ctx ends; default: by the clock of the machine. A simulation does not wait.
	Pause func(ctx context.Context, d time.Duration)
	// Carry hands what was decided to the one follower in this process as it is, see
	// Said. It is for a simulation: what a service folds of its log after a start is
	// decoded.
	Carry bool
	// CommitTimeout bounds one commit, default 10 s.
	CommitTimeout time.Duration
	// Observe, when set, is told of each commit: units and how long it took.
	Observe func(units int, took time.Duration, err error)
}

// Journal writes one service's log.
type Journal struct {
	store eventlog.Store
	opt   Options
	cache *stateCache
	tail  *tail

	keeper keeper
	ended  chan struct{} // closed when Run has returned

	queue   chan *request
	running atomic.Bool // stays true: a journal runs once
	stopped atomic.Bool
	inline  sync.Mutex // serialises Do without Run
}

// Job decides. It reads and appends through tx only.
type Job func(tx *Tx) error

// Receipt answers a job.
type Receipt struct {
	Epoch     int64
	Position  int64 // of the job's last event, or of the log where it wrote none
	Duplicate bool  // an inbox key was known: nothing was written again
	Events    []eventlog.Event
}

type request struct {
	ctx   context.Context
	job   Job
	taken atomic.Bool // by the writer, or by a caller who gave up
	done  chan answer
	tries int
	// certain: idempotency keys are looked up before deciding, because assuming
	// them to be new went wrong.
	certain bool
	tx      *Tx
	err     error // why the job refused
}

type answer struct {
	receipt Receipt
	err     error
}

// New makes a journal on a store.
func New(store eventlog.Store, opt Options) *Journal {
	if opt.Now == nil {
		panic("journal: Options.Now is required")
	}
	if opt.NewID == nil {
		opt.NewID = func() uuid.UUID { return uuid.Must(uuid.NewV7()) }
	}
	opt.MaxBatch = orDefault(opt.MaxBatch, 512)
	opt.Queue = orDefault(opt.Queue, 8192)
	opt.Cache = orDefault(opt.Cache, 20000)
	if opt.Gather == 0 {
		opt.Gather = 3 * time.Millisecond
	}
	if opt.CommitTimeout == 0 {
		opt.CommitTimeout = 10 * time.Second
	}
	if opt.Pause == nil {
		opt.Pause = pause
	}
	return &Journal{store: store, opt: opt, cache: newStateCache(opt.Cache), tail: newTail(store),
		queue: make(chan *request, opt.Queue), ended: make(chan struct{})}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func orDefault(n, d int) int {
	if n == 0 {
		return d
	}
	return n
}

// Reader reads the log with its newest part served from memory; its Watch wakes
// after each commit, when the events can be read.
func (j *Journal) Reader() eventlog.Reader { return j.tail }

// OthersWrote makes the reader ask the store although nothing was seen yet of
// what another replica has written: somebody has heard of it.
func (j *Journal) OthersWrote() { j.tail.suspect() }

// Store is the log itself, for what lies beside the events.
func (j *Journal) Store() eventlog.Store { return j.store }

// Run decides and commits until ctx ends. Jobs that wait then are answered
// with eventlog.ErrClosed; one that is being committed is finished first.
func (j *Journal) Run(ctx context.Context) error {
	if !j.running.CompareAndSwap(false, true) {
		return errors.New("journal: Run was called twice")
	}
	defer close(j.ended)
	j.awaitInline()
	stopTail := j.tail.look()
	defer stopTail()
	gather := newGatherer(j)
	batch := make([]*request, 0, j.opt.MaxBatch)
	for {
		if batch = gather.next(ctx, batch[:0]); len(batch) == 0 {
			j.stopped.Store(true)
			j.drain()
			return nil
		}
		j.process(batch)
	}
}

// collect takes what waits, as far as one commit has room.
func (j *Journal) collect(batch []*request) []*request {
	for len(batch) < j.opt.MaxBatch {
		select {
		case r := <-j.queue:
			batch = append(batch, r)
		default:
			return batch
		}
	}
	return batch
}

// drain answers what waits when the journal stops.
func (j *Journal) drain() {
	for {
		select {
		case r := <-j.queue:
			if r.taken.CompareAndSwap(false, true) {
				r.done <- answer{err: eventlog.ErrClosed}
			}
		default:
			return
		}
	}
}

// Do decides a job and returns when it is durable. A context that ends while
// the job waits leaves nothing behind; one that ends during the commit does
// not hurry it.
func (j *Journal) Do(ctx context.Context, job Job) (Receipt, error) {
	if err := ctx.Err(); err != nil {
		return Receipt{}, err
	}
	r := &request{ctx: ctx, job: job, done: make(chan answer, 1)}
	if a, done := j.doInline(r); done {
		return a.receipt, a.err
	}
	select {
	case j.queue <- r:
	default:
		return Receipt{}, fmt.Errorf("%w: %d jobs wait", ErrBusy, cap(j.queue))
	}
	if j.stopped.Load() {
		j.drain()
	}
	select {
	case a := <-r.done:
		return a.receipt, a.err
	case <-ctx.Done():
		if r.taken.CompareAndSwap(false, true) {
			return Receipt{}, ctx.Err()
		}
		a := <-r.done
		return a.receipt, a.err
	}
}

// doInline decides in the caller's goroutine where Run does not.
func (j *Journal) doInline(r *request) (answer, bool) {
	if j.running.Load() {
		return answer{}, false
	}
	j.inline.Lock()
	defer j.inline.Unlock()
	if j.running.Load() {
		return answer{}, false
	}
	j.process([]*request{r})
	return <-r.done, true
}

// awaitInline returns when no Do without Run is at work any more.
func (j *Journal) awaitInline() {
	j.inline.Lock()
	defer j.inline.Unlock()
}

// process decides and commits a batch, and what must be decided again, until
// every request is answered.
func (j *Journal) process(batch []*request) {
	live := make([]*request, 0, len(batch))
	for _, r := range batch {
		if r.taken.CompareAndSwap(false, true) {
			live = append(live, r)
		}
	}
	for len(live) > 0 {
		live = j.round(live)
	}
}

const maxTries = 32

// round decides every request, commits once and returns those that must be
// decided again.
func (j *Journal) round(batch []*request) (again []*request) {
	ctx, cancel := context.WithTimeout(context.Background(), j.opt.CommitTimeout)
	defer cancel()
	pending := newOverlay(j.cache)
	var decided []*request
	var units []eventlog.Unit
	for _, r := range batch {
		if err := r.ctx.Err(); err != nil {
			r.done <- answer{err: err}
			continue
		}
		unit := j.decide(ctx, r, pending)
		if r.tx.guessed(r.err) {
			// Looked up only now, with the streams at hand: what another replica
			// answered before they were read is found, and what it answers after
			// that is a conflict.
			r.certain = true
			unit = j.decide(ctx, r, pending)
		}
		upon := pending.upon(r.tx)
		if r.err == nil {
			pending.merge(r.tx, len(units))
		} else if unit = r.tx.guards(); len(unit.Appends) == 0 {
			r.done <- answer{err: r.err}
			continue
		}
		unit.Upon = upon
		decided = append(decided, r)
		units = append(units, unit)
	}
	return j.write(ctx, decided, units, pending)
}

// decide runs a job on what is pending and says what it wants written.
func (j *Journal) decide(ctx context.Context, r *request, pending *overlay) eventlog.Unit {
	r.tx = &Tx{journal: j, ctx: ctx, caller: r.ctx, below: pending, own: map[string]*entry{}, now: j.opt.Now(), certain: r.certain}
	r.err = r.run()
	unit, err := r.tx.unit()
	if r.err == nil {
		r.err = err
	}
	return unit
}

// write commits what was decided and answers it; it returns the requests to
// decide again. A refusal takes part with guards alone: it counts only if what
// it was decided on has been written and is still the newest.
func (j *Journal) write(ctx context.Context, decided []*request, units []eventlog.Unit, pending *overlay) (again []*request) {
	if len(decided) == 0 {
		return nil
	}
	broken := map[string]bool{}
	outcomes, err := j.commit(ctx, units)
	if err != nil {
		for _, s := range pending.streams() {
			broken[s] = true
		}
		pending.settle(broken)
		for _, r := range decided {
			r.done <- answer{err: fmt.Errorf("write the log: %w", err)}
		}
		return nil
	}
	epoch := j.tail.add(outcomes)
	if j.opt.Carry {
		j.tail.carry(decided, outcomes)
	}
	for i, o := range outcomes {
		if o.Err != nil || o.Duplicate {
			for s := range decided[i].tx.own {
				broken[s] = true
			}
		}
	}
	pending.settle(broken)
	lost := unanswered(units, outcomes)
	for i, o := range outcomes {
		r := decided[i]
		if len(o.Events) == 0 && o.Err == nil && slices.ContainsFunc(r.tx.leans, func(key string) bool { return lost[key] }) {
			again = append(again, r) // what it repeated was not written
			continue
		}
		if o.Duplicate && len(o.Events) == 0 && len(r.tx.assumed) > 0 {
			r.certain = true
			again = append(again, r) // its key has an answer already
			continue
		}
		switch {
		case errors.Is(o.Err, eventlog.ErrConflict) && r.tries < maxTries:
			r.tries++
			r.certain = false // keys are looked up after the streams: see round
			again = append(again, r)
		case errors.Is(o.Err, eventlog.ErrConflict):
			r.done <- answer{err: fmt.Errorf("%w: %w", ErrBusy, o.Err)}
		case r.err != nil:
			r.done <- answer{err: r.err}
		case o.Err != nil:
			r.done <- answer{receipt: Receipt{Position: o.Checkpoint.Position, Epoch: o.Checkpoint.Epoch}, err: o.Err}
		default:
			r.done <- answer{receipt: Receipt{Epoch: epoch, Position: o.Position, Duplicate: o.Duplicate, Events: o.Events}}
		}
	}
	return again
}

// unanswered are the idempotency keys whose answers of this commit were not
// written.
func unanswered(units []eventlog.Unit, outcomes []eventlog.Outcome) map[string]bool {
	lost := map[string]bool{}
	for i, o := range outcomes {
		if o.Err == nil && !o.Duplicate {
			continue
		}
		for _, r := range units[i].Results {
			lost[r.Key] = true
		}
	}
	return lost
}

// run calls the job; a panic becomes an error and is the job's alone.
func (r *request) run() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("journal: the job panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return r.job(r.tx)
}

// commit writes units; when the answer is lost it asks again with the same
// event ids, because unknown is not failed.
func (j *Journal) commit(ctx context.Context, units []eventlog.Unit) ([]eventlog.Outcome, error) {
	begin := time.Now()
	var outcomes []eventlog.Outcome
	var err error
	for try := range 5 {
		outcomes, err = j.store.Commit(ctx, units)
		if !errors.Is(err, eventlog.ErrUnknown) {
			break
		}
		if j.opt.Pause(ctx, time.Duration(1<<try)*20*time.Millisecond); ctx.Err() != nil {
			return nil, err
		}
	}
	if err == nil && len(outcomes) != len(units) {
		err = fmt.Errorf("journal: the store answered %d of %d units", len(outcomes), len(units))
	}
	if j.opt.Observe != nil {
		j.opt.Observe(len(units), time.Since(begin), err)
	}
	return outcomes, err
}

// Running reports whether Run decides; else Do does.
func (j *Journal) Running() bool { return j.running.Load() }

// Waiting is how many jobs wait for the writer.
func (j *Journal) Waiting() int { return len(j.queue) }
