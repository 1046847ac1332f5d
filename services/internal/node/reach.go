package node

import (
	"context"
	"sync"
	"time"
)

const (
	// busFor is how long the bus may give no answer before it counts as away.
	busFor = 3 * time.Second
	// busEvery is after what pause it is asked again.
	busEvery = 500 * time.Millisecond
)

// reach is when the bus last answered this replica. The zero value: nobody asks
// it, and it is believed to be there.
type reach struct {
	mu       sync.Mutex
	answered time.Time
}

func (r *reach) heard(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answered = now
}

// away tells whether the bus has not answered for busFor.
func (r *reach) away(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.answered.IsZero() && now.Sub(r.answered) >= busFor
}

// listen asks the bus for signs of life until ctx ends. It counts by the process's
// own time, as leases do: a service's clock may be wrong, or that of a story.
func (n *Node) listen(ctx context.Context, ask func(context.Context) error) {
	n.reach.heard(time.Now())
	for ctx.Err() == nil {
		limited, cancel := context.WithTimeout(ctx, busFor)
		if ask(limited) == nil {
			n.reach.heard(time.Now())
		}
		cancel()
		pause(ctx, busEvery)
	}
}
