package app

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
)

// tellRisk tells operators' tools what nobody can serve, until stop. Every replica
// tells the same: whoever adds up takes the greatest.
func (a *App) tellRisk() (stop func()) {
	m := otel.Meter("lotse/booking")
	gauge, err := m.Int64ObservableGauge("lotse_booking_at_risk_appointments",
		metric.WithDescription("Booked appointments that the staff on duty cannot serve."))
	if err != nil {
		otel.Handle(err)
	}
	registration, err := m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		n := 0
		a.node.View(func() { n = a.models.Risk.Count() })
		o.ObserveInt64(gauge, int64(n))
		return nil
	}, gauge)
	if err != nil {
		otel.Handle(err)
		return func() {}
	}
	return func() { _ = registration.Unregister() }
}
