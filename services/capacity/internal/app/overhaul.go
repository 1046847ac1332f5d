package app

import (
	"context"
	"math"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/overhaul"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/suggestion"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

const (
	// nightWindow is how long after the policy's time a night's overhaul may
	// begin. One that was missed is not made up for in the morning, when sick
	// notes come.
	nightWindow = 4 * time.Hour
	// quiet is how long no cause must have been answered before drift sets an
	// overhaul going.
	quiet = 10 * time.Minute
)

// drifted is how far the plan is from its last optimum, and since when it is
// quiet; the reactor writes it, the tick reads it.
type drifted struct {
	share atomic.Uint64 // float64 bits
	since atomic.Int64  // unix nanoseconds of the last answer
}

func (d *drifted) set(share float64, at time.Time) {
	d.share.Store(math.Float64bits(share))
	d.since.Store(at.UnixNano())
}

func (d *drifted) get() float64 { return math.Float64frombits(d.share.Load()) }

// due begins an overhaul: in the night, or by day when a district has entered a
// measure, or the plan has drifted and no cause has come for a while.
func (a *App) due(ctx context.Context, now time.Time) error {
	var set demand.Settings
	var known bool
	var last overhaul.Began
	busy, remeasured := false, false
	a.node.View(func() {
		c := a.City
		known = c.Policy.Version > 0 && c.Catalogue.Version > 0 && len(c.Centres) > 0 && len(c.Duties) > 0 && c.Today == a.dayOf(now)
		set, last = demand.Of(c.Policy.Planning), c.Overhaul.Began
		busy = last.ID != "" && c.Overhaul.Ended == nil
		remeasured = c.Remeasured > 0
	})
	if !known || busy {
		return nil
	}
	today := a.dayOf(now)
	began := overhaul.Began{ID: today.String(), Day: today, Reason: overhaul.Nightly}
	night := today.At(set.NightlyAt, a.opt.Zone)
	if last.Day == today || now.Before(night) || now.Sub(night) >= nightWindow {
		share := a.drift.get()
		since := time.Unix(0, a.drift.since.Load())
		began.ID = today.String() + "-" + strconv.FormatInt(a.node.Applied(), 36)
		switch {
		case remeasured: // whoever works at a centre that is closed now may help elsewhere
			began.Reason = overhaul.Measure
		case min(1, share) <= set.Drift || now.Sub(since) < quiet: // a share of 1 as the limit: never
			return nil
		default:
			began.Reason = overhaul.Drift
			a.drift.set(0, now)
		}
	}
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		_, err := journal.Execute(tx, overhauls, began.ID, overhaul.Command(began))
		return err
	})
	return err
}

// reactOverhaul goes on with the overhaul that is owed, one slice at a time.
func (a *App) reactOverhaul(ctx context.Context) (more bool, err error) {
	var owed overhaul.State
	var city *read.City
	var today day.Day
	have := a.desk.overhaul
	a.node.View(func() {
		owed, today = a.City.Overhaul, a.City.Today
		if owed.Began.ID != "" && owed.Ended == nil && owed.Began.Day == today && (have == nil || have.ID() != owed.Began.ID) {
			city = a.City.Still()
		}
	})
	switch {
	case owed.Began.ID == "" || owed.Ended != nil:
		a.desk.overhaul = nil
		return false, nil
	case owed.Began.Day != today:
		return true, a.endOverhaul(ctx, overhaul.Ended{ID: owed.Began.ID, Outcome: overhaul.GivenUp}, planner.Answer{}, nil)
	case city != nil && a.opt.NightDraws > 0:
		have = nil
	case city != nil:
		a.desk.overhaul = planner.NewOverhaul(owed.Began, city)
		return true, nil
	}
	began := a.node.Now()
	var done bool
	if have == nil {
		have, done, err = a.bounded(owed.Began, city)
	} else {
		done, err = have.Slice(a.urgent)
	}
	a.since(ctx, "slice", began)
	if err != nil {
		a.node.Logger().Error("the planner refused the whole city", "overhaul", owed.Began.ID, "error", err)
		return true, a.endOverhaul(ctx, overhaul.Ended{ID: owed.Began.ID, Outcome: overhaul.GivenUp}, planner.Answer{}, nil)
	}
	if !done {
		return true, nil
	}
	var q planner.Question
	a.node.View(func() { q = planner.Question{At: a.City.Position, Today: a.City.Today, City: a.City.Still()} })
	a.desk.mu.Lock()
	answer, end, err := a.desk.session.Conclude(have, q)
	a.desk.mu.Unlock()
	if err != nil {
		a.node.Logger().Error("what an overhaul found cannot be priced", "overhaul", owed.Began.ID, "error", err)
		end.Outcome, answer = overhaul.GivenUp, planner.Answer{}
	}
	a.drift.set(0, a.node.Now())
	a.gauges.ended(end)
	return true, a.endOverhaul(ctx, end, answer, have.Suggestions())
}

// bounded does all of an overhaul whose work is bounded, on the warm session; one
// that is stopped begins again.
func (a *App) bounded(began overhaul.Began, city *read.City) (o *planner.Overhaul, done bool, err error) {
	a.desk.mu.Lock()
	defer a.desk.mu.Unlock()
	if o, err = a.desk.session.Bounded(began, city, a.opt.NightDraws); err == nil {
		done, err = o.Slice(a.urgent)
	}
	return o, done, err
}

// urgent tells whether a cause waits that can be answered now.
func (a *App) urgent() (yes bool) {
	a.node.View(func() { yes = slices.ContainsFunc(a.City.WaitingCauses(), a.ready) })
	return yes
}

// endOverhaul writes down what came of it, in one unit.
func (a *App) endOverhaul(ctx context.Context, end overhaul.Ended, answer planner.Answer, also []capacity.Suggestion) error {
	ctx = caused(ctx, eventlog.Meta{CorrelationID: capacity.Reoptimisation + "-" + end.ID})
	today := a.Today()
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		evs, err := journal.Execute(tx, overhauls, end.ID, overhaul.Command(end))
		if err != nil || len(evs) == 0 {
			return err
		}
		for _, v := range answer.Void {
			if err := a.command(tx, v.Proposal, proposal.Supersede{By: v.By, Why: v.Why}); err != nil {
				return err
			}
		}
		if answer.Draft != nil {
			if err := a.propose(tx, *answer.Draft, today); err != nil {
				return err
			}
		}
		for _, s := range also {
			made := suggestion.Made{Suggestion: s, On: today, Run: end.ID}
			if _, err := journal.Execute(tx, suggestions, s.ID, suggestion.Command(made)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		a.desk.overhaul = nil
		err = a.node.Fold(ctx)
	}
	return err
}
