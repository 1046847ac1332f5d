package simulation

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/leadtime"
)

// reachable centres beside home, as capacity's planner has it.
const reachable = 5

// people fills in who works when. Counters for walk-ins and express services are
// set aside as capacity does it, by the order of names, so that those who sit
// there serve no appointments.
func (f *foresight) people(n *capacityNetwork, all []contract, off map[id.Employee][]day.Period, skillAt map[id.Skill]int, centreAt map[id.Centre]int, hours [][][]day.Span) {
	in := f.in
	slices.SortFunc(all, func(a, b contract) int { return cmp.Compare(a.Employee, b.Employee) })
	express := uint32(0)
	for _, s := range n.Services {
		if at, known := skillAt[s.Skill]; known && s.Express {
			express |= 1 << at
		}
	}
	present := map[[2]int][]int{}
	for _, c := range all {
		home, known := centreAt[c.Home]
		if !known {
			continue
		}
		s := planning.Employee{ID: string(c.Employee), Home: home, Mobile: c.Mobile, Volunteer: c.Volunteer, Deployable: &c.Deployable, MaxMovedPerWeek: &c.MaxDaysAwayPerWeek}
		for _, k := range c.Skills {
			if at, known := skillAt[k]; known {
				s.Skills = append(s.Skills, at)
			}
		}
		slices.Sort(s.Skills)
		var near []int
		for to, m := range in.Travel[home] {
			if to != home && m <= n.Policy.MaxTravelMinutes && slices.Max(in.Centres[to].Open) != 0 {
				near = append(near, to)
			}
		}
		slices.SortStableFunc(near, func(a, b int) int { return in.Travel[home][a] - in.Travel[home][b] })
		s.Reach = append([]int{home}, near[:min(reachable, len(near))]...)
		e, avail, prev := len(in.Staff), make([]int, in.Horizon), make([]int, in.Horizon)
		for t := range in.Horizon {
			prev[t] = planning.Nowhere
			d := f.days.From + day.Day(t)
			shift, works := c.shift(d)
			if !works || slices.ContainsFunc(off[c.Employee], func(p day.Period) bool { return p.Contains(d) }) {
				continue
			}
			if avail[t] = shift.within(hours[home][t]); avail[t] > 0 {
				prev[t] = home
				present[[2]int{home, t}] = append(present[[2]int{home, t}], e)
			}
		}
		if set := skills(s.Skills); !slices.Contains(f.kinds, set) {
			f.kinds = append(f.kinds, set)
		}
		in.Staff, in.Avail, in.Prev = append(in.Staff, s), append(in.Avail, avail), append(in.Prev, prev)
	}
	const expressFrom = 6 // people on duty
	for at, there := range present {
		short, walkins := 0, int(math.Round(n.Policy.WalkInShare*float64(len(there))))
		if len(there) >= expressFrom {
			short = n.Policy.ExpressCounters
		}
		for _, e := range there {
			switch {
			case short > 0 && skills(in.Staff[e].Skills)&express != 0:
				short--
			case walkins > 0:
				walkins--
			default:
				continue
			}
			in.Avail[e][at[1]], in.Prev[e][at[1]] = 0, planning.Nowhere
		}
	}
}

// asks fills in what citizens will ask for, by the day from which on it suits.
func (f *foresight) asks(skillAt map[id.Skill]int, districtAt map[id.District]int) {
	in, r := f.in, f.run
	in.DemandAny = grid(len(in.Skills), in.Horizon)
	for range in.Districts {
		in.DemandOwn = append(in.DemandOwn, grid(len(in.Skills), in.Horizon))
	}
	minutes, skill := r.catalogue(skillAt)
	for on := r.days.From; on < r.days.Until; on++ {
		for _, q := range r.demand.requests(on) {
			t := int(on-f.days.From) + max(0, q.wish-in.MinLeadDays)
			if t >= in.Horizon {
				continue
			}
			if s := skill[q.service]; q.any {
				in.DemandAny[s][t] += minutes[q.service]
			} else {
				in.DemandOwn[districtAt[q.district]][s][t] += minutes[q.service]
			}
		}
	}
}

func (r *run) catalogue(skillAt map[id.Skill]int) (minutes map[id.Service]int, skill map[id.Service]int) {
	minutes, skill = map[id.Service]int{}, map[id.Service]int{}
	for _, s := range r.City.Network.Services {
		minutes[s.ID], skill[s.ID] = int(s.Minutes), skillAt[s.Skill]
	}
	return minutes, skill
}

// book has what a district can still serve on a day: for each set of skills the
// minutes of people who have any of them, less what is booked of it. A set of
// appointments can be served in minutes if it fits each of these (P. Hall 1935).
type book struct {
	skills int
	room   [][][]int // [district][day][set]
}

func (f *foresight) book() book {
	b := book{skills: len(f.in.Skills), room: make([][][]int, len(f.districts))}
	for r := range b.room {
		b.room[r] = grid(f.in.Horizon, 1<<b.skills)
	}
	for c, r := range f.district {
		for k, set := range f.kinds {
			for t, m := range f.minutes[c][k] {
				if m == 0 {
					continue
				}
				for u := range b.room[r][t] {
					if uint32(u)&set != 0 {
						b.room[r][t][u] += m
					}
				}
			}
		}
	}
	return b
}

