package faults

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking"
)

// bound is within how many seconds after the last fault the services must have
// said all that there is to say.
const bound = 300

// end stops the faults, lets everybody repeat what got no answer, and checks what
// must have come of it all; then everything begins anew on its log, and knows the
// same.
func (m *machine) end() error {
	m.heal()
	if err := m.settle(bound); err != nil {
		return err
	}
	if err := m.repeatUnanswered(); err != nil {
		return err
	}
	m.clock.Advance((holdMinutes + 1) * time.Minute)
	if err := m.settle(bound); err != nil {
		return err
	}
	if err := m.rested(); err != nil {
		return err
	}
	before, err := m.answers()
	if err != nil {
		return err
	}
	for _, x := range m.members {
		x.leader.disk.dead = true
		if err := m.kill(x, x.leader); err != nil {
			return err
		}
	}
	after, err := m.answers()
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(before, after) {
		return wrong("after all have begun anew on their logs, booking finds %v, before %v", after, before)
	}
	if err := m.settle(bound); err != nil {
		return err
	}
	return m.rested()
}

// heal ends all faults; the bus brings again some of what lanes have taken in.
func (m *machine) heal() {
	for _, x := range m.members {
		x.standby, x.refuses = nil, 0
		x.leader.disk.next, x.leader.disk.away = nil, 0
		for _, r := range x.leader.roads {
			r.held, r.next = false, nil
			r.at = max(0, r.at-30)
		}
	}
}

