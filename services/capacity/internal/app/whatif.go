package app

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// supposing is where suppositions are priced: beside the desk, so that nobody who
// is ill waits for somebody who might be.
type supposing struct {
	turn    chan struct{} // of one at a time: a large question takes seconds
	session *planner.Session
}

// supposeTime bounds each search of a what-if.
const supposeTime = 250 * time.Millisecond

// WhatIf answers what a supposition would do. The real city, its plan and its
// log stay as they are. Whoever no longer waits for the answer, such as somebody who
// has asked again, is not worked for.
func (a *App) WhatIf(ctx context.Context, s planner.Supposition) (planner.Outcome, error) {
	w := &a.supposing
	select {
	case <-ctx.Done():
		return planner.Outcome{}, ctx.Err()
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	}
	q := planner.WhatIf{Supposition: s}
	ready := false
	a.node.View(func() {
		if ready = plannable(a.City); ready {
			q.City = a.City.Still()
		}
	})
	if !ready {
		return planner.Outcome{}, field("what if", "", "cannot be asked yet: the city has no districts, or its first day has not begun")
	}
	if w.session == nil {
		w.session = planner.NewSession(planner.Options{Stop: stopAfter(supposeTime)})
	}
	return w.session.Suppose(q)
}

// MaySuppose refuses a planner bound to districts who asks about others' people
// or centres. What nobody knows the question itself refuses.
func (a *App) MaySuppose(ctx context.Context, s planner.Supposition) (err error) {
	p, bound := access.Bound(ctx, access.DistrictPlanner)
	if !bound {
		return nil
	}
	a.node.View(func() {
		own := func(k id.Centre) bool {
			c, known := a.City.Centres[k]
			return !known || access.Owns(p.Districts, c.District)
		}
		for _, x := range s.Absent {
			if d, known := a.City.Duties[x.Employee]; known && !own(d.Home) {
				err = access.NotYours("employee %q belongs to a centre of another district", x.Employee)
			}
		}
		for _, m := range s.Measures {
			if !own(m.Centre) {
				err = access.NotYours("centre %q lies in another district", m.Centre)
			}
		}
	})
	return err
}

// stopAfter makes functions that end a search so long after it was asked first.
func stopAfter(most time.Duration) func() func() bool {
	return func() func() bool {
		end, asked := time.Now().Add(most), 0
		return func() bool {
			asked++
			return asked%16 == 0 && time.Now().After(end)
		}
	}
}
