package app

import (
	"context"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
)

// glanceEvery bounds how often the city is looked at anew for pages, whatever
// happens in it.
const glanceEvery = 500 * time.Millisecond

// glances keeps the last look at the city.
type glances struct {
	mu   sync.Mutex
	last *glance.City
	at   time.Time
}

// Glance is the city as planners see it, at most half a second old and at a log
// position of at least least, as far as the models have come. It is shared: nobody
// may change it.
func (a *App) Glance(least int64) *glance.City {
	g := &a.glances
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.last != nil {
		if g.last.Position >= a.node.Applied() || g.last.Position >= least && time.Since(g.at) < glanceEvery {
			return g.last
		}
	}
	var raw *glance.Raw
	a.node.View(func() { raw = glance.Take(a.City, a.History) })
	g.last, g.at = raw.See(), time.Now()
	return g.last
}

// GlanceSoon is Glance at the position at which the models are now. Where the last
// look is too young it waits until there may be another one, so that whoever
// listens is told of the last change, too.
func (a *App) GlanceSoon(ctx context.Context) *glance.City {
	now := a.node.Applied()
	c := a.Glance(0)
	if c.Position >= now {
		return c
	}
	a.glances.mu.Lock()
	left := glanceEvery - time.Since(a.glances.at)
	a.glances.mu.Unlock()
	wait := time.NewTimer(max(0, left))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return c
	case <-wait.C:
		return a.Glance(0)
	}
}
