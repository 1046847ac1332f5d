package planning

import (
	"fmt"
)

// MaxSkills bounds the number of skills: sets of skills are enumerated.
const MaxSkills = 12

// maxMinutes bounds a single amount so that no sum overflows.
const maxMinutes = 1 << 24

// check collects the first problem.
type check struct{ err error }

func (c *check) bad(path, reason string, args ...any) {
	if c.err == nil {
		c.err = &PathError{path, fmt.Sprintf(reason, args...)}
	}
}

func (c *check) index(path string, v, n int, what string) {
	if v < 0 || v >= n {
		c.bad(path, "is %d: give the index of a %s, 0 to %d", v, what, n-1)
	}
}

func (c *check) flags(path string, row []int) {
	for t, v := range row {
		if v != 0 && v != 1 {
			c.bad(fmt.Sprintf("%s[%d]", path, t), "is %d: write 1 for a day of service, 0 for none", v)
		}
	}
}

func (c *check) length(path string, got, want int, what string) bool {
	if got != want {
		c.bad(path, "has %d entries: give one per %s, %d in all", got, what, want)
	}
	return got == want
}

func (c *check) atLeast(path string, v, low int) {
	if v < low || v > maxMinutes {
		c.bad(path, "is %d: it must lie between %d and %d", v, low, maxMinutes)
	}
}

// Validate checks shapes, indices and ranges; the error is a *PathError.
func (in *Instance) Validate() error {
	c := &check{}
	if in.Format != Format {
		c.bad("format", "is %q: write %q", in.Format, Format)
	}
	if in.Horizon < 1 || in.Horizon > 400 {
		c.bad("horizon", "is %d: give 1 to 400 days", in.Horizon)
	}
	if len(in.Skills) < 1 || len(in.Skills) > MaxSkills {
		c.bad("skills", "has %d entries: give 1 to %d", len(in.Skills), MaxSkills)
	}
	if len(in.Districts) == 0 {
		c.bad("districts", "is empty: name at least one")
	}
	if len(in.Centres) == 0 {
		c.bad("centres", "is empty: name at least one")
	}
	if c.err != nil {
		return c.err
	}
	in.checkCalendar(c)
	in.checkNetwork(c)
	in.checkStaff(c)
	in.checkAmounts(c)
	in.checkSeasonal(c)
	in.checkOwn(c, "own_late", in.OwnLate)
	in.checkOwn(c, "own_goal", in.OwnGoal)
	in.checkExtensions(c)
	if c.err == nil {
		in.checkSums(c)
	}
	return c.err
}

func (in *Instance) checkCalendar(c *check) {
	if c.length("open", len(in.Open), in.Horizon, "day") {
		c.flags("open", in.Open)
	}
	if in.Weekday0 < 0 || in.Weekday0 > 6 {
		c.bad("weekday0", "is %d: 0 is Monday, 6 is Sunday", in.Weekday0)
	}
	c.atLeast("promise_days", in.PromiseDays, 1)
	c.atLeast("goal_days", in.GoalDays, 1)
	if in.GoalDays > in.PromiseDays {
		c.bad("goal_days", "is %d, more than promise_days %d: the goal is the stricter one", in.GoalDays, in.PromiseDays)
	}
	c.atLeast("min_lead_days", in.MinLeadDays, 0)
	if in.MinLeadDays > in.GoalDays {
		c.bad("min_lead_days", "is %d, more than goal_days %d: the goal could not be met", in.MinLeadDays, in.GoalDays)
	}
	c.atLeast("notice_days", in.NoticeDays, 0)
	c.atLeast("published_days", in.PublishedDays, 0)
	c.atLeast("max_moved_per_week", in.MaxMovedPerWeek, 0)
	c.index("today", in.Today, in.Horizon, "day")
}

func (in *Instance) checkNetwork(c *check) {
	if c.length("slot_minutes", len(in.SlotMinutes), len(in.Skills), "skill") {
		for s, m := range in.SlotMinutes {
			if !(m >= 1 && m <= maxMinutes) {
				c.bad(fmt.Sprintf("slot_minutes[%d]", s), "is %v: give at least 1 minute and at most %d", m, maxMinutes)
			}
		}
	}
	for i, s := range in.Services {
		c.index(fmt.Sprintf("services[%d].skill", i), s.Skill, len(in.Skills), "skill")
	}
	for i, s := range in.Centres {
		p := fmt.Sprintf("centres[%d]", i)
		c.index(p+".district", s.District, len(in.Districts), "district")
		c.atLeast(p+".counters", s.Counters, 0)
		c.atLeast(p+".min_staff", s.MinStaff, 0)
		if s.Open != nil {
			if c.length(p+".open", len(s.Open), in.Horizon, "day") {
				c.flags(p+".open", s.Open)
			}
		}
	}
	if c.length("travel", len(in.Travel), len(in.Centres), "centre") {
		for i, row := range in.Travel {
			c.row(fmt.Sprintf("travel[%d]", i), row, len(in.Centres), "centre")
		}
	}
	w := in.Weights
	for _, p := range []struct {
		name string
		v    float64
	}{{"uncovered_slot", w.UncoveredSlot}, {"missing_head", w.MissingHead}, {"walkin_slot", w.WalkinSlot},
		{"breach_slot_day", w.BreachSlotDay}, {"goal_slot_day", w.GoalSlotDay}, {"fairness", w.Fairness},
		{"move", w.Move}, {"travel_minute", w.TravelMinute}, {"change", w.Change},
		{"personal", w.Personal}, {"secondment_start", w.SecondmentStart}} {
		if !(p.v >= 0 && p.v <= maxPrice) {
			c.bad("weights."+p.name, "is %v: give a price of 0 to %v points", p.v, float64(maxPrice))
		}
	}
}

