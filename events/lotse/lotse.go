// Package lotse gathers the public events of all four services.
package lotse

import (
	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// Services in the order of the chain.
var Services = [...]string{absence.Service, staffing.Service, capacity.Service, booking.Service}

// Registry knows every public event type.
func Registry() *events.Registry {
	return events.NewRegistry(absence.Kinds(), staffing.Kinds(), capacity.Kinds(), booking.Kinds())
}
