package node

import (
	"context"
	"sync"
	"time"
)

// Health says whether a replica may be asked, and of what it can reach.
type Health struct {
	Service string `json:"service"`
	// Ready: the log answers, and the read models follow it. A lost bus does not
	// make a replica unready: it holds up what comes and goes between services,
	// for all replicas alike, while citizens and desks are served from the log.
	Ready    bool `json:"ready"`
	Database bool `json:"database"`
	Bus      bool `json:"bus"`
	// Lag counts the events of the log that the read models lack; -1: not known.
	Lag int64 `json:"lag"`
	// Leads: this replica reads the lanes, reacts and relays.
	Leads bool `json:"leads"`
}

const (
	// healthIn bounds what a look at the log may take.
	healthIn = 2 * time.Second
	// stale is how long the read models may need for what stood in the log.
	stale = 10 * time.Second
)

// trail is a position of the log that the read models had not reached when it
// was seen.
type trail struct {
	mu       sync.Mutex
	position int64
	since    time.Time
}

// late tells whether the read models have not reached for long what stood in the
// log.
func (t *trail) late(head, applied int64, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if applied >= t.position || t.since.IsZero() {
		t.position, t.since = head, now
	}
	return applied < t.position && now.Sub(t.since) > stale
}

// Health looks at the log, the read models and the bus.
func (n *Node) Health(ctx context.Context) Health {
	ctx, cancel := context.WithTimeout(ctx, healthIn)
	defer cancel()
	h := Health{Service: n.spec.Service, Lag: -1, Leads: n.Leads()}
	if conn := n.conn.Load(); conn != nil {
		h.Bus = conn.NATS().IsConnected() && !n.reach.away(time.Now())
	}
	head, err := n.deps.Store.Head(ctx)
	if err != nil {
		return h
	}
	applied := n.Applied()
	h.Database, h.Lag = true, max(0, head.Position-applied)
	h.Ready = !n.trail.late(head.Position, applied, time.Now())
	return h
}
