package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	eventsbooking "github.com/lotse-hamburg/lotse/events/booking"
	eventscapacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/simulation/agenda"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
	"github.com/lotse-hamburg/lotse/services/world"
)

// City is what is simulated: a network, its people and their rosters.
type City struct {
	Network capacity.Network
	// Staff is the body of staffing's POST /v1/imports/staff.
	Staff  json.RawMessage
	People []Person
	Zone   *time.Location
}

// Options of a run.
type Options struct {
	City     City
	Scenario scenario.Scenario
	Seed     uint64
	Policy   Policy
	// Progress is told after each day; nil: nobody listens.
	Progress func(done, days int)
}

// beat is how often the services have their turn while nothing urgent happens:
// what was said by then is heard by then.
const (
	beat = time.Hour
	hour = time.Hour
	// told is how often a centre-day's slots and load are said at most while people
	// book: frontends, for whom they are said ten times a second, are not simulated.
	// A new offering is answered at once.
	told = 2 * time.Hour
	// keep is for how long logs keep what everybody has read.
	keep = 4 * 24 * time.Hour
)

type capacityNetwork = capacity.Network

// run is one city under one policy.
type run struct {
	Options
	ctx    context.Context
	world  *world.World
	agenda *agenda.Agenda
	demand *demand
	days   day.Period // simulated, the warm-up included

	booked  map[id.Appointment]*visit
	tally   tally
	pending map[id.Proposal]bool // drafted, and a planner will look
	asked   int                  // planners, so far
	urgent  bool                 // the services have something to say at once
	number  int                  // of HR's messages and contacts
	queue   []func() error       // what follows from what was heard
	// seconded is who is sent by hand; nil: nobody.
	seconded *secondments

	network capacityNetwork                 // as it was applied last
	roster  roster                          // as it was imported first
	homes   map[id.Centre]int               // people
	walkins map[place][]eventscapacity.Line // counters set aside
}

// visit is an appointment as its citizen remembers it.
type visit struct {
	request
	on     day.Day // booked
	day    day.Day
	at     day.TimeOfDay
	risk   bool
	served bool
}

// Run simulates a city from the scenario's first day to its last.
func Run(ctx context.Context, o Options) (*Result, error) {
	if err := o.Scenario.Validate(); err != nil {
		return nil, fmt.Errorf("scenario %s: %w", o.Scenario.Name, err)
	}
	o.City = o.Policy.City(o.City)
	s := &o.Scenario
	r := &run{Options: o, ctx: ctx, booked: map[id.Appointment]*visit{}, pending: map[id.Proposal]bool{},
		homes: map[id.Centre]int{}, walkins: map[place][]eventscapacity.Line{},
		days:   day.Period{From: s.From - day.Day(s.WarmUp), Until: s.From + day.Day(s.Days)},
		demand: newDemand(o.Seed, s, o.City.Network.Districts, o.City.Network.Services)}
	r.demand.begins = r.days.From
	r.City = o.City.known(s)
	begin := r.days.From.At(0, o.City.Zone)
	r.agenda = agenda.New(begin)
	r.tally.init(r)
	if o.Policy.book != nil {
		return r.foresee()
	}
	cfg := capacity.DefaultConfig()
	cfg.OfferingPace, cfg.Planning, cfg.Terse = 0, o.Policy.Plans(), true
	cfg.NightDraws, cfg.AnswerDraws = s.Work.NightDraws, s.Work.AnswerDraws
	desks := booking.DefaultConfig()
	desks.PublishEvery = told
	var err error
	if r.world, err = world.New(ctx, world.Options{Start: begin, Seed: o.Seed, Capacity: cfg, Booking: desks, Heard: r.hear, Wants: r.wants, Keep: keep}); err != nil {
		return nil, err
	}
	if err := r.furnish(); err != nil {
		return nil, err
	}
	for on := r.days.From; on < r.days.Until; on++ {
		r.agenda.At(on.At(0, o.City.Zone), "a day begins", func() error { return r.begin(on) })
	}
	r.agenda.Every(beat, "the services' turn", func() (bool, error) { return false, r.turn() })
	r.hrBegins()
	r.specialsBegin()
	if o.Policy.seconds {
		if err := r.secondmentsBegin(); err != nil {
			return nil, err
		}
	}
	for on := r.days.From; on < r.days.Until; on++ {
		if err := r.agenda.Run(ctx, (on+1).At(0, o.City.Zone), r.moved); err != nil {
			return nil, fmt.Errorf("seed %d, policy %s: %w", o.Seed, o.Policy.Name, err)
		}
		if o.Progress != nil {
			o.Progress(int(on-r.days.From)+1, r.days.Days())
		}
	}
	out, err := r.result()
	if err != nil {
		return nil, err
	}
	out.Logs = r.world.Hashes()
	return out, nil
}

