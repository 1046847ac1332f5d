// Command absenced runs the service absence; -help prints its configuration.
package main

import (
	"context"
	"os"

	"github.com/lotse-hamburg/lotse/services/absence"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/daemon"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

func main() {
	cfg := absence.DefaultConfig()
	os.Exit(daemon.Main(daemon.Program{
		Name: "absence",
		Own:  &cfg,
		New: func(deps node.Deps) (daemon.Service, error) {
			return absence.New(absence.Deps{Node: deps, Config: cfg})
		},
		Beside: []func(context.Context, daemon.Service, *bus.Conn) error{receive},
	}))
}

// receive takes in what HR publishes until ctx ends.
func receive(ctx context.Context, s daemon.Service, conn *bus.Conn) error {
	stop, err := s.(*absence.Service).ServeHR(ctx, conn.NATS())
	if err != nil {
		return err
	}
	<-ctx.Done()
	stop()
	return nil
}
