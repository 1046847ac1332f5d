package faults

import (
	"context"
	"errors"

	"github.com/lotse-hamburg/lotse/services/internal/lane"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

// errSilent: the source does not answer at present.
var errSilent = errors.New("the source does not answer")

// bus is a service's stream: its log's public events from first to last, by
// public position.
type bus struct{ first, last int64 }

// fill publishes what the log has beyond the stream's end.
func (x *member) fill(ctx context.Context) error {
	head, err := x.store.Head(ctx)
	x.bus.last = head.PublicPosition
	x.bus.first = max(x.bus.first, 1)
	return err
}

// wipe empties the stream; it is filled again from so many events before its end.
func (x *member) wipe(window int64) { x.bus.first = max(1, x.bus.last-window+1) }

// backfill answers as relay.ServeBackfill does.
func (x *member) backfill(ctx context.Context, after int64, limit int) (p relay.Page, err error) {
	if x.refuses > 0 {
		x.refuses--
		return p, errSilent
	}
	head, err := x.store.Head(ctx)
	if err != nil {
		return p, err
	}
	p.Epoch, p.Head, p.Fork = head.Epoch, head.PublicPosition, head.Fork
	page, err := x.store.PublicAfter(ctx, after, limit)
	for _, e := range page {
		p.Events = append(p.Events, relay.Envelope(x.name, e, head.Epoch))
	}
	return p, err
}

// road carries one service's stream to one lane.
type road struct {
	from, to *member
	lane     *lane.Lane
	at       int64 // public position up to which messages were handed over, or lost
	begun    bool  // at is where the lane has begun to read
	held     bool
	next     []trouble // of the next messages
	went     int       // troubles that took place
}

// trouble on a road, over some messages.
type trouble struct {
	act act
	n   int64
}

// carry hands over up to limit messages, with what trouble there is. An error
// leaves the message where it is, for another time.
func (r *road) carry(ctx context.Context, limit int64) (moved bool, err error) {
	if err := r.from.fill(ctx); err != nil || r.held {
		return false, err
	}
	if !r.begun {
		head, err := r.from.store.Head(ctx)
		if err != nil {
			return false, err
		}
		from, err := r.lane.Begin(ctx, head.Epoch, r.from.bus.first)
		if err != nil {
			return false, err
		}
		moved, r.at, r.begun = true, from-1, true
	}
	r.at = max(r.at, r.from.bus.first-1)
	for ; limit > 0 && r.at < r.from.bus.last; limit-- {
		moved = true
		if len(r.next) > 0 {
			t := r.next[0]
			r.next = r.next[1:]
			r.went++
			switch t.act {
			case dropRoad:
				r.at = min(r.at+t.n, r.from.bus.last)
				continue
			case repeatRoad:
				r.at = max(r.from.bus.first-1, r.at-t.n)
				continue
			case mixRoad:
				if err := r.hand(ctx, min(r.at+1+t.n, r.from.bus.last)); err != nil {
					return moved, err
				}
			}
		}
		if err := r.hand(ctx, r.at+1); err != nil {
			return moved, err
		}
		r.at++
	}
	return moved, nil
}

// watch is what a lane does every few seconds: when the stream is ahead of it and
// brings nothing any more, for its end was lost, it begins anew.
func (r *road) watch() {
	if r.at == r.from.bus.last && r.lane.Stats().Position < r.at {
		r.begun = false
	}
}

// hand gives the lane the message of one position.
func (r *road) hand(ctx context.Context, position int64) error {
	head, err := r.from.store.Head(ctx)
	if err != nil {
		return err
	}
	page, err := r.from.store.PublicAfter(ctx, position-1, 1)
	if err != nil || len(page) == 0 {
		return err
	}
	return r.lane.Step(ctx, relay.Envelope(r.from.name, page[0], head.Epoch))
}
