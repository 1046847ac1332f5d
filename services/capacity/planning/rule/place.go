package rule

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// places are the rules of one person, day and centre. They are asked only about
// centres other than that of the previous plan.
var places = []struct {
	name    Name
	forbids func(b *Book, e, t, c int) bool
}{
	{Deployable, undeployable},
	{Open, closed},
	{Notice, unannounced},
	{Fixed, decided},
	{Reach, outOfReach},
	{Skills, useless},
	{Sunday, sunday},
	{Saturday, saturday},
	{TenHours, tooLong},
}

func deployable(s *planning.Employee) bool { return s.Deployable == nil || *s.Deployable }

// undeployable: some people are never sent elsewhere. Why is not told, and not
// known here; the way home is open to them.
func undeployable(b *Book, e, _, c int) bool {
	s := &b.in.Staff[e]
	return c != s.Home && !deployable(s)
}

// closed: nobody is sent to a centre that is closed. Coming home is not being
// sent.
func closed(b *Book, e, t, c int) bool { return c != b.in.Staff[e].Home && !b.in.OpenOn(c, t) }

// NoticeOf is how many days ahead a person must know of a move: their own
// figure, else none for volunteers and mobile teams, else the instance's.
// No statute gives a period for a changed roster; labour courts lean on the four
// days of § 12 (3) TzBfG.
func NoticeOf(in *planning.Instance, e int) int {
	s := &in.Staff[e]
	switch {
	case s.NoticeDays != nil:
		return *s.NoticeDays
	case s.Mobile || s.Volunteer:
		return 0
	}
	return in.NoticeDays
}

// unannounced: the day is nearer than the person's notice, or past.
func unannounced(b *Book, e, t, _ int) bool { return t < b.in.Today+NoticeOf(b.in, e) }

// decided: on fixed days the person stays where the plan has them.
func decided(b *Book, e, t, _ int) bool { return slices.Contains(b.in.Staff[e].FixedDays, t) }

// outOfReach: home and the person's list are within reach.
func outOfReach(b *Book, e, _, c int) bool {
	s := &b.in.Staff[e]
	return c != s.Home && !slices.Contains(s.Reach, c)
}

// useless: the person has none of the skills that are booked, held for walk-ins
// or requested there. Where a centre has a minimum of staff everybody counts as a
// head, so that the rule lets them.
func useless(b *Book, e, t, c int) bool {
	return c != b.in.Staff[e].Home && b.skills[e]&b.needed[c*b.T+t] == 0 && b.in.Centres[c].MinStaff == 0 && !b.Staffed(c, t)
}

// readSkills notes who can do what and what is asked for where.
func (b *Book) readSkills() {
	in := b.in
	b.skills = make([]uint16, len(in.Staff))
	for e := range in.Staff {
		for _, s := range in.Staff[e].Skills {
			b.skills[e] |= 1 << s
		}
	}
	asked := make([]uint16, len(in.Districts))
	for s := range in.Skills {
		anywhere := slices.Max(in.DemandAny[s]) > 0
		for r := range asked {
			if anywhere || slices.Max(in.DemandOwn[r][s]) > 0 {
				asked[r] |= 1 << s
			}
		}
	}
	b.needed = make([]uint16, len(in.Centres)*b.T)
	for c := range in.Centres {
		for t := range b.T {
			m := asked[in.Centres[c].District]
			for s := range in.Skills {
				if in.Booked[c][s][t] > 0 || in.Walkin[c][s][t] > 0 {
					m |= 1 << s
				}
			}
			b.needed[c*b.T+t] = m
		}
	}
}
