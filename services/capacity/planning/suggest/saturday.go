package suggest

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// saturdays looks for Saturdays on which a centre that is closed would better be
// open: with as many people as its minimum asks for, or more if they have
// offered to.
func (k *bench) saturdays() ([]Suggestion, error) {
	from, until := k.window()
	var all []candidate
	for c := range k.in.Centres {
		best, any := candidate{}, false
		for t := from; t < until; t++ {
			if k.Instance.OpenOn(c, t) || !saturday(k.in, t) || t < k.in.MinLeadDays {
				continue
			}
			if s, ok := k.openOn(c, t); ok && (!any || s.bound > best.bound) {
				best, any = s, true
			}
		}
		if any {
			all = append(all, best)
		}
	}
	return k.best(all)
}

// openOn chooses people for a Saturday by what their minutes are worth there.
func (k *bench) openOn(c, t int) (candidate, bool) {
	in := k.in
	type person struct {
		e       int
		willing bool
		worth   float64
	}
	var can []person
	for e := range in.Staff {
		s := &in.Staff[e]
		home := s.Home == c
		if in.Avail[e][t] > 0 || slices.Contains(s.FixedDays, t) || !home && (!slices.Contains(s.Reach, c) || s.Deployable != nil && !*s.Deployable) {
			continue
		}
		if !ready(in, e, t) {
			continue
		}
		if w := k.net.Worth(c, k.net.Kind[e], t); w > 0 {
			can = append(can, person{e, s.Volunteer || s.Mobile, w})
		}
	}
	// The dearest skills first, those who have offered before others.
	slices.SortStableFunc(can, func(a, b person) int {
		switch {
		case a.willing && !b.willing:
			return -1
		case b.willing && !a.willing:
			return 1
		}
		return cmp.Compare(b.worth, a.worth)
	})
	least := max(1, in.Centres[c].MinStaff, in.Centres[c].MinPresent)
	if min(len(can), in.Centres[c].Counters) < least {
		return candidate{}, false
	}
	// More than the minimum only if they have offered.
	most := least
	for most < min(len(can), in.Centres[c].Counters) && can[most].willing {
		most++
	}
	var with func(n int) (candidate, bool)
	with = func(n int) (candidate, bool) {
		n += least - 1
		if n > most {
			return candidate{}, false
		}
		out := candidate{Suggestion: Suggestion{Kind: Saturday, Centre: c, Days: []int{t}, Minutes: n * k.SaturdayMinutes,
			StaffMinutes: n * k.SaturdayMinutes, Takes: n, Exact: true}, more: with}
		for _, p := range can[:n] {
			out.People = append(out.People, p.e)
			out.give = append(out.give, flow.Minutes{Centre: c, Kind: k.net.Kind[p.e], Day: t, Minutes: k.SaturdayMinutes})
			out.bound += p.worth * float64(k.SaturdayMinutes)
		}
		for _, e := range out.People {
			if home := in.Staff[e].Home; home != c {
				out.staff.Move -= in.Weights.Move + in.Weights.TravelMinute*float64(in.Travel[home][c])
			}
		}
		out.bound += out.staff.Move
		return out, true
	}
	return with(1)
}

// ready tells whether a person could work on a day off: was there in the week at
// all, and is told in time.
func ready(in *planning.Instance, e, t int) bool {
	notice := in.NoticeDays
	if s := &in.Staff[e]; s.NoticeDays != nil {
		notice = *s.NoticeDays
	} else if s.Mobile || s.Volunteer {
		notice = 0
	}
	if t < in.Today+notice {
		return false
	}
	for d := max(0, t-4); d < t; d++ {
		if in.Avail[e][d] > 0 {
			return true
		}
	}
	return false
}
