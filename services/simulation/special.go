package simulation

import (
	"fmt"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation/dice"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// centres that a special event names, each once.
func centresOf(e scenario.Special) (all []id.Centre) {
	all = slices.Clone(e.Centres)
	if e.Centre != "" && !slices.Contains(all, e.Centre) {
		all = append(all, e.Centre)
	}
	return all
}

// change the network, as an operator does who applies a file.
func (r *run) change(what string, by func(*capacityNetwork) error) error {
	n := r.network
	n.Centres, n.Measures = slices.Clone(n.Centres), slices.Clone(n.Measures)
	if err := by(&n); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if _, err := r.world.Capacity.ApplyNetwork(r.ctx, n, false); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	r.network = n
	return r.turn()
}

// specialsBegin enters what happens once.
func (r *run) specialsBegin() {
	for i, e := range r.Scenario.Events {
		name := fmt.Sprintf("%s-%d", e.Kind, i+1)
		switch e.Kind {
		case scenario.Closure:
			r.onDay(e.From-day.Day(e.Notice), "a closure is announced", func() error {
				return r.change(name, func(n *capacityNetwork) error { return shut(n, name, e.Period, centresOf(e)) })
			})
		case scenario.Outage:
			// Nobody knew: it is there when the offices open.
			r.onDay(e.From, "nothing works", func() error {
				return r.change(name, func(n *capacityNetwork) error {
					var all []id.Centre
					for _, k := range n.Centres {
						if (k.Opens == nil || *k.Opens < e.Until) && (k.Closes == nil || *k.Closes > e.From) {
							all = append(all, k.ID)
						}
					}
					return shut(n, name, e.Period, all)
				})
			})
		case scenario.Opening:
			r.onDay(e.From-day.Day(max(e.Notice, 1)), "an opening is announced", func() error {
				return r.change(name, func(n *capacityNetwork) error {
					c, err := merge(n, e)
					r.tally.know(c.ID, c.District, c.TravelMinutes)
					return err
				})
			})
		}
	}
}

// shut closes centres for a time.
func shut(n *capacityNetwork, name string, p day.Period, centres []id.Centre) error {
	for _, k := range centres {
		at := slices.IndexFunc(n.Centres, func(c capacity.Centre) bool { return c.ID == k })
		if at < 0 {
			return fmt.Errorf("there is no centre %q", k)
		}
		n.Measures = append(n.Measures, capacity.Measure{ID: id.Measure(name + "-" + string(k)), District: n.Centres[at].District, Centre: k,
			Kind: capacity.MeasureClosure, Period: p, Reason: name})
	}
	return nil
}

// merge opens a centre in place of others, which close: it has their counters, and
// it stands where the first of them stood, in its district.
func merge(n *capacityNetwork, e scenario.Special) (c capacity.Centre, err error) {
	opens := e.From
	for i := range n.Centres {
		old := &n.Centres[i]
		if !slices.Contains(e.Centres, old.ID) || old.ID == e.Centre {
			continue
		}
		if c.ID == "" {
			c = *old
			c.ID, c.Name, c.Opens, c.Closes, c.Successor, c.TravelMinutes = e.Centre, string(e.Centre), &opens, nil, "", map[id.Centre]int{}
			for k, m := range old.TravelMinutes {
				c.TravelMinutes[k] = m
			}
		} else {
			c.Counters, c.MinStaff = c.Counters+old.Counters, max(c.MinStaff, old.MinStaff)
		}
		old.Closes, old.Successor = &opens, e.Centre
	}
	if c.ID == "" {
		return c, fmt.Errorf("opening of %q: name in centres whom it replaces, such as %q", e.Centre, n.Centres[0].ID)
	}
	for _, k := range e.Centres {
		delete(c.TravelMinutes, k)
	}
	n.Centres = append(n.Centres, c)
	return c, nil
}

// mergersBegin enters that the people of centres that close serve at the one that
// opens. A roster knows one home at a time, so that they are on it twice: until
// that day, and by another name from it on.
func (r *run) mergersBegin(ends map[id.Employee]stays) {
	for i, e := range r.Scenario.Events {
		if e.Kind != scenario.Opening {
			continue
		}
		var rows []map[string]any
		for _, p := range r.City.People {
			if _, leaves := ends[p.ID]; leaves || !slices.Contains(e.Centres, p.Home) {
				continue
			}
			next := id.Employee(fmt.Sprintf("m%d-%s", i+1, p.ID))
			ends[p.ID] = stays{e.From, next}
			r.homes[e.Centre]++
			second := r.roster.with(p.ID, map[string]any{"employee": next, "home": e.Centre, "from": e.From})
			rows = append(rows, r.roster.with(p.ID, map[string]any{"until": e.From}), second)
		}
		if len(rows) == 0 {
			continue
		}
		at := max(e.From-day.Day(max(e.Notice, 1)), r.days.From).At(day.Clock(7, 0), r.City.Zone)
		r.agenda.At(at, "people are told where they will serve", func() error { return r.say(fmt.Sprintf("merger %d", i+1), rows...) })
	}
}

// strikers stay away, each by lot.
func strikers(seed uint64, s *scenario.Scenario, people []Person) (all []spell) {
	for i, e := range s.Events {
		if e.Kind != scenario.Strike {
			continue
		}
		for _, p := range people {
			if dice.Of(seed, "strike", fmt.Sprint(i), string(p.ID)).Chance(e.Share) {
				all = append(all, spell{p.ID, e.Period, e.Notice})
			}
		}
	}
	return all
}

// down says whether nothing can be booked, and when that is over.
func (r *run) down(on day.Day) (until time.Time, down bool) {
	for _, e := range r.Scenario.Events {
		if e.Kind == scenario.Outage && e.Contains(on) {
			return e.Until.At(day.Clock(8, 0), r.City.Zone), true
		}
	}
	return until, false
}
