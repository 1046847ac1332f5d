package simulate

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// City makes what is simulated of a network.
func City(n *network.Network) (c simulation.City, err error) {
	if c.Zone, err = time.LoadLocation(capacity.DefaultConfig().Zone); err != nil {
		return c, fmt.Errorf("the city's time zone: %w", err)
	}
	c.Network = capacity.Network{Districts: n.Districts, Centres: n.Centres, Groups: n.Catalogue.Groups, Services: n.Catalogue.Services,
		Policy: n.Policy, Holidays: n.Holidays, Measures: n.Measures}
	if c.Staff, err = json.Marshal(n.StaffImport()); err != nil {
		return c, fmt.Errorf("the staff list: %w", err)
	}
	district := map[id.Centre]id.District{}
	for _, k := range n.Centres {
		district[k.ID] = k.District
	}
	for _, e := range n.Employees {
		c.People = append(c.People, simulation.Person{ID: e.ID, Home: e.Home, District: district[e.Home]})
	}
	return c, nil
}
