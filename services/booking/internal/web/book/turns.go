package book

import (
	"context"
	"time"
)

// turns keeps what open pages cost within bounds: each of them searches when
// something has changed, with an address of its own, and however many are open they
// search one after the other, and half of the time only. Where there are many they
// hear of a change a little later; who books meanwhile does not wait for them.
type turns struct {
	one  chan struct{}
	free time.Time // from when on the next may begin; of whoever has the turn
	now  func() time.Time
	rest func(ctx context.Context, d time.Duration)
}

func newTurns() *turns {
	return &turns{one: make(chan struct{}, 1), now: time.Now, rest: func(ctx context.Context, d time.Duration) {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-ctx.Done():
		case <-t.C:
		}
	}}
}

// take waits for a turn; done ends it. Without one who asked has gone.
func (t *turns) take(ctx context.Context) (done func(), ok bool) {
	select {
	case <-ctx.Done():
		return nil, false
	case t.one <- struct{}{}:
	}
	if wait := t.free.Sub(t.now()); wait > 0 {
		t.rest(ctx, wait)
	}
	if ctx.Err() != nil {
		<-t.one
		return nil, false
	}
	begun := t.now()
	return func() {
		end := t.now()
		t.free = end.Add(end.Sub(begun))
		<-t.one
	}, true
}
