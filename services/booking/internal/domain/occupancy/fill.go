package occupancy

// Fill is a supply with what takes it up, and the room that leaves, tick by tick.
// It answers what a Slack answers, but is kept: it is never changed, and With
// makes the next one at the price of a copy and of the ticks that differ.
type Fill struct {
	supply *Supply
	count  []int16 // needs, per tick and skill
	room   []int16 // per skill and tick, never negative
}

// Fill begins with some needs, whether they fit or not.
func (s *Supply) Fill(needs []Need) *Fill {
	f := s.blank()
	for _, n := range needs {
		f.add(n, 1)
	}
	for t := range s.to - s.from {
		f.measure(t)
	}
	return f
}

// blank has both tables in one piece of memory.
func (s *Supply) blank() *Fill {
	n := (s.to - s.from) * s.skills
	both := make([]int16, 2*n)
	return &Fill{s, both[:n:n], both[n:]}
}

// With is the fill without some needs that it has, and with others.
func (f *Fill) With(without, with []Need) *Fill {
	next := f.supply.blank()
	copy(next.count, f.count)
	copy(next.room, f.room)
	for _, n := range without {
		next.add(n, -1)
	}
	for _, n := range with {
		next.add(n, 1)
	}
	for _, all := range [...][]Need{without, with} {
		for _, n := range all {
			if n.Skill < 0 || n.Skill >= f.supply.skills {
				continue
			}
			for t := max(n.From, f.supply.from); t < min(n.To, f.supply.to); t++ {
				next.measure(t - f.supply.from)
			}
		}
	}
	return next
}

func (f *Fill) add(n Need, by int16) {
	s := f.supply
	if n.Skill < 0 || n.Skill >= s.skills {
		return
	}
	for t := max(n.From, s.from); t < min(n.To, s.to); t++ {
		f.count[(t-s.from)*s.skills+n.Skill] += by
	}
}

// measure finds the rooms of one tick, counted from the supply's first: per
// skill, the smallest slack over the sets that contain it.
func (f *Fill) measure(t int) {
	s := f.supply
	row, count := s.lines[t*s.sets:][:s.sets], f.count[t*s.skills:][:s.skills]
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
		f.room[k*ticks+t] = max(0, least[k])
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
	return f.room[skill*ticks:][:ticks:ticks]
}

// Slack is a working copy.
func (f *Fill) Slack() *Slack {
	s := f.supply
	k := s.Slack()
	var taken [1 << MaxSkills]int16
	for t := range s.to - s.from {
		row, count := k.left[t*s.sets:][:s.sets], f.count[t*s.skills:][:s.skills]
		for u := 1; u < s.sets; u++ {
			taken[u] = taken[u&(u-1)] + count[trailing(u)]
			row[u] -= taken[u]
		}
	}
	return k
}
