package app

import (
	"context"
	"math"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// tellPromise tells operators' tools how the promise and the plan stand, until stop.
// Every replica tells the same of the promise: whoever adds up takes the greatest.
func (a *App) tellPromise() (stop func()) {
	i := node.NewInstruments("lotse/capacity")
	var (
		lead      = i.Measure("lotse_promise_lead_days", "Days to the third next available appointment, by district and service group; -1: fewer than three are on offer.", "")
		kept      = i.Measure("lotse_promise_kept", "1: the lead time is within the limit; by district and service group that its citizens ask for.", "")
		limit     = i.Measure("lotse_promise_limit_days", "Within how many days there must be an appointment.", "")
		goal      = i.Measure("lotse_promise_goal_days", "Within how many days there should be one.", "")
		spent     = i.Measure("lotse_promise_budget_used", "Share of the error budget of the last 60 days that is gone, by district and service group; above 1 it is overdrawn.", "")
		uncovered = i.Measure("lotse_capacity_uncovered_appointments", "Booked appointments over the horizon that nobody on duty can serve, by district of the centre.", "")
		proposals = i.Measure("lotse_capacity_proposals_open", "Proposals that wait for a decision.", "")
		gap       = i.Measure("lotse_capacity_plan_gap", "Share by which the best plan of the last night lies above what no plan can go below; 0: not known.", "")
		drift     = i.Measure("lotse_capacity_plan_drift", "Share of the plan's cost that causes have added since the last optimum and that was not mended.", "")
	)
	return i.Tell(func(_ context.Context, o metric.Observer) error {
		o.ObserveFloat64(gap, math.Float64frombits(a.gauges.gap.Load()))
		o.ObserveFloat64(drift, a.drift.get())
		city := a.Glance(0)
		o.ObserveFloat64(limit, float64(city.Limit))
		o.ObserveFloat64(goal, float64(city.Goal))
		o.ObserveFloat64(proposals, float64(city.Open))
		for _, d := range city.Districts {
			o.ObserveFloat64(uncovered, float64(d.Uncovered), metric.WithAttributes(attribute.String("district", string(d.ID))))
			for _, l := range d.Leads {
				if !l.Measured || !l.Demand {
					continue
				}
				by := metric.WithAttributes(attribute.String("district", string(d.ID)), attribute.String("group", string(l.Skill)))
				o.ObserveFloat64(lead, float64(l.Days), by)
				is := 0.0
				if l.Kept() {
					is = 1
				}
				o.ObserveFloat64(kept, is, by)
				used := 0.0
				a.node.View(func() {
					used = a.History.Budget(read.Gauge{District: d.ID, Skill: l.Skill}, city.Today+1).Used
				})
				o.ObserveFloat64(spent, used, by)
			}
		}
		return nil
	})
}
