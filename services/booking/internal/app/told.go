package app

import (
	"context"

	"go.opentelemetry.io/otel/metric"

	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// tellRisk tells operators' tools what nobody can serve, until stop. Every replica
// tells the same: whoever adds up takes the greatest.
func (a *App) tellRisk() (stop func()) {
	i := node.NewInstruments("lotse/booking")
	gauge := i.Gauge("lotse_booking_at_risk_appointments", "Booked appointments that the staff on duty cannot serve.")
	return i.Tell(func(_ context.Context, o metric.Observer) error {
		n := 0
		a.node.View(func() { n = a.models.Risk.Count() })
		o.ObserveInt64(gauge, int64(n))
		return nil
	})
}
