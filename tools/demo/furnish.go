package demo

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
)

// Furnish loads the network and lets citizens book, as Run does before its
// story; it returns how many appointments there are.
func Furnish(ctx context.Context, o Options) (int, error) {
	nc, err := nats.Connect(o.NATS, nats.Name("lotse-furnish"))
	if err != nil {
		return 0, fmt.Errorf("connect to the bus at %s: %w", o.NATS, err)
	}
	defer nc.Close()
	w, err := Watch(nc)
	if err != nil {
		return 0, err
	}
	p := &player{Options: o, nc: nc, w: w, report: newReport(o)}
	for _, part := range []func(context.Context) error{p.load, p.citizens} {
		if err := part(ctx); err != nil {
			return 0, err
		}
	}
	return p.report.Booked, nil
}
