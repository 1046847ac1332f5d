package planning

import (
	"slices"
	"strconv"
)

func itoa(i int) string { return strconv.Itoa(i) }

// unsolved lists what stays uncovered or below minimum at the damaged
// centre-days, the costliest first, with the rule in the way.
func (s *searcher) unsolved(d Damage) []Unsolved {
	var all []Unsolved
	for _, t := range d.Days {
		for _, c := range d.Centres {
			if _, hurt := d.Heads[Spot{c, t}]; d.Heads != nil && !hurt {
				continue
			}
			cell := s.cells[c*s.T+t]
			if cell.uncovered+cell.heads <= 0 {
				continue
			}
			all = append(all, Unsolved{Centre: c, Day: t, Minutes: int(cell.missing),
				Heads:  max(0, s.in.Centres[c].MinStaff-s.heads[c*s.T+t]),
				Points: cell.uncovered + cell.heads, Rule: s.inTheWay(c, t)})
		}
	}
	slices.SortStableFunc(all, func(a, b Unsolved) int {
		switch {
		case a.Points > b.Points:
			return -1
		case a.Points < b.Points:
			return 1
		}
		return 0
	})
	return all
}

// inTheWay is the rule that forbids most of those who are present elsewhere;
// reach counts only where it forbids everybody.
func (s *searcher) inTheWay(c, t int) string {
	count, allowed, present := map[string]int{}, false, false
	for e := range s.in.Staff {
		from := s.x[e][t]
		if from == Nowhere || from == c {
			continue
		}
		present = true
		if rule := s.forbids(step{e, t, from, c}); rule == "" {
			allowed = true
		} else {
			count[rule]++
		}
	}
	switch {
	case !present:
		return "nobody"
	case s.quota != nil && s.quota[Spot{c, t}] <= 0:
		return "heads"
	case allowed:
		return "price"
	}
	best := "reach"
	for _, r := range Rules {
		if r.Name != "reach" && count[r.Name] > 0 && (best == "reach" || count[r.Name] > count[best]) {
			best = r.Name
		}
	}
	return best
}
