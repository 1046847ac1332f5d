package rule

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Book is an instance's rules made ready. It never changes and may be read by
// many at once; a changed instance needs a new one.
type Book struct {
	in     *planning.Instance
	T      int
	skills []uint16 // by employee, as bits
	needed []uint16 // c·T+t: skills of which something is asked for there
	week   []int    // by day
	weeks  int
	limit  []int32 // e·weeks+week: days away from home
}

// New reads the rules of a valid instance.
func New(in *planning.Instance) *Book {
	b := &Book{in: in, T: in.Horizon}
	b.readSkills()
	b.readWeeks()
	return b
}

// at is where the previous plan has somebody who is present.
func (b *Book) at(e, t int) int {
	if c := b.in.Prev[e][t]; c != planning.Nowhere {
		return c
	}
	return b.in.Staff[e].Home
}

// Place is the first rule that forbids a person to work at a centre on a day
// whatever the rest of the plan is, "" if none does. Where the previous plan has
// the person, or at home if it has them nowhere, they may always be.
func (b *Book) Place(e, t, c int) Name {
	switch {
	case (c == planning.Nowhere) != (b.in.Avail[e][t] <= 0):
		return Presence
	case c == planning.Nowhere || c == b.at(e, t):
		return ""
	}
	for i := range places {
		if places[i].forbids(b, e, t, c) {
			return places[i].name
		}
	}
	return ""
}

// PlacesOf calls f for every centre at which a person may work on a day, each
// once: those within reach as they are listed, then home, then the place of the
// previous plan. A person who is absent has none.
func (b *Book) PlacesOf(e, t int, f func(c int)) {
	if b.in.Avail[e][t] <= 0 {
		return
	}
	s, at := &b.in.Staff[e], b.at(e, t)
	if !b.free(e, t) {
		f(at)
		if at != s.Home && b.Place(e, t, s.Home) == "" {
			f(s.Home)
		}
		return
	}
	seenHome, seenAt := false, at == s.Home
	for i, c := range s.Reach {
		if b.Place(e, t, c) != "" || slices.Contains(s.Reach[:i], c) {
			continue
		}
		seenHome, seenAt = seenHome || c == s.Home, seenAt || c == at
		f(c)
	}
	if !seenHome {
		f(s.Home)
	}
	if !seenAt {
		f(at)
	}
}

// free tells whether the person may be sent elsewhere on that day as far as
// notice, decisions and the person go.
func (b *Book) free(e, t int) bool {
	return !unannounced(b, e, t, 0) && !decided(b, e, t, 0) && deployable(&b.in.Staff[e])
}

// forced tells whether nothing but the previous place is open to a person who is
// present.
func (b *Book) forced(e, t int) bool {
	options := 0
	b.PlacesOf(e, t, func(int) { options++ })
	return options == 1
}

// Personal tells whether Row looks at more of a person than the weekly cap.
func (b *Book) Personal(int) bool { return false }

// Row prices what one person does over all days beyond the price of each day, in
// points, and names the first rule of several days that it breaks, "" if none.
// row[t] is a centre or Nowhere.
func (b *Book) Row(e int, row []int) (points float64, broken Name) {
	if overWeek(b, e, row) {
		return 0, WeeklyCap
	}
	return 0, ""
}

// Staffed tells whether a centre has a minimum by half hours on a day; else its
// minimum counts heads per day.
func (b *Book) Staffed(int, int) bool { return false }

// Missing is how many people a centre is short of at its worst half hour of a
// day with those who are present.
func (b *Book) Missing(c, t int, present []int) int {
	if !b.in.OpenOn(c, t) {
		return 0
	}
	return max(0, b.in.Centres[c].MinStaff-len(present))
}

// Over is how many of those present at a centre on a day have no counter.
func (b *Book) Over(c, _ int, present []int) int {
	return max(0, len(present)-b.in.Centres[c].Counters)
}
