package centreday

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// useStep is how finely the use of counters is told, in ticks: half an hour.
const useStep = 30 / occupancy.Tick

// inUse counts, per half hour, how many appointments take place at the same
// moment at most. Those at risk have no counter. Those that merely would not fit
// a tentative offering count: they still have theirs until it becomes firm.
// Holds are left out, since a hold that finds no counter any more ends.
func (s State) inUse() *booking.InUse {
	type ticks [occupancy.Ticks]int16
	var all ticks
	each := map[id.Skill]*ticks{}
	for _, a := range s.appts {
		if a.Life != Booked && a.Life != Kept || a.AtRisk {
			continue
		}
		n := s.need(a.Slot)
		mine := each[a.Skill]
		if mine == nil {
			mine = &ticks{}
			each[a.Skill] = mine
		}
		for t := max(0, n.From); t < min(n.To, occupancy.Ticks); t++ {
			all[t]++
			mine[t]++
		}
	}
	used := func(n int16) bool { return n > 0 }
	first := slices.IndexFunc(all[:], used)
	if first < 0 {
		return nil
	}
	last := first
	for t := first; t < len(all); t++ {
		if used(all[t]) {
			last = t
		}
	}
	first -= first % useStep
	steps := func(of *ticks) []int {
		n := make([]int, (last-first)/useStep+1)
		for i := range n {
			from := first + i*useStep
			n[i] = int(slices.Max(of[from:min(from+useStep, len(of))]))
		}
		return n
	}
	out := &booking.InUse{From: day.TimeOfDay(first * occupancy.Tick), Step: useStep * occupancy.Tick,
		Counters: steps(&all), Skills: make(map[id.Skill][]int, len(each))}
	for k, of := range each {
		out.Skills[k] = steps(of)
	}
	return out
}