// furnish tells the services what the city is.
func (r *run) furnish() error {
	n := r.City.Network
	n.Policy = r.Options.Policy.Rules(n.Policy)
	if _, err := r.world.Capacity.ApplyNetwork(r.ctx, n, false); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	r.network = n
	for _, p := range r.City.People {
		r.homes[p.Home]++
	}
	var err error
	if r.roster, err = rosterOf(r.City.Staff); err != nil {
		return err
	}
	if _, err := r.world.Staffing.ImportStaff(r.ctx, "staff", r.City.Staff); err != nil {
		return fmt.Errorf("staff: %w", err)
	}
	return r.world.Advance(r.ctx, r.agenda.Now())
}

func (r *run) moved(t time.Time) error { r.world.Stand(t); return nil }

// turn lets the services do what is due and hear each other.
func (r *run) turn() error {
	for {
		if err := r.world.Advance(r.ctx, r.agenda.Now()); err != nil {
			return err
		}
		todo := r.queue
		r.queue = nil
		if len(todo) == 0 {
			return nil
		}
		for _, do := range todo {
			if err := do(); err != nil {
				return err
			}
		}
	}
}

// begin a day: its citizens come by and by.
func (r *run) begin(on day.Day) error {
	all := r.demand.requests(on)
	start := r.agenda.Now()
	var next func(i int)
	next = func(i int) {
		if i == len(all) {
			return
		}
		r.agenda.At(start.Add(all[i].at), "a citizen asks", func() error {
			next(i + 1)
			return r.ask(all[i])
		})
	}
	next(0)
	r.tally.beginDay(r, on)
	r.doorsOpen(on)
	return nil
}

// wants says which events the run listens to.
func (r *run) wants(eventType string) bool {
	switch eventType {
	case eventscapacity.TypeLeadTimeMeasured, eventsbooking.TypeAppointmentAtRisk, eventsbooking.TypeAppointmentSecured,
		eventscapacity.TypeProposalDrafted, eventscapacity.TypeProposalExpired, eventscapacity.TypeProposalSuperseded,
		staffing.TypeDeploymentOrdered, staffing.TypeDeploymentCancelled:
		return true
	case eventscapacity.TypeOfferingChanged:
		return r.Scenario.WalkIns.PerDay > 0 && r.City.Network.Policy.WalkInShare > 0
	}
	return false
}

// hear is told all that the services say in public.
func (r *run) hear(_ events.Envelope, event events.Event) {
	switch e := event.(type) {
	case eventscapacity.LeadTimeMeasured:
		r.tally.lead[gauge{e.District, e.Skill}] = e.Days
	case eventsbooking.AppointmentAtRisk:
		r.atRisk(e.Appointment, true)
	case eventsbooking.AppointmentSecured:
		r.atRisk(e.Appointment, false)
	case eventscapacity.OfferingChanged:
		r.offered(e)
	case eventscapacity.ProposalDrafted:
		r.drafted(e)
	case eventscapacity.ProposalSuperseded:
		delete(r.pending, e.Proposal)
	case eventscapacity.ProposalExpired:
		delete(r.pending, e.Proposal)
	case staffing.DeploymentOrdered:
		r.tally.ordered(r, e)
		r.seconded.stands(e.Employee, e.Day, true)
	case staffing.DeploymentCancelled:
		r.tally.cancelled(r, e)
		r.seconded.stands(e.Employee, e.Day, false)
	}
}

func (r *run) atRisk(a id.Appointment, risk bool) {
	v := r.booked[a]
	if v == nil {
		return
	}
	if v.risk = risk; risk && v.accepts < r.Scenario.Citizens.Accepts {
		r.queue = append(r.queue, func() error {
			r.agenda.In(time.Duration(1+v.request.comes*20)*time.Hour, "a citizen takes another slot", func() error { return r.elsewhere(a) })
			return nil
		})
	}
}

// search is what a citizen asks for.
func (r *run) search(q request, from, until day.Day, own bool) (booking.Found, error) {
	s := booking.Search{Service: q.service, Persons: 1, Limit: 3, From: &from, Until: &until}
	if own {
		s.Districts = []id.District{q.district}
	}
	return r.world.Booking.Search(r.ctx, s)
}
