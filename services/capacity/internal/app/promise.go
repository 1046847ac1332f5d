package app

import (
	"context"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/leadtime"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// reactPromise measures the lead times of one district whose slots have
// changed: days from today to the third next available appointment.
func (a *App) reactPromise(ctx context.Context) (more bool, err error) {
	district, meta, ok := a.City.TakeDistrict()
	if !ok {
		return false, nil
	}
	var measured []promise.Measure
	a.node.View(func() {
		free, known := a.City.FreeByDay(district)
		if !known || !slices.ContainsFunc(a.City.Policy.Districts, func(d capacity.District) bool { return d.ID == district }) {
			return // booking has not answered, or the district is gone
		}
		for _, g := range a.City.Catalogue.Groups {
			m := measure(a.City, district, g.Skill, free[g.Skill])
			if evs, _ := promise.Decider.Decide(a.City.LeadTimes[read.Gauge{District: district, Skill: g.Skill}], m); len(evs) > 0 {
				measured = append(measured, m)
			}
		}
	})
	if len(measured) == 0 {
		return true, nil
	}
	_, err = a.node.Do(caused(ctx, meta), func(tx *journal.Tx) error {
		for _, m := range measured {
			if _, err := journal.Execute(tx, leadTimes, string(district)+"/"+string(m.Skill), m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.City.PutBackDistrict(district, meta)
	}
	return err == nil, err
}

// measure reads one gauge from what is free by day.
func measure(c *read.City, r id.District, s id.Skill, free []int) (m promise.Measure) {
	m.LeadTimeMeasured = capacity.LeadTimeMeasured{Goal: c.Policy.GoalDays, Limit: c.Policy.LimitDays,
		LeadTime: capacity.LeadTime{District: r, Skill: s, On: c.Today, Days: leadtime.ThirdNext(free, c.Policy.MinLeadDays)}}
	if m.Days >= 0 {
		third := c.Today + day.Day(m.Days)
		m.ThirdNext = &third
	}
	return m
}
