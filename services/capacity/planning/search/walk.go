package search

import "math"

// walk is annealing on the cells alone, over days from..to-1, with the worth of
// what is on offer held fixed: single steps, and pairs that touch a centre in
// common (one leaves, another comes) or one person's week. It leaves the state
// as it was and answers the steps to the best staffing seen and what they cost by
// the cells, a floor of what they cost in truth.
func (k *cells) walk(c schedule, d *dice) (steps []step, floor int64) {
	s := k.s
	T := s.net.T
	movable := k.movable[:0]
	for e := range s.in.Staff {
		for t := c.from; t < c.to; t++ {
			if i := int32(e*T + t); s.at[i] >= 0 && s.first[i+1]-s.first[i] > 1 {
				movable = append(movable, i)
			}
		}
	}
	k.movable = movable
	if len(movable) == 0 {
		return nil, 0
	}
	var now, best int64
	touched := map[int32]int32{} // person-day → option at the start
	var order []int32
	var found []step
	var scratch, back [2]step
	cool := math.Pow(c.cold/c.hot, 1/float64(c.tries))
	heat := c.hot
	for range c.tries {
		heat *= cool
		limit := int64(-heat * math.Log(d.unit()) * 1e9)
		i := movable[d.below(len(movable))]
		p := step{i, s.first[i] + int32(d.below(int(s.first[i+1]-s.first[i])))}
		if p.to == s.at[i] {
			continue
		}
		n := 1
		scratch[0] = p
		var delta int64
		if d.below(2) == 0 {
			delta = k.single(p)
		} else {
			q, ok := k.second(p, c, d)
			if !ok {
				continue
			}
			delta = k.double(p, q)
			scratch[1] = q
			n = 2
		}
		if delta > limit {
			continue
		}
		_, ok, undo := s.apply(scratch[:n], back[:0])
		if !ok {
			s.apply(undo, nil)
			continue
		}
		for _, u := range undo {
			k.moved(u.i, s.options[u.to].c, s.options[s.at[u.i]].c)
			if _, known := touched[u.i]; !known {
				touched[u.i] = u.to
				order = append(order, u.i)
			}
		}
		now += delta
		if now < best {
			best = now
			found = found[:0]
			for _, j := range order {
				if s.at[j] != touched[j] {
					found = append(found, step{j, s.at[j]})
				}
			}
		}
	}
	// Back to where it began.
	var home []step
	for _, j := range order {
		if s.at[j] != touched[j] {
			home = append(home, step{j, touched[j]})
		}
	}
	for _, p := range home {
		from := s.options[s.at[p.i]].c
		s.apply([]step{p}, back[:0])
		k.moved(p.i, from, s.options[p.to].c)
	}
	return found, best
}

// second draws a step to go with p.
func (k *cells) second(p step, c schedule, d *dice) (step, bool) {
	s := k.s
	T := s.net.T
	e, t := s.person(p.i)
	from, to := s.options[s.at[p.i]].c, s.options[p.to].c
	home := int32(s.in.Staff[e].Home)
	pick := func(i int32) (step, bool) {
		n := int(s.first[i+1] - s.first[i])
		if n < 2 || i == p.i {
			return step{}, false
		}
		q := step{i, s.first[i] + int32(d.below(n))}
		return q, q.to != s.at[i]
	}
	switch r := d.below(8); {
	case r < 2 && (from == home) != (to == home): // the same person on another day of the week
		u := c.from + d.below(c.to-c.from)
		if s.week[u] != s.week[t] || u == t {
			return step{}, false
		}
		i := int32(e*T + u)
		if s.at[i] < 0 {
			return step{}, false
		}
		return pick(i)
	case r < 5: // somebody leaves where p arrives
		l := k.there[int(to)*T+t]
		if len(l) == 0 {
			return step{}, false
		}
		return pick(l[d.below(len(l))])
	default: // somebody comes where p leaves
		l := k.reach[int(from)*T+t]
		if len(l) == 0 {
			return step{}, false
		}
		q := l[d.below(len(l))]
		return q, q.i != p.i && s.at[q.i] != q.to
	}
}
