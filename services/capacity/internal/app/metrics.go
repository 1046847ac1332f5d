package app

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/overhaul"
)

// gauges are what operators see of the planner.
type gauges struct {
	took metric.Float64Histogram
	gap  atomic.Uint64 // float64 bits; of the last night
}

func newGauges() *gauges {
	g := &gauges{}
	m := otel.Meter("lotse/capacity")
	var err error
	if g.took, err = m.Float64Histogram("lotse_capacity_planner_seconds",
		metric.WithDescription("Time of the planner by what it did: causes answered, an open proposal evaluated again, a slice of the whole city planned anew."),
		metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(.005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10)); err != nil {
		otel.Handle(err)
	}
	return g
}

// since notes how long the planner took for something that began at a time by the
// node's clock.
func (a *App) since(ctx context.Context, what string, began time.Time) {
	if a.gauges.took != nil {
		a.gauges.took.Record(ctx, a.node.Now().Sub(began).Seconds(), metric.WithAttributes(attribute.String("what", what)))
	}
}

// ended notes the gap of a night.
func (g *gauges) ended(e overhaul.Ended) {
	if e.Bound > 0 && e.Best > 0 {
		g.gap.Store(math.Float64bits(max(0, e.Best/e.Bound-1)))
	}
}
