package world_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

type place struct {
	centre id.Centre
	day    day.Day
}

func comparePlaces(a, b place) int {
	if a.centre != b.centre {
		return strings.Compare(string(a.centre), string(b.centre))
	}
	return int(a.day - b.day)
}

// gauge is one lead time.
type gauge struct {
	district id.District
	skill    id.Skill
}

// appointment is what a citizen was promised.
type appointment struct {
	booking.Place
	skill  id.Skill
	atRisk bool
	ended  bool
}

// trip is one move of a proposal and how far it is.
type trip struct {
	capacity.Move
	proposal  id.Proposal
	index     int // from 1
	approved  bool
	requested bool
	ordered   bool
	over      bool // refused, cancelled or withdrawn
}

// known is what can be known of the city from what its services say.
type known struct {
	offerings map[place]capacity.OfferingChanged
	slots     map[place]booking.SlotsChanged
	loads     map[place]booking.LoadChanged
	leads     map[gauge]capacity.LeadTimeMeasured
}

func (k known) clone() known {
	return known{maps.Clone(k.offerings), maps.Clone(k.slots), maps.Clone(k.loads), maps.Clone(k.leads)}
}

// ledger folds everything that is said in public, keeps what a block has
// changed, and holds the city to what must never happen.
type ledger struct {
	c *city
	known
	before known // at the beginning of the block
	story  []events.Event

	duties       map[id.Employee]staffing.DutiesChanged
	heard        map[id.Employee]staffing.DutiesChanged // by capacity, when staffing became slow to reach it
	versions     map[place]map[int64]int                // counters on offer by version
	appointments map[id.Appointment]*appointment
	drafts       map[id.Proposal]capacity.ProposalDrafted
	order        []id.Proposal
	trips        map[id.Deployment]*trip
	damages      map[string]string // cause → as told last
	suggested    map[string]bool   // told before
}

func newLedger(c *city) *ledger {
	l := &ledger{c: c, duties: map[id.Employee]staffing.DutiesChanged{}, versions: map[place]map[int64]int{},
		appointments: map[id.Appointment]*appointment{}, drafts: map[id.Proposal]capacity.ProposalDrafted{},
		trips: map[id.Deployment]*trip{}, damages: map[string]string{}, suggested: map[string]bool{},
		known: known{map[place]capacity.OfferingChanged{}, map[place]booking.SlotsChanged{}, map[place]booking.LoadChanged{}, map[gauge]capacity.LeadTimeMeasured{}}}
	l.before = l.clone()
	return l
}

// hear takes one event in.
func (l *ledger) hear(_ events.Envelope, event events.Event) {
	switch e := event.(type) {
	case staffing.DutiesChanged:
		l.onePlaceADay(e)
		l.duties[e.Employee] = e
	case capacity.OfferingChanged:
		p := place{e.Centre, e.Day}
		if l.versions[p] == nil {
			l.versions[p] = map[int64]int{}
		}
		l.versions[p][e.Version] = len(e.Lines)
		if e.Tentative {
			l.story = append(l.story, e)
		}
		l.offerings[p] = e
	case booking.SlotsChanged:
		l.slots[place{e.Centre, e.Day}] = e
	case booking.LoadChanged:
		l.loads[place{e.Centre, e.Day}] = e
	case capacity.LeadTimeMeasured:
		l.leads[gauge{e.District, e.Skill}] = e
	case capacity.ProposalDrafted:
		l.drafted(e)
	case capacity.DeploymentRequested:
		l.giverFirst(e)
	}
	l.hearAppointment(event)
	l.hearAnswer(event)
	switch event.(type) {
	case capacity.ProposalDrafted, capacity.ProposalApproved, capacity.ProposalRejected, capacity.ProposalSuperseded,
		capacity.ProposalExpired, capacity.ProposalApplied, capacity.ProposalUndone, capacity.DeploymentRequested, capacity.DeploymentWithdrawn,
		capacity.PromiseAtRisk, capacity.PromiseRestored, staffing.DeploymentOrdered, staffing.DeploymentRefused, staffing.DeploymentCancelled:
		l.story = append(l.story, event)
	}
}

