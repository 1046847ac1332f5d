package app

import (
	"context"
	"math"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

// tellPromise tells operators' tools how the promise and the plan stand, until stop.
// Every replica tells the same of the promise: whoever adds up takes the greatest.
func (a *App) tellPromise() (stop func()) {
	m := otel.Meter("lotse/capacity")
	var all []metric.Observable
	gauge := func(name, doc string) metric.Float64ObservableGauge {
		g, err := m.Float64ObservableGauge(name, metric.WithDescription(doc))
		if err != nil {
			otel.Handle(err)
		}
		all = append(all, g)
		return g
	}
	var (
		lead      = gauge("lotse_promise_lead_days", "Days to the third next available appointment, by district and service group; -1: fewer than three are on offer.")
		kept      = gauge("lotse_promise_kept", "1: the lead time is within the limit; by district and service group that its citizens ask for.")
		limit     = gauge("lotse_promise_limit_days", "Within how many days there must be an appointment.")
		goal      = gauge("lotse_promise_goal_days", "Within how many days there should be one.")
		spent     = gauge("lotse_promise_budget_used", "Share of the error budget of the last 60 days that is gone, by district and service group; above 1 it is overdrawn.")
		uncovered = gauge("lotse_capacity_uncovered_appointments", "Booked appointments over the horizon that nobody on duty can serve, by district of the centre.")
		proposals = gauge("lotse_capacity_proposals_open", "Proposals that wait for a decision.")
		gap       = gauge("lotse_capacity_plan_gap", "Share by which the best plan of the last night lies above what no plan can go below; 0: not known.")
		drift     = gauge("lotse_capacity_plan_drift", "Share of the plan's cost that causes have added since the last optimum and that was not mended.")
	)
	registration, err := m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
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
	}, all...)
	if err != nil {
		otel.Handle(err)
		return func() {}
	}
	return func() { _ = registration.Unregister() }
}
