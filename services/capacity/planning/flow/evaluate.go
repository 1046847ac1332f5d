package flow

import (
	"math"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// Objective of the present flow in points, at the present multipliers, without
// anything that depends on the staffing alone.
func (w *Network) Objective() float64 {
	sum := float64(w.g.Objective())/Unit + w.constGoal + w.constBreach
	for r, m := range w.multiplier {
		sum += m * w.norm[r] * w.constLate[r]
	}
	return sum
}

// Parts of the present flow, in points, summed from its arcs. Fairness is the
// maximum over districts.
func (w *Network) Parts() (p planning.Parts, lateSlotDays []float64) {
	lateSlotDays = append([]float64(nil), w.constLate...)
	p.Goal, p.Breach = w.constGoal, w.constBreach
	for _, l := range w.lost {
		points := w.In.SlotMinutes[l.s]
		if f := float64(w.g.Flow(int(l.arc))); l.booked {
			p.Uncovered += f / points * w.In.Weights.UncoveredSlot
		} else {
			p.Walkin += f / points * w.In.WalkinPrice(int(l.s), int(l.t))
		}
	}
	for _, l := range w.late {
		slots := float64(w.g.Flow(int(l.arc))) / w.In.SlotMinutes[l.skill]
		p.Goal += slots * l.short(&w.In.Weights)
		p.Breach += slots * l.breach(&w.In.Weights)
		if l.district != none {
			lateSlotDays[l.district] += slots * float64(l.promise)
		}
	}
	for r, v := range lateSlotDays {
		p.Fairness = math.Max(p.Fairness, v*w.norm[r])
	}
	return p, lateSlotDays
}

// Worth is what one more minute of a kind of staff is worth at a centre on a
// day, in points; 0 where the centre is closed or the kind cannot be there.
func (w *Network) Worth(c, kind, t int) float64 {
	return float64(w.worth(c, kind, t)) / Unit
}

func (w *Network) worth(c, kind, t int) int64 {
	if c == planning.Nowhere {
		return 0
	}
	v := w.staff[(c*w.K+kind)*w.T+t]
	if v == none {
		return 0
	}
	return w.g.Potential(int(v)) - w.g.Potential(w.outside)
}

// Worths writes what one more minute is worth, in cost units, for every
// (centre·kinds + kind)·days + day; 0 where nobody of the kind can be.
func (w *Network) Worths(dst []int64) {
	zero := w.g.Potential(w.outside)
	for i, v := range w.staff {
		dst[i] = 0
		if v != none {
			dst[i] = w.g.Potential(int(v)) - zero
		}
	}
}

// Offers writes what one more minute on offer is worth, in cost units, for every
// (district·skills + skill)·days + day.
func (w *Network) Offers(dst []int64) {
	zero := w.g.Potential(w.outside)
	for i, v := range w.open {
		dst[i] = 0
		if v != none {
			dst[i] = w.g.Potential(int(v)) - zero
		}
	}
}

// Units is the cost of the present flow at the present multipliers in units of
// 1/Unit points, without what no flow changes.
func (w *Network) Units() int64 { return w.g.Objective() }

// Uncovered are the booked minutes that the present flow leaves unserved, by
// centre, skill and day, each with its amount.
func (w *Network) Uncovered(f func(c, s, t int, minutes int64)) {
	for _, l := range w.lost {
		if m := w.g.Flow(int(l.arc)); l.booked && m > 0 {
			f(int(l.c), int(l.s), int(l.t), m)
		}
	}
}

// Pivots made so far.
func (w *Network) Pivots() int64 { return w.g.Pivots() + w.byRegions }

// Save and Restore keep and bring back a state, multipliers apart.
func (w *Network) Save(b *mincostflow.Basis)    { w.g.Save(b) }
func (w *Network) Restore(b *mincostflow.Basis) { w.g.Restore(b) }

// Staffing prices what depends on the plan alone: moves, changes, what rules of
// several days cost (as part of the moves), and missing heads.
func Staffing(in *planning.Instance, x [][]int) (p planning.Parts, moves, changes int) {
	p, moves, changes, _ = staffing(in, rule.New(in), x)
	return p, moves, changes
}

// staffing also answers the missing heads by centre and day.
func staffing(in *planning.Instance, book *rule.Book, x [][]int) (p planning.Parts, moves, changes int, missing [][]int) {
	present := make([][]int, len(in.Centres)*in.Horizon)
	for e := range x {
		if book.Personal(e) {
			points, _ := book.Row(e, x[e])
			p.Move += points
		}
		for t, c := range x[e] {
			if c == planning.Nowhere || in.Avail[e][t] <= 0 {
				continue
			}
			present[c*in.Horizon+t] = append(present[c*in.Horizon+t], e)
			move, change := PlaceCost(in, e, t, c)
			p.Move += move
			p.Change += change
			if c != in.Staff[e].Home {
				moves++
			}
			if prev := in.Prev[e][t]; prev != planning.Nowhere && prev != c {
				changes++
			}
		}
	}
	missing = make([][]int, len(in.Centres))
	for c := range in.Centres {
		missing[c] = make([]int, in.Horizon)
		for t := range in.Horizon {
			missing[c][t] = book.Missing(c, t, present[c*in.Horizon+t])
			p.MissingHead += in.Weights.MissingHead * float64(missing[c][t])
		}
	}
	return p, moves, changes, missing
}

// PlaceCost is what it costs, in points, that a person works at a centre on a
// day: being away from home, and differing from the previous plan.
func PlaceCost(in *planning.Instance, e, t, c int) (move, change float64) {
	if home := in.Staff[e].Home; c != home {
		move = in.Weights.Move + in.Weights.TravelMinute*float64(in.Travel[home][c])
	}
	if prev := in.Prev[e][t]; prev != planning.Nowhere && prev != c {
		change = in.Weights.Change
		if t >= in.PublishedDays {
			change /= 4
		}
	}
	return move, change
}

// Tolerance of Evaluate: the fairness term's bounds are this close, relative to
// the objective.
const Tolerance = 1e-7

// Evaluate prices a plan with the best mix of services, to within Tolerance and
// the rounding of prices to 1e-9 points a minute. The plan must fit the
// instance; rules are not checked.
func Evaluate(in *planning.Instance, p planning.Plan) (planning.Result, error) {
	w, err := New(in)
	if err != nil {
		return planning.Result{}, err
	}
	w.Staff(p.X)
	return w.Result(p.X)
}

// Result prices the present staffing, which must be that of x.
func (w *Network) Result(x [][]int) (planning.Result, error) {
	fair, err := w.OptimiseFair(Tolerance, 200)
	if err != nil {
		return planning.Result{}, err
	}
	return w.result(x, fair.Upper), nil
}

// UseRules lends the network the rules of its instance, which it makes ready itself
// otherwise. Adapt gives them up.
func (w *Network) UseRules(b *rule.Book) { w.book = b }

// Rough prices the present staffing with the mix at hand, which need not be the
// best: never too low.
func (w *Network) Rough(x [][]int) planning.Result {
	_, worst := w.cut(w.Objective())
	return w.result(x, worst)
}

// result of a staffing whose mix comes to so many points with fairness.
func (w *Network) result(x [][]int, mixed float64) (out planning.Result) {
	if w.book == nil {
		w.book = rule.New(w.In)
	}
	out.Parts, out.Moves, out.Changes, out.MissingHeads = staffing(w.In, w.book, x)
	staffing := out.Parts.Sum()
	mix, late := w.Parts()
	out.Parts.Uncovered, out.Parts.Walkin = mix.Uncovered, mix.Walkin
	out.Parts.Breach, out.Parts.Goal = mix.Breach, mix.Goal
	// Where several mixes share the optimum the flow at hand may not be the one
	// that is fairest; the value is known all the same.
	out.Objective = staffing + mixed
	out.Parts.Fairness = max(0, out.Objective-out.Parts.Sum())
	out.LateSlotDays = late
	out.UncoveredMinutes = make([][]int, w.C)
	for c := range w.C {
		out.UncoveredMinutes[c] = make([]int, w.T)
	}
	w.Uncovered(func(c, s, t int, minutes int64) { out.UncoveredMinutes[c][t] += int(minutes) })
	w.addRisks(x, &out)
	out.Free, out.FreeSkill = w.free(x)
	return out
}
