// Package ahead says how far ahead was booked: one count per centre and day of
// booking, when the day is over, for whoever judges lead times. Single
// appointments are not in it.
package ahead

import (
	"reflect"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Tell says what was counted; its version is ignored.
type Tell struct{ booking.BookingsCounted }

// Decider of one centre and day of booking. The same count again says nothing.
var Decider = decider.Decider[booking.BookingsCounted, Tell]{
	Initial: func() booking.BookingsCounted { return booking.BookingsCounted{} },
	Decide: func(s booking.BookingsCounted, c Tell) ([]decider.Event, error) {
		next := c.BookingsCounted
		next.Version = s.Version
		if s.Version > 0 && reflect.DeepEqual(s, next) {
			return nil, nil
		}
		next.Version++
		return []decider.Event{next}, nil
	},
	Evolve: func(s booking.BookingsCounted, e decider.Event) booking.BookingsCounted {
		if e, ok := e.(booking.BookingsCounted); ok {
			return e
		}
		return s
	},
}
