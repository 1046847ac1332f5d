package slots

import (
	"math/bits"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// words hold one bit per tick of a day.
const words = (occupancy.Ticks + 63) / 64

// ticks is a set of a day's ticks.
type ticks [words]uint64

func (b ticks) empty() bool { return b == ticks{} }

func (b *ticks) set(t int)     { b[t/64] |= 1 << (t % 64) }
func (b *ticks) clear(t int)   { b[t/64] &^= 1 << (t % 64) }
func (b ticks) has(t int) bool { return b[t/64]>>(t%64)&1 == 1 }

func (b ticks) and(o ticks) ticks {
	for i := range b {
		b[i] &= o[i]
	}
	return b
}

func (b ticks) or(o ticks) ticks {
	for i := range b {
		b[i] |= o[i]
	}
	return b
}

func (b ticks) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// earlier has tick t where b has t+n: what begins n ticks before.
func (b ticks) earlier(n int) (e ticks) {
	skip, rest := n/64, uint(n%64)
	for i := 0; i+skip < words; i++ {
		e[i] = b[i+skip] >> rest
		if rest > 0 && i+skip+1 < words {
			e[i] |= b[i+skip+1] << (64 - rest)
		}
	}
	return e
}

// runs has the ticks from which on n ticks follow each other in b.
func (b ticks) runs(n int) ticks {
	for have := 1; have < n; {
		step := min(have, n-have)
		b = b.and(b.earlier(step))
		have += step
	}
	return b
}

// first is the first tick at or after t; ok is false when there is none.
func (b ticks) first(t int) (tick int, ok bool) {
	for i := max(0, t) / 64; i < words; i++ {
		w := b[i]
		if i == t/64 && t > 0 {
			w &= ^uint64(0) << (t % 64)
		}
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w), true
		}
	}
	return 0, false
}

// between has the ticks from one to before another.
func between(from, to int) (b ticks) {
	for t := max(0, from); t < min(to, occupancy.Ticks); t++ {
		b.set(t)
	}
	return b
}

// Day is what is free at one centre-day. It is not changed once made.
type Day struct {
	origin int // of the grids
	skills []id.Skill
	rooms  [][]int16 // per skill and tick from from on
	from   int
	free   []ticks // per skill: ticks with room
	// Spent is how many minutes of counters each channel has booked and holds;
	// Total how many there are. For the channels' shares.
	Spent map[string]day.Minutes
	Total day.Minutes
}

// NewDay takes over rooms per skill, which begin at tick from, and the tick at
// which the centre opens.
func NewDay(opening, from int, skills []id.Skill, rooms [][]int16) *Day {
	d := &Day{origin: opening, from: from, skills: skills, rooms: rooms, free: make([]ticks, len(skills))}
	for k, room := range rooms {
		for i, n := range room {
			if n > 0 {
				d.free[k].set(from + i)
			}
		}
	}
	return d
}

func (d *Day) skill(s id.Skill) int {
	for i, k := range d.skills {
		if k == s {
			return i
		}
	}
	return -1
}

// Leg is one part of a visit: a skill and its minutes.
type Leg struct {
	Skill   id.Skill
	Minutes day.Minutes
}

func ticksOf(m day.Minutes) int { return (int(m) + occupancy.Tick - 1) / occupancy.Tick }

// starts are the ticks at which the visit could begin.
func (d *Day) starts(legs []Leg) (can ticks) {
	at := 0
	for i, l := range legs {
		k := d.skill(l.Skill)
		if k < 0 {
			return ticks{}
		}
		n := ticksOf(l.Minutes)
		mine := d.free[k].runs(n).earlier(at)
		if i == 0 {
			can = mine
		} else {
			can = can.and(mine)
		}
		if can.empty() {
			return can
		}
		at += n
	}
	return can
}

// tidy keeps the starts on the grid, or, where there is none, some that follow
// each other without overlapping.
func (d *Day) tidy(can ticks, step, length int) (keep ticks) {
	for t := d.origin; t < occupancy.Ticks; t += step {
		if can.has(t) {
			keep.set(t)
		}
	}
	if !keep.empty() {
		return keep
	}
	for t, ok := can.first(0); ok; t, ok = can.first(t + length) {
		keep.set(t)
		if t+length >= occupancy.Ticks {
			break
		}
	}
	return keep
}

// count is how many such visits could begin at a tick.
func (d *Day) count(legs []Leg, at int) int {
	least := int16(0)
	first := true
	for _, l := range legs {
		room := d.rooms[d.skill(l.Skill)]
		n := ticksOf(l.Minutes)
		for t := at; t < at+n; t++ {
			if r := room[t-d.from]; first || r < least {
				least, first = r, false
			}
		}
		at += n
	}
	return int(least)
}
