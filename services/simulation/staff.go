package simulation

import (
	"math"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation/dice"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// Person is somebody on the roster, as far as chance needs to know.
type Person struct {
	ID       id.Employee
	Home     id.Centre
	District id.District
}

// spell is a time that somebody is away: [From, Until).
type spell struct {
	who id.Employee
	day.Period
	ahead int // days before that HR knows of it; 0: it is told on the first morning
}

// away draws when everybody is away in a period: leave first, since it is asked
// for long ahead, then illness, which does not ask. Nobody is ill while on leave.
func away(seed uint64, s *scenario.Scenario, in day.Period, people []Person, holidays []capacity.Holiday) (all []spell) {
	leave := takeLeave(seed, s.Leave, in, people, holidays)
	for _, p := range people {
		free := leave[p.ID]
		for _, l := range free {
			all = append(all, spell{p.ID, l, max(1, s.Leave.Ahead)})
		}
		all = append(all, illnesses(seed, s.Sickness, in, p, free)...)
	}
	slices.SortStableFunc(all, func(a, b spell) int { return int(a.From - b.From) })
	return all
}

// illnesses of one person. The chance to fall ill on a day is such that the share
// of days lost comes to the rate: h = r / (L (1 − r)) with L the mean length of a
// spell (alternating renewal).
func illnesses(seed uint64, set scenario.Sickness, in day.Period, p Person, leave []day.Period) (all []spell) {
	d := dice.Of(seed, "illness", string(p.ID))
	rate, own := set.Rate[p.District]
	if !own {
		rate = set.Rate[""]
	}
	length := (1-set.Long)*set.Days*exp(set.Sigma*set.Sigma/2) + set.Long*set.LongDays
	base := rate / (length * (1 - rate))
	mean := 1.0
	if len(set.Week) > 0 {
		mean = 0
		for _, x := range set.Week[:52] {
			mean += x / 52
		}
	}
	for on := in.From; on < in.Until; on++ {
		h := base
		if len(set.Week) > 0 {
			_, week := on.At(0, time.UTC).ISOWeek()
			h *= set.Week[week-1] / mean
		}
		for _, w := range set.Waves {
			if w.Contains(on) && (len(w.Districts) == 0 || slices.Contains(w.Districts, p.District)) {
				h *= w.Factor
			}
		}
		// Three draws a day, whatever comes of them, so that a wave in spring does
		// not change who is ill in autumn.
		falls, long, size := d.Float64(), d.Float64(), d.NormFloat64()
		if falls >= h {
			continue
		}
		days := set.Days * exp(set.Sigma*size)
		if long < set.Long {
			days = set.LongDays * exp(.4*size-.08) // mean LongDays
		}
		ill := day.Period{From: on, Until: on + day.Day(max(1, int(math.Round(days))))}
		for _, l := range leave { // on leave nobody reports sick here
			if meet := l.Meet(ill); meet.Days() > 0 {
				if l.From <= ill.From {
					ill.From = l.Until
				} else {
					ill.Until = l.From
				}
			}
		}
		if ill.Days() <= 0 {
			continue
		}
		all = append(all, spell{p.ID, ill, 0})
		for ; on < ill.Until-1; on++ {
			_, _, _ = d.Float64(), d.Float64(), d.NormFloat64()
		}
	}
	return all
}

// takeLeave gives everybody weeks of leave, as many as may be away at a centre at
// once; who finds no free week takes it elsewhere in the year.
func takeLeave(seed uint64, set scenario.Leave, in day.Period, people []Person, holidays []capacity.Holiday) map[id.Employee][]day.Period {
	size := map[id.Centre]int{}
	for _, p := range people {
		size[p.Home]++
	}
	type week struct {
		centre id.Centre
		monday day.Day
	}
	gone := map[week]int{}
	school, other := weeksOf(in, holidays)
	all := map[id.Employee][]day.Period{}
	for _, p := range people {
		d := dice.Of(seed, "leave", string(p.ID))
		want := int(math.Round(float64(set.Days) / 5 * float64(in.Days()) / 365))
		for range want {
			from := other
			if d.Chance(set.InHolidays) && len(school) > 0 {
				from = school
			}
			for range 20 {
				if len(from) == 0 {
					break
				}
				monday := from[d.IntN(len(from))]
				w := week{p.Home, monday}
				taken := slices.ContainsFunc(all[p.ID], func(l day.Period) bool { return l.Contains(monday) })
				if taken || float64(gone[w]+1) > max(1, set.Most*float64(size[p.Home])) {
					continue
				}
				gone[w]++
				all[p.ID] = append(all[p.ID], day.Period{From: monday, Until: monday + 5})
				break
			}
		}
		slices.SortFunc(all[p.ID], func(a, b day.Period) int { return int(a.From - b.From) })
		all[p.ID] = joined(all[p.ID])
	}
	return all
}

// joined makes weeks that follow each other one leave, with the weekend between.
func joined(weeks []day.Period) (all []day.Period) {
	for _, w := range weeks {
		if n := len(all); n > 0 && w.From-all[n-1].Until <= 2 {
			all[n-1].Until = w.Until
			continue
		}
		all = append(all, w)
	}
	return all
}

// weeksOf are the Mondays of a period, in school holidays and outside.
func weeksOf(in day.Period, holidays []capacity.Holiday) (school, other []day.Day) {
	for on := (in.From + 6).Monday(); on+5 <= in.Until; on += 7 {
		if slices.ContainsFunc(holidays, func(h capacity.Holiday) bool {
			return h.School && h.Period.Meet(day.Period{From: on, Until: on + 5}).Days() >= 3
		}) {
			school = append(school, on)
		} else {
			other = append(other, on)
		}
	}
	return school, other
}

func exp(x float64) float64 { return math.Exp(x) }
