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

// Evaluate prices a plan. The mix of services is found by the greedy of this
// package: the objective is an upper bound of the exact one for the same plan.
func Evaluate(in *Instance, p Plan) (Result, error) {
	if err := in.checkPlan(p); err != nil {
		return Result{}, err
	}
	return newBoard(in, p).result(), nil
}

// Compare prices two plans alike: with the same walk-in reserves given up to the
// queues, those that are best for the first. What differs between the results
// then comes from the plans and instances alone. The instances must have the
// same shape.
func Compare(a *Instance, pa Plan, b *Instance, pb Plan) (ra, rb Result, err error) {
	if err = a.checkPlan(pa); err != nil {
		return ra, rb, err
	}
	x := newBoard(a, pa)
	rb, err = price(b, pb, x.released)
	return x.result(), rb, err
}

func price(in *Instance, p Plan, released []bool) (Result, error) {
	if err := in.checkPlan(p); err != nil {
		return Result{}, err
	}
	return layBoard(in, p, released).result(), nil
}

func (b *board) result() Result {
	in := b.in
	var out Result
	for e, s := range in.Staff {
		for t, c := range b.x[e] {
			if c == Nowhere {
				continue
			}
			if c != s.Home {
				out.Moves++
				out.Parts.Move += in.Weights.Move + in.Weights.TravelMinute*float64(in.Travel[s.Home][c])
			}
			if prev := in.Prev[e][t]; prev != Nowhere && c != prev {
				out.Changes++
				if t < in.PublishedDays {
					out.Parts.Change += in.Weights.Change
				} else {
					out.Parts.Change += in.Weights.Change / 4
				}
			}
		}
	}
	out.UncoveredMinutes, out.MissingHeads = make([][]int, b.C), make([][]int, b.C)
	for c := range b.C {
		out.UncoveredMinutes[c], out.MissingHeads[c] = make([]int, b.T), make([]int, b.T)
		for t := range b.T {
			i := c*b.T + t
			out.Parts.Uncovered += b.cells[i].uncovered
			out.Parts.Walkin += b.cells[i].walkin
			out.Parts.MissingHead += b.cells[i].heads
			out.UncoveredMinutes[c][t] = int(b.cells[i].missing)
			if in.OpenOn(c, t) {
				out.MissingHeads[c][t] = max(0, in.Centres[c].MinStaff-b.heads[i])
			}
		}
	}
	out.Parts.Breach, out.Parts.Goal, out.Parts.Fairness = b.late(b.run)
	out.LateSlotDays = append([]float64(nil), b.run.own...)
	for r := range in.Districts {
		all, each := make([]int, b.T), make([][]int, b.S)
		for s := range each {
			each[s] = make([]int, b.T)
		}
		for t := range b.T {
			f := b.capacity(r, t)
			all[t] = int(f[len(f)-1])
			for s := range each {
				each[s][t] = int(f.room(s))
			}
		}
		out.Free, out.FreeSkill = append(out.Free, all), append(out.FreeSkill, each)
	}
	out.Objective = out.Parts.Sum()
	return out
}
