package planning

import (
	"fmt"
	"slices"
)

const dayEnd = 24 * 60

// span checks minutes after midnight; none says whether {0, 0} may stand there.
func (c *check) span(path string, s Span, none bool) {
	if s == (Span{}) && none {
		return
	}
	if s[0] < 0 || s[1] > dayEnd || s[0] >= s[1] {
		c.bad(path, "is %d to %d: give minutes after midnight, 0 to %d, the end after the start", s[0], s[1], dayEnd)
	}
}

func (in *Instance) checkExtensions(c *check) {
	in.checkDuties(c)
	for i, t := range in.Holidays {
		c.index(fmt.Sprintf("holidays[%d]", i), t, in.Horizon, "day")
	}
	if in.Saturdays != nil {
		c.atLeast("saturdays.in_four_weeks", in.Saturdays.InFourWeeks, 0)
	}
	if in.MaxAwayPerHalfYear != nil {
		c.atLeast("max_away_per_half_year", *in.MaxAwayPerHalfYear, 0)
	}
	if w := in.WorkTime; w != nil {
		if w.Rest != 0 && (w.Rest < RestMinutes || w.Rest > dayEnd) {
			c.bad("work_time.rest_minutes", "is %d: the law asks for %d (§ 5 ArbZG); give that to %d, or leave it out", w.Rest, RestMinutes, dayEnd)
		}
		if w.Day < 0 || w.Day > DayMinutes {
			c.bad("work_time.day_minutes", "is %d: the law allows %d (§ 3 ArbZG); give 1 to that, or leave it out", w.Day, DayMinutes)
		}
	}
	for i := range in.Centres {
		in.checkHours(c, i)
	}
	for e := range in.Staff {
		in.checkHistory(c, e)
	}
}

func (in *Instance) checkOwn(c *check, name string, factors []float64) {
	if factors == nil || !c.length(name, len(factors), len(in.Districts), "district") {
		return
	}
	for r, f := range factors {
		if !(f >= 0 && f <= maxFactor) {
			c.bad(fmt.Sprintf("%s[%d]", name, r), "is %v: give a factor of 0 to %d, 1 changes nothing", f, maxFactor)
		}
	}
}

// maxShifts bounds what one person may choose from.
const maxShifts = 8

func (in *Instance) checkDuties(c *check) {
	if len(in.Shifts) > maxShifts {
		c.bad("shifts", "has %d entries: give at most %d", len(in.Shifts), maxShifts)
	}
	for i, s := range in.Shifts {
		c.span(fmt.Sprintf("shifts[%d]", i), s, false)
	}
	if in.Duties == nil || !c.length("duties", len(in.Duties), len(in.Staff), "employee") {
		return
	}
	for e, row := range in.Duties {
		if len(row) != in.Horizon {
			c.length(fmt.Sprintf("duties[%d]", e), len(row), in.Horizon, "day")
			return
		}
		for t, s := range row {
			if s != (Span{}) {
				c.span(fmt.Sprintf("duties[%d][%d]", e, t), s, false)
			}
		}
	}
}

func (in *Instance) checkHours(c *check, i int) {
	s, p := &in.Centres[i], fmt.Sprintf("centres[%d]", i)
	if s.Hours != nil && c.length(p+".hours", len(s.Hours), in.Horizon, "day") {
		for t, h := range s.Hours {
			at := fmt.Sprintf("%s.hours[%d]", p, t)
			c.span(at, h, true)
			if s.Express != nil && h[1]-h[0]/30*30 > ExpressOpenMinutes {
				c.bad(at, "is %d to %d: with an express counter a centre is open at most %d minutes", h[0], h[1], ExpressOpenMinutes)
			}
		}
	}
	if s.MinPresent < 0 || s.MinPresent > maxPresent {
		c.bad(p+".min_present", "is %d: give 0 to %d people", s.MinPresent, maxPresent)
	}
	if s.MinPresent > 0 && s.Hours == nil {
		c.bad(p+".min_present", "is %d without opening hours: give %s.hours, one span per day", s.MinPresent, p)
	}
	if x := s.Express; x != nil {
		if s.Hours == nil {
			c.bad(p+".express", "stands without opening hours: give %s.hours, one span per day", p)
		}
		c.span(p+".express.hours", x.Hours, false)
		if len(x.Skills) == 0 {
			c.bad(p+".express.skills", "is empty: name the skills of which one is enough there")
		}
		for j, k := range x.Skills {
			c.index(fmt.Sprintf("%s.express.skills[%d]", p, j), k, len(in.Skills), "skill")
		}
	}
}

// maxPresent bounds a minimum by half hours.
const maxPresent = 500

