package simulation

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/staffing"
)

// secondments are who works at another centre on which day by somebody who knows
// every absence and every citizen ahead: the moves of foresight's relaxation, made of
// whole people. They are ordered by hand as soon as staffing knows the day, so that
// appointments are on offer where the people will be from the first moment on, and
// never below the notice; the services know nothing else of what will come. What
// staffing cancels since somebody is said to be away for longer than they are is
// ordered again once they are back.
type secondments struct {
	byDay  map[day.Day][]secondment
	stand  map[personDay]bool
	number int
}

type secondment struct {
	who      id.Employee
	from, to id.Centre
}

type personDay struct {
	who id.Employee
	on  day.Day
}

// spare is by how many days a plan of whole people keeps the promise earlier than it
// must, as Lotse's own plans do: between appointments minutes are left over.
const spare = 2

// secondmentsBegin plans all and enters when they are ordered.
func (r *run) secondmentsBegin() error {
	f, err := r.look()
	if err != nil {
		return err
	}
	f.in.PromiseDays = max(f.in.GoalDays, f.in.PromiseDays-spare)
	moves, w, err := f.relaxed()
	if err != nil {
		return err
	}
	r.seconded = &secondments{byDay: f.whole(moves, w), stand: map[personDay]bool{}}
	for on := r.days.From; on < r.days.Until; on++ {
		r.onDay(on, "secondments are ordered", func() error { return r.second(on) })
	}
	return nil
}

// second orders what is planned and does not stand, from the notice on as far as
// duties are known.
func (r *run) second(today day.Day) error {
	s, p := r.seconded, &r.City.Network.Policy
	var orders []staffing.Order
	for on := today + day.Day(max(p.NoticeDays, 1)); on < today+day.Day(p.HorizonDays); on++ {
		for _, x := range s.byDay[on] {
			if s.stand[personDay{x.who, on}] {
				continue
			}
			s.number++
			orders = append(orders, staffing.Order{Deployment: id.Deployment(fmt.Sprintf("by-hand-%d", s.number)), Employee: x.who, Day: on, From: x.from, To: x.to})
		}
	}
	if len(orders) == 0 {
		return nil
	}
	if err := r.world.Staffing.Order(r.ctx, orders...); err != nil {
		return err
	}
	return r.turn()
}

// stands notes what staffing has ordered or cancelled.
func (s *secondments) stands(who id.Employee, on day.Day, ordered bool) {
	if s != nil {
		s.stand[personDay{who, on}] = ordered
	}
}

// relaxed are the moves of the planner's relaxation, everybody at home before.
func (f *foresight) relaxed() ([]flow.Transfer, *flow.Network, error) {
	w, err := flow.New(f.in)
	if err != nil {
		return nil, nil, err
	}
	w.Staff(f.in.Prev)
	moves, err := w.SolveTransfers(f.in.Prev, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("foresight: %w", err)
	}
	return moves, w, nil
}

// whole makes the moves of a relaxation with whole people, within each one's days
// away in a week and the counters of where they go. What is left over of a person on
// one day is made up for on the next; what nobody may do any more is not.
func (f *foresight) whole(moves []flow.Transfer, w *flow.Network) map[day.Day][]secondment {
	in := f.in
	type way struct{ from, to, kind int }
	wanted, owed := map[int]map[way]float64{}, map[way]float64{}
	var ways []way
	for _, m := range moves {
		x := way{m.From, m.To, m.Kind}
		if _, known := owed[x]; !known {
			owed[x], ways = 0, append(ways, x)
		}
		if wanted[m.Day] == nil {
			wanted[m.Day] = map[way]float64{}
		}
		wanted[m.Day][x] += float64(m.Flow)
	}
	slices.SortFunc(ways, func(a, b way) int { return cmp.Or(a.from-b.from, a.to-b.to, a.kind-b.kind) })
	home := map[[2]int][]int{}
	for e, s := range in.Staff {
		if s.Deployable == nil || *s.Deployable {
			k := [2]int{s.Home, w.Kind[e]}
			home[k] = append(home[k], e)
		}
	}
	out, away, ever := map[day.Day][]secondment{}, map[[2]int]int{}, make([]int, len(in.Staff))
	for t := range in.Horizon {
		heads, gone := make([]int, len(in.Centres)), map[int]bool{}
		for e, c := range in.Prev {
			if c[t] >= 0 && in.Avail[e][t] > 0 {
				heads[c[t]]++
			}
		}
		today := slices.DeleteFunc(slices.Clone(ways), func(x way) bool { return wanted[t][x] == 0 })
		for _, x := range today {
			owed[x] += wanted[t][x]
		}
		slices.SortStableFunc(today, func(a, b way) int { return cmp.Compare(owed[b], owed[a]) })
		week := (t + in.Weekday0) / 7
		for _, x := range today {
			all := slices.Clone(home[[2]int{x.from, x.kind}])
			all = slices.DeleteFunc(all, func(e int) bool {
				return gone[e] || in.Prev[e][t] != x.from || in.Avail[e][t] <= 0 || away[[2]int{e, week}] >= *in.Staff[e].MaxMovedPerWeek ||
					!slices.Contains(in.Staff[e].Reach, x.to)
			})
			slices.SortStableFunc(all, func(a, b int) int { return ever[a] - ever[b] })
			last := 0.
			for _, e := range all {
				last = float64(in.Avail[e][t])
				if owed[x] < last/2 || heads[x.to] >= in.Centres[x.to].Counters {
					break
				}
				owed[x] -= last
				gone[e] = true
				ever[e], away[[2]int{e, week}] = ever[e]+1, away[[2]int{e, week}]+1
				heads[x.from], heads[x.to] = heads[x.from]-1, heads[x.to]+1
				on := f.days.From + day.Day(t)
				out[on] = append(out[on], secondment{id.Employee(in.Staff[e].ID), id.Centre(in.Centres[x.from].ID), id.Centre(in.Centres[x.to].ID)})
			}
			owed[x] = math.Min(owed[x], last)
		}
	}
	return out
}
