package centreday

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
)

// Free is what is left beside holds and appointments, for searching; nil before
// the first offering.
func (s State) Free() *slots.Day {
	if s.Version == 0 {
		return nil
	}
	fill := s.counted().fill.Counted()
	rooms := make([][]int16, len(s.skills))
	for k := range rooms {
		rooms[k] = fill.Room(k)
	}
	d := slots.NewDay(s.origin(), s.supply.From(), s.skills, rooms)
	d.Total, d.Spent = s.minutes, s.spent()
	return d
}

// origin is the tick from which the grids of starts are counted.
func (s State) origin() int {
	o := s.supply.From()
	if s.Opening != nil {
		o = min(o, (int(*s.Opening)+occupancy.Tick-1)/occupancy.Tick)
	}
	return o
}

// spent is how many minutes of counters each channel has booked and holds.
func (s State) spent() map[string]day.Minutes {
	all := map[string]day.Minutes{}
	for _, c := range s.counted().spent {
		if c.minutes != 0 {
			all[c.channel] = c.minutes
		}
	}
	return all
}
