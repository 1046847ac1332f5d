package rule

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// relaxed says how much each rule is loosened by Relax; rules that are not in it
// cannot be: those that only have a price, presence, and what a giver has booked.
var relaxed = map[Name]func(in *planning.Instance){
	Deployable: func(in *planning.Instance) {
		people(in, func(s *planning.Employee) { s.Deployable = nil })
	},
	Open: func(in *planning.Instance) {
		centres(in, func(c *planning.Centre) { c.Open = nil })
	},
	Notice: func(in *planning.Instance) {
		in.NoticeDays = 0
		people(in, func(s *planning.Employee) { s.NoticeDays = nil })
	},
	Fixed: func(in *planning.Instance) {
		people(in, func(s *planning.Employee) { s.FixedDays = nil })
	},
	Reach: reachAsFarAsAnyone,
	Skills: func(in *planning.Instance) {
		all := make([]int, len(in.Skills))
		for i := range all {
			all[i] = i
		}
		people(in, func(s *planning.Employee) { s.Skills = all })
	},
	Sunday: func(in *planning.Instance) {
		in.Holidays = nil
		if in.Saturdays != nil { // Sundays and Saturdays are one setting
			in.Saturdays = nil
		}
	},
	Saturday: func(in *planning.Instance) {
		if in.Saturdays != nil {
			in.Saturdays = &planning.Saturdays{InFourWeeks: in.Saturdays.InFourWeeks, Anyone: true}
		}
	},
	SaturdayCap: func(in *planning.Instance) {
		if in.Saturdays != nil {
			in.Saturdays = &planning.Saturdays{InFourWeeks: in.Saturdays.InFourWeeks + 1, Anyone: in.Saturdays.Anyone}
		}
	},
	TenHours: func(in *planning.Instance) {
		in.WorkTime = &planning.WorkTime{Rest: in.RestLimit(), Day: 48 * 60}
	},
	Rest: func(in *planning.Instance) {
		in.WorkTime = &planning.WorkTime{Rest: 1, Day: in.DayLimit()}
	},
	WeeklyCap: func(in *planning.Instance) {
		in.MaxMovedPerWeek++
		people(in, func(s *planning.Employee) { s.MaxMovedPerWeek = oneMore(s.MaxMovedPerWeek) })
	},
	HalfYear: func(in *planning.Instance) {
		in.MaxAwayPerHalfYear = nil
		people(in, func(s *planning.Employee) { s.MaxAwayPerHalfYear = nil })
	},
	Counters: func(in *planning.Instance) {
		centres(in, func(c *planning.Centre) { c.Counters++ })
	},
	Minimum: func(in *planning.Instance) {
		centres(in, func(c *planning.Centre) {
			c.MinStaff = max(0, c.MinStaff-1)
			c.MinPresent = max(0, c.MinPresent-1)
		})
	},
	Express: func(in *planning.Instance) {
		centres(in, func(c *planning.Centre) { c.Express = nil })
	},
}

// Relax is a copy of an instance in which one rule is loosened and all else is as
// before; nil where the rule cannot be. The copy shares what the rule does not
// touch. The rule is loosened for everybody:
//
//   - deployable: everybody may be sent; notice: none; fixed: nothing is decided;
//   - reach: every centre that is no farther than the farthest anyone is asked to
//     go; skills: everybody can do everything; open: whenever the city is;
//   - weekly-cap, saturday-cap, counters: one more; giver-minimum: one less;
//     saturday: anyone; half-year, rest, ten-hours, sunday, express: lifted.
//
// Hard rules are loosened too, so that one can tell whether they stand in the
// way; what follows from law must not be suggested. Such a copy need not pass
// Validate.
func Relax(in *planning.Instance, name Name) *planning.Instance {
	loosen := relaxed[name]
	if loosen == nil {
		return nil
	}
	out := *in
	loosen(&out)
	return &out
}

func people(in *planning.Instance, f func(s *planning.Employee)) {
	in.Staff = slices.Clone(in.Staff)
	for e := range in.Staff {
		f(&in.Staff[e])
	}
}

func centres(in *planning.Instance, f func(c *planning.Centre)) {
	in.Centres = slices.Clone(in.Centres)
	for c := range in.Centres {
		f(&in.Centres[c])
	}
}

func oneMore(n *int) *int {
	if n == nil {
		return nil
	}
	more := *n + 1
	return &more
}

func reachAsFarAsAnyone(in *planning.Instance) {
	farthest := 0
	for e := range in.Staff {
		s := &in.Staff[e]
		for _, c := range s.Reach {
			farthest = max(farthest, in.Travel[s.Home][c])
		}
	}
	people(in, func(s *planning.Employee) {
		reach := slices.Clone(s.Reach)
		for c, minutes := range in.Travel[s.Home] {
			if minutes <= farthest && !slices.Contains(reach, c) {
				reach = append(reach, c)
			}
		}
		s.Reach = reach
	})
}
