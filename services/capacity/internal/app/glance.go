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
	mu   sync.Mutex // of what follows
	last *glance.City
	at   time.Time

	looking sync.Mutex // held by who takes the next look
}

func (g *glances) get() (*glance.City, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.last, g.at
}

// Glance is the city as planners see it, at a log position of at least least, as
// far as the models have come, and else at most half a second older than they are;
// while somebody takes the next look, others are served the last one. It is
// shared: nobody may change it.
func (a *App) Glance(least int64) *glance.City { return a.glances.of(least, a.node.Applied, a.look) }

// GlanceSoon is Glance at the position at which the models are now. Where the last
// look is too young it waits until there may be another one, so that whoever
// listens is told of the last change, too.
func (a *App) GlanceSoon(ctx context.Context) *glance.City {
	return a.glances.soon(ctx, a.node.Applied, a.look)
}

func (a *App) look() *glance.City {
	var raw *glance.Raw
	a.node.View(func() { raw = glance.Take(a.City, a.History) })
	return raw.See()
}

func (g *glances) of(least int64, applied func() int64, look func() *glance.City) *glance.City {
	good := func() (*glance.City, bool) {
		c, at := g.get()
		return c, c != nil && (c.Position >= applied() || c.Position >= least && time.Since(at) < glanceEvery)
	}
	c, ok := good()
	if ok {
		return c
	}
	if !g.looking.TryLock() {
		if _, at := g.get(); c != nil && c.Position >= least && time.Since(at) < 4*glanceEvery {
			return c
		}
		g.looking.Lock()
	}
	defer g.looking.Unlock()
	if c, ok = good(); ok {
		return c
	}
	c = look()
	g.mu.Lock()
	g.last, g.at = c, time.Now()
	g.mu.Unlock()
	return c
}

func (g *glances) soon(ctx context.Context, applied func() int64, look func() *glance.City) *glance.City {
	now := applied()
	c := g.of(0, applied, look)
	if c.Position >= now {
		return c
	}
	_, at := g.get()
	wait := time.NewTimer(max(0, glanceEvery-time.Since(at)))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return c
	case <-wait.C:
		return g.of(now, applied, look) // not what others are served while somebody looks
	}
}