func (l *ledger) hearAppointment(event events.Event) {
	switch e := event.(type) {
	case booking.AppointmentBooked:
		if l.appointments[e.Appointment] != nil {
			l.wrong("appointment %s is booked twice", e.Appointment)
		}
		l.appointments[e.Appointment] = &appointment{Place: e.Place, skill: e.Skill}
	case booking.AppointmentMoved:
		l.appointment(e.Appointment).Place = e.To
	case booking.AppointmentCancelled:
		l.ended(e.AppointmentEnded)
	case booking.AppointmentKept:
		l.ended(e.AppointmentEnded)
	case booking.AppointmentMissed:
		l.ended(e.AppointmentEnded)
	case booking.AppointmentAtRisk:
		l.appointment(e.Appointment).atRisk = true
	case booking.AppointmentSecured:
		l.appointment(e.Appointment).atRisk = false
	}
}

// appointment finds one; who speaks of an unknown one has lost its booking.
func (l *ledger) appointment(a id.Appointment) *appointment {
	if l.appointments[a] == nil {
		l.wrong("appointment %s is spoken of and was never booked", a)
		l.appointments[a] = &appointment{}
	}
	return l.appointments[a]
}

func (l *ledger) ended(e booking.AppointmentEnded) {
	a := l.appointment(e.Appointment)
	if a.ended {
		l.wrong("appointment %s ends twice", e.Appointment)
	}
	a.ended = true
}

// hearAnswer follows the moves of proposals.
func (l *ledger) hearAnswer(event events.Event) {
	at := func(d id.Deployment) *trip {
		if l.trips[d] == nil {
			l.wrong("deployment %s is spoken of and no proposal has it", d)
			return &trip{}
		}
		return l.trips[d]
	}
	switch e := event.(type) {
	case capacity.ProposalApproved:
		for _, d := range e.Deployments {
			at(d).approved = true
		}
	case capacity.DeploymentRequested:
		at(e.Deployment).requested = true
	case staffing.DeploymentOrdered:
		if t := at(e.Deployment); !t.requested {
			l.wrong("%s is ordered and was not requested", l.moveName(e.Deployment))
		}
		at(e.Deployment).ordered = true
	case staffing.DeploymentRefused:
		at(e.Deployment).over = true
	case staffing.DeploymentCancelled:
		at(e.Deployment).over = true
	case capacity.DeploymentWithdrawn:
		at(e.Deployment).over = true
	}
}

func (l *ledger) drafted(e capacity.ProposalDrafted) {
	if _, twice := l.drafts[e.Proposal]; !twice {
		l.order = append(l.order, e.Proposal)
	}
	l.drafts[e.Proposal] = e
	for i, m := range e.Moves {
		l.trips[m.Deployment] = &trip{Move: m, proposal: e.Proposal, index: i + 1}
		l.allowed(m)
	}
}

func (l *ledger) proposal(n int) (id.Proposal, error) {
	if n < 1 || n > len(l.order) {
		return "", fmt.Errorf("there is no proposal %d: %d were drafted", n, len(l.order))
	}
	return l.order[n-1], nil
}

// move finds one of a proposal, from 1.
func (l *ledger) move(p id.Proposal, n int) (capacity.Move, error) {
	moves := l.drafts[p].Moves
	if n < 1 || n > len(moves) {
		return capacity.Move{}, fmt.Errorf("%s has %d moves", l.proposalName(p), len(moves))
	}
	return moves[n-1], nil
}

func (l *ledger) proposalName(p id.Proposal) string {
	return fmt.Sprintf("proposal %d", slices.Index(l.order, p)+1)
}

func (l *ledger) moveName(d id.Deployment) string {
	t := l.trips[d]
	if t == nil {
		return "a move unheard of"
	}
	return fmt.Sprintf("move %d of %s", t.index, l.proposalName(t.proposal))
}

// plain replaces ids, which change whenever a log changes, by names.
func (l *ledger) plain(text string) string {
	for _, d := range slices.Backward(slices.Sorted(maps.Keys(l.trips))) {
		text = strings.ReplaceAll(text, string(d), l.moveName(d))
	}
	byLength := slices.Clone(l.order)
	slices.SortFunc(byLength, func(a, b id.Proposal) int { return len(b) - len(a) })
	for _, p := range byLength {
		text = strings.ReplaceAll(text, string(p), l.proposalName(p))
	}
	return text
}

// cause says in words what an id of an HR event stands for.
func (l *ledger) cause(c string) string {
	if says, known := l.c.causes[c]; known {
		return says
	}
	if strings.Count(c, "-") == 4 && len(c) == 36 {
		return "an event of the services"
	}
	if c == capacity.Reoptimisation {
		return "the planning of the whole city anew"
	}
	return c
}
