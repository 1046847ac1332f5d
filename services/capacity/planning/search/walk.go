package search

import "math"

// walk is annealing on the cells alone, over days from..to-1, with the worth of
// what is on offer held fixed: single steps, and pairs that touch a centre in
// common (one leaves, another comes) or one person's week. It leaves the state
// as it was and answers the steps to the best staffing seen and what they cost by
// the cells, a floor of what they cost in truth.
func (k *cells) walk(c schedule, d *dice) (steps []step, floor int64) {
	s := k.s
	k.fill(c)
	if len(k.pool) == 0 {
		return nil, 0
	}
	k.penalties()
	c.tries = min(c.tries*len(k.pool), c.most)
	k.drawn += c.tries
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
		p := k.pool[d.below(len(k.pool))]
		if p.to == s.at[p.i] {
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
		penalty, most := int64(0), int64(0) // that their own rules could give back, if they had nothing to pay any more
		for _, q := range scratch[:n] {
			penalty += k.penalty[q.to] - k.penalty[s.at[q.i]]
			most += s.personal.pays(s.employee(q.i))
		}
		if delta+penalty-most > limit {
			continue
		}
		if s.personal.any && (s.personal.is(s.employee(p.i)) || n == 2 && s.personal.is(s.employee(scratch[1].i))) {
			if delta = k.floor(scratch[:n]); delta+penalty > limit {
				continue
			}
		}
		delta += penalty
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
	if best == 0 && c.worse > 0 {
		best = now
		for _, j := range order {
			if s.at[j] != touched[j] {
				found = append(found, step{j, s.at[j]})
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

// penalties makes room for one per option.
func (k *cells) penalties() {
	if n := len(k.s.options); len(k.penalty) != n {
		k.penalty = make([]int64, n)
	}
}

// forgive halves all penalties.
func (k *cells) forgive() {
	for i := range k.penalty {
		k.penalty[i] /= 2
	}
}

// blame shares among the steps of a part what it cost more than by the cells, so
// that walks look elsewhere (guided local search; Voudouris and Tsang, European
// Journal of Operational Research 113, 1999).
func (k *cells) blame(p part, cost int64) {
	excess := (cost - p.floor) / int64(len(p.steps))
	for _, q := range p.steps {
		k.penalty[q.to] = max(k.penalty[q.to], excess)
	}
}

// pooled is where a person-day's steps lie in the pool.
type pooled struct{ first, n int32 }

// drain empties the pool. It must be empty before the options are laid anew, by
// whose numbers its steps are known.
func (k *cells) drain() {
	T := k.s.net.T
	for _, p := range k.pool {
		k.pools[p.i].n = 0
		at := int(k.s.options[p.to].c)*T + int(p.i)%T
		k.reach[at] = k.reach[at][:0]
	}
	k.pool = k.pool[:0]
}

// fill sets the pool of a window: the steps that cost at most c.limit by staff
// prices, and for those who have any, to stay and to be at home.
func (k *cells) fill(c schedule) {
	s := k.s
	T := s.net.T
	k.drain()
	limit := int64(c.limit * 1e9)
	for e := range s.in.Staff {
		home := int32(s.in.Staff[e].Home)
		if c.focus > 0 && !s.may(e, c.focusDay, int32(c.focus-1)) {
			continue
		}
		for t := c.from; t < c.to; t++ {
			i := int32(e*T + t)
			if s.at[i] < 0 || s.last[i]-s.first[i] < 2 || s.closed != nil && s.closed[t] {
				continue
			}
			first, n := len(k.pool), 0
			now := s.options[s.at[i]]
			minutes := int64(s.in.Avail[e][t])
			bar := limit - minutes*s.worthOf(e, t, now.c) + now.cost
			for o := s.first[i]; o < s.last[i]; o++ {
				to := s.options[o]
				if o == s.at[i] || to.c == home {
					k.pool = append(k.pool, step{i, o})
				} else if to.cost-minutes*s.worthOf(e, t, to.c)-s.risks.most(s, e, t, int(to.c)) <= bar {
					k.pool = append(k.pool, step{i, o})
					n++
				}
			}
			if n == 0 && now.c == home || !s.mayGoAlone(i) {
				k.pool = k.pool[:first]
				continue
			}
			k.pools[i] = pooled{int32(first), int32(len(k.pool) - first)}
			for _, p := range k.pool[first:] {
				at := int(s.options[p.to].c)*T + t
				k.reach[at] = append(k.reach[at], p)
			}
		}
	}
}

// may tells whether a person may work at a centre on a day.
func (s *state) may(e, t int, c int32) bool {
	i := e*s.in.Horizon + t
	return s.option(int32(i), int(c)) >= 0
}

// second draws a step to go with p.
func (k *cells) second(p step, c schedule, d *dice) (step, bool) {
	s := k.s
	T := s.net.T
	e, t := s.person(p.i)
	from, to := s.options[s.at[p.i]].c, s.options[p.to].c
	home := int32(s.in.Staff[e].Home)
	pick := func(i int32) (step, bool) {
		n := int(k.pools[i].n)
		if n == 0 || i == p.i {
			return step{}, false
		}
		q := k.pool[int(k.pools[i].first)+d.below(n)]
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
