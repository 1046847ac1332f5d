package faults

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// place is a centre on a day.
type place struct {
	centre id.Centre
	day    day.Day
}

// appointment is what a citizen was promised.
type appointment struct {
	booking.Place
	skill  id.Skill
	atRisk bool
	ended  bool
	kept   bool // it has ended so, and its time stays taken
}

// hold is a slot that is kept.
type hold struct {
	place
	at      day.TimeOfDay
	minutes day.Minutes
	skill   id.Skill
	expires time.Time
}

// adopted is an offering as booking goes by it.
type adopted struct {
	capacity.OfferingChanged
	Elapsed day.TimeOfDay `json:"elapsed"`
}

// trip is one move of a proposal and how far it is.
type trip struct {
	capacity.Move
	proposal                           id.Proposal
	approved, requested, ordered, over bool
}

// ledger is the fold of the four logs that the checks rest on; it shares nothing
// with the services but the events' types.
type ledger struct {
	m    *machine
	read map[string]int64 // by service: position
	seen map[string]int

	// Of staffing's log.
	duties map[id.Employee]staffing.DutiesChanged
	// Of capacity's: what it has heard and said.
	heard     map[id.Employee]staffing.DutiesChanged
	loads     map[place]booking.LoadChanged
	offerings map[place]capacity.OfferingChanged
	counters  map[place]map[int64]int // on offer, by version
	drafts    map[id.Proposal]capacity.ProposalDrafted
	order     []id.Proposal
	state     map[id.Proposal]string
	trips     map[id.Deployment]*trip
	before    map[id.Deployment]day.Minutes // uncovered at the giver before it closed
	// Of booking's.
	adopted      map[place]adopted
	appointments map[id.Appointment]*appointment
	booked       []id.Appointment
	holds        map[string]hold
	told         map[place]booking.LoadChanged
	dirty        map[place]bool // to be looked at
}

func newLedger(m *machine) *ledger {
	return &ledger{m: m, read: map[string]int64{}, seen: map[string]int{}, duties: map[id.Employee]staffing.DutiesChanged{},
		heard: map[id.Employee]staffing.DutiesChanged{}, loads: map[place]booking.LoadChanged{}, offerings: map[place]capacity.OfferingChanged{},
		counters: map[place]map[int64]int{}, drafts: map[id.Proposal]capacity.ProposalDrafted{}, state: map[id.Proposal]string{}, trips: map[id.Deployment]*trip{}, before: map[id.Deployment]day.Minutes{},
		adopted: map[place]adopted{}, appointments: map[id.Appointment]*appointment{}, holds: map[string]hold{}, told: map[place]booking.LoadChanged{}, dirty: map[place]bool{}}
}

// look reads what is new in the logs, in the order in which words flow back, and
// checks it.
func (l *ledger) look() error {
	for _, name := range []string{"absence", "capacity", "staffing", "booking"} {
		x := l.m.member(name)
		page, err := x.store.After(l.m.ctx, l.read[name], 1<<20)
		if err != nil {
			return err
		}
		for _, e := range page {
			l.m.show(name, e)
			if err := l.take(name, e); err != nil {
				return err
			}
		}
		l.read[name] += int64(len(page))
	}
	for p := range l.dirty {
		if err := l.served(p); err != nil {
			return err
		}
		delete(l.dirty, p)
	}
	return nil
}

func read[E any](e eventlog.Event) (out E, err error) {
	if err = json.Unmarshal(e.Data, &out); err != nil {
		err = fmt.Errorf("%s at %d: %w", e.Type, e.Position, err)
	}
	return out, err
}

// on reads an event and does something with it.
func on[E any](e eventlog.Event, do func(E) error) error {
	event, err := read[E](e)
	if err != nil {
		return err
	}
	return do(event)
}

func (l *ledger) take(service string, e eventlog.Event) error {
	switch service {
	case "capacity":
		return l.ofCapacity(e)
	case "staffing":
		return l.ofStaffing(e)
	case "booking":
		return l.ofBooking(e)
	}
	return nil
}

func (l *ledger) ofStaffing(e eventlog.Event) error {
	switch e.Type {
	case staffing.TypeDutiesChanged:
		return on(e, func(d staffing.DutiesChanged) error {
			before := l.duties[d.Employee]
			if d.Version != before.Version+1 {
				return wrong("duties of %s: version %d follows %d", d.Employee, d.Version, before.Version)
			}
			l.duties[d.Employee] = d
			return l.onePlaceADay(before, d)
		})
	case staffing.TypeDeploymentOrdered:
		return on(e, func(o staffing.DeploymentOrdered) error {
			t := l.trips[o.Deployment]
			l.seen["ordered"]++
			if t == nil || !t.requested {
				return wrong("deployment %s is ordered and was not requested", o.Deployment)
			}
			if t.ordered {
				return wrong("deployment %s is ordered twice", o.Deployment)
			}
			t.ordered = true
			return l.orderedOnce(o)
		})
	case staffing.TypeDeploymentRefused:
		return on(e, func(o staffing.DeploymentRefused) error { l.seen["refused"]++; return l.over(o.Deployment) })
	case staffing.TypeDeploymentCancelled:
		return on(e, func(o staffing.DeploymentCancelled) error { l.seen["cancelled"]++; return l.over(o.Deployment) })
	}
	return nil
}

