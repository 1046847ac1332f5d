package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/lane"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

// Run puts goroutines around the node: on every replica the writer, the fold of
// the log, the answer to backfills and the sweep; on the one that holds the
// lease also a goroutine per reactor, the relay to the bus, one lane per
// source, and the tick. Start must have been called. It returns when ctx
// ends, or with the first error that cannot be mended by trying again.
func (n *Node) Run(ctx context.Context, conn *bus.Conn) error {
	g, ctx := errgroup.WithContext(ctx)
	part := n.parts(ctx, g)
	n.conn.Store(conn)
	defer n.watchParked()()
	defer n.watchPositions()()
	if n.spec.Watch != nil {
		defer n.spec.Watch()()
	}
	part("journal", n.journal.Run)
	part("fold", n.foldLoop)
	if n.memories() != nil {
		part("snapshots", func(ctx context.Context) error { n.snapshotLoop(ctx); return nil })
	}
	stop, err := relay.ServeBackfill(conn, n.spec.Service, n.Log())
	if err != nil {
		return fmt.Errorf("%s: answer backfills: %w", n.spec.Service, err)
	}
	defer stop()
	if n.spec.Sweep != nil {
		part("sweep", func(ctx context.Context) error { n.tickLoop(ctx, n.spec.Sweep); return nil })
	}
	part("reach", func(ctx context.Context) error { n.listen(ctx, conn.Answers); return nil })
	part("lease", func(ctx context.Context) error {
		return n.lead(ctx, func(ctx context.Context) error { return n.alone(ctx, conn) })
	})
	return g.Wait()
}

// parts begins goroutines of a group, and names what fails.
func (n *Node) parts(ctx context.Context, g *errgroup.Group) func(what string, run func(context.Context) error) {
	return func(what string, run func(context.Context) error) {
		g.Go(func() error {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				return fmt.Errorf("%s: %s: %w", n.spec.Service, what, err)
			}
			return nil
		})
	}
}

// alone is what one replica does for all.
func (n *Node) alone(ctx context.Context, conn *bus.Conn) error {
	for { // the one before may have parked
		err := n.loadParked(ctx)
		if err == nil || ctx.Err() != nil {
			break
		}
		n.log.Error("the log cannot be read, trying again", "error", err)
		pause(ctx, time.Second)
	}
	g, ctx := errgroup.WithContext(ctx)
	part, name := n.parts(ctx, g), n.spec.Service
	for _, r := range n.spec.Reactors {
		part(r.Name, func(ctx context.Context) error { n.reactLoop(ctx, r); return nil })
	}
	w := &way{out: relay.New(relay.Options{Service: name, Log: n.Log(), Conn: conn, Replicas: n.deps.StreamReplicas, Logger: n.log}), in: map[string]*lane.Lane{}}
	part("relay", w.out.Run)
	for _, in := range n.Inbounds() {
		l := lane.New(lane.Options{Consumer: name, Source: in.Source(), Conn: conn, Handler: in, OnEpoch: in.Rewind, Epoch: n.epoch, Logger: n.log})
		w.in[in.Source()] = l
		part("lane from "+in.Source(), l.Run)
	}
	n.way.Store(w)
	defer n.way.CompareAndSwap(w, nil)
	if a, ok := n.deps.Store.(eventlog.Archive); ok && n.deps.ArchiveAfter > 0 {
		part("archive", func(ctx context.Context) error { n.archiveLoop(ctx, a); return nil })
	}
	if n.spec.Tick != nil {
		part("tick", func(ctx context.Context) error { n.tickLoop(ctx, n.spec.Tick); return nil })
	}
	return g.Wait()
}

// epoch of the own log.
func (n *Node) epoch(ctx context.Context) (int64, error) {
	head, err := n.deps.Store.Head(ctx)
	return head.Epoch, err
}

// foldLoop follows the log. An event that this version does not know ends it:
// a replica must not go on from a state that it cannot understand. Nor from one
// that is not the log's any more, since that was restored from a backup: who
// starts this process again gives it a state that is.
func (n *Node) foldLoop(ctx context.Context) error {
	woken, stop := n.Log().Watch()
	defer stop()
	wait := 50 * time.Millisecond
	for {
		err := n.Fold(ctx)
		switch {
		case err == nil:
			wait = 50 * time.Millisecond
		case isUnknownEvent(err), errors.Is(err, eventlog.ErrRestored):
			return err
		case ctx.Err() == nil:
			n.log.Error("the log cannot be read, trying again", "error", err, "wait", wait)
			pause(ctx, wait)
			wait = min(2*wait, 5*time.Second)
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-woken:
		case <-n.asked:
			n.journal.OthersWrote()
		case <-time.After(time.Second):
		}
	}
}

// reactLoop lets one reactor work whenever the models have moved.
func (n *Node) reactLoop(ctx context.Context, r Reactor) {
	wait := 20 * time.Millisecond
	for ctx.Err() == nil {
		n.mu.RLock()
		changed := n.changed
		n.mu.RUnlock()
		var more bool
		err := bus.NoPanic(func() (err error) { more, err = r.React(ctx); return err })
		switch {
		case err != nil && ctx.Err() == nil:
			n.log.Error("reaction failed, trying again", "reactor", r.Name, "error", err, "wait", wait)
			pause(ctx, wait)
			wait = min(2*wait, 5*time.Second)
		case more:
			wait = 20 * time.Millisecond
		default:
			wait = 20 * time.Millisecond
			idle := time.Second // what waits for a time of day
			if r.Wait != nil {
				if d := r.Wait(); d > 0 {
					idle = d
				}
			}
			select {
			case <-ctx.Done():
			case <-changed:
			case <-time.After(idle):
			}
		}
	}
}

func (n *Node) tickLoop(ctx context.Context, tick func(context.Context, time.Time) error) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		if err := bus.NoPanic(func() error { return tick(ctx, n.Now()) }); err != nil && ctx.Err() == nil && !errors.Is(err, context.Canceled) {
			n.log.Error("tick failed, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func isUnknownEvent(err error) bool {
	var unknown *decider.UnknownEventError
	return errors.As(err, &unknown)
}
