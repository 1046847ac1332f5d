package app

import (
	"context"
	"sync"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// supposing is where suppositions are priced: on a copy of the city and beside the
// desk, so that nobody who is ill waits for somebody who might be, and nobody who
// asks waits for the desk.
type supposing struct {
	turn chan struct{} // of one at a time
	with *planner.Supposer

	// previews of proposals as a planner would have them, beside the desk, too: it may
	// be planning for seconds.
	previews sync.Mutex
	preview  *planner.Session
}

// previewing runs f on a session that only previews use.
func (a *App) previewing(f func(*planner.Session) error) error {
	w := &a.supposing
	w.previews.Lock()
	defer w.previews.Unlock()
	if w.preview == nil {
		w.preview = planner.NewSession(planner.Options{Stop: a.soon})
	}
	return f(w.preview)
}

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
	if w.with == nil {
		w.with = planner.NewSupposer()
	}
	out, err := w.with.Suppose(q, func() bool { return ctx.Err() != nil })
	if err == nil {
		err = ctx.Err()
	}
	return out, err
}

// MaySuppose refuses a planner bound to districts who asks about others' people
// or centres, or about the policy, which is the city's. What nobody knows the question itself refuses.
func (a *App) MaySuppose(ctx context.Context, s planner.Supposition) (err error) {
	p, bound := access.Bound(ctx, access.DistrictPlanner)
	if !bound {
		return nil
	}
	if !s.Policy.Empty() {
		return access.NotYours("the policy is the whole city's: ask the central planner")
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
		for _, h := range s.Hours {
			if !own(h.Centre) {
				err = access.NotYours("centre %q lies in another district", h.Centre)
			}
		}
	})
	return err
}
