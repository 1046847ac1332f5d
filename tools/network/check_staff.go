package network

import (
	"fmt"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Limits of working time. The law counts working hours without rests (ArbZG
// §§ 3 to 5); the limit here is on presence, and so on the safe side.
const (
	maxShift         = day.Minutes(10 * 60)
	minRest          = day.Minutes(11 * 60)
	maxWithoutBreak  = day.Minutes(6 * 60)
	longShift        = day.Minutes(9 * 60)
	breakOfShift     = day.Minutes(30)
	breakOfLongShift = day.Minutes(45)
)

func (f *files) checkShifts() {
	s := f.sources[staffFile]
	for _, name := range sortedKeys(f.staff.Shifts) {
		sh, at := f.staff.Shifts[name], "shifts."+name
		if !s.need(at, "at") || s.failed[at+".at"] {
			continue
		}
		length := sh.At.Minutes()
		if sh.At.To <= sh.At.From {
			s.bad(at+".at", fmt.Sprintf("%s ends before it starts", sh.At), "write the earlier time first; no shift passes midnight")
			continue
		}
		if length > maxShift {
			s.bad(at+".at", fmt.Sprintf("%s is %d h %02d long", sh.At, length/60, length%60), "shorten it to 10 hours (ArbZG § 3)")
		}
		var off day.Minutes
		readable := !s.failed[at+".breaks"]
		for i, b := range sh.Breaks {
			key := fmt.Sprintf("%s.breaks[%d]", at, i)
			if !s.has(key) {
				key = at + ".breaks"
			}
			if s.failed[key] {
				readable = false
				continue
			}
			if b.To <= b.From {
				s.bad(key, fmt.Sprintf("%s ends before it starts", b), "write the earlier time first")
				continue
			}
			if !sh.At.Contains(b) {
				s.bad(key, fmt.Sprintf("%s is outside the shift %s", b, sh.At), "move it into the shift")
			}
			for _, o := range sh.Breaks[:i] {
				if b.Meet(o).Minutes() > 0 {
					s.bad(key, fmt.Sprintf("%s overlaps %s", b, o), "join the two")
				}
			}
			off += b.Minutes()
		}
		need := day.Minutes(0)
		switch {
		case length > longShift:
			need = breakOfLongShift
		case length > maxWithoutBreak:
			need = breakOfShift
		}
		if off < need && readable {
			s.bad(at+".breaks", fmt.Sprintf("%d minutes in a shift of %d h %02d", off, length/60, length%60), fmt.Sprintf("give at least %d minutes (ArbZG § 4)", need))
		} else if w := longestStretch(sh); w > maxWithoutBreak && readable {
			s.bad(at+".breaks", fmt.Sprintf("%d h %02d pass without a break", w/60, w%60), "put a break within 6 hours (ArbZG § 4)")
		}
	}
}

// longestStretch is the longest time of a shift without a break.
func longestStretch(sh shiftEntry) day.Minutes {
	longest, since := day.Minutes(0), sh.At.From
	for t := sh.At.From; t <= sh.At.To; t++ {
		longest = max(longest, day.Minutes(t-since))
		for _, b := range sh.Breaks {
			if b.From <= t && t < b.To {
				since = t + 1
			}
		}
	}
	return longest
}

func (f *files) checkPatterns() {
	s := f.sources[staffFile]
	for _, name := range sortedKeys(f.staff.Patterns) {
		weeks, at := f.staff.Patterns[name], "patterns."+name
		if len(weeks) < 1 || len(weeks) > 2 {
			s.bad(at, fmt.Sprintf("has %d weeks", len(weeks)), "write one week, or two that alternate")
			continue
		}
		for w, week := range weeks {
			unknown := "" // of a range, only the first day is reported
			for d := 1; d <= 7; d++ {
				shift, on := week[d]
				if !on {
					continue
				}
				key := fmt.Sprintf("%s[%d].%s", at, w, weekdays[d-1])
				if d == 7 {
					s.bad(key, "works on Sunday", "remove it: Sunday is no working day (ArbZG § 9)")
				}
				if shift == unknown {
					continue
				}
				if !known(s, key, shift, "shift", sortedKeys(f.staff.Shifts)) {
					unknown = shift
					continue
				}
				f.checkRest(s, key, weeks, w, d)
			}
		}
	}
}

// checkRest: 11 hours between the shift of a day and that of the next,
// also from the last week of a rotation to the first.
func (f *files) checkRest(s *source, key string, weeks []map[int]string, w, d int) {
	nw, nd := w, d+1
	if nd > 7 {
		nw, nd = (w+1)%len(weeks), 1
	}
	a, okA := f.staff.Shifts[weeks[w][d]]
	b, okB := f.staff.Shifts[weeks[nw][nd]]
	if !okA || !okB || a.At == (day.Span{}) || b.At == (day.Span{}) {
		return
	}
	if rest := day.Minutes(24*60) - day.Minutes(a.At.To) + day.Minutes(b.At.From); rest < minRest {
		s.bad(key, fmt.Sprintf("ends at %s and %s begins at %s: %d h %02d of rest", a.At.To, weekdays[nd-1], b.At.From, rest/60, rest%60),
			"leave 11 hours (ArbZG § 5)")
	}
}

func (f *files) checkEmployees() {
	s := f.sources[staffFile]
	s.need("", "employees", "max_days_away_per_week")
	between(s, "max_days_away_per_week", f.staff.MaxDaysAwayPerWeek, 0, 6, "write days of a week")
	seen := unique{}
	centres, skills, patterns := f.centreIDs(), f.skillIDs(), sortedKeys(f.staff.Patterns)
	for i, e := range f.staff.Employees {
		at := fmt.Sprintf("employees[%d]", i)
		s.need(at, "employee", "home", "skills", "pattern")
		seen.check(s, at+".employee", string(e.ID), at)
		known(s, at+".pattern", e.Pattern, "pattern", patterns)
		if known(s, at+".home", e.Home, "centre", centres) {
			if c, _ := f.centre(e.Home); c.Closes != nil && (e.Until == nil || *e.Until > *c.Closes) {
				s.bad(at+".home", fmt.Sprintf("%s closes on %s", c.ID, c.Closes), successorCure(c.Successor))
			}
		}
		if s.has(at+".skills") && len(e.Skills) == 0 {
			s.bad(at+".skills", "is empty", "somebody without a skill serves nobody: name one")
		}
		held := map[id.Skill]bool{}
		for j, k := range e.Skills {
			key := fmt.Sprintf("%s.skills[%d]", at, j)
			known(s, key, k, "skill", skills)
			if held[k] {
				s.bad(key, fmt.Sprintf("%q is written twice", k), "keep one")
			}
			held[k] = true
		}
		if e.MaxDaysAwayPerWeek != nil {
			between(s, at+".max_days_away_per_week", *e.MaxDaysAwayPerWeek, 0, 6, "write days of a week")
		}
		if e.Mobile && !e.deployable() {
			s.bad(at+".deployable", "is false for a member of a mobile team", "remove one of the two")
		}
		if e.From != nil && e.Until != nil && *e.Until <= *e.From {
			s.bad(at+".until", fmt.Sprintf("%s is not after from %s", e.Until, e.From), "until is the first day no longer employed")
		}
	}
}

func successorCure(c id.Centre) string {
	if c == "" {
		return "name a centre that stays open, or the last day with until:"
	}
	return fmt.Sprintf("move to its successor %q, or name the last day with until:", c)
}

func (f *files) checkPosts() {
	s := f.sources[postsFile]
	s.need("", "posts")
	seen, filled := unique{}, unique{}
	homes := map[id.Employee]id.Centre{}
	var employees []id.Employee
	for _, e := range f.staff.Employees {
		homes[e.ID] = e.Home
		employees = append(employees, e.ID)
	}
	centres := f.centreIDs()
	for i, p := range f.posts.Posts {
		at := fmt.Sprintf("posts[%d]", i)
		s.need(at, "post", "centre")
		seen.check(s, at+".post", string(p.ID), at)
		if known(s, at+".centre", p.Centre, "centre", centres) {
			if c, _ := f.centre(p.Centre); c.Closes != nil {
				s.bad(at+".centre", fmt.Sprintf("%s closes on %s", c.ID, c.Closes), "move the post to a centre that stays open")
			}
		}
		switch {
		case p.Employee == "" && p.VacantFrom == nil:
			s.bad(at+".vacant_from", "is missing", "a post without employee is vacant: say since when")
		case p.Employee != "" && p.VacantFrom != nil:
			s.bad(at+".vacant_from", "the post has an employee", "remove one of the two")
		}
		if p.Employee == "" {
			continue
		}
		filled.check(s, at+".employee", string(p.Employee), at)
		if home, ok := homes[p.Employee]; !ok {
			known(s, at+".employee", p.Employee, "employee", employees)
		} else if home != p.Centre && p.Centre != "" {
			s.bad(at+".centre", fmt.Sprintf("%s has its home at %s", p.Employee, home), "post and home are at the same centre")
		}
	}
}
