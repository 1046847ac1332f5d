package app

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
)

// tellRisk tells operators' tools what nobody can serve. Every replica tells the
// same: whoever adds up takes the greatest.
func (a *App) tellRisk() {
	_, err := otel.Meter("lotse/booking").Int64ObservableGauge("lotse_booking_at_risk_appointments",
		metric.WithDescription("Booked appointments that the staff on duty cannot serve."),
		metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error {
			n := 0
			a.node.View(func() { n = a.models.Risk.Count() })
			o.Observe(int64(n))
			return nil
		}))
	if err != nil {
		otel.Handle(err)
	}
}
