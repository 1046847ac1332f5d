package planner

import (
	"runtime"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// warm is the search with the instance that it holds.
type warm struct {
	in     *planning.Instance
	plan   planning.Plan
	result planning.Result
}

// take goes over to an instance at its previous plan.
func (w *warm) take(in *planning.Instance) error {
	w.in, w.plan = in, in.Previous()
	w.result = planning.Stand(in).Result()
	return nil
}

// mended is what a repair has done; its moves stay made until the next take.
type mended struct {
	moves         []planning.Move
	unsolved      []planning.Unsolved
	before, after planning.Result
}

// repair mends the plan at places, each with how many people may be sent there.
func (w *warm) repair(heads map[planning.Spot]int, least float64, tries int) (out mended, err error) {
	d := planning.Damage{Heads: heads}
	seen := map[int]bool{}
	for c := range w.in.Centres {
		for t := range w.in.Horizon {
			if _, hurt := heads[planning.Spot{Centre: c, Day: t}]; !hurt {
				continue
			}
			if !seen[c] {
				d.Centres, seen[c] = append(d.Centres, c), true
			}
			d.Days = append(d.Days, t)
		}
	}
	out.before = w.result
	s, err := planning.Replan(w.in, w.plan, d, planning.Options{Work: tries, Expired: func() bool { runtime.Gosched(); return false }})
	if err != nil {
		return out, err
	}
	for _, m := range s.Moves {
		if m.Gain >= least {
			out.moves = append(out.moves, m)
		}
	}
	out.unsolved, out.after = s.Unsolved, s.Result
	w.plan, w.result = s.Plan, s.Result
	return out, nil
}

// reprice prices changes, one on top of the other, and leaves the plan alone.
func (w *warm) reprice(changes []planning.Change) ([]planning.Priced, error) {
	return planning.Stand(w.in).Reprice(changes)
}
