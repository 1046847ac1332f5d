package explain

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// Split of points by what they are for.
type Split struct {
	Uncovered    float64 `json:"uncovered"`     // booked appointments without staff
	MissingHeads float64 `json:"missing_heads"` // minimum staff
	Walkin       float64 `json:"walkin"`        // places for people without an appointment
	Promise      float64 `json:"promise"`       // days of waiting beyond the promise
	Goal         float64 `json:"goal"`          // days of waiting beyond the goal
	Fairness     float64 `json:"fairness"`      // between districts
	Moves        float64 `json:"moves"`         // days away from home, travel
	Changes      float64 `json:"changes"`       // of the previous plan
	Personal     float64 `json:"personal"`      // the same person again
	Starts       float64 `json:"starts"`        // of days in a row at another centre

	// What Walkin and Promise are about, counted: prices differ by season.
	places, days float64
}

// Sum over all parts.
func (s Split) Sum() float64 {
	return s.Uncovered + s.MissingHeads + s.Walkin + s.Promise + s.Goal + s.Fairness + s.Moves + s.Changes + s.Personal + s.Starts
}

// Minus is the difference by part.
func (s Split) Minus(o Split) Split {
	return Split{s.Uncovered - o.Uncovered, s.MissingHeads - o.MissingHeads, s.Walkin - o.Walkin, s.Promise - o.Promise,
		s.Goal - o.Goal, s.Fairness - o.Fairness, s.Moves - o.Moves, s.Changes - o.Changes, s.Personal - o.Personal, s.Starts - o.Starts, s.places - o.places, s.days - o.days}
}

// figure prices one staffing.
type figure struct {
	Split
	late []float64 // by district: slot-days of its own citizens
}

// fairRounds bound the search for the fairness term; warm it needs one or two.
const (
	fairRounds    = 60
	fairTolerance = 1e-9
)

// prices prices staffings, each a few steps from the one before.
type prices struct {
	in    *planning.Instance
	w     *flow.Network
	book  *rule.Book
	names Names
	// before is the previous plan as the instance has it, for what is known of
	// single moments.
	before [][]int
	x      [][]int
	staff  Split // what depends on x alone
	risks  []flow.Risk
	// proposed are the person-days (employee, day) of the moves.
	proposed map[spot]bool
	asked    int
	tries    int
	stop     func() bool
	books    map[string]*rule.Book
}

type spot struct{ c, t int }

func newPrices(q Question, in *planning.Instance, w *flow.Network, x [][]int) *prices {
	p := &prices{in: in, w: w, book: q.Book, names: q.Names, before: in.Previous().X, x: make([][]int, len(x)), tries: q.Tries, stop: q.Stop}
	for e := range x {
		p.x[e] = append([]int(nil), x[e]...)
	}
	p.risks = flow.Risks(in)
	parts, _, _ := flow.Staffing(in, p.x)
	p.staff = Split{Moves: parts.Move, Changes: parts.Change}
	for e := range p.x {
		p.personal(e, 1)
	}
	at := make([][]int, len(in.Centres)*in.Horizon)
	for e := range p.x {
		for t, c := range p.x[e] {
			if c != planning.Nowhere {
				at[c*in.Horizon+t] = append(at[c*in.Horizon+t], e)
			}
		}
	}
	for c := range in.Centres {
		for t := range in.Horizon {
			p.staff.MissingHeads += in.Weights.MissingHead * float64(p.book.Missing(c, t, at[c*in.Horizon+t]))
		}
	}
	return p
}

// worthwhile tells whether one more thing may be priced that is not asked for by
// name, and counts it.
func (p *prices) worthwhile() bool {
	if p.asked >= p.tries || p.stop() {
		return false
	}
	p.asked++
	return true
}

// personal adds what a person's row costs by rules of several days, or takes it
// off.
func (p *prices) personal(e int, sign float64) {
	if p.book.Personal(e) {
		points, _ := p.book.Row(e, p.x[e])
		starts := p.book.Starts(e, p.x[e])
		p.staff.Personal += sign * (points - starts)
		p.staff.Starts += sign * starts
	}
}

// present lists who is at a centre on a day.
func (p *prices) present(c, t int) (all []int) {
	for e := range p.x {
		if p.x[e][t] == c {
			all = append(all, e)
		}
	}
	return all
}

func (p *prices) missing(c, t int) int {
	if c == planning.Nowhere {
		return 0
	}
	return p.book.Missing(c, t, p.present(c, t))
}

