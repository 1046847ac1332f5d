package node

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Refusals of Replay and Discard.
var (
	ErrNotParked     = errors.New("no such message is parked: it was replayed or discarded, or never was")
	ErrNotReplayable = errors.New("the message cannot be replayed: discard it, and let its sender send it again")
	ErrNotFirst      = errors.New("an earlier message with the same key is parked: replay or discard that one first")
)

// maxParked bounds how many parked messages are looked through.
const maxParked = 100000

// Parked lists the messages that could not be handled and wait, oldest first.
func (n *Node) Parked(ctx context.Context) ([]eventlog.Parked, error) {
	return n.deps.Store.ParkedRecords(ctx, false, maxParked)
}

// Replay handles a parked message again, and then those that wait behind it, in
// order, each in one commit with its settlement. It returns how many were
// handled; at the first that fails it stops, and that one stays parked.
func (n *Node) Replay(ctx context.Context, id uuid.UUID) (replayed int, err error) {
	first, err := n.find(ctx, id)
	if err != nil {
		return 0, err
	}
	for {
		queue, err := n.queue(ctx, first)
		switch {
		case err != nil || len(queue) == 0:
			return replayed, err
		case replayed == 0 && queue[0].ID != id:
			return 0, fmt.Errorf("%w (%s)", ErrNotFirst, queue[0].ID)
		}
		for _, p := range queue {
			if err := n.replay(ctx, p); err != nil {
				return replayed, fmt.Errorf("replay %s at position %d: %w", p.Type, p.Position, err)
			}
			replayed++
		}
	}
}

func (n *Node) replay(ctx context.Context, p eventlog.Parked) error {
	source := slices.IndexFunc(n.spec.Sources, func(s Source) bool { return s.Service == p.Source })
	if source < 0 || p.Position == 0 || len(p.Data) == 0 {
		return ErrNotReplayable
	}
	from := n.spec.Sources[source]
	e, err := events.ParseStructured(p.Data)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotReplayable, err)
	}
	event, err := from.decode(n.spec.Registry, e)
	if err != nil {
		return err
	}
	return n.settle(causedBy(ctx, e), p, func(tx *journal.Tx) error {
		if event == nil {
			return nil
		}
		return from.Handle(tx, e, event)
	})
}

// Discard gives a parked message up; those behind it still wait.
func (n *Node) Discard(ctx context.Context, id uuid.UUID) error {
	p, err := n.find(ctx, id)
	if err != nil {
		return err
	}
	if err := n.settle(ctx, p, func(*journal.Tx) error { return nil }); err != nil {
		return err
	}
	n.log.Warn("parked message discarded", "id", p.ID, "source", p.Source, "type", p.Type, "key", p.Key, "position", p.Position)
	return nil
}

func (n *Node) settle(ctx context.Context, p eventlog.Parked, job journal.Job) error {
	n.settling.Lock()
	defer n.settling.Unlock()
	if _, err := n.Do(ctx, func(tx *journal.Tx) error {
		tx.Unpark(p.ID)
		return job(tx)
	}); err != nil {
		return err
	}
	return n.loadParked(ctx)
}

func (n *Node) find(ctx context.Context, id uuid.UUID) (eventlog.Parked, error) {
	all, err := n.Parked(ctx)
	if err != nil {
		return eventlog.Parked{}, err
	}
	i := slices.IndexFunc(all, func(p eventlog.Parked) bool { return p.ID == id })
	if i < 0 {
		return eventlog.Parked{}, fmt.Errorf("%s: %w", id, ErrNotParked)
	}
	return all[i], nil
}

// queue is what waits with a message's key, itself included, by position.
func (n *Node) queue(ctx context.Context, as eventlog.Parked) ([]eventlog.Parked, error) {
	all, err := n.Parked(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p eventlog.Parked) bool {
		return p.Source != as.Source || p.Key != as.Key || p.Position == 0 && p.ID != as.ID
	}), nil
}

// loadParked counts what waits, by source and key. Whoever parks meanwhile
// counts afterwards: perhaps twice, never too little.
func (n *Node) loadParked(ctx context.Context) error {
	n.parkedMu.Lock()
	defer n.parkedMu.Unlock()
	all, err := n.Parked(ctx)
	if err != nil {
		return fmt.Errorf("read the parked messages: %w", err)
	}
	n.parked = map[string]map[string]int{}
	for _, p := range all {
		if p.Consumer == n.spec.Service && p.Position > 0 {
			n.oneMore(p.Source, p.Key)
		}
	}
	return nil
}

func (n *Node) countParked(source, key string) {
	n.parkedMu.Lock()
	defer n.parkedMu.Unlock()
	n.oneMore(source, key)
}

// oneMore is called with parkedMu held.
func (n *Node) oneMore(source, key string) {
	if n.parked[source] == nil {
		n.parked[source] = map[string]int{}
	}
	n.parked[source][key]++
}

// waiting counts the messages of a key that are parked. Where there are any the
// store is asked, since another replica may have settled them.
func (n *Node) waiting(ctx context.Context, source, key string) (int, error) {
	count := func() int {
		n.parkedMu.Lock()
		defer n.parkedMu.Unlock()
		return n.parked[source][key]
	}
	if count() == 0 {
		return 0, nil
	}
	err := n.loadParked(ctx)
	return count(), err
}
