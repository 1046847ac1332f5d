package suggest

import (
	"slices"
)

// walkins looks for reserve that would better be given to appointments, by centre
// and week. It is weighed against a mix that holds, everywhere, all that staff
// can hold, since that is how things stand until a planner releases something.
func (k *bench) walkins() (found []Suggestion, err error) {
	var all []spot
	for c := range k.in.Centres {
		for t := k.in.Today; t < k.in.Horizon; t++ {
			if k.reserved(c, t) {
				all = append(all, spot{c, t})
			}
		}
	}
	if len(all) == 0 || k.spent() {
		return nil, nil
	}
	base, free := k.base, k.free
	if err = k.do(change{release: all}, -1); err != nil {
		return nil, err
	}
	if k.base, err = k.figure(true, nil); err != nil {
		return nil, err
	}
	k.tries++
	k.free = k.net.Multipliers()
	if found, err = k.best(k.reserves(all)); err != nil {
		return nil, err
	}
	k.base, k.free = base, free
	k.net.SetMultipliers(free)
	return found, k.do(change{release: all}, 1)
}

func (k *bench) reserved(c, t int) bool {
	if !k.in.OpenOn(c, t) {
		return false
	}
	for _, row := range k.in.Walkin[c] {
		if row[t] > 0 {
			return true
		}
	}
	return false
}

// reserves are the candidates: all days of a centre in a week on which minutes
// are worth more to appointments than to walk-ins.
func (k *bench) reserves(all []spot) (out []candidate) {
	type week struct{ c, week int }
	index := map[week]int{}
	from, until := k.window()
	// What is lost although it is held, nobody can serve: it releases nothing.
	lost := map[spot][]int64{}
	k.net.WalkinsLost(func(c, s, t int, minutes int64) {
		if lost[spot{c, t}] == nil {
			lost[spot{c, t}] = make([]int64, len(k.in.Skills))
		}
		lost[spot{c, t}][s] = minutes
	})
	none := make([]int64, len(k.in.Skills))
	for _, at := range all {
		bound, gone := 0.0, lost[at]
		if gone == nil {
			gone = none
		}
		for s, row := range k.in.Walkin[at.c] {
			bound += float64(int64(row[at.t])-gone[s]) * max(0, k.net.SkillWorth(at.c, s, at.t)-k.in.WalkinPrice(s, at.t)/k.in.SlotMinutes[s])
		}
		if at.t < from || at.t >= until || bound <= 0 {
			continue
		}
		w := week{at.c, (k.in.Weekday0 + at.t) / 7}
		i, known := index[w]
		if !known {
			i = len(out)
			index[w] = i
			out = append(out, candidate{Suggestion: Suggestion{Kind: Walkin, Centre: at.c, Exact: true}})
		}
		g := &out[i]
		g.Days, g.release = append(g.Days, at.t), append(g.release, at)
		g.bound += bound
		for _, m := range gone {
			g.lost += m
		}
	}
	for i := range out {
		slices.Sort(out[i].Days)
	}
	return out
}
