package audit

import (
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/overbook"
)

// need is one counter with a skill, from one minute to another.
type need struct {
	who   string
	skill id.Skill
	day.Span
}

// needsOf a visit: its parts follow each other.
func needsOf(who string, skill id.Skill, at day.TimeOfDay, minutes day.Minutes, parts []booking.Part) []need {
	if len(parts) == 0 {
		return []need{{who, skill, day.Span{From: at, To: at + day.TimeOfDay(minutes)}}}
	}
	var all []need
	for _, p := range parts {
		to := at + day.TimeOfDay(p.Minutes)
		all = append(all, need{who, p.Skill, day.Span{From: at, To: to}})
		at = to
	}
	return all
}

// unserved looks for a minute from which on the needs of that minute cannot each
// have a counter of their own: those on duty with the skill are given out one by
// one along augmenting paths (H. W. Kuhn, The Hungarian method, 1955). Minutes
// at which nothing begins or ends are like the one before.
func unserved(needs []need, lines []centreday.Line, within day.Span) string {
	moments := []day.TimeOfDay{within.From}
	add := func(t day.TimeOfDay) {
		if t > within.From && t < within.To {
			moments = append(moments, t)
		}
	}
	for _, n := range needs {
		add(n.From)
	}
	for _, l := range lines {
		add(l.To)
		for _, b := range l.Breaks {
			add(b.From)
		}
	}
	slices.Sort(moments)
	for _, t := range slices.Compact(moments) {
		if who := unservedAt(needs, lines, t); who != "" {
			return fmt.Sprintf("at %s %s has no counter: %s on %s", t, who, asked(needs, t), onDuty(lines, t))
		}
	}
	return ""
}

func unservedAt(needs []need, lines []centreday.Line, t day.TimeOfDay) string {
	owner := make([]int, len(lines)) // need + 1
	var seat func(n int, tried []bool) bool
	seat = func(n int, tried []bool) bool {
		for i, l := range lines {
			if tried[i] || !serves(l, needs[n].skill, t) {
				continue
			}
			tried[i] = true
			if owner[i] == 0 || seat(owner[i]-1, tried) {
				owner[i] = n + 1
				return true
			}
		}
		return false
	}
	for n := range needs {
		if covers(needs[n].Span, t) && !seat(n, make([]bool, len(lines))) {
			return needs[n].who
		}
	}
	return ""
}

func covers(s day.Span, t day.TimeOfDay) bool { return s.From <= t && t < s.To }

func serves(l centreday.Line, skill id.Skill, t day.TimeOfDay) bool {
	return covers(l.Span, t) && slices.Contains(l.Skills, skill) && !slices.ContainsFunc(l.Breaks, func(b day.Span) bool { return covers(b, t) })
}

func asked(needs []need, t day.TimeOfDay) (all []string) {
	for _, n := range needs {
		if covers(n.Span, t) {
			all = append(all, fmt.Sprintf("%s needs %s %s", n.who, n.skill, n.Span))
		}
	}
	return all
}

func onDuty(lines []centreday.Line, t day.TimeOfDay) (all []string) {
	for _, l := range lines {
		if covers(l.Span, t) {
			all = append(all, fmt.Sprint(l.Skills, l.Span))
		}
	}
	return append(all, fmt.Sprintf("%d counters", len(all)))
}

// placesOf an offering: its counters for appointments, and as many more of each
// kind as its policy of overbooking allows.
func placesOf(e centreday.OfferingAdopted) []centreday.Line {
	var lines []centreday.Line
	for _, l := range e.Lines {
		if l.Use == centreday.ForAppointments {
			lines = append(lines, l)
		}
	}
	if e.Overbook == nil {
		return lines
	}
	counters := slices.Clone(lines)
	for len(counters) > 0 {
		kind, n := counters[0], len(counters)
		counters = slices.DeleteFunc(counters, func(l centreday.Line) bool { return alike(l, kind) })
		for range overbook.Extra(n-len(counters), e.Overbook.NoShow, e.Overbook.Risk) {
			lines = append(lines, kind)
		}
	}
	return lines
}

func alike(a, b centreday.Line) bool {
	as, bs := slices.Sorted(slices.Values(a.Skills)), slices.Sorted(slices.Values(b.Skills))
	return a.Span == b.Span && slices.Equal(a.Breaks, b.Breaks) && slices.Equal(slices.Compact(as), slices.Compact(bs))
}
