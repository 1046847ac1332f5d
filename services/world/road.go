package world

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/lotse-hamburg/lotse/services/internal/lane"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

// road carries one service's public log to one lane of another, in the place of
// relay, stream and subscription.
type road struct {
	from, to *member
	lane     *lane.Lane
	at       int64 // public position carried
	held     bool
}

func newRoad(from, to *member, in *node.Inbound) *road {
	return &road{from: from, to: to, lane: lane.New(lane.Options{Consumer: to.name, Source: from.name, Handler: in,
		OnEpoch: in.Rewind, Logger: slog.New(slog.DiscardHandler)})}
}

// pageSize is how many events are read from a log at once.
const pageSize = 500

// carry brings over what the source has said, and says whether that was
// anything.
func (r *road) carry(ctx context.Context) (moved bool, err error) {
	if r.held {
		return false, nil
	}
	head, err := r.from.store.Head(ctx)
	if err != nil {
		return false, err
	}
	for r.at < head.PublicPosition {
		page, err := r.from.store.PublicAfter(ctx, r.at, pageSize)
		if err != nil {
			return moved, err
		}
		for _, e := range page {
			if err := r.lane.Step(ctx, relay.Envelope(r.from.name, e, head.Epoch)); err != nil {
				return moved, err
			}
			r.at, moved = e.PublicPosition, true
		}
	}
	return moved, nil
}

// Hold keeps back what a service says to another, as a slow bus does, until
// Release.
func (w *World) Hold(from, to string) error { return w.hold(from, to, true) }

// Release lets what was held be carried over, in its order.
func (w *World) Release(from, to string) error { return w.hold(from, to, false) }

func (w *World) hold(from, to string, held bool) error {
	for _, name := range []string{from, to} {
		if _, err := w.member(name); err != nil {
			return err
		}
	}
	for _, r := range w.roads {
		if r.from.name == from && r.to.name == to {
			r.held = held
			return nil
		}
	}
	return fmt.Errorf("%s does not listen to %s: name a service and one that hears it", to, from)
}
