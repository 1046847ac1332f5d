package search

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// personal keeps what rules of several days of one person, and of several
// people at one place, cost; it is empty where an instance has only the published
// rules.
type personal struct {
	any bool
	who []bool // by employee: rule.Book.Row looks at more than the weekly cap
	// points and the rule broken, by employee, in units
	points []int64
	broken []rule.Name
	// halves marks the centre-days with a minimum by half hours, listed those
	// too at which counters count by the moment, c·T+t.
	halves, listed []bool
	present        [][]int  // by c·T+t, rising, only at listed
	short          []int32  // people short there
	over           []int32  // people without a counter there
	set            []uint64 // by c·T+t: the fingerprint of who is present
	seen           []counted
	people         []int // to look at again
	places         []int
	looked         []bool // by employee and by c·T+t: they are in these lists
	visited        []bool
}

func newPersonal(s *state) personal {
	p := personal{}
	for e := range s.in.Staff {
		if s.book.Personal(e) {
			if p.who == nil {
				p.who = make([]bool, len(s.in.Staff))
			}
			p.who[e], p.any = true, true
		}
	}
	n := len(s.in.Centres) * s.in.Horizon
	halves, listed := make([]bool, n), make([]bool, n)
	for cell := range n {
		c, t := cell/s.in.Horizon, cell%s.in.Horizon
		halves[cell] = s.in.OpenOn(c, t) && s.book.Staffed(c, t)
		if listed[cell] = halves[cell] || s.in.Duties != nil; listed[cell] {
			p.halves, p.listed, p.any = halves, listed, true
		}
	}
	return p
}

// counted is what a place lacks with the people of one fingerprint. Walks come back
// to the same people at the same place over and over, and to look at every half
// hour takes long.
type counted struct {
	set         uint64
	short, over int32
}

// countedFor is how many of them are kept; a later one takes the place of an
// earlier one.
const countedFor = 1 << 15

// fingerprint of a number: the finaliser of SplitMix64 (Steele, Lea and Flood,
// OOPSLA 2014). Those of a set are combined by exclusive or.
func fingerprint(n int) uint64 {
	x := uint64(n+1) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// lacks is what a place lacks with people of a fingerprint, whom here lists.
func (p *personal) lacks(s *state, cell int, set uint64, here func() []int) counted {
	at := &p.seen[set%countedFor]
	if at.set != set {
		c, t, present := cell/s.in.Horizon, cell%s.in.Horizon, here()
		*at = counted{set: set, over: int32(s.book.Over(c, t, present))}
		if p.halves[cell] {
			at.short = int32(s.book.Missing(c, t, present))
		}
	}
	return *at
}

// is tells whether a person's days are looked at together.
func (p *personal) is(e int) bool { return p.who != nil && p.who[e] }

// pays is what a person's days cost together, in units.
func (p *personal) pays(e int) int64 {
	if p.points == nil {
		return 0
	}
	return p.points[e]
}

// staffed tells whether a cell has a minimum by half hours.
func (p *personal) staffed(cell int) bool { return p.halves != nil && p.halves[cell] }

// empty forgets everybody; the cost of nobody being there is counted by settle.
func (p *personal) empty(s *state) {
	if !p.any {
		return
	}
	p.points, p.broken = make([]int64, len(s.in.Staff)), make([]rule.Name, len(s.in.Staff))
	n := len(s.in.Centres) * s.in.Horizon
	p.present, p.short, p.over = make([][]int, n), make([]int32, n), make([]int32, n)
	if p.listed != nil {
		p.set, p.seen = make([]uint64, n), make([]counted, countedFor)
		for cell := range p.set {
			p.set[cell] = fingerprint(-2 - cell)
		}
	}
	p.people, p.places = p.people[:0], p.places[:0]
	p.looked, p.visited = make([]bool, len(s.in.Staff)), make([]bool, n)
}

// count keeps who is where, and what is to be looked at again.
func (p *personal) count(s *state, e, t, c int, sign int32) {
	if !p.any {
		return
	}
	if p.is(e) && !p.looked[e] {
		p.looked[e] = true
		p.people = append(p.people, e)
	}
	cell := c*s.in.Horizon + t
	if p.listed == nil || !p.listed[cell] {
		return
	}
	if at, found := slices.BinarySearch(p.present[cell], e); sign > 0 && !found {
		p.present[cell] = slices.Insert(p.present[cell], at, e)
		p.set[cell] ^= fingerprint(e)
	} else if sign < 0 && found {
		p.present[cell] = slices.Delete(p.present[cell], at, at+1)
		p.set[cell] ^= fingerprint(e)
	}
	if !p.visited[cell] {
		p.visited[cell] = true
		p.places = append(p.places, cell)
	}
}

// changed looks again at the people and places that have been touched: what they
// cost more than before, and whether no rule is broken anew.
func (p *personal) changed(s *state) (cost int64, ok bool) {
	ok = true
	for _, e := range p.people {
		points, broken := s.book.Row(e, s.x[e])
		if broken != "" && broken != p.broken[e] {
			ok = false
		}
		cost += units(points) - p.points[e]
		p.points[e], p.broken[e], p.looked[e] = units(points), broken, false
	}
	for _, cell := range p.places {
		now := p.lacks(s, cell, p.set[cell], func() []int { return p.present[cell] })
		if now.over > p.over[cell] {
			ok = false
		}
		cost += s.missing * int64(now.short-p.short[cell])
		p.short[cell], p.over[cell], p.visited[cell] = now.short, now.over, false
	}
	p.people, p.places = p.people[:0], p.places[:0]
	return cost, ok
}

// settle looks at everybody and every place.
func (p *personal) settle(s *state) int64 {
	if !p.any {
		return 0
	}
	p.people, p.places = p.people[:0], p.places[:0]
	for e := range s.in.Staff {
		if p.is(e) {
			p.people = append(p.people, e)
		}
	}
	for cell := range p.listed {
		if p.listed[cell] {
			p.places = append(p.places, cell)
		}
	}
	cost, _ := p.changed(s)
	return cost
}

// by is what a person more (sign 1) or less (−1) at a place with a minimum by half
// hours changes, in units.
func (p *personal) by(s *state, cell, e int, sign int32) int64 {
	here := p.present[cell]
	at, found := slices.BinarySearch(here, e)
	if found == (sign > 0) {
		return 0
	}
	now := p.lacks(s, cell, p.set[cell]^fingerprint(e), func() []int {
		if sign > 0 {
			return slices.Insert(slices.Clone(here), at, e)
		}
		return slices.Delete(slices.Clone(here), at, at+1)
	})
	return s.missing * int64(now.short-p.short[cell])
}

// cost is what all of it comes to, in units.
func (p *personal) cost(s *state) (sum int64) {
	if !p.any {
		return 0
	}
	for _, v := range p.points {
		sum += v
	}
	for _, n := range p.short {
		sum += s.missing * int64(n)
	}
	return sum
}