func (in *Instance) checkHistory(c *check, e int) {
	s, p := &in.Staff[e], fmt.Sprintf("staff[%d]", e)
	if s.MaxAwayPerHalfYear != nil {
		c.atLeast(p+".max_away_per_half_year", *s.MaxAwayPerHalfYear, 0)
	}
	if s.LastAt != nil {
		c.index(p+".last_at", *s.LastAt, len(in.Centres), "centre")
	}
	if s.AwayDays == nil {
		return
	}
	seen, week := map[int]bool{}, 0
	for i, d := range s.AwayDays {
		at := fmt.Sprintf("%s.away_days[%d]", p, i)
		if d >= 0 || d < -maxHistory {
			c.bad(at, "is %d: give days before day 0, -1 to -%d", d, maxHistory)
		}
		if seen[d] {
			c.bad(at, "names day %d twice: name each day once", d)
		}
		seen[d] = true
		if d >= -in.Weekday0 {
			week++
		}
	}
	if week != s.AwayBefore {
		c.bad(p+".away_before", "is %d, but away_days name %d days in the week of day 0: give %d", s.AwayBefore, week, week)
	}
}

// maxHistory bounds how far back days away may lie.
const maxHistory = 4000

// maxPoints is the most a plan may cost at its worst, so that costs, counted in
// billionths of a point, can be added in 64 bits and compared.
const maxPoints = 4e9

// checkSums adds up what the worst plan would cost: nothing booked is served, no
// walk-in, no request, nobody is where they should be.
func (in *Instance) checkSums(c *check) {
	w, T, R := in.Weights, in.Horizon, float64(len(in.Districts))
	uncovered, known, walkin, late, slots := 0.0, 0.0, 0.0, 0.0, 0.0
	late1, walkin1 := make([]float64, len(in.Skills)), make([]float64, len(in.Skills))
	ownLate, ownGoal := slices.Max(append([]float64{1}, in.OwnLate...)), slices.Max(append([]float64{1}, in.OwnGoal...))
	for s, slot := range in.SlotMinutes {
		for t := range T {
			late1[s] = max(late1[s], in.LateFactor(s, t)*(ownLate*w.BreachSlotDay+ownGoal*w.GoalSlotDay))
			walkin1[s] = max(walkin1[s], in.WalkinPrice(s, t))
		}
		for i := range in.Centres {
			for t := range T {
				uncovered += float64(in.Booked[i][s][t]) / slot
				if in.Uncovered != nil {
					known += float64(in.Uncovered[i][s][t]) / slot
				}
				walkin += float64(in.Walkin[i][s][t]) / slot * walkin1[s]
			}
		}
		add := func(row []int) {
			for t, m := range row {
				late += float64(m) / slot * float64(T-t) * late1[s]
				slots += float64(m) / slot
			}
		}
		add(in.DemandAny[s])
		for r := range in.Districts {
			add(in.DemandOwn[r][s])
		}
	}
	heads, travel := 0.0, 0.0
	for i := range in.Centres {
		s := &in.Centres[i]
		express := 0
		if s.Express != nil {
			express = 1
		}
		heads += float64(max(s.MinStaff, s.MinPresent+express)) * float64(T)
		for _, m := range in.Travel[i] {
			travel = max(travel, float64(m))
		}
	}
	days := float64(len(in.Staff)) * float64(T)
	for _, part := range []struct {
		path   string
		points float64
	}{
		{"booked", uncovered * w.UncoveredSlot},
		{"uncovered", known * w.UncoveredSlot},
		{"walkin", walkin},
		{"centres", heads * w.MissingHead},
		{"demand_own", late + slots*float64(T)*w.Fairness/R},
		{"staff", days * (w.Move + w.TravelMinute*travel + w.Change + w.SecondmentStart + w.Personal*HalfYearDays)},
	} {
		if part.points > maxPoints {
			c.bad(part.path, "could cost %.3g points in all: the sums overflow above %.0e; give smaller amounts or weights", part.points, maxPoints)
		}
	}
	kinds := map[string]bool{}
	for e := range in.Staff {
		var has [MaxSkills]byte
		for _, s := range in.Staff[e].Skills {
			has[s] = 1
		}
		kinds[string(has[:])] = true
	}
	// A node's price in the network is at most the dearest minute times the nodes.
	nodes := float64(T) * (float64(len(in.Centres)*(len(in.Skills)+len(kinds))) + 2*(R+1)*float64(len(in.Skills)))
	for s, slot := range in.SlotMinutes {
		dearest := max(w.UncoveredSlot, walkin1[s], float64(T)*(late1[s]+w.Fairness)) / slot
		if dearest*nodes > maxPrices {
			c.bad(fmt.Sprintf("slot_minutes[%d]", s), "is %v at weights of up to %.3g points a slot: the sums overflow; give longer slots or smaller weights", slot, dearest*slot)
		}
	}
}

// maxPrices is a quarter of what mincostflow lets the dearest arc times the nodes
// be, in points of a billion units.
const maxPrices = 5e8
