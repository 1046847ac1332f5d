package node

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/lane"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

// way is how events come in and go out during one turn at the lease.
type way struct {
	out *relay.Relay
	in  map[string]*lane.Lane // by source
}

// watchPositions tells how far log, read models, relay and lanes are, and who
// leads, until stop. Lags are differences of positions, also between services: what a
// source has said is its lotse_log_public_position, what was taken in of it
// the lotse_lane_position of whoever listens.
func (n *Node) watchPositions() (stop func()) {
	i := NewInstruments("lotse/node")
	var (
		epoch       = i.Gauge("lotse_log_epoch", "Epoch of the log; raised when it is restored from a backup.")
		position    = i.Gauge("lotse_log_position", "Newest position of the log.")
		public      = i.Gauge("lotse_log_public_position", "Newest public position of the log: how much this service has said.")
		archived    = i.Gauge("lotse_log_archived_position", "Position up to which the log lies in the archive; the rest is in the table that is written to.")
		applied     = i.Gauge("lotse_fold_position", "Position of the log that this replica's read models contain.")
		leading     = i.Gauge("lotse_leading", "1: this replica holds the lease: it reads the lanes, reacts and relays.")
		connected   = i.Gauge("lotse_bus_connected", "1: the bus answers this replica.")
		relayed     = i.Gauge("lotse_relay_position", "Public position that the bus has; of the replica that relays.")
		published   = i.Counter("lotse_relay_published", "Events that the bus has acknowledged.")
		failures    = i.Counter("lotse_relay_failures", "Errors after which the relay began anew.")
		replaced    = i.Counter("lotse_relay_streams_replaced", "Streams thrown away because they did not fit the log or took nothing any more.")
		laned       = i.Gauge("lotse_lane_position", "Public position of the source up to which this service has taken in; of the replica that reads the lanes.")
		delivered   = i.Counter("lotse_lane_delivered", "Events of the source that were handled.")
		gaps        = i.Counter("lotse_lane_gaps", "Times that the bus lacked events of the source.")
		retries     = i.Counter("lotse_lane_retries", "Transient failures of events of the source.")
		strangers   = i.Counter("lotse_lane_strangers", "Messages in the source's stream that are not of its relay.")
		parkedSince = i.Counter("lotse_lane_parked", "Events of the source that were parked.")
	)
	mine := metric.WithAttributes(attribute.String("service", n.spec.Service))
	return i.Tell(func(ctx context.Context, o metric.Observer) error {
		ctx, cancel := context.WithTimeout(ctx, healthIn)
		defer cancel()
		o.ObserveInt64(applied, n.Applied(), mine)
		o.ObserveInt64(leading, one(n.Leads()), mine)
		if conn := n.conn.Load(); conn != nil {
			o.ObserveInt64(connected, one(conn.NATS().IsConnected() && !n.reach.away(time.Now())), mine)
		}
		if w := n.way.Load(); w != nil {
			s := w.out.Stats()
			o.ObserveInt64(relayed, s.Position, mine)
			o.ObserveInt64(published, s.Published, mine)
			o.ObserveInt64(failures, s.Failures, mine)
			o.ObserveInt64(replaced, s.Replaced, mine)
			for source, l := range w.in {
				s := l.Stats()
				by := metric.WithAttributes(attribute.String("service", n.spec.Service), attribute.String("source", source))
				o.ObserveInt64(laned, s.Position, by)
				o.ObserveInt64(delivered, s.Delivered, by)
				o.ObserveInt64(gaps, s.Gaps, by)
				o.ObserveInt64(retries, s.Retries, by)
				o.ObserveInt64(strangers, s.Strangers, by)
				o.ObserveInt64(parkedSince, s.Parked, by)
			}
		}
		head, err := n.deps.Store.Head(ctx)
		if err != nil {
			return err // the others were told
		}
		o.ObserveInt64(epoch, head.Epoch, mine)
		o.ObserveInt64(position, head.Position, mine)
		o.ObserveInt64(public, head.PublicPosition, mine)
		if a, ok := n.deps.Store.(eventlog.Archive); ok {
			end, err := a.Archived(ctx)
			if err != nil {
				return err
			}
			o.ObserveInt64(archived, end, mine)
		}
		return nil
	})
}

func one(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// observeCommits tells of each commit how long it took and what it held.
func observeCommits(service string) func(units int, took time.Duration, err error) {
	m := otel.Meter("lotse/node")
	seconds, err := m.Float64Histogram("lotse_log_commit_seconds", metric.WithDescription("Time of one commit of the log, however much it holds."), metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10))
	if err != nil {
		otel.Handle(err)
	}
	units, err := m.Int64Counter("lotse_log_commit_units", metric.WithDescription("Units of work in commits: commands, messages, reactions."))
	if err != nil {
		otel.Handle(err)
	}
	by := func(result string) metric.MeasurementOption {
		return metric.WithAttributeSet(attribute.NewSet(attribute.String("service", service), attribute.String("result", result)))
	}
	done, failed := by("done"), by("failed")
	// Options are made once: a simulated city commits millions of times.
	took := map[bool][]metric.RecordOption{true: {done}, false: {failed}}
	count := map[bool][]metric.AddOption{true: {done}, false: {failed}}
	return func(n int, d time.Duration, err error) {
		ctx := context.Background()
		if seconds != nil {
			seconds.Record(ctx, d.Seconds(), took[err == nil]...)
		}
		if units != nil {
			units.Add(ctx, int64(n), count[err == nil]...)
		}
	}
}
