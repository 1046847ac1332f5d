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
// moment at most, and the minutes of those that no counter serves. Those at risk
// have no counter. Those that merely would not fit
// a tentative offering count: they still have theirs until it becomes firm.
// Holds are left out, since a hold that finds no counter any more ends.
func (s State) inUse() *booking.InUse {
	type ticks [occupancy.Ticks]int16
	var all ticks
	served, short := map[id.Skill]*ticks{}, map[id.Skill]*ticks{}
	first, last := occupancy.Ticks, -1
	add := func(to map[id.Skill]*ticks, a *Appointment, sum *ticks) {
		a.each(func(skill id.Skill, at day.TimeOfDay, minutes day.Minutes) {
			mine := to[skill]
			if mine == nil {
				mine = &ticks{}
				to[skill] = mine
			}
			for t := max(0, int(at)/occupancy.Tick); t < min((int(at)+int(minutes))/occupancy.Tick, occupancy.Ticks); t++ {
				first, last = min(first, t), max(last, t)
				mine[t]++
				if sum != nil {
					sum[t]++
				}
			}
		})
	}
	for _, a := range s.appts {
		if a.Life != Booked && a.Life != Kept || a.Late {
			continue
		}
		if !a.AtRisk {
			add(served, a, &all)
		}
		if a.unfit && a.Life == Booked {
			add(short, a, nil)
		}
	}
	if last < 0 {
		return nil
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
		Counters: steps(&all), Skills: make(map[id.Skill][]int, len(served))}
	for k, of := range served {
		out.Skills[k] = steps(of)
	}
	for k, of := range short {
		if out.Uncovered == nil {
			out.Uncovered = make(map[id.Skill][]int, len(short))
		}
		minutes := make([]int, len(out.Counters))
		for t, n := range of[:last+1] {
			if n > 0 {
				minutes[(t-first)/useStep] += int(n) * occupancy.Tick
			}
		}
		out.Uncovered[k] = minutes
	}
	return out
}
