package occupancy

import "slices"

// Fill is a supply with what takes it up, and the room that leaves, tick by tick.
// It answers what a Slack answers, but is kept: it is never changed, and With makes
// the next one. A few needs by which that differs are only noted: a hold that becomes
// an appointment comes to nothing. Who asks more than once asks Counted.
type Fill struct {
	supply *Supply
	now    *tables
}

// tables are counts and rooms before some changes.
type tables struct {
	count   []int16 // needs, per tick and skill
	room    []int16 // per skill and tick, never negative
	changes []change
}

type change struct {
	Need
	by int16
}

// manyChanges are counted in before there are more.
const manyChanges = 4

// Fill begins with some needs, whether they fit or not.
func (s *Supply) Fill(needs []Need) *Fill {
	x := s.blank()
	for _, n := range needs {
		s.add(x.count, n, 1)
	}
	for t := range s.to - s.from {
		s.measure(x, t)
	}
	return s.filled(x)
}

func (s *Supply) filled(x *tables) *Fill {
	return &Fill{s, x}
}

// Counted is the same fill with nothing left to count in.
func (f *Fill) Counted() *Fill {
	if len(f.now.changes) == 0 {
		return f
	}
	return f.supply.filled(f.counted())
}

// blank has both tables in one piece of memory.
func (s *Supply) blank() *tables {
	n := (s.to - s.from) * s.skills
	both := make([]int16, 2*n)
	return &tables{count: both[:n:n], room: both[n:]}
}

// With is the fill without some needs that it has, and with others.
func (f *Fill) With(without, with []Need) *Fill {
	x := f.now
	if len(x.changes) >= manyChanges {
		x = f.counted()
	}
	changes := append(make([]change, 0, len(x.changes)+len(without)+len(with)), x.changes...)
	note := func(n Need, by int16) {
		if i := slices.Index(changes, change{n, -by}); i >= 0 {
			changes = slices.Delete(changes, i, i+1)
		} else {
			changes = append(changes, change{n, by})
		}
	}
	for _, n := range without {
		note(n, -1)
	}
	for _, n := range with {
		note(n, 1)
	}
	return f.supply.filled(&tables{x.count, x.room, changes})
}

// counted has the changes in its tables.
func (f *Fill) counted() *tables {
	x, s := f.now, f.supply
	if len(x.changes) == 0 {
		return x
	}
	next := s.blank()
	copy(next.count, x.count)
	copy(next.room, x.room)
	for _, c := range x.changes {
		s.add(next.count, c.Need, c.by)
	}
	for _, c := range x.changes {
		if c.Skill < 0 || c.Skill >= s.skills {
			continue
		}
		for t := max(c.From, s.from); t < min(c.To, s.to); t++ {
			s.measure(next, t-s.from)
		}
	}
	return next
}

func (s *Supply) add(count []int16, n Need, by int16) {
	if n.Skill < 0 || n.Skill >= s.skills {
		return
	}
	for t := max(n.From, s.from); t < min(n.To, s.to); t++ {
		count[(t-s.from)*s.skills+n.Skill] += by
	}
}

// measure finds the rooms of one tick, counted from the supply's first: per
// skill, the smallest slack over the sets that contain it.
func (s *Supply) measure(x *tables, t int) {
	row, count := s.lines[t*s.sets:][:s.sets], x.count[t*s.skills:][:s.skills]
	var taken [1 << MaxSkills]int16 // by needs with a skill in the set
	var least [MaxSkills]int16
	for k := range s.skills {
		least[k] = row[1<<k] - count[k]
	}
	for u := 1; u < s.sets; u++ {
		taken[u] = taken[u&(u-1)] + count[trailing(u)]
		left := row[u] - taken[u]
		for in := u; in != 0; in &= in - 1 {
			if k := trailing(in); left < least[k] {
				least[k] = left
			}
		}
	}
	ticks := s.to - s.from
	for k := range s.skills {
		x.room[k*ticks+t] = max(0, least[k])
	}
}

// Fits reports whether one more need can be served at every tick.
func (f *Fill) Fits(n Need) bool {
	s := f.supply
	if n.Skill < 0 || n.Skill >= s.skills || n.From < s.from || n.To > s.to || n.From >= n.To {
		return false
	}
	return least(f.Room(n.Skill)[n.From-s.from:n.To-s.from]) > 0
}

// Room is, for each tick from Supply.From to Supply.To, how many more needs of a
// skill the tick can take. Nil for a skill outside the table; not to be changed.
func (f *Fill) Room(skill int) []int16 {
	s := f.supply
	if skill < 0 || skill >= s.skills {
		return nil
	}
	ticks := s.to - s.from
	return f.counted().room[skill*ticks:][:ticks:ticks]
}

// Slack is a working copy.
func (f *Fill) Slack() *Slack {
	s := f.supply
	k, counts := s.Slack(), f.counted().count
	var taken [1 << MaxSkills]int16
	for t := range s.to - s.from {
		row, count := k.left[t*s.sets:][:s.sets], counts[t*s.skills:][:s.skills]
		for u := 1; u < s.sets; u++ {
			taken[u] = taken[u&(u-1)] + count[trailing(u)]
			row[u] -= taken[u]
		}
	}
	return k
}
