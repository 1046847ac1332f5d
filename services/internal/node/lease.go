package node

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// One replica reads the lanes, reacts, ticks and relays: the one that holds the
// lease "lead" in the log's own database. Who was killed is followed after
// leaseFor and leaseEvery at most; who ends in peace gives it free. So does who has
// lost the bus, for one who has it; only when nobody has taken it for leaseRest does
// a replica without the bus, for what needs none, and yields to the first that has it.
const (
	leaseName  = "lead"
	leaseFor   = 5 * time.Second
	leaseEvery = time.Second
	// leaseSpare is how long before its end a lease that could not be renewed
	// is believed to be over, in case clocks run at different rates.
	leaseSpare = 500 * time.Millisecond
	// leaseRest is how long a lease must be free before a replica without the bus takes it.
	leaseRest = 5 * time.Second
)

// turn is this replica's time at the lease.
type turn struct {
	mu    sync.Mutex
	ctx   context.Context // of the present turn; nil: another's
	begun chan struct{}   // closed when one begins
}

func (t *turn) set(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ctx = ctx
	if t.begun == nil {
		t.begun = make(chan struct{})
	}
	if ctx != nil {
		close(t.begun)
		t.begun = make(chan struct{})
	}
}

func (t *turn) get() (ctx context.Context, begun <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun == nil {
		t.begun = make(chan struct{})
	}
	return t.ctx, t.begun
}

// Leads tells whether this replica does at present what one alone should.
func (n *Node) Leads() bool {
	ctx, _ := n.turn.get()
	return ctx != nil && ctx.Err() == nil
}

// WhileLeading runs work whenever this replica is the one that does what one
// alone should, until ctx ends or work fails. Its context ends with the turn.
func (n *Node) WhileLeading(ctx context.Context, work func(context.Context) error) error {
	for ctx.Err() == nil {
		mine, begun := n.turn.get()
		if mine == nil || mine.Err() != nil {
			select {
			case <-ctx.Done():
			case <-begun:
			}
			continue
		}
		now, cancel := context.WithCancel(ctx)
		stop := context.AfterFunc(mine, cancel)
		err := work(now)
		over := mine.Err() != nil
		stop()
		cancel()
		if !over {
			return err
		}
	}
	return nil
}

// lead takes the lease whenever it is free and works as long as it is held.
func (n *Node) lead(ctx context.Context, work func(context.Context) error) error {
	holder := uuid.NewString()
	release := func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = n.deps.Store.ReleaseLease(end, leaseName, holder) // else it runs out
	}
	defer release()
	for was := false; ctx.Err() == nil; {
		asked := time.Now()
		away := n.reach.away(asked)
		l, err := n.take(ctx, holder, leaseFor, away)
		back := was && !away
		was = away
		if err != nil && ctx.Err() == nil {
			n.log.Warn("nobody can say who has the lease, asking again", "error", err)
		}
		if err != nil || l.Holder != holder {
			pause(ctx, leaseEvery)
			continue
		}
		if back { // one without the bus may have had it, and sees only when it next asks that it has not
			pause(ctx, leaseEvery+leaseSpare)
			continue
		}
		n.log.Info("this replica reads the lanes, reacts and relays", "term", l.Term, "bus", !away)
		yields, err := n.serve(ctx, l, asked, away, work)
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
		case yields:
			n.log.Warn("this replica has lost the bus, and given the lease to whoever has it", "term", l.Term)
			release()
			holder = uuid.NewString() // a stranger to the lease, that waits as strangers do
		default:
			n.log.Warn("this replica has lost the lease: another one reads the lanes, reacts and relays", "term", l.Term)
		}
	}
	return nil
}

func (n *Node) take(ctx context.Context, holder string, within time.Duration, away bool) (eventlog.Lease, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if away {
		return n.deps.Store.TakeLease(ctx, leaseName, holder, 0, leaseRest)
	}
	return n.deps.Store.TakeLease(ctx, leaseName, holder, leaseFor, 0)
}

// serve works for one turn: until ctx ends, the work fails, or the lease is
// lost, or the bus is in a turn that had it: then it yields. It counts from when
// the lease was last asked for with success.
func (n *Node) serve(ctx context.Context, l eventlog.Lease, asked time.Time, away bool, work func(context.Context) error) (yields bool, err error) {
	mine, cancel := context.WithCancel(ctx)
	defer cancel()
	n.turn.set(mine)
	defer n.turn.set(nil)
	ended := make(chan error, 1)
	go func() { ended <- work(mine) }()
	renew := time.NewTicker(leaseEvery)
	defer renew.Stop()
	for {
		select {
		case err := <-ended: // by itself, or because ctx has ended
			return false, err
		case <-renew.C:
		}
		began, left := time.Now(), leaseFor-leaseSpare-time.Since(asked)
		had := !away
		if away = n.reach.away(began); away && had {
			cancel()
			return true, <-ended
		}
		now, err := n.take(ctx, l.Holder, left, away)
		switch {
		case err == nil && now == l:
			asked = began
		case err == nil || time.Since(asked) >= leaseFor-leaseSpare-leaseEvery:
			cancel()
			return false, <-ended
		}
	}
}