// place changes the staffing on paper and its price; the network must follow.
func (p *prices) place(steps []flow.Step) {
	for _, s := range steps {
		heads := p.missing(s.From, s.T) + p.missing(s.To, s.T)
		move, change := flow.PlaceCost(p.in, s.E, s.T, s.From)
		p.staff.Moves -= move
		p.staff.Changes -= change
		p.personal(s.E, -1)
		p.x[s.E][s.T] = s.To
		move, change = flow.PlaceCost(p.in, s.E, s.T, s.To)
		p.staff.Moves += move
		p.staff.Changes += change
		p.personal(s.E, 1)
		p.staff.MissingHeads += p.in.Weights.MissingHead * float64(p.missing(s.From, s.T)+p.missing(s.To, s.T)-heads)
	}
}

// move changes the staffing for good.
func (p *prices) move(steps []flow.Step) error {
	if len(steps) == 0 {
		return nil
	}
	p.place(steps)
	if err := p.w.Move(steps...); err != nil {
		return fmt.Errorf("price %d changes: %w", len(steps), err)
	}
	for _, s := range steps {
		if err := p.lend(s); err != nil {
			return err
		}
	}
	return nil
}

// lend lets somebody serve where nobody of their kind may work, which the network
// has no place for: bit by bit what is worth most there.
func (p *prices) lend(s flow.Step) error {
	if s.To == planning.Nowhere || !p.in.OpenOn(s.To, s.T) || p.w.Serves(s.E, s.To, s.T) {
		return nil
	}
	left := p.in.Avail[s.E][s.T]
	for bit := max(30, left/6); left > 0; left -= bit {
		best, worth := -1, 0.0
		for _, skill := range p.in.Staff[s.E].Skills {
			if v := p.w.SkillWorth(s.To, skill, s.T); v > worth {
				best, worth = skill, v
			}
		}
		if best < 0 {
			return nil
		}
		var full *mincostflow.InfeasibleError
		if err := p.w.Lend(s.To, best, s.T, min(bit, left)); errors.As(err, &full) {
			if bit < 2 { // no more is asked for there
				return nil
			}
			left, bit = left+bit/2, bit/2
		} else if err != nil {
			return fmt.Errorf("price somebody out of reach: %w", err)
		}
	}
	return nil
}

// mark is a staffing to come back to.
type mark struct {
	basis       mincostflow.Basis
	multipliers []float64
	staff       Split
}

func (p *prices) mark(m *mark) {
	m.multipliers, m.staff = p.w.Multipliers(), p.staff
	p.w.Save(&m.basis)
}

// back undoes steps made since a mark.
func (p *prices) back(m *mark, steps []flow.Step) {
	for i := len(steps) - 1; i >= 0; i-- {
		p.x[steps[i].E][steps[i].T] = steps[i].From
	}
	p.staff = m.staff
	if !slices.Equal(p.w.Multipliers(), m.multipliers) {
		p.w.SetMultipliers(m.multipliers)
	}
	p.w.Restore(&m.basis)
}

// now prices the present staffing with the best mix.
func (p *prices) now() (figure, error) {
	fair, err := p.w.OptimiseFair(fairTolerance, fairRounds)
	if err != nil {
		return figure{}, fmt.Errorf("price a staffing: %w", err)
	}
	mix, late := p.w.Parts()
	f := figure{p.staff, late}
	f.places, f.days = p.w.Waits()
	f.Uncovered, f.Walkin, f.Promise, f.Goal = mix.Uncovered, mix.Walkin, mix.Breach, mix.Goal
	// Where several mixes share the optimum the one at hand may not be the
	// fairest; the value is known all the same.
	f.Fairness = fair.Upper - mix.Uncovered - mix.Walkin - mix.Breach - mix.Goal
	if math.Abs(f.Fairness) < 1e-9 {
		f.Fairness = 0
	}
	f.Uncovered += p.atRisk()
	return f, nil
}

// try prices steps and goes back to the mark.
func (p *prices) try(m *mark, steps []flow.Step) (figure, error) {
	if err := p.move(steps); err != nil {
		p.back(m, steps)
		return figure{}, err
	}
	f, err := p.now()
	p.back(m, steps)
	return f, err
}

// uncovered lists booked minutes without staff by centre, skill and day; what is
// known of single moments counts by its skills.
func (p *prices) uncovered() map[spot][]int {
	all := map[spot][]int{}
	p.w.Uncovered(func(c, s, t int, minutes int64) {
		k := spot{c, t}
		if all[k] == nil {
			all[k] = make([]int, len(p.in.Skills))
		}
		all[k][s] += int(minutes)
	})
	for i := range p.risks {
		r := &p.risks[i]
		k := spot{r.Centre, r.Day}
		if more := p.stays(r) - minutes(all[k]); more > 0 {
			if all[k] == nil {
				all[k] = make([]int, len(p.in.Skills))
			}
			all[k][p.riskSkill(r)] += more
		}
	}
	return all
}
