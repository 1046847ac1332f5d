// Command capacityd runs the service capacity; -help prints its configuration.
package main

import (
	"os"

	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/daemon"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

func main() {
	cfg := capacity.DefaultConfig()
	os.Exit(daemon.Main(daemon.Program{
		Name: "capacity",
		Own:  &cfg,
		New: func(deps node.Deps) (daemon.Service, error) {
			return capacity.New(capacity.Deps{Node: deps, Config: cfg})
		},
	}))
}
