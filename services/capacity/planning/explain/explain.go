package explain

import (
	"fmt"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// Question is what is to be explained: the step from one plan to another.
type Question struct {
	Instance *planning.Instance
	// Before is the plan without the moves, nil: Instance.Previous(). After is
	// the plan with them. A move is a person-day at which they differ; who is
	// present must be so in both.
	Before, After [][]int
	// Network, if given, is warm: it prices the instance and stands at the
	// staffing At (nil: After). It is given back as it was. nil: a new one is
	// built, which takes half a second for a city.
	Network *flow.Network
	At      [][]int
	// Book of the instance's rules, nil: a new one.
	Book *rule.Book
	// Places at which something has happened: what is unsolved, and whose hours
	// are worth most, is looked for there. Empty: everywhere.
	Places []planning.Spot
	// Cause is told as it is, without a reason of anybody's absence.
	Cause Text
	// Damage in points as it was measured when it happened, 0 if it was not.
	Damage float64
	// Lead times of districts, where they are known.
	Lead []Lead
	// Names, nil: the ids of the instance.
	Names Names
	// Tries bounds how many staffings are priced beyond one for each move and
	// group; 0: 40. Stop is asked between any two; nil never stops.
	Tries int
	Stop  func() bool
}

// Lead is a district's lead time in days to the third next available
// appointment, −1 where none is to be had.
type Lead struct {
	District int `json:"district"`
	Before   int `json:"before"`
	After    int `json:"after"`
}

const defaultTries = 40

// Explanation of a plan's step. Points are for machines and for those who ask;
// the texts do without. Days are counted as in the instance; people, centres and
// districts are named by their ids.
type Explanation struct {
	// Headline of two sentences at most.
	Headline Text    `json:"headline"`
	Cause    *Text   `json:"cause,omitempty"`
	Without  Without `json:"without"`
	Moves    []Move  `json:"moves"`
	// Gain of all moves together, with its split: the difference of the two
	// plans' exact prices.
	Gain  float64 `json:"gain"`
	Split Split   `json:"split"`
	// Groups of moves that meet at a centre on a day or in a person's week. The
	// gains of single moves say what is lost if only that one falls out, so
	// that they do not add up within a group.
	Groups   []Group    `json:"groups"`
	Worth    []Worth    `json:"worth"`
	Rejected []Rejected `json:"rejected"`
	Unsolved []Unsolved `json:"unsolved"`
	// More places are unsolved than those explained.
	More int `json:"more"`
	// Complete is false where Stop ended it.
	Complete bool `json:"complete"`
}

// Explain explains. Errors name what of the question is wrong.
func Explain(q Question) (Explanation, error) {
	if q.Instance == nil && q.Network != nil {
		q.Instance = q.Network.In
	}
	in := q.Instance
	if in == nil {
		return Explanation{}, fmt.Errorf("explain: instance is missing: give it or a network")
	}
	if err := q.complete(); err != nil {
		return Explanation{}, fmt.Errorf("explain: %w", err)
	}
	w := q.Network
	if w == nil {
		var err error
		if w, err = flow.New(in); err != nil {
			return Explanation{}, fmt.Errorf("explain: %w", err)
		}
		w.Staff(q.Before)
		q.At = q.Before
	}
	if err := w.Optimise(); err != nil {
		return Explanation{}, fmt.Errorf("explain: %w", err)
	}
	p := newPrices(q, in, w, q.At)
	var found mark
	p.mark(&found)
	defer p.back(&found, nil)
	x := &explainer{prices: p, q: q, out: Explanation{Moves: []Move{}, Groups: []Group{}, Worth: []Worth{}, Rejected: []Rejected{},
		Unsolved: []Unsolved{}, Complete: true}}
	if q.Cause != (Text{}) {
		x.out.Cause = &q.Cause
	}
	all := p.tries
	for _, part := range []struct {
		explain func() error
		share   float64 // of the tries that are left
	}{{x.weigh, 0}, {x.singles, 0}, {x.groups, 0}, {x.unsolved, .6}, {x.alternatives, .75}, {x.worth, 1}} {
		p.tries = p.asked + int(math.Ceil(part.share*float64(all-p.asked)))
		if err := part.explain(); err != nil {
			return Explanation{}, fmt.Errorf("explain: %w", err)
		}
	}
	x.headline()
	if q.Stop() {
		x.out.Complete = false
	}
	return x.out, nil
}

// complete fills in what a question may leave out, and checks its plans.
func (q *Question) complete() error {
	in := q.Instance
	if q.Before == nil {
		q.Before = in.Previous().X
	}
	if q.At == nil {
		q.At = q.After
	}
	for _, plan := range []struct {
		name string
		x    [][]int
	}{{"before", q.Before}, {"after", q.After}, {"at", q.At}} {
		if len(plan.x) != len(in.Staff) {
			return fmt.Errorf("%s has %d people: give a row for each of the %d", plan.name, len(plan.x), len(in.Staff))
		}
		for e, row := range plan.x {
			if len(row) != in.Horizon {
				return fmt.Errorf("%s[%d] has %d days: give %d", plan.name, e, len(row), in.Horizon)
			}
			for t, c := range row {
				if c < planning.Nowhere || c >= len(in.Centres) || (c == planning.Nowhere) != (in.Avail[e][t] <= 0) {
					return fmt.Errorf("%s[%d][%d] is %d with %d minutes present: give a centre below %d where somebody is present, and %d where not",
						plan.name, e, t, c, in.Avail[e][t], len(in.Centres), planning.Nowhere)
				}
			}
		}
	}
	if w := q.Network; w != nil && w.In != in {
		if w.C != len(in.Centres) || w.T != in.Horizon || w.S != len(in.Skills) || w.R != len(in.Districts) || len(w.Kind) != len(in.Staff) {
			return fmt.Errorf("network is of another instance: give one of the same shape")
		}
		for e := range in.Avail {
			if !slices.Equal(in.Avail[e], w.In.Avail[e]) {
				return fmt.Errorf("network is of another instance: avail[%d] differs", e)
			}
		}
	}
	for i, k := range q.Places {
		if k.Centre < 0 || k.Centre >= len(in.Centres) || k.Day < 0 || k.Day >= in.Horizon {
			return fmt.Errorf("places[%d] is centre %d on day %d: give a centre below %d and a day below %d", i, k.Centre, k.Day, len(in.Centres), in.Horizon)
		}
	}
	for i, l := range q.Lead {
		if l.District < 0 || l.District >= len(in.Districts) {
			return fmt.Errorf("lead[%d].district is %d: give one below %d", i, l.District, len(in.Districts))
		}
	}
	if q.Book == nil {
		q.Book = rule.New(in)
	}
	if q.Names == nil {
		q.Names = wording.IDs(in)
	}
	if q.Tries <= 0 {
		q.Tries = defaultTries
	}
	if q.Stop == nil {
		q.Stop = func() bool { return false }
	}
	return nil
}

// explainer makes one explanation, part by part.
type explainer struct {
	*prices
	q             Question
	steps         []flow.Step // the moves, by day and employee
	before, after figure
	bare, still   map[spot][]int // uncovered minutes by skill, before and after
	at            mark           // the plan with all moves
	out           Explanation
}

// weigh prices the plan before and the plan after, and says what would be
// without the moves.
func (x *explainer) weigh() error {
	if err := x.move(between(x.q.At, x.q.Before)); err != nil {
		return err
	}
	var err error
	if x.before, err = x.now(); err != nil {
		return err
	}
	x.bare = x.uncovered()
	short := x.short()
	x.steps, x.proposed = between(x.q.Before, x.q.After), map[spot]bool{}
	for _, s := range x.steps {
		x.proposed[spot{s.E, s.T}] = true
	}
	if err = x.move(x.steps); err != nil {
		return err
	}
	if x.after, err = x.now(); err != nil {
		return err
	}
	x.still = x.uncovered()
	x.mark(&x.at)
	x.out.Split = x.before.Split.Minus(x.after.Split)
	x.out.Gain = x.out.Split.Sum()
	x.without(short)
	return nil
}

// between are the steps from one plan to another, by day.
func between(from, to [][]int) (steps []flow.Step) {
	if len(from) == 0 {
		return nil
	}
	for t := range from[0] {
		for e := range from {
			if from[e][t] != to[e][t] {
				steps = append(steps, flow.Step{E: e, T: t, From: from[e][t], To: to[e][t]})
			}
		}
	}
	return steps
}

// short counts missing heads by place under the present staffing.
func (x *explainer) short() map[spot]int {
	in, at := x.in, make([][]int, len(x.in.Centres)*x.in.Horizon)
	for e := range x.x {
		for t, c := range x.x[e] {
			if c != planning.Nowhere {
				at[c*in.Horizon+t] = append(at[c*in.Horizon+t], e)
			}
		}
	}
	all := map[spot]int{}
	for c := range in.Centres {
		for t := range in.Horizon {
			if n := x.book.Missing(c, t, at[c*in.Horizon+t]); n > 0 {
				all[spot{c, t}] = n
			}
		}
	}
	return all
}

// slots turns minutes by skill into appointments.
func (p *prices) slots(minutes []int) float64 {
	sum := 0.0
	for s, m := range minutes {
		sum += float64(m) / p.in.SlotMinutes[s]
	}
	return sum
}