// maxPrice bounds a weight, in points, so that no sum of costs overflows; five
// hundred times the dearest published one.
const maxPrice = 1e6

func (in *Instance) checkStaff(c *check) {
	for e, s := range in.Staff {
		p := fmt.Sprintf("staff[%d]", e)
		c.index(p+".home", s.Home, len(in.Centres), "centre")
		for i, k := range s.Skills {
			c.index(fmt.Sprintf("%s.skills[%d]", p, i), k, len(in.Skills), "skill")
		}
		for i, k := range s.Reach {
			c.index(fmt.Sprintf("%s.reach[%d]", p, i), k, len(in.Centres), "centre")
		}
		c.atLeast(p+".away_before", s.AwayBefore, 0)
		if s.NoticeDays != nil {
			c.atLeast(p+".notice_days", *s.NoticeDays, 0)
		}
		if s.MaxMovedPerWeek != nil {
			c.atLeast(p+".max_moved_per_week", *s.MaxMovedPerWeek, 0)
		}
		for i, t := range s.FixedDays {
			c.index(fmt.Sprintf("%s.fixed_days[%d]", p, i), t, in.Horizon, "day")
		}
	}
	if c.length("avail", len(in.Avail), len(in.Staff), "employee") {
		for e, row := range in.Avail {
			c.row(fmt.Sprintf("avail[%d]", e), row, in.Horizon, "day")
		}
	}
	if c.err == nil {
		c.err = in.checkPlaces("prev", in.Prev)
	}
}

func (in *Instance) checkPlan(p Plan) error { return in.checkPlaces("x", p.X) }

func (in *Instance) checkPlaces(path string, x [][]int) error {
	c := &check{}
	if c.length(path, len(x), len(in.Staff), "employee") {
		for e, row := range x {
			if len(row) != in.Horizon {
				c.length(fmt.Sprintf("%s[%d]", path, e), len(row), in.Horizon, "day")
				break
			}
			for t, v := range row {
				if v < Nowhere || v >= len(in.Centres) {
					c.index(fmt.Sprintf("%s[%d][%d]", path, e, t), v, len(in.Centres), "centre")
				}
			}
		}
	}
	return c.err
}

func (c *check) row(path string, row []int, n int, what string) {
	if !c.length(path, len(row), n, what) {
		return
	}
	for i, v := range row {
		if v < 0 || v > maxMinutes {
			c.bad(fmt.Sprintf("%s[%d]", path, i), "is %d: it must lie between 0 and %d", v, maxMinutes)
		}
	}
}

func (in *Instance) checkAmounts(c *check) {
	cube := func(path string, m [][][]int, n int, what string) {
		if !c.length(path, len(m), n, what) {
			return
		}
		for i, rows := range m {
			p := fmt.Sprintf("%s[%d]", path, i)
			if c.length(p, len(rows), len(in.Skills), "skill") {
				for s, row := range rows {
					c.row(fmt.Sprintf("%s[%d]", p, s), row, in.Horizon, "day")
				}
			}
		}
	}
	cube("booked", in.Booked, len(in.Centres), "centre")
	cube("walkin", in.Walkin, len(in.Centres), "centre")
	if in.Uncovered != nil {
		cube("uncovered", in.Uncovered, len(in.Centres), "centre")
	}
	cube("demand_own", in.DemandOwn, len(in.Districts), "district")
	if c.length("demand_any", len(in.DemandAny), len(in.Skills), "skill") {
		for s, row := range in.DemandAny {
			c.row(fmt.Sprintf("demand_any[%d]", s), row, in.Horizon, "day")
		}
	}
}

// checkFile checks what only who reads a plan's price and its moves would miss.
func (in *Instance) checkFile() error {
	c := &check{}
	if in.Weights == (Weights{}) {
		c.bad("weights", "are missing or all 0: give at least one price, or every plan costs nothing")
	}
	unique := func(list string, n int, id func(i int) string) {
		first := map[string]int{}
		for i := range n {
			v := id(i)
			if at, known := first[v]; known && v != "" {
				c.bad(fmt.Sprintf("%s[%d].id", list, i), "is %q, as that of %s[%d]: give each its own", v, list, at)
			} else if !known {
				first[v] = i
			}
		}
	}
	unique("centres", len(in.Centres), func(i int) string { return in.Centres[i].ID })
	unique("staff", len(in.Staff), func(i int) string { return in.Staff[i].ID })
	return c.err
}
