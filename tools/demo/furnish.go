package demo

import (
	"context"
)

// Furnish loads the network and lets citizens book, as Run does before its
// story; it returns how many appointments there are.
func Furnish(ctx context.Context, o Options) (int, error) {
	p, end, err := o.connect("lotse-furnish")
	if err != nil {
		return 0, err
	}
	defer end()
	for _, part := range []func(context.Context) error{p.load, p.citizens} {
		if err := part(ctx); err != nil {
			return 0, err
		}
	}
	return p.report.Booked, nil
}
