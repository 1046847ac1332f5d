package planning

// Parts of the objective, in points.
type Parts struct {
	Uncovered   float64 `json:"uncovered"`
	Walkin      float64 `json:"walkin"`
	MissingHead float64 `json:"missing_head"`
	Breach      float64 `json:"breach"`
	Goal        float64 `json:"goal"`
	Fairness    float64 `json:"fairness"`
	Move        float64 `json:"move"`
	Change      float64 `json:"change"`
}

// Sum is the objective.
func (p Parts) Sum() float64 {
	return p.Uncovered + p.Walkin + p.MissingHead + p.Breach + p.Goal + p.Fairness + p.Move + p.Change
}

// Minus is the difference by part.
func (p Parts) Minus(o Parts) Parts {
	return Parts{p.Uncovered - o.Uncovered, p.Walkin - o.Walkin, p.MissingHead - o.MissingHead, p.Breach - o.Breach,
		p.Goal - o.Goal, p.Fairness - o.Fairness, p.Move - o.Move, p.Change - o.Change}
}

// Result prices a plan.
type Result struct {
	Objective float64 `json:"objective"`
	Parts     Parts   `json:"parts"`
	// Moves counts person-days away from home, Changes those that differ from
	// the previous plan.
	Moves   int `json:"moves"`
	Changes int `json:"changes"`
	// UncoveredMinutes [c][t] of what is booked, MissingHeads [c][t].
	UncoveredMinutes [][]int `json:"uncovered_minutes"`
	MissingHeads     [][]int `json:"missing_heads"`
	// LateSlotDays by district: promise slot-days late of its own citizens.
	LateSlotDays []float64 `json:"late_slot_days"`
	// Free [r][t] minutes left for new appointments, all skills together.
	Free [][]int `json:"-"`
	// FreeSkill [r][s][t] minutes that one skill could get at most.
	FreeSkill [][][]int `json:"-"`
}

// Spot is a centre on a day.
type Spot struct{ Centre, Day int }

// Move is one change of the plan, alone.
type Move struct {
	Employee, Day, From, To int
	// TravelMinutes one way from home.
	TravelMinutes int
	// Gain in points when it was made, and by part (positive is better).
	Gain  float64
	Split Parts
}

// Unsolved is a need that no move mends.
type Unsolved struct {
	Centre, Day int
	Minutes     int // booked and uncovered
	Heads       int // below the minimum
	Points      float64
	// Rule is the rule that stands in the way most often; "heads" when as many
	// were sent as were lost, "price" when every allowed move costs more than it
	// mends, "nobody" when nobody is present elsewhere.
	Rule string
}

// Change asks that an employee works at a centre on a day.
type Change struct{ Employee, Day, To int }

// Priced is a change as it stands: its gain, and the hard rule it breaks, or "".
type Priced struct {
	Move
	Rule string
}
