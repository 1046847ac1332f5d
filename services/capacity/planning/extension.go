package planning

// Minutes after midnight of a span of a day, from and to; {0, 0} stands for none.
type Span = [2]int

// The law's figures, which hold unless an instance sets stricter ones.
const (
	// RestMinutes between the end of one duty and the start of the next
	// (§ 5 (1) ArbZG).
	RestMinutes = 11 * 60
	// DayMinutes of work on one day (§ 3 ArbZG: ten hours, where eight are kept
	// on average, which the roster sees to).
	DayMinutes = 10 * 60
)

// HalfYearDays is the length of the rolling window in which days away from the
// home centre are counted (§ 88 (1) HmbPersVG: six months).
const HalfYearDays = 183

// ExpressOpenMinutes is how long a centre with an express counter is open at
// most on a day, counted from the half hour in which it opens.
const ExpressOpenMinutes = 12 * 60

// Extensions are optional fields of an instance. Without them all is as
// published; each rule below holds only where its field is given.
type Extensions struct {
	// Duties [e][t] is when a person works on a day, from and to. {0, 0} where
	// they are absent, or work any one of Shifts. Rest and the length of a
	// working day are kept where duties are known.
	Duties [][]Span `json:"duties,omitempty"`
	// Shifts are what a present person without a duty of their own may work.
	Shifts []Span `json:"shifts,omitempty"`
	// WorkTime sets stricter figures than the law's.
	WorkTime *WorkTime `json:"work_time,omitempty"`
	// Holidays are the public holidays among the days, as indices. Where there
	// are any, nobody is sent elsewhere on them or on Sundays (§ 9 ArbZG).
	Holidays []int `json:"holidays,omitempty"`
	// Saturdays, when given, limits being sent elsewhere on Saturdays, and
	// forbids it on Sundays.
	Saturdays *Saturdays `json:"saturdays,omitempty"`
	// MaxAwayPerHalfYear is the most days away from home within any
	// HalfYearDays days (§ 88 (1) HmbPersVG). A hard stop. It does not bind mobile
	// teams, who have no one place of work to change.
	MaxAwayPerHalfYear *int `json:"max_away_per_half_year,omitempty"`
	// OwnLate [r] multiplies weights.breach_slot_day for a district's own citizens,
	// OwnGoal [r] weights.goal_slot_day.
	OwnLate []float64 `json:"own_late,omitempty"`
	OwnGoal []float64 `json:"own_goal,omitempty"`
}

// OwnFactors are what the prices of a broken promise and of a missed goal are
// multiplied with for the own citizens of a district; 1 for those who accept any,
// whose district is below 0.
func (x *Extensions) OwnFactors(district int) (late, goal float64) {
	late, goal = 1, 1
	if district < 0 {
		return late, goal
	}
	if x.OwnLate != nil {
		late = x.OwnLate[district]
	}
	if x.OwnGoal != nil {
		goal = x.OwnGoal[district]
	}
	return late, goal
}

// WorkTime are limits in minutes; 0 stands for the law's.
type WorkTime struct {
	Rest int `json:"rest_minutes,omitempty"` // at least RestMinutes
	Day  int `json:"day_minutes,omitempty"`  // at most DayMinutes
}

// Saturdays says who is sent elsewhere on Saturdays and how often.
type Saturdays struct {
	// InFourWeeks is the most Saturdays away within any 28 days.
	InFourWeeks int `json:"in_four_weeks"`
	// Anyone may be sent; else only volunteers and mobile teams.
	Anyone bool `json:"anyone,omitempty"`
}

// Express is a counter for short matters: at each of its half hours one more
// person must be there who has one of its skills.
type Express struct {
	Hours  Span  `json:"hours"`
	Skills []int `json:"skills"`
}

// RestLimit is the rest in force, in minutes.
func (x *Extensions) RestLimit() int {
	if x.WorkTime != nil && x.WorkTime.Rest > 0 {
		return x.WorkTime.Rest
	}
	return RestMinutes
}

// DayLimit is the longest working day in force, in minutes.
func (x *Extensions) DayLimit() int {
	if x.WorkTime != nil && x.WorkTime.Day > 0 {
		return x.WorkTime.Day
	}
	return DayMinutes
}
