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

// perTick counts appointments, tick by tick.
type perTick [occupancy.Ticks]int16

// demand is what appointments ask of one skill.
type demand struct {
	skill             id.Skill
	booked, uncovered day.Minutes
	open              bool // some are uncovered
	served, short     bool // some count in these
	with, without     perTick
}

// demands of a day's skills, seldom more than a few.
type demands []demand

func (d *demands) of(k id.Skill) *demand {
	for i := range *d {
		if (*d)[i].skill == k {
			return &(*d)[i]
		}
	}
	*d = append(*d, demand{skill: k})
	return &(*d)[len(*d)-1]
}

// span widens while ticks are counted.
type span struct{ first, last int }

func (s *span) count(to, also *perTick, at day.TimeOfDay, minutes day.Minutes) {
	for t := max(0, int(at)/occupancy.Tick); t < min((int(at)+int(minutes))/occupancy.Tick, occupancy.Ticks); t++ {
		s.first, s.last = min(s.first, t), max(s.last, t)
		to[t]++
		if also != nil {
			also[t]++
		}
	}
}

// countBooked goes through the appointments once and says what they take up:
// minutes per skill, and per half hour how many take place at the same moment at
// most, with the minutes of those that no counter serves. Those at risk have no
// counter. Those that merely would not fit a tentative offering count: they still
// have theirs until it becomes firm. Holds are left out, since a hold that finds
// no counter any more ends.
func (s State) countBooked(load *booking.LoadChanged) {
	var few [5]demand
	all := demands(few[:0])
	var sum perTick
	used := span{occupancy.Ticks, -1}
	for _, sheet := range s.appts.sheets {
		for _, a := range sheet.appts[:sheet.n] {
			all.count(a, load, &sum, &used)
		}
	}
	for i := range all {
		d := &all[i]
		load.Booked[d.skill] = d.booked
		if d.open {
			if load.Uncovered == nil {
				load.Uncovered = map[id.Skill]day.Minutes{}
			}
			load.Uncovered[d.skill] = d.uncovered
		}
	}
	load.InUse = all.inUse(&sum, used)
}

// count one appointment.
func (d *demands) count(a *Appointment, load *booking.LoadChanged, sum *perTick, used *span) {
	if a.Life != Booked && a.Life != Kept {
		return
	}
	load.Appointments++
	if a.AtRisk {
		load.AtRisk++
	}
	if len(a.Parts) == 0 { // nearly all
		d.countLeg(a, a.Skill, a.At, a.Minutes, sum, used)
		return
	}
	a.each(func(skill id.Skill, at day.TimeOfDay, minutes day.Minutes) {
		d.countLeg(a, skill, at, minutes, sum, used)
	})
}

func (d *demands) countLeg(a *Appointment, skill id.Skill, at day.TimeOfDay, minutes day.Minutes, sum *perTick, used *span) {
	uncovered := a.unfit && a.Life == Booked
	k := d.of(skill)
	k.booked += minutes
	if uncovered {
		k.open = true
		k.uncovered += minutes
	}
	if a.Late {
		return
	}
	if !a.AtRisk {
		k.served = true
		used.count(&k.with, sum, at, minutes)
	}
	if uncovered {
		k.short = true
		used.count(&k.without, nil, at, minutes)
	}
}

// inUse tells the ticks in steps; nil where none is used.
func (d demands) inUse(sum *perTick, used span) *booking.InUse {
	if used.last < 0 {
		return nil
	}
	first, last := used.first-used.first%useStep, used.last
	steps := func(of *perTick) []int {
		n := make([]int, (last-first)/useStep+1)
		for i := range n {
			from := first + i*useStep
			n[i] = int(slices.Max(of[from:min(from+useStep, len(of))]))
		}
		return n
	}
	out := &booking.InUse{From: day.TimeOfDay(first * occupancy.Tick), Step: useStep * occupancy.Tick,
		Counters: steps(sum), Skills: make(map[id.Skill][]int, len(d))}
	for i := range d {
		k := &d[i]
		if k.served {
			out.Skills[k.skill] = steps(&k.with)
		}
		if !k.short {
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
