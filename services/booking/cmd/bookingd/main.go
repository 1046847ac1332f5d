// Command bookingd runs the service booking; -help prints its configuration.
package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/daemon"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

func main() {
	cfg := booking.DefaultConfig()
	os.Exit(daemon.Main(daemon.Program{
		Name: "booking",
		Own:  &cfg,
		Prepare: func(all daemon.Config) {
			if cfg.KeyFile == "" {
				cfg.KeyFile = filepath.Join(all.Data, "booking.kek")
			}
			cfg.Proxies = all.Proxies
		},
		New: func(deps node.Deps) (daemon.Service, error) {
			return booking.New(booking.Deps{Node: deps, Config: cfg})
		},
		Beside: []func(context.Context, daemon.Service, *bus.Conn) error{mirror},
	}))
}

// mirror keeps the bucket of slots while this replica is the one that does.
func mirror(ctx context.Context, s daemon.Service, conn *bus.Conn) error {
	return s.Node().WhileLeading(ctx, func(ctx context.Context) error {
		return s.(*booking.Service).MirrorSlots(ctx, conn.JetStream())
	})
}
