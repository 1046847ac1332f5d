package planner

import (
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// offered is what a place offers for appointments: minutes of all lines together,
// and of those by each skill that can serve it.
type offered struct {
	all   float64
	skill []float64
}

// ahead forecasts lead times of a city as it is and as it would be, by the same
// forecast that pages show. Free appointments are those that booking tells of. Where
// a place would be staffed or open otherwise they change by as many as the minutes
// that its counters gain or lose, as far as these are not booked; who books, and how
// choosy people are, stays.
type ahead struct {
	base *problem
	city *read.City
	// present and told are what booking's answers rest on.
	present  map[read.Place][]offering.Presence
	told     map[read.Place]offered
	earliest []float64
	any      float64
}

func newAhead(base *problem, city *read.City) *ahead {
	a := &ahead{base: base, city: city, present: onDuty(city, nil), told: map[read.Place]offered{}}
	for c := range base.centres {
		for t := range base.Horizon {
			p := base.place(c, t)
			a.told[p] = offer(base, a.present[p], base.opening[c][t], city.Rules())
		}
	}
	var all []forecast.Supply
	for i := range base.Districts {
		s := a.supply(base, a.told, i)
		a.earliest = append(a.earliest, s.TakeEarliest(base.MinLeadDays, city.Policy.GoalDays))
		all = append(all, s)
	}
	a.any = forecast.Together(all).TakeEarliest(base.MinLeadDays, city.Policy.GoalDays)
	return a
}

func offer(p *problem, present []offering.Presence, opening []day.Span, rules offering.Rules) (o offered) {
	o.skill = make([]float64, len(p.skills))
	if len(present) == 0 || len(opening) == 0 {
		return o
	}
	for _, l := range offering.Lines(present, opening, rules) {
		if l.Use != capacity.ForAppointments {
			continue
		}
		m := float64(observed.WithoutBreaks(l.Span, l.Breaks))
		o.all += m
		for _, k := range l.Skills {
			if s, known := p.skillAt[k]; known {
				o.skill[s] += m
			}
		}
	}
	return o
}

// of forecasts one stage: a city, its problem, and moves on top of those given.
func (a *ahead) of(city *read.City, p *problem, moves []planning.Move) [][]forecast.Band {
	sent := map[read.PersonDay]id.Centre{}
	for _, x := range p.arriving {
		sent[read.PersonDay{Employee: p.employees[x.Employee], Day: p.day(x.Day)}] = p.centres[x.To]
	}
	for _, m := range moves {
		sent[read.PersonDay{Employee: p.employees[m.Employee], Day: p.day(m.Day)}] = p.centres[m.To]
	}
	rules, before := city.Rules(), a.city.Rules()
	other := rules.WalkInShare != before.WalkInShare || rules.ExpressCounters != before.ExpressCounters
	present, is := onDuty(city, sent), make(map[read.Place]offered, len(a.told))
	for c := range p.centres {
		for t := range p.Horizon {
			at := p.place(c, t)
			if !other && slices.Equal(p.opening[c][t], a.base.opening[c][t]) && samePresence(present[at], a.present[at]) {
				is[at] = a.told[at]
			} else {
				is[at] = offer(p, present[at], p.opening[c][t], rules)
			}
		}
	}
	set := demand.Of(city.Policy.Planning)
	q := forecast.Question{Days: p.Horizon, Horizon: p.Horizon, MinLead: p.MinLeadDays, Minutes: p.SlotMinutes, Dispersion: set.DemandDispersion,
		Choice: a.city.Policy.GoalDays, Earliest: a.earliest, AnyEarliest: a.any}
	expected := city.Expect()
	ask, sick := expected.Requests(city.Policy), expected.Sickness(city.Policy)
	q.AnySickness = sick("")
	closed := func(d day.Day) bool { return network.PublicHoliday(city.Policy.Holidays, d) }
	q.Any = amounts(len(p.skills), p.Horizon)
	for i, d := range city.Policy.Districts {
		own, beyond := amounts(len(p.skills), p.Horizon), make([][]float64, len(p.skills))
		for s, k := range p.skills {
			beyond[s] = expected.Beyond(d.ID, k)
			for t := range p.Horizon {
				all := ask(d, k, p.day(t))
				own[s][t] = all * (1 - d.AnyShare)
				q.Any[s][t] += all * d.AnyShare
			}
		}
		q.Own, q.Beyond, q.Sickness = append(q.Own, own), append(q.Beyond, beyond), append(q.Sickness, sick(d.ID))
		q.Supply = append(q.Supply, a.supply(p, is, i).Extend(p.from, p.Horizon, closed, p.SlotMinutes))
	}
	return forecast.Ahead(q)
}

func amounts(n, m int) [][]float64 {
	g := make([][]float64, n)
	for i := range g {
		g[i] = make([]float64, m)
	}
	return g
}

func samePresence(a, b []offering.Presence) bool {
	return slices.EqualFunc(a, b, func(x, y offering.Presence) bool {
		return x.Employee == y.Employee && x.Span == y.Span && slices.Equal(x.Breaks, y.Breaks) && slices.Equal(x.Skills, y.Skills)
	})
}

// supply is what a district could give, place by place.
func (a *ahead) supply(p *problem, is map[read.Place]offered, district int) forecast.Supply {
	x := forecast.Supply{Offered: make([]float64, p.Horizon), Left: make([]float64, p.Horizon), Free: amounts(len(p.skills), p.Horizon)}
	unbooked := make([]float64, p.Horizon)
	for c := range p.centres {
		if p.Centres[c].District != district {
			continue
		}
		for t := range p.Horizon {
			at := p.place(c, t)
			told, now, l := a.told[at], is[at], a.city.Loads[at]
			_, known := a.city.Loads[at]
			booked := float64(l.BookedMinutes())
			x.Offered[t] += now.all
			unbooked[t] += max(0, now.all-booked)
			for s, k := range p.skills {
				each, free := p.SlotMinutes[s], 0.0
				if known {
					free = float64(l.Free[k])
				} else {
					free = math.Floor(max(0, min(told.skill[s], told.all-booked)) / each)
				}
				if now.all != told.all || now.skill[s] != told.skill[s] {
					free = max(0, min(free+(now.skill[s]-told.skill[s])/each, (now.all-booked)/each))
				}
				x.Free[s][t] += free
			}
		}
	}
	// What is left of a day is known by group only: it is at least what the group
	// could have that could have most, and no more than is not booked.
	for t := range p.Horizon {
		for s, each := range p.SlotMinutes {
			x.Left[t] = max(x.Left[t], x.Free[s][t]*each)
		}
		if x.Left[t] > 0 {
			x.Left[t] = max(x.Left[t], unbooked[t])
		}
	}
	return x
}

// Share of working days ahead on which a promise is kept: expected, and in a
// bad and a good run of the forecast.
type Share struct{ Low, Expected, High float64 }

// kept is the share of working days on which lead times are within the limit.
func kept(b forecast.Band, limit int, working []bool) (s Share) {
	days := 0.0
	for t, is := range working {
		if !is || t >= len(b.Middle) {
			continue
		}
		days++
		for _, x := range []struct {
			lead int
			to   *float64
		}{{b.High[t], &s.Low}, {b.Middle[t], &s.Expected}, {b.Low[t], &s.High}} {
			if !promise.Broken(x.lead, limit) {
				*x.to++
			}
		}
	}
	if days == 0 {
		return Share{1, 1, 1}
	}
	return Share{s.Low / days, s.Expected / days, s.High / days}
}

// mean of several shares; of none all is kept.
func mean(all []Share) (m Share) {
	if len(all) == 0 {
		return Share{1, 1, 1}
	}
	for _, s := range all {
		m.Low, m.Expected, m.High = m.Low+s.Low, m.Expected+s.Expected, m.High+s.High
	}
	n := float64(len(all))
	return Share{m.Low / n, m.Expected / n, m.High / n}
}
