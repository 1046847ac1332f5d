// Package desk has the steering desk's pages: the city at a glance, districts and
// centres, what if, and what was decided.
package desk

import (
	"context"
	"embed"
	"slices"
	"sync"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

//go:embed templates texts
var files embed.FS

type desk struct {
	app  *app.App
	mu   sync.Mutex
	told signs // of the last glance
	at   *glance.City
}

// Register serves the pages.
func Register(site *pages.Site, a *app.App) {
	d := &desk{app: a}
	pack := site.Package(files)
	pack.Handle("GET /desk/{$}", d.city)
	pack.Live("GET /desk/live", d.changes)
	pack.Handle("GET /desk/districts/{id}", d.district)
	pack.Handle("GET /desk/centres/{id}", d.centre)
	pack.Handle(whatIfRoute, d.whatIf)
	pack.Handle("GET /desk/history", d.history)
	pack.Handle("GET /desk/history/{cause}", d.story)
	pack.Handle("POST /desk/suggestions/{id}", d.accept)
}

// mine keeps of decisions what concerns a planner bound to districts; all of them
// for everybody else.
func mine(ctx context.Context, all []glance.Decision) []glance.Decision {
	p, bound := access.Bound(ctx, access.DistrictPlanner)
	if !bound {
		return all
	}
	var own []glance.Decision
	for _, x := range all {
		if slices.ContainsFunc(x.Districts, func(r id.District) bool { return access.Owns(p.Districts, r) }) {
			own = append(own, x)
		}
	}
	return own
}
