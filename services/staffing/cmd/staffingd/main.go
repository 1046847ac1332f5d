// Command staffingd runs the service staffing; -help prints its configuration.
package main

import (
	"os"

	"github.com/lotse-hamburg/lotse/services/internal/daemon"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/staffing"
)

func main() {
	cfg := staffing.DefaultConfig()
	os.Exit(daemon.Main(daemon.Program{
		Name: "staffing",
		Own:  &cfg,
		New: func(deps node.Deps) (daemon.Service, error) {
			return staffing.New(staffing.Deps{Node: deps, Config: cfg})
		},
	}))
}
