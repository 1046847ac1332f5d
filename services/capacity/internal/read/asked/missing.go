package asked

import (
	"cmp"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
)

const (
	// recent is how many days back tell who does not come, and half is after how many
	// a day counts half: the quarter that is felt is this one.
	recent = 182
	half   = 56
	// noShows is the share of appointments that nobody comes to before any was counted:
	// Berlin 2023 (Tagesspiegel), 6.5 to 15.5 % by district.
	noShows = .11
	// appointments that the prior is worth for the city, and the city for a district: a
	// few days of a district's.
	appointments = 500
	// spell is how many working days an illness takes, about: those of one person are
	// no news to each other, so that so many person-days count as one.
	spell = 5
	// illnesses that the policy's expectation is worth for the city, and the city's for
	// a district: a month of a district of fifty.
	illnesses = 200
	// workday in minutes, by which person-days are counted.
	workday = 8 * 60
	// most is the most that the policy may expect, too.
	most = .3
)

// missing counts of so many those that failed, by centre and day. The zero value has
// counted nothing.
type missing map[id.Centre]map[day.Day]failed

type failed struct{ n, of int }

// set what a centre has on a day; days long over are forgotten.
func (m *missing) set(c id.Centre, on day.Day, n, of int) {
	if *m == nil {
		*m = missing{}
	}
	days := (*m)[c]
	if days == nil {
		days = map[day.Day]failed{}
		(*m)[c] = days
	}
	days[on] = failed{n, of}
	for d := range days {
		if d <= on-recent {
			delete(days, d)
		}
	}
}

// Absent notes that of so many minutes that people were to be on duty at a centre on a
// day so many were lost at short notice.
func (c *Counts) Absent(centre id.Centre, on day.Day, lost, of day.Minutes) {
	if of > 0 {
		c.away.set(centre, on, int(lost), int(of))
		c.told++
	}
}

// shares by district, and the city's.
type shares struct {
	districts map[id.District]float64
	city      float64
	counted   bool
}

// learn a share from what was counted before today. Sums are of whole numbers by day,
// so that the same counts are the same share bit by bit.
func (m missing) learn(s Setting, unit float64, prior outlook.Prior) (out shares) {
	at, days := map[id.District]int{}, make([][]outlook.Tally, recent)
	for i, d := range s.Policy.Districts {
		at[d.ID] = i
	}
	for t := range days {
		days[t] = make([]outlook.Tally, len(at))
	}
	sums := make([]map[int]failed, recent)
	for c, of := range m {
		i, known := at[s.Centres[c].District]
		for on, f := range of {
			if t := int(on-s.Today) + recent; known && t >= 0 && t < recent {
				if sums[t] == nil {
					sums[t] = map[int]failed{}
				}
				sums[t][i] = failed{sums[t][i].n + f.n, sums[t][i].of + f.of}
			}
		}
	}
	for t, of := range sums {
		for i, f := range of {
			days[t][i] = outlook.Tally{Hits: float64(f.n) / unit, Of: float64(f.of) / unit}
			out.counted = out.counted || f.of > 0
		}
	}
	of, city := outlook.Shares(days, prior, prior.Worth, half)
	out.districts, out.city = map[id.District]float64{}, city
	for d, i := range at {
		out.districts[d] = of[i]
	}
	return out
}

// missing learns who does not come, on either side of the counter.
func (x *Expected) missing(c *Counts, s Setting) {
	x.noShow = c.came.learn(s, 1, outlook.Prior{Share: noShows, Worth: appointments})
	x.absent = c.away.learn(s, workday*spell, outlook.Prior{Share: demand.Of(s.Policy.Planning).ExpectedSickness, Worth: illnesses})
}

// of a district; "" or one that is not known: of the city.
func (s shares) of(d id.District) float64 {
	if f, known := s.districts[d]; known {
		return f
	}
	return s.city
}

// NoShow is the share of a district's appointments that nobody is expected to come to;
// without a district the city's. Counted is false as long as no day was.
func (x *Expected) NoShow(d id.District) (share float64, counted bool) {
	if x == nil {
		return noShows, false
	}
	return x.noShow.of(d), x.noShow.counted
}

// Absent is the share of the time on duty in a district that is expected to be lost at
// short notice, as NoShow.
func (x *Expected) Absent(d id.District) (share float64, counted bool) {
	if x == nil {
		return 0, false
	}
	return x.absent.of(d), x.absent.counted
}

// Sickness is what to plan for, by district or without one for the city: what the
// policy expects or, where it goes by what was learned, Absent. A policy that supposes
// more or less than the one in force has as much more or less.
func (x *Expected) Sickness(p capacity.PolicyChanged) func(id.District) float64 {
	set := demand.Of(p.Planning)
	if _, counted := x.Absent(""); !counted || !set.DemandLearned {
		return func(id.District) float64 { return set.ExpectedSickness }
	}
	more := 1.0
	if was := demand.Of(x.policy.Planning).ExpectedSickness; was != set.ExpectedSickness {
		more = set.ExpectedSickness / cmp.Or(was, set.ExpectedSickness)
	}
	return func(d id.District) float64 { return min(most, more*x.absent.of(d)) }
}
