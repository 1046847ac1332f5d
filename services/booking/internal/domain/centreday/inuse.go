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

// inUse tells per half hour how many appointments take place at the same moment at
// most, with the minutes of those that no counter serves; nil where there is none.
func (b *books) inUse() *booking.InUse {
	first, last := b.span()
	if last < 0 {
		return nil
	}
	first -= first % useStep
	steps := func(of *perTick) []int {
		n := make([]int, (last-first)/useStep+1)
		for i := range n {
			from := first + i*useStep
			n[i] = int(slices.Max(of[from:min(from+useStep, len(of))]))
		}
		return n
	}
	out := &booking.InUse{From: day.TimeOfDay(first * occupancy.Tick), Step: useStep * occupancy.Tick,
		Counters: steps(&b.sum), Skills: make(map[id.Skill][]int, len(b.skills))}
	for i := range b.skills {
		k := &b.skills[i]
		if k.served > 0 {
			out.Skills[k.skill] = steps(&k.with)
		}
		if k.short == 0 {
			continue
		}
		if out.Uncovered == nil {
			out.Uncovered = map[id.Skill][]int{}
		}
		minutes := make([]int, len(out.Counters))
		for t, n := range k.without[:last+1] {
			if n > 0 {
				minutes[(t-first)/useStep] += int(n) * occupancy.Tick
			}
		}
		out.Uncovered[k.skill] = minutes
	}
	return out
}

// span is the first and the last tick at which anybody has an appointment; last is
// below 0 where nobody has.
func (b *books) span() (first, last int) {
	first, last = occupancy.Ticks, -1
	widen := func(p *perTick) {
		for t := range first {
			if p[t] != 0 {
				first = t
				break
			}
		}
		for t := occupancy.Ticks - 1; t > last; t-- {
			if p[t] != 0 {
				last = t
				break
			}
		}
	}
	widen(&b.sum)
	for i := range b.skills {
		if k := &b.skills[i]; k.short > 0 {
			widen(&k.without)
		}
	}
	return first, last
}
