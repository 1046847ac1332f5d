// Package network has what the city's offices are: centres, the catalogue of
// services, the policy and the districts' temporary measures. Each is its own
// stream; what holds between them (the opening-hours rule, references) is
// checked on the whole Network before any of them is changed.
package network

import (
	"reflect"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// CentreState is one centre as last set.
type CentreState struct {
	Version int64
	Centre  capacity.Centre
	Removed bool
}

// CentreCommand is SetCentre or RemoveCentre.
type CentreCommand interface{ centreCommand() }

type (
	// SetCentre makes the centre what is given.
	SetCentre struct{ Centre capacity.Centre }
	// RemoveCentre takes it out of the network.
	RemoveCentre struct{}
)

func (SetCentre) centreCommand()    {}
func (RemoveCentre) centreCommand() {}

// Centre decides one centre.
var Centre = decider.Decider[CentreState, CentreCommand]{
	Initial: func() CentreState { return CentreState{} },
	Decide: func(s CentreState, c CentreCommand) ([]decider.Event, error) {
		switch c := c.(type) {
		case SetCentre:
			if s.Version > 0 && !s.Removed && same(s.Centre, c.Centre) {
				return nil, nil
			}
			return []decider.Event{capacity.CentreChanged{Version: s.Version + 1, Centre: c.Centre}}, nil
		case RemoveCentre:
			if s.Version == 0 || s.Removed {
				return nil, nil
			}
			return []decider.Event{capacity.CentreChanged{Version: s.Version + 1, Centre: s.Centre, Removed: true}}, nil
		}
		return nil, nil
	},
	Evolve: func(s CentreState, e decider.Event) CentreState {
		if e, ok := e.(capacity.CentreChanged); ok {
			return CentreState{e.Version, e.Centre, e.Removed}
		}
		return s
	},
}

// same compares values as they are written: nil and empty are alike.
func same(a, b any) bool { return reflect.DeepEqual(a, b) || string(wire(a)) == string(wire(b)) }

// SetCatalogue makes the catalogue what is given; its version is ignored.
type SetCatalogue struct{ Catalogue capacity.CatalogueChanged }

// Catalogue decides the one catalogue.
var Catalogue = decider.Decider[capacity.CatalogueChanged, SetCatalogue]{
	Initial: func() capacity.CatalogueChanged { return capacity.CatalogueChanged{} },
	Decide: func(s capacity.CatalogueChanged, c SetCatalogue) ([]decider.Event, error) {
		next := c.Catalogue
		next.Version = s.Version
		if s.Version > 0 && same(s, next) {
			return nil, nil
		}
		next.Version++
		return []decider.Event{next}, nil
	},
	Evolve: func(s capacity.CatalogueChanged, e decider.Event) capacity.CatalogueChanged {
		if e, ok := e.(capacity.CatalogueChanged); ok {
			return e
		}
		return s
	},
}
