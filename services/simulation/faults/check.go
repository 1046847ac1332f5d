package faults

import (
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// What must never happen, whatever goes wrong around the services.

// onePlaceADay: nobody is in two places, and nobody is sent away more often than
// was agreed when they were.
func (l *ledger) onePlaceADay(before, e staffing.DutiesChanged) error {
	away := map[day.Day]int{}
	for i, d := range e.Duties {
		if i > 0 && e.Duties[i-1].Day >= d.Day {
			return wrong("%s has two duties on %s: at %s and at %s", e.Employee, d.Day, e.Duties[i-1].Centre, d.Centre)
		}
		if d.Deployment == "" {
			if d.Centre != e.Home {
				return wrong("%s works at %s on %s, is at home at %s, and nobody has sent them", e.Employee, d.Centre, d.Day, e.Home)
			}
			continue
		}
		if t := l.trips[d.Deployment]; t == nil || t.Employee != e.Employee || t.Day != d.Day || t.To != d.Centre {
			return wrong("%s works at %s on %s by deployment %s, which is none of theirs", e.Employee, d.Centre, d.Day, d.Deployment)
		}
		away[d.Day.Monday()]++
	}
	for _, d := range e.Duties {
		if had, _ := dutyOn(before, d.Day); d.Deployment == "" || had.Deployment == d.Deployment {
			continue // what was ordered stands when less is agreed later
		}
		switch {
		case away[d.Day.Monday()] > e.MaxDaysAwayPerWeek:
			return wrong("%s is sent to %s on %s and is away %d days in that week, at most %d are agreed", e.Employee, d.Centre, d.Day, away[d.Day.Monday()], e.MaxDaysAwayPerWeek)
		case !e.Deployable:
			return wrong("%s is sent to %s on %s and cannot be sent elsewhere", e.Employee, d.Centre, d.Day)
		}
	}
	return nil
}

// orderedOnce: a day of one employee has one deployment, which leads from where
// they work.
func (l *ledger) orderedOnce(o staffing.DeploymentOrdered) error {
	for _, d := range slices.Sorted(maps.Keys(l.trips)) {
		if t := l.trips[d]; d != o.Deployment && t.Employee == o.Employee && t.Day == o.Day && t.ordered && !t.over {
			return wrong("%s is ordered to %s and to %s on %s", o.Employee, t.To, o.To, o.Day)
		}
	}
	if at, works := dutyOn(l.duties[o.Employee], o.Day); !works || at.Centre != o.From {
		return wrong("%s is ordered from %s to %s on %s and does not work there", o.Employee, o.From, o.To, o.Day)
	}
	return nil
}

// allowed: what is proposed keeps consent and travel, as far as capacity knows,
// and is not of yesterday.
func (l *ledger) allowed(m capacity.Move) error {
	e := l.heard[m.Employee]
	if m.To == e.Home {
		return nil // sent back
	}
	switch {
	case !e.Deployable:
		return wrong("%s is proposed for %s and cannot be sent elsewhere", m.Employee, m.To)
	case m.TravelMinutes > 40:
		return wrong("%s is proposed for %s, %d minutes away", m.Employee, m.To, m.TravelMinutes)
	}
	if at, works := dutyOn(e, m.Day); !works || at.Centre != m.From {
		return wrong("%s is proposed to leave %s on %s and, as far as capacity can know, is not there", m.Employee, m.From, m.Day)
	}
	return nil
}

// giverFirst: when a deployment is requested, booking has answered an offering
// of the giver that no longer has the person, nor any other who was asked for,
// and nothing that was covered before is uncovered by it.
func (l *ledger) giverFirst(e capacity.DeploymentRequested) error {
	t := l.trips[e.Deployment]
	if t == nil || !t.approved {
		return wrong("deployment %s is requested and was not approved", e.Deployment)
	}
	if t.requested {
		return wrong("deployment %s is requested twice", e.Deployment)
	}
	t.requested = true
	l.seen["requested"]++
	p := place{e.From, e.Day}
	load := l.loads[p]
	answered, said := l.counters[p][load.OfferingVersion]
	if !said {
		return wrong("deployment %s is requested before booking has answered the giver %s on %s", e.Deployment, e.From, e.Day)
	}
	uncovered := day.Minutes(0)
	for _, minutes := range load.Uncovered {
		uncovered += minutes
	}
	if before, closed := l.before[e.Deployment]; !closed || uncovered > before {
		return wrong("deployment %s is requested although %d booked minutes are uncovered at %s on %s, %d were before", e.Deployment, uncovered, e.From, e.Day, before)
	}
	there, leaving := 0, 0
	for _, d := range l.heard {
		if at, works := dutyOn(d, e.Day); works && at.Centre == e.From && len(d.Skills) > 0 {
			there++
		}
	}
	for _, o := range l.trips {
		if o.From != e.From || o.Day != e.Day || o.over || !o.requested {
			continue
		}
		if at, works := dutyOn(l.heard[o.Employee], e.Day); works && at.Centre == e.From {
			leaving++
		}
	}
	if answered > there-leaving {
		return wrong("deployment %s is requested while %s on %s still offers %d counters with %d people, %d of whom leave", e.Deployment, e.From, e.Day, answered, there, leaving)
	}
	return nil
}

// served: at no moment are there more appointments and holds than counters, nor
// of a skill; who cannot be served is at risk, and said to be.
func (l *ledger) served(p place) error {
	o, open := l.adopted[p]
	if o.Tentative {
		return nil // nobody is put at risk by it
	}
	from := max(o.Elapsed, day.Clock(0, 0))
	now := l.m.clock.Now().In(l.m.zone)
	if today := day.Of(now, l.m.zone); p.day < today {
		return nil
	} else if p.day == today {
		from = max(from, day.Clock(now.Hour(), now.Minute()/5*5+5))
	}
	type visit struct {
		at      day.TimeOfDay
		minutes day.Minutes
		skill   id.Skill
	}
	var all []visit
	for _, a := range l.appointments {
		if !a.ended && !a.atRisk && a.Centre == p.centre && a.Day == p.day {
			all = append(all, visit{a.At, a.Minutes, a.skill})
		}
	}
	for _, h := range l.holds {
		if h.place == p && h.expires.After(now) {
			all = append(all, visit{h.at, h.minutes, h.skill})
		}
	}
	if len(all) > 0 && !open {
		return wrong("%s on %s has appointments and was never open", p.centre, p.day)
	}
	for t := max(from, day.Clock(8, 0)); t < day.Clock(18, 0); t += 5 {
		busy, counters := map[id.Skill]int{}, map[id.Skill]int{}
		for _, v := range all {
			if v.at <= t && t < v.at+day.TimeOfDay(v.minutes) {
				busy[""]++
				busy[v.skill]++
			}
		}
		for _, line := range o.Lines {
			if line.Use == capacity.ForAppointments && present(line.Span, line.Breaks, t) {
				counters[""]++
				for _, s := range line.Skills {
					counters[s]++
				}
			}
		}
		for _, s := range []id.Skill{"", "id", "reg"} {
			if busy[s] > counters[s] {
				return wrong("%s on %s at %s: %d appointments and holds of skill %q and %d counters", p.centre, p.day, t, busy[s], s, counters[s])
			}
		}
	}
	return nil
}

func dutyOn(e staffing.DutiesChanged, d day.Day) (staffing.Duty, bool) {
	i := slices.IndexFunc(e.Duties, func(x staffing.Duty) bool { return x.Day == d })
	if i < 0 {
		return staffing.Duty{}, false
	}
	return e.Duties[i], true
}

// present reports whether somebody is at the counter at a time.
func present(s day.Span, breaks []day.Span, t day.TimeOfDay) bool {
	return s.From <= t && t < s.To && !slices.ContainsFunc(breaks, func(b day.Span) bool { return b.From <= t && t < b.To })
}
