package explain

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// waivable tells whether a planner may be told that it would help to waive a
// rule: neither law nor what no decision changes. The minimum of the giver has a
// price and forbids nobody, see giverMinimum.
func waivable(name rule.Name) bool {
	switch name {
	case rule.Presence, rule.Open, rule.Skills, rule.Minimum, rule.Covered:
		return false
	}
	r, known := rule.ByName(name)
	return known && !r.Hard
}

// relaxed is the book without some rules.
func (p *prices) relaxed(names []rule.Name) *rule.Book {
	key := joined(names)
	if p.books == nil {
		p.books = map[string]*rule.Book{}
	}
	b := p.books[key]
	if b == nil {
		in := p.in
		for _, n := range names {
			if loose := rule.Relax(in, n); loose != nil {
				in = loose
			}
		}
		b = rule.New(in)
		p.books[key] = b
	}
	return b
}

// blocks are all the rules that forbid somebody to come, and whether one of them
// is not to be waived. After such a one no more are looked for.
func (p *prices) blocks(e, t, c int) (all []rule.Name, law bool) {
	book := p.book
	for {
		name := p.inTheWay(book, e, t, c, all)
		if name == "" {
			return all, false
		}
		if slices.Contains(all, name) { // loosened, and still there
			return all, true
		}
		all = append(all, name)
		// Whoever is on the way to another centre already is not asked for: what
		// they leave there is not in the price where single moments are known.
		if !waivable(name) || name == rule.Fixed && p.in.Uncovered != nil && p.x[e][t] != p.in.Staff[e].Home {
			return all, true
		}
		slices.Sort(all)
		book = p.relaxed(all)
	}
}

// inTheWay is the first rule of a book that forbids somebody to come.
func (p *prices) inTheWay(book *rule.Book, e, t, c int, waived []rule.Name) rule.Name {
	if name := book.Place(e, t, c); name != "" {
		return name
	}
	from := p.x[e][t]
	_, was := book.Row(e, p.x[e])
	p.x[e][t] = c
	_, broken := book.Row(e, p.x[e])
	p.x[e][t] = from
	if broken != "" && broken != was {
		return broken
	}
	there := p.present(c, t)
	if !slices.Contains(waived, rule.Counters) && p.book.Over(c, t, append(there, e)) > p.book.Over(c, t, there) {
		return rule.Counters
	}
	if p.in.MayLeave != nil && p.before[e][t] == from {
		gone := []int{e}
		for f := range p.x {
			if p.before[f][t] == from && p.x[f][t] != from && p.x[f][t] != planning.Nowhere {
				gone = append(gone, f)
			}
		}
		slices.Sort(gone)
		if !p.in.MayLeave(from, t, gone) {
			return rule.Covered
		}
	}
	return ""
}

// giverMinimum is what it costs that a step leaves the giver below its minimum
// staff, in points.
func (p *prices) giverMinimum(s flow.Step) float64 {
	there := p.present(s.From, s.T)
	rest := slices.DeleteFunc(slices.Clone(there), func(e int) bool { return e == s.E })
	return p.in.Weights.MissingHead * float64(p.book.Missing(s.From, s.T, rest)-p.book.Missing(s.From, s.T, there))
}

func joined(names []rule.Name) (all string) {
	for _, n := range names {
		all += string(n) + " "
	}
	return all
}

func within(a, b []rule.Name) bool {
	for _, n := range a {
		if !slices.Contains(b, n) {
			return false
		}
	}
	return true
}
