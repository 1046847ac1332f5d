package observed

import (
	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// TypeBookings is the name in the log.
const TypeBookings = "capacity.bookings-observed.v1"

// BookingsObserved counts what was booked on one day that is over at one centre,
// by service group and days ahead, and who came to the appointments of that day.
type BookingsObserved struct {
	Centre  id.Centre `json:"centre"`
	Day     day.Day   `json:"day"`
	Epoch   int64     `json:"epoch,omitempty"` // of booking's log
	Version int64     `json:"version"`
	Skills  []Ahead   `json:"skills"`
	// Kept and Missed appointments of that day, whenever they were booked.
	Kept   int `json:"kept,omitempty"`
	Missed int `json:"missed,omitempty"`
}

// Ahead counts bookings of one service group: Counts[i] were made Days[i] days
// ahead.
type Ahead struct {
	Skill  id.Skill `json:"skill"`
	Days   []int    `json:"days"`
	Counts []int    `json:"counts"`
	// Wanted are those of them who named the district that they asked for.
	Wanted map[id.District]int `json:"wanted,omitempty"`
}

// EventType names it in the log.
func (BookingsObserved) EventType() string { return TypeBookings }

// Bookings keeps the newest count of one centre and day.
var Bookings = decider.Decider[BookingsObserved, BookingsObserved]{
	Initial: func() BookingsObserved { return BookingsObserved{} },
	Decide: func(s, c BookingsObserved) ([]decider.Event, error) {
		if !events.Newer(c.Epoch, c.Version, s.Epoch, s.Version) {
			return nil, nil
		}
		return []decider.Event{c}, nil
	},
	Evolve: func(s BookingsObserved, e decider.Event) BookingsObserved {
		if e, ok := e.(BookingsObserved); ok {
			return e
		}
		return s
	},
}