func (l *ledger) over(d id.Deployment) error {
	t := l.trips[d]
	if t == nil {
		return wrong("deployment %s is spoken of and no proposal has it", d)
	}
	t.over = true
	return nil
}

func (l *ledger) ofCapacity(e eventlog.Event) error {
	switch e.Type {
	case "capacity.duties-observed.v1":
		return on(e, func(d staffing.DutiesChanged) error { l.heard[d.Employee] = d; return nil })
	case "capacity.load-observed.v1":
		return on(e, func(x booking.LoadChanged) error { l.loads[place{x.Centre, x.Day}] = x; return nil })
	case capacity.TypeOfferingChanged:
		return on(e, func(o capacity.OfferingChanged) error {
			p := place{o.Centre, o.Day}
			if l.counters[p] == nil {
				l.counters[p] = map[int64]int{}
			}
			if before := l.offerings[p].Version; o.Version != before+1 {
				return wrong("the offering of %s on %s: version %d follows %d", o.Centre, o.Day, o.Version, before)
			}
			l.counters[p][o.Version] = len(o.Lines)
			l.offerings[p] = o
			return nil
		})
	case capacity.TypeProposalDrafted:
		return on(e, l.drafted)
	case capacity.TypeProposalApproved:
		return on(e, func(a capacity.ProposalApproved) error {
			l.seen["approved"]++
			for _, move := range a.Added {
				l.trips[move.Deployment] = &trip{Move: move, proposal: a.Proposal}
			}
			for _, d := range a.Deployments {
				if l.trips[d] == nil {
					return wrong("deployment %s is approved and was never proposed", d)
				}
				l.trips[d].approved = true
			}
			return l.becomes(a.Proposal, "approved", "drafted")
		})
	case capacity.TypeProposalApplied:
		return on(e, func(a capacity.ProposalApplied) error { return l.becomes(a.Proposal, "applied", "approved") })
	case capacity.TypeProposalRejected:
		return on(e, func(a capacity.ProposalRejected) error { return l.becomes(a.Proposal, "rejected", "drafted") })
	case capacity.TypeProposalSuperseded:
		return on(e, func(a capacity.ProposalSuperseded) error { return l.becomes(a.Proposal, "superseded", "drafted") })
	case capacity.TypeProposalExpired:
		return on(e, func(a capacity.ProposalExpired) error { return l.becomes(a.Proposal, "expired", "drafted") })
	case capacity.TypeProposalUndone:
		return on(e, func(a capacity.ProposalUndone) error {
			l.seen["undone"]++
			return l.becomes(a.Proposal, "undone", "approved", "applied")
		})
	case "capacity.giver-closing.v1":
		return on(e, func(c struct {
			Deployment id.Deployment
			Before     day.Minutes `json:"uncovered_before"`
		}) error {
			l.before[c.Deployment] = c.Before
			return nil
		})
	case capacity.TypeDeploymentRequested:
		return on(e, l.giverFirst)
	case capacity.TypeDeploymentWithdrawn:
		return on(e, func(w capacity.DeploymentWithdrawn) error { return l.over(w.Deployment) })
	case "capacity.move-refused.v1", "capacity.move-cancelled.v1":
		// Capacity's log is read before staffing's: what capacity asks for next rests
		// on what it has heard.
		return on(e, func(x struct{ Deployment id.Deployment }) error { return l.over(x.Deployment) })
	}
	return nil
}

// becomes moves a proposal from one of the states that may come before.
func (l *ledger) becomes(p id.Proposal, to string, from ...string) error {
	was := l.state[p]
	l.state[p] = to
	for _, f := range from {
		if was == f {
			return nil
		}
	}
	return wrong("proposal %s is %s after it was %q", p, to, was)
}

