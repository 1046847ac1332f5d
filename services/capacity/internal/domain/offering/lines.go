package offering

import (
	"cmp"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Presence is one employee on duty at a centre on a day.
type Presence struct {
	Employee id.Employee
	day.Span
	Breaks []day.Span
	Skills []id.Skill
}

// Rules say how lines are used.
type Rules struct {
	WalkInShare     float64
	ExpressCounters int
	// ExpressSkills are those of short services served without waiting.
	ExpressSkills []id.Skill
}

// ExpressFrom is how many must be on duty before counters are set aside for
// express services.
const ExpressFrom = 6

// Lines makes the offering of a centre-day: one line per employee present while
// the centre is open, its use set by the employees' order, so that a person who
// leaves changes the use of one other line at most per kind of use; sorted, so
// that a line does not tell whose it is.
func Lines(present []Presence, opening []day.Span, rules Rules) []capacity.Line {
	present = slices.Clone(present)
	slices.SortFunc(present, func(a, b Presence) int { return cmp.Compare(a.Employee, b.Employee) })
	lines := make([]capacity.Line, 0, len(present))
	for _, p := range present {
		if span, breaks, ok := Clip(p.Span, p.Breaks, opening); ok && len(p.Skills) > 0 {
			skills := slices.Clone(p.Skills)
			slices.Sort(skills)
			lines = append(lines, capacity.Line{Span: span, Breaks: breaks, Skills: slices.Compact(skills), Use: capacity.ForAppointments})
		}
	}
	express := 0
	if len(lines) >= ExpressFrom {
		express = rules.ExpressCounters
	}
	walkins := int(math.Round(rules.WalkInShare * float64(len(lines))))
	for i := range lines {
		l := &lines[i]
		if express > 0 {
			if short := meet(l.Skills, rules.ExpressSkills); len(short) > 0 {
				l.Use, l.Skills = capacity.ForExpress, short
				express--
				continue
			}
		}
		if walkins > 0 {
			l.Use = capacity.ForWalkIns
			walkins--
		}
	}
	slices.SortFunc(lines, func(a, b capacity.Line) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Use, b.Use),
			slices.Compare(a.Skills, b.Skills), slices.CompareFunc(a.Breaks, b.Breaks, func(x, y day.Span) int {
				return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
			}))
	})
	return lines
}

func meet(a, b []id.Skill) []id.Skill {
	var both []id.Skill
	for _, s := range a {
		if slices.Contains(b, s) {
			both = append(both, s)
		}
	}
	return both
}

// Clip cuts a duty to the opening hours: one span, with what lies between two
// opening spans as a break. ok is false when nothing is left.
func Clip(s day.Span, breaks, opening []day.Span) (span day.Span, cut []day.Span, ok bool) {
	first := true
	for _, o := range opening {
		m := s.Meet(o)
		if m.Minutes() == 0 {
			continue
		}
		if first {
			span, first = m, false
			continue
		}
		cut = append(cut, day.Span{From: span.To, To: m.From})
		span.To = m.To
	}
	if first {
		return day.Span{}, nil, false
	}
	for _, b := range breaks {
		if m := span.Meet(b); m.Minutes() > 0 {
			cut = append(cut, m)
		}
	}
	slices.SortFunc(cut, func(a, b day.Span) int { return cmp.Compare(a.From, b.From) })
	merged := cut[:0]
	for _, b := range cut {
		if n := len(merged); n > 0 && b.From <= merged[n-1].To {
			merged[n-1].To = max(merged[n-1].To, b.To)
			continue
		}
		merged = append(merged, b)
	}
	if len(merged) == 0 {
		merged = nil
	}
	return span, merged, true
}

// ExpressSkills are the groups that have an express service.
func ExpressSkills(services []capacity.ServiceType) []id.Skill {
	var all []id.Skill
	for _, s := range services {
		if s.Express && !slices.Contains(all, s.Skill) {
			all = append(all, s.Skill)
		}
	}
	slices.Sort(all)
	return all
}
