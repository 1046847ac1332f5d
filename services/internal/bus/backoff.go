package bus

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff tells how long to wait before trying again: Initial, doubled with
// each failure up to Max, spread by ±20 % so that lanes do not march in step.
type Backoff struct{ Initial, Max time.Duration }

// DefaultBackoff suits a database or a broker that is away for a moment.
var DefaultBackoff = Backoff{Initial: 20 * time.Millisecond, Max: 5 * time.Second}

// Wait before try n+1, after n failures (1, 2, 3 …).
func (b Backoff) Wait(n int) time.Duration {
	d := b.Initial
	for i := 1; i < n && d < b.Max; i++ {
		d *= 2
	}
	d = min(d, b.Max)
	if d <= 0 {
		return 0
	}
	return d - d/5 + rand.N(2*(d/5)+1)
}

// Pause waits d or until the context ends; it reports whether to go on.
func Pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
