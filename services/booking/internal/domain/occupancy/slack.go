package occupancy

import "math/bits"

func trailing(u int) int { return bits.TrailingZeros(uint(u)) }

// Slack is lines − needs per tick and set of skills, a working copy: it is
// changed by Take and Give. The zero value is unusable; use Supply.Slack.
type Slack struct {
	supply *Supply
	left   []int16
}

// Slack begins with nothing taken.
func (s *Supply) Slack() *Slack {
	return &Slack{s, append([]int16(nil), s.lines...)}
}

func (k *Slack) served(n Need) bool {
	s := k.supply
	return n.Skill >= 0 && n.Skill < s.skills && n.From >= s.from && n.To <= s.to && n.From < n.To
}

// Fits reports whether one more need can be served at every tick.
func (k *Slack) Fits(n Need) bool {
	if !k.served(n) {
		return false
	}
	for t := n.From; t < n.To; t++ {
		if k.room(t, n.Skill) < 1 {
			return false
		}
	}
	return true
}

// Take counts a need, whether it fits or not; outside of all duty there is
// nothing to count.
func (k *Slack) Take(n Need) { k.add(n, -1) }

// Give takes a need back.
func (k *Slack) Give(n Need) { k.add(n, 1) }

// TryTake takes a need if it fits.
func (k *Slack) TryTake(n Need) bool {
	if !k.Fits(n) {
		return false
	}
	k.Take(n)
	return true
}

func (k *Slack) add(n Need, by int16) {
	s := k.supply
	if n.Skill < 0 || n.Skill >= s.skills {
		return
	}
	bit := 1 << n.Skill
	for t := max(n.From, s.from); t < min(n.To, s.to); t++ {
		row := k.left[(t-s.from)*s.sets:][:s.sets]
		// All sets with the bit: blocks of length bit, each after one without.
		for block := bit; block < s.sets; block += 2 * bit {
			for u := block; u < block+bit; u++ {
				row[u] += by
			}
		}
	}
}

// room is the smallest slack over the sets that contain the skill.
func (k *Slack) room(t, skill int) int16 {
	s := k.supply
	row := k.left[(t-s.from)*s.sets:][:s.sets]
	bit := 1 << skill
	least := row[bit]
	for block := bit; block < s.sets; block += 2 * bit {
		for u := block; u < block+bit; u++ {
			if row[u] < least {
				least = row[u]
			}
		}
	}
	return least
}

// Room is, for each tick of the day from Supply.From to Supply.To, how many
// more needs of a skill the tick can take, never negative. Nil for a skill
// outside the table.
func (k *Slack) Room(skill int) []int16 {
	s := k.supply
	if skill < 0 || skill >= s.skills {
		return nil
	}
	room := make([]int16, s.to-s.from)
	for i := range room {
		room[i] = max(0, k.room(s.from+i, skill))
	}
	return room
}

// Starts is how many appointments of a length in ticks could still begin at
// each start first, first+step, …, in ticks relative to the room's first tick;
// starts whose end lies beyond the room are left out. Counts of different
// starts are not independent.
func Starts(room []int16, first, step, length int) []int {
	if length <= 0 || step <= 0 || first < 0 || first+length > len(room) {
		return nil
	}
	counts := make([]int, 0, (len(room)-length-first)/step+1)
	for t := first; t+length <= len(room); t += step {
		counts = append(counts, int(least(room[t:t+length])))
	}
	return counts
}

func least(room []int16) int16 {
	m := room[0]
	for _, r := range room[1:] {
		m = min(m, r)
	}
	return m
}

// Pack is how many appointments of a length in ticks can be booked side by
// side from tick first on: greedily, at each start from the earliest on as many
// as fit, at any tick. Taking the one that ends first never spoils a packing of
// equal lengths, so no other choice packs more.
func Pack(room []int16, first, length int) int {
	if length <= 0 {
		return 0
	}
	left := append([]int16(nil), room...)
	n := 0
	for t := max(0, first); t+length <= len(left); t++ {
		if left[t] == 0 {
			continue
		}
		take := least(left[t : t+length])
		if take == 0 {
			continue
		}
		for i := t; i < t+length; i++ {
			left[i] -= take
		}
		n += int(take)
	}
	return n
}
