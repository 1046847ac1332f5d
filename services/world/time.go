package world

import (
	"context"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

const (
	// beat is how often services are ticked while the city comes to rest; the
	// deployables tick as often (node.Run).
	beat = time.Second
	// calm is how many beats must pass without a word. Two are longer than
	// anything that services wait for among themselves: publications are a
	// tenth of a second apart, planning waits a second for booking.
	calm = 2
	// restless is when to give up: a city that talks for ten minutes on one
	// word talks in circles.
	restless = 600
	// endless is the same within one beat, in rounds of everybody's turn.
	endless = 10_000
	// stride is the longest leap of the clock: what falls due in between is
	// done with no greater delay.
	stride = time.Hour
)

// Settle lets the services talk until none has anything left to say. The clock
// moves by some seconds.
func (w *World) Settle(ctx context.Context) error {
	for quiet, beats := 0, 0; quiet < calm; beats++ {
		if beats == restless {
			return fmt.Errorf("world: the city does not come to rest: %d beats of %s on the same words, the last at %s", beats, beat, w.Now())
		}
		moved, err := w.talk(ctx)
		if err != nil {
			return err
		}
		if quiet++; moved {
			quiet = 0
		}
		w.clock.Advance(beat)
		if err := w.tick(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Until lets time pass up to a moment, with whatever falls due on the way, and
// settles; the moment may be passed by the seconds that takes.
func (w *World) Until(ctx context.Context, t time.Time) error {
	if err := w.Settle(ctx); err != nil {
		return err
	}
	for w.Now().Before(t) {
		w.clock.Set(earlier(w.Now().Add(stride), t))
		if err := w.tick(ctx); err != nil {
			return err
		}
		if err := w.Settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// talk steps every service and carries what they say until all are quiet.
func (w *World) talk(ctx context.Context) (moved bool, err error) {
	for again, rounds := true, 0; again; rounds++ {
		if rounds == endless {
			return moved, fmt.Errorf("world: the services answer each other for ever: %d rounds at %s", rounds, w.Now())
		}
		again = false
		for _, m := range w.members {
			before := m.node.Applied()
			if err := m.node.Step(ctx); err != nil {
				return moved, err
			}
			if err := w.tell(ctx, m); err != nil {
				return moved, err
			}
			again = again || m.node.Applied() != before
		}
		for _, r := range w.roads {
			carried, err := r.carry(ctx)
			if err != nil {
				return moved, err
			}
			again = again || carried
		}
		moved = moved || again
	}
	return moved, nil
}

// tell hands a service's new public events to Heard.
func (w *World) tell(ctx context.Context, m *member) error {
	if w.heard == nil {
		return nil
	}
	head, err := m.store.Head(ctx)
	if err != nil {
		return err
	}
	for m.said < head.PublicPosition {
		page, err := m.store.PublicAfter(ctx, m.said, pageSize)
		if err != nil {
			return err
		}
		for _, e := range page {
			if m.said = e.PublicPosition; w.wants != nil && !w.wants(e.Type) {
				continue
			}
			event, err := w.known.Decode(e.Type, e.Data)
			if err != nil {
				return fmt.Errorf("world: %s at %d: %w", m.name, e.Position, err)
			}
			w.heard(relay.Envelope(m.name, e, head.Epoch), event)
		}
	}
	return nil
}

// tick does what has fallen due in every service.
func (w *World) tick(ctx context.Context) error {
	for _, m := range w.members {
		if err := m.node.Tick(ctx); err != nil {
			return fmt.Errorf("world: tick of %s: %w", m.name, err)
		}
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