// free minutes for a skill.
func (b book) free(r, t, skill int) int {
	least := math.MaxInt
	for u, m := range b.room[r][t] {
		if u>>skill&1 == 1 {
			least = min(least, m)
		}
	}
	return least
}

func (b book) take(r, t, skill, minutes int) {
	for u := range b.room[r][t] {
		if u>>skill&1 == 1 {
			b.room[r][t][u] -= minutes
		}
	}
}

// earliest day on which one of some districts has the minutes; where several have
// them on that day, the one with the most.
func (b book) earliest(among []int, skill, minutes, from, until int) (r, t int) {
	for t = from; t < until; t++ {
		most := minutes - 1
		found := -1
		for _, x := range among {
			if m := b.free(x, t, skill); m > most {
				found, most = x, m
			}
		}
		if found >= 0 {
			return found, t
		}
	}
	return -1, -1
}

// foresee runs the book: the same citizens ask on the same days as in a run of the
// services, and take what suits them by the same rules.
func (r *run) foresee() (*Result, error) {
	f, err := r.look()
	if err != nil {
		return nil, err
	}
	if err := r.Options.Policy.book(f); err != nil {
		return nil, err
	}
	b, in := f.book(), f.in
	skillAt, districtAt := map[id.Skill]int{}, map[id.District]int{}
	for i, s := range in.Skills {
		skillAt[id.Skill(s)] = i
	}
	every := make([]int, len(f.districts))
	for i, d := range f.districts {
		every[i], districtAt[d] = i, i
	}
	minutes, skill := r.catalogue(skillAt)
	asks, back := make([][]request, r.days.Days()), make([][]func(), in.Horizon)
	for t := range asks {
		asks[t] = r.demand.requests(f.days.From + day.Day(t))
	}
	for t := range asks {
		on := f.days.From + day.Day(t)
		begin := on.At(0, r.City.Zone)
		if err := r.agenda.Run(r.ctx, begin, func(time.Time) error { return nil }); err != nil {
			return nil, err
		}
		if until, down := r.down(on); down {
			if later := int(day.Of(until, r.City.Zone) - f.days.From); later < len(asks) {
				asks[later] = append(asks[later], asks[t]...)
			}
			asks[t] = nil
		}
		for _, free := range back[t] {
			free()
		}
		measured := on < r.Scenario.From || !r.City.working(on)
		for i := 0; i <= len(asks[t]); i++ {
			if !measured && (i == len(asks[t]) || asks[t][i].at >= 12*hour) {
				f.measure(b, t)
				measured = true
			}
			if i == len(asks[t]) {
				break
			}
			q := asks[t][i]
			r.tally.asked(r, q)
			s, m, c := skill[q.service], minutes[q.service], &r.Scenario.Citizens
			from, until := t+max(q.wish, in.MinLeadDays), t+min(max(q.wish+1, c.Patience), r.horizon())
			among := every
			if home, known := districtAt[q.district]; !q.any && known {
				among = []int{home}
			}
			at, d := b.earliest(among, s, m, from, until)
			if limit := t + q.wish + in.PromiseDays; q.elsewhere < c.Elsewhere && (at < 0 || d > limit) {
				at, d = b.earliest(every, s, m, from, until)
			}
			if at < 0 {
				r.tally.unmet(r)
				if again := t + c.AgainAfter; again < len(asks) && (q.again == 0 && q.again1 < c.Again || q.again > 0 && q.again < 3) {
					q.again++
					q.at = 0
					asks[again] = append([]request{q}, asks[again]...)
				}
				continue
			}
			b.take(at, d, s, m)
			r.tally.took(r, &visit{request: q, on: on, day: f.days.From + day.Day(d)})
			if q.cancels < c.Cancelled {
				if gone := t + 1 + int(q.cancelWhen*float64(d-t)); gone < d {
					back[gone] = append(back[gone], func() { b.take(at, d, s, -m) })
				}
			}
		}
		if r.Progress != nil {
			r.Progress(t+1, len(asks))
		}
	}
	r.tally.out.Moves, r.tally.out.Travel, r.tally.out.CapUse = int(math.Round(f.moves)), int(math.Round(f.travel)), f.capUse
	return r.result()
}

// measure takes down the third next appointment of each district and group.
func (f *foresight) measure(b book, t int) {
	horizon := f.run.horizon()
	for r, district := range f.districts {
		for s := range f.in.Skills {
			if f.in.SlotMinutes[s] <= 0 {
				continue
			}
			free := make([]int, 0, horizon+1)
			for d := t; d <= t+horizon && d < f.in.Horizon; d++ {
				free = append(free, int(float64(b.free(r, d, s))/f.in.SlotMinutes[s]))
			}
			f.run.tally.lead[gauge{district, id.Skill(f.in.Skills[s])}] = leadtime.ThirdNext(free, f.in.MinLeadDays)
		}
	}
	f.run.tally.measure(f.days.From+day.Day(t), horizon)
}
