package world

import (
	"context"
	"time"
)

// Advance moves the clock to a moment, does what has fallen due by then and lets
// the services talk until they are quiet. Unlike Settle it waits for nobody: what
// is to be said a little later is said when the clock has come there. A moment
// that has passed leaves the clock where it stands.
func (w *World) Advance(ctx context.Context, to time.Time) error {
	if to.After(w.Now()) {
		w.clock.Set(to)
	}
	if err := w.tick(ctx); err != nil {
		return err
	}
	if _, err := w.talk(ctx); err != nil {
		return err
	}
	w.tidy()
	return nil
}

// Stand moves the clock and nothing else: for many commands between two turns of
// the services.
func (w *World) Stand(at time.Time) {
	if at.After(w.Now()) {
		w.clock.Set(at)
	}
}
