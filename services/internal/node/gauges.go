package node

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// gauges are what operators see of parked messages.
type gauges struct {
	service string
	count   metric.Int64Counter
}

// watchParked tells how many messages wait and how long the oldest does, by
// source, until stop.
func (n *Node) watchParked() (stop func()) {
	i := NewInstruments("lotse/node")
	waiting := i.Gauge("lotse_parked_messages", "Messages that could not be handled and wait.")
	oldest := i.Measure("lotse_parked_oldest_seconds", "How long the oldest of them has waited.", "s")
	known := map[string]bool{} // sources that had any: 0 is worth telling
	return i.Tell(func(ctx context.Context, o metric.Observer) error {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		all, err := n.deps.Store.ParkedTotals(ctx)
		if err != nil {
			return err
		}
		for source := range known {
			known[source] = false
		}
		for _, t := range all {
			known[t.Source] = true
			by := metric.WithAttributes(attribute.String("service", n.spec.Service), attribute.String("source", t.Source))
			o.ObserveInt64(waiting, t.Count, by)
			o.ObserveFloat64(oldest, max(0, n.Now().Sub(t.Oldest).Seconds()), by)
		}
		for source, now := range known {
			if !now {
				by := metric.WithAttributes(attribute.String("service", n.spec.Service), attribute.String("source", source))
				o.ObserveInt64(waiting, 0, by)
				o.ObserveFloat64(oldest, 0, by)
			}
		}
		return nil
	})
}

func newGauges(service string) *gauges {
	c, err := otel.Meter("lotse/node").Int64Counter("lotse_parked_handled", metric.WithDescription("Parked messages that somebody replayed, fixed or discarded."))
	if err != nil {
		otel.Handle(err)
	}
	return &gauges{service, c}
}

func (g *gauges) handled(ctx context.Context, source, how string) {
	if g.count != nil {
		g.count.Add(ctx, 1, metric.WithAttributes(attribute.String("service", g.service), attribute.String("source", source), attribute.String("how", how)))
	}
}