func (l *ledger) drafted(d capacity.ProposalDrafted) error {
	if l.state[d.Proposal] != "" {
		return wrong("proposal %s is drafted twice", d.Proposal)
	}
	l.seen["drafted"]++
	l.state[d.Proposal] = "drafted"
	l.order = append(l.order, d.Proposal)
	l.drafts[d.Proposal] = d
	for _, move := range d.Moves {
		l.trips[move.Deployment] = &trip{Move: move, proposal: d.Proposal}
		if err := l.allowed(move); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) ofBooking(e eventlog.Event) error {
	switch e.Type {
	case "booking.offering-adopted.v1":
		return on(e, func(o adopted) error {
			p := place{o.Centre, o.Day}
			if before := l.adopted[p].Version; o.Version <= before {
				return wrong("booking goes by offering %d of %s on %s after %d", o.Version, o.Centre, o.Day, before)
			}
			l.adopted[p], l.dirty[p] = o, true
			return nil
		})
	case "booking.hold-placed.v1":
		return on(e, l.holdPlaced)
	case "booking.hold-extended.v1":
		return on(e, func(x struct {
			Hold    string
			Expires time.Time
		}) error {
			h := l.holds[x.Hold]
			h.expires = x.Expires
			l.holds[x.Hold] = h
			return nil
		})
	case "booking.hold-ended.v1":
		return on(e, func(x struct{ Hold, Why string }) error {
			l.seen["hold "+x.Why]++
			delete(l.holds, x.Hold)
			return nil
		})
	case "booking.appointment-detailed.v1":
		return on(e, func(x struct{ Hold string }) error { delete(l.holds, x.Hold); return nil })
	case booking.TypeLoadChanged:
		return on(e, func(x booking.LoadChanged) error { l.told[place{x.Centre, x.Day}] = x; return nil })
	}
	return l.ofAppointment(e)
}

func (l *ledger) holdPlaced(x struct {
	Hold    string        `json:"hold"`
	Centre  id.Centre     `json:"centre"`
	Day     day.Day       `json:"day"`
	Skill   id.Skill      `json:"skill"`
	Minutes day.Minutes   `json:"minutes"`
	At      day.TimeOfDay `json:"at"`
	Expires time.Time     `json:"expires"`
}) error {
	p := place{x.Centre, x.Day}
	l.holds[x.Hold] = hold{p, x.At, x.Minutes, x.Skill, x.Expires}
	l.dirty[p] = true
	l.seen["held"]++
	return nil
}

func (l *ledger) ofAppointment(e eventlog.Event) error {
	switch e.Type {
	case booking.TypeAppointmentBooked:
		return on(e, func(x booking.AppointmentBooked) error {
			if l.appointments[x.Appointment] != nil {
				return wrong("appointment %s is booked twice", x.Appointment)
			}
			l.appointments[x.Appointment] = &appointment{Place: x.Place, skill: x.Skill}
			l.booked = append(l.booked, x.Appointment)
			l.dirty[place{x.Centre, x.Day}] = true
			l.seen["booked"]++
			return nil
		})
	case booking.TypeAppointmentMoved:
		return on(e, func(x booking.AppointmentMoved) error {
			a, err := l.alive(x.Appointment)
			if err != nil {
				return err
			}
			if !l.m.clients.moving[x.Appointment] {
				return wrong("appointment %s is moved and nobody has asked for it", x.Appointment)
			}
			l.dirty[place{a.Centre, a.Day}], l.dirty[place{x.To.Centre, x.To.Day}] = true, true
			a.Place, a.atRisk = x.To, false
			l.seen["moved"]++
			return nil
		})
	case booking.TypeAppointmentCancelled, booking.TypeAppointmentKept, booking.TypeAppointmentMissed:
		return on(e, func(x booking.AppointmentEnded) error {
			a, err := l.alive(x.Appointment)
			if err != nil {
				return err
			}
			if !l.m.clients.ending[x.Appointment] {
				return wrong("appointment %s ends (%s) and nobody has asked for it", x.Appointment, e.Type)
			}
			a.ended, a.kept = true, e.Type == booking.TypeAppointmentKept
			a.atRisk = false
			l.seen["ended"]++
			return nil
		})
	case booking.TypeAppointmentAtRisk, booking.TypeAppointmentSecured:
		return on(e, func(x booking.AppointmentEnded) error {
			a, err := l.alive(x.Appointment)
			if err != nil {
				return err
			}
			if a.atRisk = e.Type == booking.TypeAppointmentAtRisk; a.atRisk {
				l.seen["at risk"]++
			}
			l.dirty[place{a.Centre, a.Day}] = true
			return nil
		})
	}
	return nil
}

// alive finds an appointment; who speaks of one that never was, or that is over,
// has lost something.
func (l *ledger) alive(a id.Appointment) (*appointment, error) {
	switch x := l.appointments[a]; {
	case x == nil:
		return nil, wrong("appointment %s is spoken of and was never booked", a)
	case x.ended:
		return nil, wrong("appointment %s goes on after its end", a)
	default:
		return x, nil
	}
}
