// Package read has booking's read models, each folded from the service's own
// log and named by the question it answers. Methods are called inside
// node.View, except where a model says that it has its own lock.
package read

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// City answers: what can citizens come for, and where?
type City struct {
	services map[id.Service]network.ServiceType
	groups   []network.Group // in the city's order; never changed
	centres  map[id.Centre]network.Centre
	network  []network.Centre // those that are part of it, by id
	policy   network.Policy
	lengths  []centreday.Length
	moved    map[id.Measure]network.MeasureObserved // that serve citizens elsewhere
}

// NewCity knows nothing yet.
func NewCity() *City {
	return &City{services: map[id.Service]network.ServiceType{}, centres: map[id.Centre]network.Centre{}, policy: network.DefaultPolicy, moved: map[id.Measure]network.MeasureObserved{}}
}

// Apply takes in an event.
func (m *City) Apply(_ eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case network.CatalogueObserved:
		m.services = make(map[id.Service]network.ServiceType, len(e.Services))
		for _, s := range e.Services {
			m.services[s.ID] = s
		}
		m.lengths, m.groups = network.Lengths(e.Services), e.Groups
	case network.CentreObserved:
		if c := e.Centre; c.Removed && c.Name == "" { // keep what it was called
			c = m.centres[e.ID]
			c.Removed = true
			m.centres[e.ID] = c
		} else {
			m.centres[e.ID] = c
		}
		m.network = m.Centres()
	case network.MeasureObserved:
		if delete(m.moved, e.ID); e.Place != nil && e.Days() > 0 {
			m.moved[e.ID] = e
		}
	case network.PolicyObserved:
		m.policy = e.Policy.Filled()
	}
}

// Service finds a service.
func (m *City) Service(s id.Service) (network.ServiceType, bool) {
	t, ok := m.services[s]
	return t, ok
}

// Centre finds a centre that is part of the network.
func (m *City) Centre(c id.Centre) (network.Centre, bool) {
	k, ok := m.centres[c]
	return k, ok && !k.Removed
}

// Known finds a centre, also one that is not part of the network any more.
func (m *City) Known(c id.Centre) (network.Centre, bool) {
	k, ok := m.centres[c]
	return k, ok
}

// KnownOn is Known as it is on a day: where citizens are served elsewhere, with
// that place. Of several measures the one with the smallest id counts.
func (m *City) KnownOn(c id.Centre, d day.Day) (network.Centre, bool) {
	k, ok := m.centres[c]
	var first id.Measure
	for which, e := range m.moved {
		if ok && e.Centre == c && e.Contains(d) && (first == "" || which < first) {
			first = which
		}
	}
	if e, moved := m.moved[first]; moved {
		k.Name, k.Address, k.Lat, k.Lon = k.Name+", "+e.Place.Name, e.Place.Address, e.Place.Lat, e.Place.Lon
	}
	return k, ok
}

// District reports whether any centre lies in it.
func (m *City) District(d id.District) bool {
	for _, c := range m.centres {
		if c.District == d && !c.Removed {
			return true
		}
	}
	return false
}

// Policy is the newest policy.
func (m *City) Policy() network.Policy { return m.policy }

// Lengths of all services; not to be changed.
func (m *City) Lengths() []centreday.Length { return m.lengths }

// Services by id.
func (m *City) Services() []network.ServiceType {
	all := make([]network.ServiceType, 0, len(m.services))
	for _, s := range m.services {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b network.ServiceType) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Groups in the city's order; not to be changed.
func (m *City) Groups() []network.Group { return m.groups }

// Network lists the centres by id; not to be changed.
func (m *City) Network() []network.Centre { return m.network }

// Centres by id.
func (m *City) Centres() []network.Centre {
	all := make([]network.Centre, 0, len(m.centres))
	for _, c := range m.centres {
		if !c.Removed {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b network.Centre) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