// repeatUnanswered is what clients and HR do.
func (m *machine) repeatUnanswered() error {
	for _, r := range m.clients.requests {
		if !r.done {
			if _, err := m.book(r, 0); err != nil {
				return err
			}
		}
	}
	for _, w := range m.clients.words {
		if m.clients.unheard[w.id()] {
			if _, err := m.send(w, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// answers are what somebody who asks is told.
func (m *machine) answers() (all []booking.Found, err error) {
	for _, service := range []id.Service{"id-card", "move"} {
		for _, k := range places {
			found, err := m.member("booking").leader.booking.Search(m.ctx, booking.Search{Service: service, Persons: 1, Limit: 50, Centres: []id.Centre{k.centre}})
			if err != nil {
				return nil, err
			}
			all = append(all, found)
		}
	}
	return all, nil
}

// rested is what must hold when all has been said.
func (m *machine) rested() error {
	l := m.ledger
	for _, check := range []func() error{l.look, m.nothingParked, l.everyHoldEnds, l.oneAppointmentEach, l.loadsAreTrue, m.whoIsOffIsOff, l.tripsAreMade, l.offeredIsStaffed} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) nothingParked() error {
	for _, x := range m.members {
		parked, err := x.store.ParkedRecords(m.ctx, false, 1)
		if err != nil {
			return err
		}
		if len(parked) > 0 {
			return wrong("%s has parked %s of %s: %s", x.name, parked[0].Type, parked[0].Source, parked[0].Reason)
		}
	}
	return nil
}

func (l *ledger) everyHoldEnds() error {
	for _, name := range slices.Sorted(maps.Keys(l.holds)) {
		if h := l.holds[name]; h.expires.Add(time.Minute).Before(l.m.clock.Now()) {
			return wrong("hold %s on %s at %s has run out at %s and was never ended", name, h.day, h.at, h.expires.Format(time.DateTime))
		}
	}
	return nil
}

// oneAppointmentEach: who has an appointment knows of it, but for those who asked
// without a key and got no answer.
func (l *ledger) oneAppointmentEach() error {
	c, strangers := &l.m.clients, 0
	for _, a := range l.booked {
		if !c.known[a] && !c.wanted[booking.HoldID(a)] {
			strangers++
		}
	}
	if strangers > c.lost {
		return wrong("%d appointments belong to nobody, and %d bookings without a key got no answer", strangers, c.lost)
	}
	return nil
}

// loadsAreTrue: booking counts what was booked, and capacity knows it.
func (l *ledger) loadsAreTrue() error {
	count, risk := map[place]int{}, map[place]int{}
	for _, a := range l.appointments {
		if !a.ended || a.kept {
			p := place{a.Centre, a.Day}
			if count[p]++; a.atRisk {
				risk[p]++
			}
		}
	}
	for _, p := range sorted(l.told) {
		told := l.told[p]
		if p.day < l.m.today() {
			continue
		}
		if told.Appointments != count[p] || told.AtRisk != risk[p] {
			return wrong("%s on %s: booking tells of %d appointments, %d at risk; %d and %d were said one by one", p.centre, p.day, told.Appointments, told.AtRisk, count[p], risk[p])
		}
		if heard := l.loads[p]; heard.Version != told.Version {
			return wrong("%s on %s: booking has told load %d, capacity knows %d", p.centre, p.day, told.Version, heard.Version)
		}
	}
	return nil
}

// whoIsOffIsOff: the newest word on each absence decides who is on duty.
func (m *machine) whoIsOffIsOff() error {
	today := m.today()
	for _, e := range m.people {
		duties, known := m.ledger.duties[e.ID]
		if !known {
			return wrong("staffing has never said when %s works", e.ID)
		}
		if heard := m.ledger.heard[e.ID]; heard.Version != duties.Version {
			return wrong("duties of %s: staffing has said version %d, capacity knows %d", e.ID, duties.Version, heard.Version)
		}
		for d := today; d < min(duties.Horizon.Until, today+horizonDays-1); d++ {
			off, because := d-d.Monday() > 4, "the weekend"
			for _, name := range slices.Sorted(maps.Keys(m.clients.absences)) {
				if w := m.clients.absences[name]; w.who == e.ID && !w.gone && w.from <= d && d <= w.to {
					off, because = true, fmt.Sprint("absence ", w.id())
				}
			}
			if _, works := dutyOn(duties, d); works && off {
				return wrong("%s is on duty on %s in spite of %s", e.ID, d, because)
			} else if !works && !off {
				return wrong("%s is off duty on %s and nobody has said so", e.ID, d)
			}
		}
		if duties.Horizon.Until < today+horizonDays-1 {
			return wrong("duties of %s end on %s", e.ID, duties.Horizon.Until)
		}
	}
	return nil
}

// tripsAreMade: every proposal that was approved has come to its end, and who was
// ordered elsewhere is there.
func (l *ledger) tripsAreMade() error {
	for _, p := range l.order {
		if l.state[p] == "approved" {
			return wrong("proposal %s was approved and never comes to an end", p)
		}
	}
	for _, d := range slices.Sorted(maps.Keys(l.trips)) {
		t := l.trips[d]
		if !t.ordered || t.over || t.Day < l.m.today() {
			continue
		}
		if at, works := dutyOn(l.duties[t.Employee], t.Day); !works || at.Centre != t.To {
			return wrong("deployment %s is ordered and %s does not work at %s on %s", d, t.Employee, t.To, t.Day)
		}
	}
	return nil
}

// offeredIsStaffed: booking goes by the newest offering, and at every moment as
// many people are on duty as counters are on offer.
func (l *ledger) offeredIsStaffed() error {
	for _, p := range sorted(l.offerings) {
		o := l.offerings[p]
		if p.day <= l.m.today() {
			continue
		}
		if l.adopted[p].Version != o.Version {
			return wrong("%s on %s: booking goes by offering %d, the newest is %d", p.centre, p.day, l.adopted[p].Version, o.Version)
		}
		if o.Tentative {
			return wrong("%s on %s: the offering stays tentative", p.centre, p.day)
		}
		for t := day.Clock(8, 0); t < day.Clock(18, 0); t += 5 {
			counters, people := 0, 0
			for _, line := range o.Lines {
				if line.Use == capacity.ForAppointments && present(line.Span, line.Breaks, t) {
					counters++
				}
			}
			for _, e := range l.duties {
				if at, works := dutyOn(e, p.day); works && at.Centre == p.centre && present(at.Span, at.Breaks, t) {
					people++
				}
			}
			if counters != people {
				return wrong("%s on %s at %s: %d counters on offer and %d people", p.centre, p.day, t, counters, people)
			}
		}
	}
	return nil
}

// sorted are the places of a map, so that the first finding is always the same.
func sorted[V any](all map[place]V) []place {
	return slices.SortedFunc(maps.Keys(all), func(a, b place) int { return cmp.Or(cmp.Compare(a.centre, b.centre), cmp.Compare(a.day, b.day)) })
}
