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
	days   []day
	forced []bool // e·T+t: away from home, and nothing else is open
	weeks  int
	limit  []int32 // e·weeks+week: days away from home
	people []person
	duties []duty // e·T+t, nil where none are known
	staff  staffing
}

// day is what the calendar says.
type day struct {
	week     int32
	saturday bool
	rest     bool // Sunday or public holiday, where these rules hold
}

// person is what rules of several days ask about one.
type person struct {
	most      int   // days away per half year, none where not limited
	before    []int // days away before day 0, rising
	saturdays []int // those of them that were Saturdays
	lastAt    int
	personal  float64 // points by which each day away is dearer than the last
	tight     bool    // travel may cut into the rest
	several   bool    // some rule of several days but the weekly cap may bind
}

const none = -1

// New reads the rules of a valid instance.
func New(in *planning.Instance) *Book {
	b := &Book{in: in, T: in.Horizon}
	b.readSkills()
	b.readCalendar()
	b.readDuties()
	b.readStaffing() // before the first Place
	b.readForced()
	b.readWeeks()
	b.readPeople()
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
	if unannounced(b, e, t, at) || decided(b, e, t, at) || !deployable(s) {
		f(at)
		if at != s.Home && b.Place(e, t, s.Home) == "" {
			f(s.Home)
		}
		return
	}
	seenHome, seenAt := false, at == s.Home
	for i, c := range s.Reach {
		if slices.Contains(s.Reach[:i], c) || b.Place(e, t, c) != "" {
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

// readForced notes the days away from home on which nothing but the previous
// place is open.
func (b *Book) readForced() {
	b.forced = make([]bool, len(b.in.Staff)*b.T)
	for e := range b.in.Staff {
		for t := range b.T {
			if b.in.Avail[e][t] > 0 && b.at(e, t) != b.in.Staff[e].Home {
				b.forced[e*b.T+t] = !b.alternative(e, t)
			}
		}
	}
}

// alternative tells whether a person may be somewhere else than before.
func (b *Book) alternative(e, t int) bool {
	s, at := &b.in.Staff[e], b.at(e, t)
	if at != s.Home && b.Place(e, t, s.Home) == "" {
		return true
	}
	for _, c := range s.Reach {
		if c != at && b.Place(e, t, c) == "" {
			return true
		}
	}
	return false
}

// Personal tells whether Row looks at more of a person than the weekly cap.
func (b *Book) Personal(e int) bool { return b.people[e].several }

// Row prices what one person does over all days beyond the price of each day, in
// points, and names the first rule of several days that it breaks, "" if none.
// row[t] is a centre or Nowhere.
func (b *Book) Row(e int, row []int) (points float64, broken Name) {
	var room [400]int32
	away, home := room[:0], b.in.Staff[e].Home
	for t, c := range row {
		if c != home && c >= 0 {
			away = append(away, int32(t))
		}
	}
	p := &b.people[e]
	if len(away) == 0 {
		return 0, ""
	}
	if p.several {
		points = personalPrice(p, away)
		if price := b.in.Weights.SecondmentStart; price > 0 {
			points += price * float64(secondments(p, row, away))
		}
	}
	switch {
	case overWeek(b, e, away):
		return points, WeeklyCap
	case !p.several:
	case overHalfYear(b, e, away):
		return points, HalfYear
	case overSaturdays(b, e, away):
		return points, SaturdayCap
	case p.tight && tooLittleRest(b, e, row, away):
		return points, Rest
	}
	return points, ""
}
