package app

import (
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
