package world_test

import (
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// What must never happen is asserted here and not recorded, so that no recording
// can bless it.

func (l *ledger) wrong(form string, a ...any) {
	l.c.t.Helper()
	l.c.t.Errorf("%s: %s", l.c.Now().Format("2006-01-02 15:04:05"), fmt.Sprintf(form, a...))
}

// onePlaceADay: nobody is in two places.
func (l *ledger) onePlaceADay(e staffing.DutiesChanged) {
	for i, d := range e.Duties {
		if i > 0 && e.Duties[i-1].Day >= d.Day {
			l.wrong("%s has two duties on %s: at %s and at %s", e.Employee, d.Day, e.Duties[i-1].Centre, d.Centre)
		}
		if away := d.Centre != e.Home; away != (d.Deployment != "") {
			l.wrong("%s works at %s on %s, is at home at %s, and the deployment is %q", e.Employee, d.Centre, d.Day, e.Home, d.Deployment)
		}
	}
	away := map[day.Day]int{}
	for _, d := range e.Duties {
		if d.Deployment != "" {
			if away[d.Day.Monday()]++; away[d.Day.Monday()] > e.MaxDaysAwayPerWeek {
				l.wrong("%s is away %d days in the week of %s, at most %d are agreed", e.Employee, away[d.Day.Monday()], d.Day.Monday(), e.MaxDaysAwayPerWeek)
			}
		}
	}
}

// allowed: what is proposed keeps notice, travel and consent.
func (l *ledger) allowed(m capacity.Move) {
	e, policy := l.duties[m.Employee], l.c.network.Policy
	if m.To == e.Home {
		return // sent back
	}
	today := day.Of(l.c.Now(), l.c.zone)
	notice := policy.NoticeDays
	if e.Mobile || e.Volunteer {
		notice = 1
	}
	switch {
	case int(m.Day-today) < notice:
		l.wrong("%s is proposed for %s on %s, %d days ahead, and %d are the notice", m.Employee, m.To, m.Day, m.Day-today, notice)
	case !e.Deployable:
		l.wrong("%s is proposed for %s and cannot be sent elsewhere", m.Employee, m.To)
	case m.TravelMinutes > policy.MaxTravelMinutes:
		l.wrong("%s is proposed for %s, %d minutes away, and %d are the most", m.Employee, m.To, m.TravelMinutes, policy.MaxTravelMinutes)
	}
}

// giverFirst: when a deployment is requested, booking has answered an offering
// of the giver that no longer has the person, nor any other who was asked for.
func (l *ledger) giverFirst(e capacity.DeploymentRequested) {
	p := place{e.From, e.Day}
	answered, said := l.versions[p][l.loads[p].OfferingVersion]
	if !said {
		l.wrong("%s is requested before booking has answered the giver %s on %s", l.moveName(e.Deployment), e.From, e.Day)
		return
	}
	there, leaving := 0, 0
	duties := l.duties
	if l.heard != nil {
		duties = l.heard // as far as capacity can know
	}
	for _, d := range duties {
		if at, on := dutyOn(d, e.Day); on && at.Centre == e.From && len(d.Skills) > 0 {
			there++
		}
	}
	for name, t := range l.trips {
		if t.From != e.From || t.Day != e.Day || t.over || !t.requested && name != e.Deployment {
			continue
		}
		if at, on := dutyOn(duties[t.Employee], e.Day); on && at.Centre == e.From {
			leaving++
		}
	}
	if answered > there-leaving {
		l.wrong("%s is requested while %s on %s still offers %d counters with %d people, %d of whom leave", l.moveName(e.Deployment), e.From, e.Day, answered, there, leaving)
	}
}

func dutyOn(e staffing.DutiesChanged, d day.Day) (staffing.Duty, bool) {
	for _, x := range e.Duties {
		if x.Day == d {
			return x, true
		}
	}
	return staffing.Duty{}, false
}

// atRest is asserted whenever the city has come to rest.
func (l *ledger) atRest() {
	today := day.Of(l.c.Now(), l.c.zone)
	l.nothingParked()
	l.appointmentsAreThere(today)
	for name, t := range l.trips {
		if !t.ordered || t.over || t.Day < today {
			continue
		}
		if at, on := dutyOn(l.duties[t.Employee], t.Day); !on || at.Centre != t.To {
			l.wrong("%s is ordered and %s does not work at %s on %s", l.moveName(name), t.Employee, t.To, t.Day)
		}
	}
	if l.c.late {
		return // capacity cannot know yet
	}
	booked := map[place][]*appointment{}
	for _, a := range l.appointments {
		if !a.ended {
			booked[place{a.Centre, a.Day}] = append(booked[place{a.Centre, a.Day}], a)
		}
	}
	for p, o := range l.offerings {
		if p.day >= today {
			l.offeredIsStaffed(p, o, booked[p])
		}
	}
}

func (l *ledger) nothingParked() {
	for _, service := range []string{"absence", "staffing", "capacity", "booking"} {
		log, err := l.c.Log(service)
		if err != nil {
			l.c.t.Fatal(err)
		}
		parked, err := log.ParkedRecords(l.c.ctx, false, 10)
		if err != nil {
			l.c.t.Fatal(err)
		}
		for _, m := range parked {
			l.wrong("%s has parked %s of %s: %s", service, m.Type, m.Source, m.Reason)
		}
	}
}

// appointmentsAreThere: booking counts what was booked, neither more nor less.
func (l *ledger) appointmentsAreThere(today day.Day) {
	count, risk := map[place]int{}, map[place]int{}
	alive := 0
	for _, a := range l.appointments {
		if a.ended {
			continue
		}
		alive++
		p := place{a.Centre, a.Day}
		if count[p]++; a.atRisk {
			risk[p]++
		}
	}
	if booked := l.c.promised; alive != booked {
		l.wrong("%d appointments are alive and %d were booked", alive, booked)
	}
	for p, load := range l.loads {
		if p.day >= today && (load.Appointments != count[p] || load.AtRisk != risk[p]) {
			l.wrong("%s on %s: booking tells of %d appointments, %d at risk; %d and %d were said one by one", p.centre, p.day, load.Appointments, load.AtRisk, count[p], risk[p])
		}
	}
}

// offeredIsStaffed: at every moment there are as many people on duty as
// counters on offer, also of each skill, and no more appointments than counters.
func (l *ledger) offeredIsStaffed(p place, o capacity.OfferingChanged, booked []*appointment) {
	var present []staffing.DutiesChanged
	var duty []staffing.Duty
	for _, e := range l.duties {
		if d, on := dutyOn(e, p.day); on && d.Centre == p.centre {
			present, duty = append(present, e), append(duty, d)
		}
	}
	if l.loads[p].OfferingVersion != o.Version && l.loads[p].OfferingVersion > 0 {
		l.wrong("%s on %s: booking goes by offering %d, the newest is %d", p.centre, p.day, l.loads[p].OfferingVersion, o.Version)
	}
	begin := day.Clock(8, 0)
	if now := l.c.Now().In(l.c.zone); p.day == day.Of(now, l.c.zone) { // what is over is over
		begin = max(begin, day.Clock(now.Hour(), now.Minute()/5*5+5))
	}
	for t := begin; t < day.Clock(18, 0); t += 5 {
		lines, counters, people := map[id.Skill]int{}, 0, map[id.Skill]int{}
		for _, line := range o.Lines {
			if !at(line.Span, line.Breaks, t) {
				continue
			}
			lines[""]++
			for _, s := range line.Skills {
				lines[s]++
			}
			if line.Use == capacity.ForAppointments {
				counters++
			}
		}
		for i, e := range present {
			if at(duty[i].Span, duty[i].Breaks, t) {
				people[""]++
				for _, s := range e.Skills {
					people[s]++
				}
			}
		}
		for s, n := range lines {
			if n > people[s] {
				l.wrong("%s on %s at %s: %d counters of skill %q on offer, %d people", p.centre, p.day, t, n, s, people[s])
				return
			}
		}
		busy := 0
		for _, a := range booked {
			if !a.atRisk && a.At <= t && t < a.At+day.TimeOfDay(a.Minutes) {
				busy++
			}
		}
		if busy > counters && !o.Tentative {
			l.wrong("%s on %s at %s: %d appointments and %d counters", p.centre, p.day, t, busy, counters)
			return
		}
	}
}

// at reports whether somebody is at the counter at a time.
func at(s day.Span, breaks []day.Span, t day.TimeOfDay) bool {
	return s.From <= t && t < s.To && !slices.ContainsFunc(breaks, func(b day.Span) bool { return b.From <= t && t < b.To })
}
