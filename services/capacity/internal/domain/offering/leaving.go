package offering

import (
	"maps"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
)

// mostSkills bounds the sets of skills that are looked at, 2^n.
const mostSkills = 12

// Leaving tells for one centre-day, over and over, whether all that is in use stays
// served when people leave, wherever that takes lines away: by the lines that the
// others make. It is Hall's condition as booking asks it: at no moment may the
// appointments with a skill of any set be more than the counters with a skill of
// that set. The use is known as a maximum per step and skill only, so the answer
// may be no where booking would say yes; the other way round only for lines off
// booking's grid of five minutes.
type Leaving struct {
	rules    Rules
	people   []leaver // in the order in which Lines sets their use
	sets     int      // of skills: 2^n; 0: too many to look at
	moments  []moment
	count    []int
	distinct []int
}

// leaver is one line: the skills that are in use, as bits, and those left on an
// express counter.
type leaver struct {
	index   int // in present
	skills  int
	express bool
}

// moment is a part of the day, or several, with the same people on duty.
type moment struct {
	on    []int // in people
	least []int // by set of skills: how many must stay, never more than there are now
}

// NewLeaving is for those present at a centre that is open at these times.
func NewLeaving(present []Presence, opening []day.Span, rules Rules, use observed.InUse) *Leaving {
	l := &Leaving{rules: rules}
	skills := slices.Sorted(maps.Keys(use.Skills))
	if len(skills) > mostSkills {
		return l
	}
	l.sets = 1 << len(skills)
	l.count = make([]int, l.sets)
	order := make([]int, len(present))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareIDs(present[a].Employee, present[b].Employee) })
	var spans [][]day.Span // when each is on duty
	edges := []day.TimeOfDay{}
	for _, i := range order {
		p := present[i]
		span, breaks, ok := Clip(p.Span, p.Breaks, opening)
		if !ok || len(p.Skills) == 0 {
			continue
		}
		x := leaver{index: i, express: len(meet(p.Skills, rules.ExpressSkills)) > 0}
		for k, s := range skills {
			if slices.Contains(p.Skills, s) {
				x.skills |= 1 << k
			}
		}
		l.people = append(l.people, x)
		at := span.From
		var on []day.Span
		for _, b := range breaks {
			on = append(on, day.Span{From: at, To: b.From})
			at = b.To
			edges = append(edges, b.From, b.To)
		}
		spans = append(spans, append(on, day.Span{From: at, To: span.To}))
		edges = append(edges, span.From, span.To)
	}
	slices.Sort(edges)
	l.split(slices.Compact(edges), spans, skills, use)
	return l
}

func compareIDs(a, b id.Employee) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// split finds the moments and what each of them needs.
func (l *Leaving) split(edges []day.TimeOfDay, spans [][]day.Span, skills []id.Skill, use observed.InUse) {
	masks := make([]int, len(l.people))
	l.masks(masks, nil)
	next := 0
	for i, all := range use.Counters {
		if all == 0 {
			continue
		}
		least := make([]int, l.sets)
		for u := 1; u < l.sets; u++ {
			for k, s := range skills {
				if row := use.Skills[s]; u>>k&1 == 1 && i < len(row) {
					least[u] += row[i]
				}
			}
			least[u] = min(least[u], all)
		}
		from := use.From + day.TimeOfDay(i)*day.TimeOfDay(use.Step)
		for at, to := from, from+day.TimeOfDay(use.Step); at < to; {
			for next < len(edges) && edges[next] <= at {
				next++
			}
			until := to
			if next < len(edges) {
				until = min(to, edges[next])
			}
			var on []int
			for k, all := range spans {
				if slices.ContainsFunc(all, func(x day.Span) bool { return x.From <= at && x.To >= until }) {
					on = append(on, k)
				}
			}
			l.need(on, least, masks)
			at = until
		}
	}
}

// need adds a moment, to one with the same people if there is one.
func (l *Leaving) need(on, least, masks []int) {
	had := l.tally(on, masks)
	k := slices.IndexFunc(l.moments, func(m moment) bool { return slices.Equal(m.on, on) })
	if k < 0 {
		k = len(l.moments)
		l.moments = append(l.moments, moment{on, make([]int, l.sets)})
	}
	for u, n := range l.moments[k].least {
		l.moments[k].least[u] = max(n, min(least[u], had[u]))
	}
}

// masks are the skills of each one's line for appointments: none for those who
// leave, are at an express counter, or serve walk-ins.
func (l *Leaving) masks(out []int, gone []int) {
	stay := 0
	for k, p := range l.people {
		if out[k] = 0; !slices.Contains(gone, p.index) {
			out[k] = -1
			stay++
		}
	}
	express := 0
	if stay >= ExpressFrom {
		express = l.rules.ExpressCounters
	}
	walkins := int(math.Round(l.rules.WalkInShare * float64(stay)))
	for k, p := range l.people {
		switch {
		case out[k] == 0:
		case express > 0 && p.express:
			out[k], express = 0, express-1
		case walkins > 0:
			out[k], walkins = 0, walkins-1
		default:
			out[k] = p.skills
		}
	}
}

// tally counts, for each set of skills, those on duty who have one of it: all but
// those whose skills lie outside of the set (sums over subsets by dimension).
func (l *Leaving) tally(on, masks []int) []int {
	clear(l.count)
	for _, k := range on {
		l.count[masks[k]]++
	}
	for bit := 1; bit < l.sets; bit <<= 1 {
		for u := range l.count {
			if u&bit != 0 {
				l.count[u] += l.count[u^bit]
			}
		}
	}
	if cap(l.distinct) < l.sets {
		l.distinct = make([]int, l.sets)
	}
	out := l.distinct[:l.sets]
	for u := range out {
		out[u] = len(on) - l.count[l.sets-1-u]
	}
	return out
}

// Keeps tells whether all stays covered when these, by their index, are not there.
func (l *Leaving) Keeps(gone []int) bool {
	if l.sets == 0 {
		return false
	}
	masks := make([]int, len(l.people))
	l.masks(masks, gone)
	for _, m := range l.moments {
		for u, n := range l.tally(m.on, masks) {
			if n < m.least[u] {
				return false
			}
		}
	}
	return true
}
