package planner

import (
	"errors"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

// warm is the search with the instance that it holds.
type warm struct {
	planner *search.Planner
	in      *planning.Instance
	// today is day 0 of what is to be taken, began that of in.
	today, began day.Day
	// centres and people that the city asked about last has.
	centres, people int
}

// take goes over to an instance at its previous plan and answers by how much the
// objective rises. One of another shape answers 0: it begins at the mix of the day
// before if it can, like the first one from nothing if not.
func (w *warm) take(in *planning.Instance) (search.Damage, error) {
	was := w.planner
	if was != nil {
		d, err := was.Update(in)
		if err == nil {
			w.in = in
			return d, nil
		}
		// It may have been taken over in part: the next one starts cold.
		w.planner, w.in = nil, nil
		if !errors.Is(err, search.ErrShape) {
			return d, err
		}
	}
	if err := in.Validate(); err != nil {
		return search.Damage{}, err
	}
	p, err := w.begin(was, in)
	if err == nil {
		w.planner, w.in, w.began = p, in, w.today
	}
	return search.Damage{}, err
}

// begin makes a planner from one of another shape or of a day before, if there is one.
func (w *warm) begin(was *search.Planner, in *planning.Instance) (*search.Planner, error) {
	if was != nil {
		if p, err := was.Follow(in, int(w.today-w.began)); !errors.Is(err, search.ErrShape) {
			return p, err
		}
	}
	p, err := search.New(in)
	if err == nil {
		err = p.Price()
	}
	return p, err
}

// mended is what a repair has done; its moves stay made until the next take.
type mended struct {
	search.Repaired
	before, after outlook
	begin         planning.Plan // the plan repaired
	// joint: before and after are those of other causes' moves too.
	joint bool
}

// outlook is what a plan costs, and leaves open.
type outlook struct {
	planning.Result
	// unserved are booked appointments that nobody serves, by centre and day, each
	// skill's by the length of its own.
	unserved [][]float64
}

// result prices the present plan.
func (w *warm) result() (out outlook, err error) {
	if out.Result, err = w.planner.Result(); err != nil {
		return out, err
	}
	net, err := w.planner.Network()
	if err != nil {
		return out, err
	}
	in := w.in
	out.unserved = make([][]float64, len(in.Centres))
	told := make([][]int, len(in.Centres))
	for c := range in.Centres {
		out.unserved[c], told[c] = make([]float64, in.Horizon), make([]int, in.Horizon)
	}
	net.Uncovered(func(c, s, t int, m int64) {
		out.unserved[c][t] += float64(m) / in.SlotMinutes[s]
		told[c][t] += int(m)
	})
	for c, row := range out.UncoveredMinutes {
		for t, m := range row {
			if more := m - told[c][t]; more > 0 { // by the moment: of what is mostly at risk there
				worst := 0
				for s := range in.Uncovered[c] {
					if in.Uncovered[c][s][t] > in.Uncovered[c][worst][t] {
						worst = s
					}
				}
				out.unserved[c][t] += float64(more) / in.SlotMinutes[worst]
			}
		}
	}
	return out, nil
}

// repair mends the present plan at places, each with how many people may be sent
// there.
func (w *warm) repair(heads map[planning.Spot]int, o search.Options) (search.Repaired, error) {
	r := search.Region{Heads: heads}
	centres, days := map[int]bool{}, map[int]bool{}
	for s := range heads {
		centres[s.Centre], days[s.Day] = true, true
	}
	for c := range w.in.Centres {
		if centres[c] {
			r.Centres = append(r.Centres, c)
		}
	}
	for t := range w.in.Horizon {
		if days[t] {
			r.Days = append(r.Days, t)
		}
	}
	return w.planner.Repair(r, o)
}

// together prices changes one on top of the other. What a rule forbids is asked
// for again after the others: they may come before it. broken is a change that
// is forbidden all the same; it and its like are not part of the moves.
func (w *warm) together(asked []planning.Change) (moves []planning.Move, gain float64, broken *planning.Priced, err error) {
	priced, err := w.each(asked)
	for i, m := range priced {
		if m.Rule == "" {
			moves, gain = append(moves, m.Move), gain+m.Gain
		} else if broken == nil {
			broken = &priced[i]
		}
	}
	return moves, gain, broken, err
}

// each prices changes like together, in an order in which most are allowed.
func (w *warm) each(asked []planning.Change) ([]planning.Priced, error) {
	for last := len(asked) + 1; ; {
		priced, err := w.planner.Reprice(asked)
		if err != nil {
			return nil, err
		}
		var first, later []planning.Change
		for i, m := range priced {
			if m.Rule != "" {
				later = append(later, asked[i])
			} else {
				first = append(first, asked[i])
			}
		}
		if len(later) == 0 || len(later) >= last {
			return priced, nil
		}
		last, asked = len(later), append(first, later...)
	}
}

// objective is the present plan's, in points; 0 where there is none.
func (w *warm) objective() float64 {
	if w.planner == nil {
		return 0
	}
	return w.planner.Objective()
}
