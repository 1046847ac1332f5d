package simulation

import (
	"math"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation/dice"
	"github.com/lotse-hamburg/lotse/services/simulation/station"
)

// place is a centre on a day.
type place struct {
	centre id.Centre
	day    day.Day
}

// offered notes the counters that are set aside for walk-ins.
func (r *run) offered(e capacity.OfferingChanged) {
	if e.Tentative {
		return // the people are still there
	}
	var lines []capacity.Line
	for _, l := range e.Lines {
		if l.Use == capacity.ForWalkIns {
			lines = append(lines, l)
		}
	}
	if at := (place{e.Centre, e.Day}); len(lines) > 0 {
		r.walkins[at] = lines
	} else {
		delete(r.walkins, at)
	}
}

// counters for walk-ins that are open at a moment.
func (r *run) counters(at place, now day.TimeOfDay) (n int) {
	for _, l := range r.walkins[at] {
		if now >= l.From && now < l.To && !slices.ContainsFunc(l.Breaks, func(b day.Span) bool { return now >= b.From && now < b.To }) {
			n++
		}
	}
	return n
}

const (
	// quarter is how often counters for walk-ins open and close.
	quarter = 15 * time.Minute
	// nobody waits longer than until then.
	closing = 20 * time.Hour
)

// doorsOpen lets a day's walk-ins come to each centre. How many come does not
// depend on who serves them: the policy's share of the people at home there, times
// the scenario's number a day.
func (r *run) doorsOpen(on day.Day) {
	set := r.Scenario.WalkIns
	if !r.City.working(on) || set.PerDay == 0 || r.City.Network.Policy.WalkInShare == 0 {
		return
	}
	if _, down := r.down(on); down {
		return
	}
	begin := r.agenda.Now()
	for _, k := range r.network.Centres {
		if len(k.Hours[int(on-on.Monday())+1]) == 0 || k.Opens != nil && on < *k.Opens || k.Closes != nil && on >= *k.Closes {
			continue
		}
		at := place{k.ID, on}
		d := dice.Of(r.Seed, "walk-ins", string(k.ID), on.String())
		s := station.New(r.agenda, station.Options{Called: func(waited time.Duration) { r.tally.called(r, int(waited.Minutes())) }})
		for range d.Poisson(set.PerDay * math.Max(1, math.Round(r.City.Network.Policy.WalkInShare*float64(r.homes[k.ID])))) {
			come := time.Duration(d.Pick(set.Hour[:]))*time.Hour + time.Duration(d.Float64()*float64(time.Hour))
			service := d.After(time.Duration(set.Minutes * float64(time.Minute)))
			r.agenda.At(begin.Add(come), "somebody walks in", func() error { s.Come(service); r.tally.came(r); return nil })
		}
		r.agenda.At(begin.Add(6*time.Hour), "the doors open", func() error {
			r.agenda.Every(quarter, "counters for walk-ins", func() (bool, error) {
				// The lines of a morning change while people report sick.
				since := day.TimeOfDay(r.agenda.Now().Sub(begin) / time.Minute)
				if since >= day.TimeOfDay(closing/time.Minute) {
					s.Staff(0)
					r.tally.leftWaiting(r, s.Waiting())
					delete(r.walkins, at)
					return true, nil
				}
				s.Staff(r.counters(at, since))
				return false, nil
			})
			return nil
		})
	}
}
