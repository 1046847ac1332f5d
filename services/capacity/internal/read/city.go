// Package read has capacity's read model: the city as it stands, folded from
// the service's own log.
package read

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Place is one centre on one day.
type Place = damage.Place

// PersonDay is one employee on one day.
type PersonDay struct {
	Employee id.Employee
	Day      day.Day
}

// Gauge is where a lead time is measured.
type Gauge struct {
	District id.District
	Skill    id.Skill
}

// Lost is a duty that does not take place.
type Lost struct {
	Cause string
	Duty  observed.Duty
}

// Mark says that something is owed because of a cause, since a log position.
type Mark struct {
	Cause    string
	Position int64
}

// City is the model. Its fields are read inside node.View and never written
// but by Apply; the work queues have their own lock.
type City struct {
	Position  int64
	Today     day.Day // 0 until the first day began
	Centres   map[id.Centre]capacity.Centre
	Policy    capacity.PolicyChanged
	Catalogue capacity.CatalogueChanged
	Measures  map[id.Measure]capacity.MeasureChanged
	Duties    map[id.Employee]observed.DutiesObserved
	// At lists who is on duty at a place.
	At        map[Place]map[id.Employee][]observed.Duty
	Offerings map[Place]capacity.OfferingChanged
	Loads     map[Place]observed.LoadObserved
	Proposals map[id.Proposal]proposal.State
	Order     []id.Proposal // by drafting
	LeadTimes map[Gauge]promise.State
	// Losses are duties lost and not regained; Needs the places where the
	// planner has not looked since; Regained the causes that shrank since.
	Losses   map[Place]map[id.Employee]Lost
	Needs    map[Place]map[string]int64 // cause → position
	Regained map[string]int64
	// Assessed by cause.
	Assessed map[string]damage.Assessed
	// Refused person-days are not proposed again.
	Refused   map[PersonDay]bool
	Withdrawn map[Place]map[id.Employee]id.Deployment
	Causes    map[string]eventlog.Meta
	Audit     []Decision

	work
}

// Decision on a proposal, for the audit trail.
type Decision struct {
	Position int64           `json:"position"`
	At       string          `json:"at"`
	Actor    string          `json:"actor,omitempty"`
	Proposal id.Proposal     `json:"proposal"`
	Decision string          `json:"decision"`
	Reason   string          `json:"reason,omitempty"`
	Moves    []id.Deployment `json:"moves,omitempty"`
}

// NewCity is the empty city.
func NewCity() *City {
	return &City{Centres: map[id.Centre]capacity.Centre{}, Measures: map[id.Measure]capacity.MeasureChanged{},
		Duties: map[id.Employee]observed.DutiesObserved{}, At: map[Place]map[id.Employee][]observed.Duty{},
		Offerings: map[Place]capacity.OfferingChanged{}, Loads: map[Place]observed.LoadObserved{},
		Proposals: map[id.Proposal]proposal.State{}, LeadTimes: map[Gauge]promise.State{},
		Losses: map[Place]map[id.Employee]Lost{}, Needs: map[Place]map[string]int64{}, Regained: map[string]int64{},
		Assessed: map[string]damage.Assessed{}, Refused: map[PersonDay]bool{},
		Withdrawn: map[Place]map[id.Employee]id.Deployment{}, Causes: map[string]eventlog.Meta{},
		work: work{dirty: map[Place]*Dirty{}, districts: map[id.District]eventlog.Meta{}}}
}

// Apply folds one event.
func (c *City) Apply(stored eventlog.Event, event decider.Event) {
	c.Position = stored.Position
	switch e := event.(type) {
	case capacity.CentreChanged:
		if e.Removed {
			delete(c.Centres, e.ID)
		} else {
			c.Centres[e.ID] = e.Centre
		}
		c.touchCentre(e.ID, stored.Meta)
	case capacity.CatalogueChanged:
		c.Catalogue = e
		c.touchAll(stored.Meta)
	case capacity.PolicyChanged:
		c.Policy = e
		c.touchAll(stored.Meta)
	case capacity.MeasureChanged:
		c.Measures[e.ID] = e
		c.touchCentre(e.Centre, stored.Meta)
	case calendar.Began:
		c.begin(e.Day, stored.Meta)
	case observed.DutiesObserved:
		c.duties(stored, e)
	case observed.LoadObserved:
		c.Loads[Place{Centre: e.Centre, Day: e.Day}] = e
		c.touchDistrict(e.Centre, stored.Meta)
	case capacity.OfferingChanged:
		c.Offerings[Place{Centre: e.Centre, Day: e.Day}] = e
	case capacity.LeadTimeMeasured:
		g := Gauge{e.District, e.Skill}
		c.LeadTimes[g] = promise.Decider.Evolve(c.LeadTimes[g], e)
	case capacity.PromiseAtRisk:
		g := Gauge{e.District, e.Skill}
		c.LeadTimes[g] = promise.Decider.Evolve(c.LeadTimes[g], e)
	case capacity.PromiseRestored:
		g := Gauge{e.District, e.Skill}
		c.LeadTimes[g] = promise.Decider.Evolve(c.LeadTimes[g], e)
	case damage.Assessed:
		c.assessed(e)
	default:
		if p, ok := strings.CutPrefix(stored.Stream, "proposal-"); ok {
			c.proposal(stored, id.Proposal(p), event)
		}
	}
}

// Horizon is the period for which the city offers slots.
func (c *City) Horizon() day.Period {
	return day.Period{From: c.Today, Until: c.Today + day.Day(c.Policy.HorizonDays)}
}

// begin makes a day today; what is new in the horizon is touched, what lies
// behind is forgotten.
func (c *City) begin(d day.Day, meta eventlog.Meta) {
	from := c.Horizon().Until
	first := c.Today == 0
	c.Today = d
	if first {
		from = d
	}
	for _, k := range c.CentreIDs() {
		for x := max(from, d); x < c.Horizon().Until; x++ {
			c.touch(Place{Centre: k, Day: x}, meta, "")
		}
		c.touchDistrict(k, meta)
	}
	for p := range c.Losses {
		if p.Day < d {
			delete(c.Losses, p)
		}
	}
	for p := range c.Needs {
		if p.Day < d {
			delete(c.Needs, p)
		}
	}
	for p := range c.Withdrawn {
		if p.Day < d {
			delete(c.Withdrawn, p)
		}
	}
	for p := range c.Refused {
		if p.Day < d {
			delete(c.Refused, p)
		}
	}
	for p := range c.Loads {
		if p.Day < d {
			delete(c.Loads, p)
		}
	}
	for p := range c.Offerings {
		if p.Day < d {
			delete(c.Offerings, p)
		}
	}
	for p := range c.At {
		if p.Day < d {
			delete(c.At, p)
		}
	}
}

// CentreIDs lists the centres, sorted.
func (c *City) CentreIDs() []id.Centre {
	all := make([]id.Centre, 0, len(c.Centres))
	for k := range c.Centres {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// byDay groups duties.
func byDay(duties []observed.Duty) map[day.Day][]observed.Duty {
	m := make(map[day.Day][]observed.Duty, len(duties))
	for _, d := range duties {
		m[d.Day] = append(m[d.Day], d)
	}
	return m
}

func minutes(duties []observed.Duty) (m day.Minutes) {
	for _, d := range duties {
		m += d.Minutes()
	}
	return m
}

// duties takes in an employee's new duties: places that change are touched,
// presence lost or regained is noted with its cause.
func (c *City) duties(stored eventlog.Event, e observed.DutiesObserved) {
	old, known := c.Duties[e.Employee]
	c.Duties[e.Employee] = e
	was, is := byDay(old.Duties), byDay(e.Duties)
	other := !slices.Equal(old.Skills, e.Skills)
	days := make([]day.Day, 0, len(is)+len(was))
	for d := range was {
		days = append(days, d)
	}
	for d := range is {
		if _, twice := was[d]; !twice {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	cause := stored.Meta.CorrelationID
	for _, d := range days {
		if !e.Horizon.Contains(d) || d < c.Today {
			if !e.Horizon.Contains(d) && len(is[d]) == 0 {
				continue // rolled out of the horizon, not taken off duty
			}
		}
		if !other && slices.EqualFunc(was[d], is[d], sameDuty) {
			continue
		}
		named := ""
		if known {
			named = cause
		}
		for _, x := range was[d] {
			p := Place{Centre: x.Centre, Day: d}
			if delete(c.At[p], e.Employee); len(c.At[p]) == 0 {
				delete(c.At, p)
			}
			c.touch(p, stored.Meta, named)
		}
		for _, x := range is[d] {
			p := Place{Centre: x.Centre, Day: d}
			if c.At[p] == nil {
				c.At[p] = map[id.Employee][]observed.Duty{}
			}
			c.At[p][e.Employee] = append(c.At[p][e.Employee], x)
			c.touch(p, stored.Meta, named)
		}
		if known {
			c.compare(stored, e.Employee, was[d], is[d])
		}
	}
}

func sameDuty(a, b observed.Duty) bool {
	return a.Centre == b.Centre && a.Span == b.Span && a.Deployment == b.Deployment && slices.Equal(a.Breaks, b.Breaks)
}

// compare notes what one day of one employee loses or regains. Whoever works
// as long elsewhere is moved, not lost.
func (c *City) compare(stored eventlog.Event, e id.Employee, was, is []observed.Duty) {
	before, after := minutes(was), minutes(is)
	if after < before {
		p := Place{Centre: was[0].Centre, Day: was[0].Day}
		if c.Losses[p] == nil {
			c.Losses[p] = map[id.Employee]Lost{}
		}
		if _, already := c.Losses[p][e]; !already {
			c.Losses[p][e] = Lost{stored.Meta.CorrelationID, was[0]}
		}
		c.Causes[stored.Meta.CorrelationID] = stored.Meta
		c.need(p, stored.Meta.CorrelationID, stored.Position)
		return
	}
	if after == before {
		return
	}
	for _, x := range is {
		for p, lost := range c.lossesOf(e, x.Day) {
			if after < lost.Duty.Minutes() {
				continue
			}
			delete(c.Losses[p], e)
			if len(c.Losses[p]) == 0 {
				delete(c.Losses, p)
			}
			if n := c.Needs[p]; n != nil && !c.stillLost(p, lost.Cause) {
				if delete(n, lost.Cause); len(n) == 0 {
					delete(c.Needs, p)
				}
			}
			c.Regained[lost.Cause] = stored.Position
		}
	}
}

func (c *City) stillLost(p Place, cause string) bool {
	for _, l := range c.Losses[p] {
		if l.Cause == cause {
			return true
		}
	}
	return false
}

// lossesOf finds where an employee is missed on a day.
func (c *City) lossesOf(e id.Employee, d day.Day) map[Place]Lost {
	found := map[Place]Lost{}
	for k := range c.Centres {
		p := Place{Centre: k, Day: d}
		if l, ok := c.Losses[p][e]; ok {
			found[p] = l
		}
	}
	return found
}

func (c *City) need(p Place, cause string, position int64) {
	if p.Day < c.Today {
		return
	}
	if c.Needs[p] == nil {
		c.Needs[p] = map[string]int64{}
	}
	c.Needs[p][cause] = position
}

// assessed settles the marks of a cause up to a position.
func (c *City) assessed(e damage.Assessed) {
	c.Assessed[e.Cause] = e
	for p, n := range c.Needs {
		if at, ok := n[e.Cause]; ok && at <= e.Position {
			if delete(n, e.Cause); len(n) == 0 {
				delete(c.Needs, p)
			}
		}
	}
	if at, ok := c.Regained[e.Cause]; ok && at <= e.Position {
		delete(c.Regained, e.Cause)
	}
}

// NextCause is the cause that has waited longest for the planner, with the
// places it hurt; ok is false when none waits.
func (c *City) NextCause() (cause string, places []Place, ok bool) {
	first := int64(0)
	better := func(s string, at int64) {
		if !ok || at < first || at == first && s < cause {
			cause, first, ok = s, at, true
		}
	}
	for _, n := range c.Needs {
		for s, at := range n {
			better(s, at)
		}
	}
	for s, at := range c.Regained {
		better(s, at)
	}
	for p, n := range c.Needs {
		if _, hurt := n[cause]; hurt {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, ComparePlaces)
	return cause, places, ok
}

// ComparePlaces orders by day, then centre.
func ComparePlaces(a, b Place) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Centre, b.Centre))
}

// MeasuresOf lists the measures of a centre that are in the books, by id.
func (c *City) MeasuresOf(k id.Centre) []capacity.Measure {
	var all []capacity.Measure
	for _, m := range c.Measures {
		if m.Centre == k {
			all = append(all, m.Measure)
		}
	}
	slices.SortFunc(all, func(a, b capacity.Measure) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Opening is when a centre serves on a day.
func (c *City) Opening(k id.Centre, d day.Day) []day.Span {
	centre, ok := c.Centres[k]
	if !ok {
		return nil
	}
	return network.Opening(centre, c.MeasuresOf(k), c.Policy.Holidays, d)
}

// Offer computes the lines of a place from who is on duty, less those being
// withdrawn; tentative says that such a withdrawal is under way.
func (c *City) Offer(p Place) (lines []capacity.Line, tentative bool) {
	var present []offering.Presence
	for e, duties := range c.At[p] {
		if _, gone := c.Withdrawn[p][e]; gone {
			tentative = true
			continue
		}
		for _, d := range duties {
			present = append(present, offering.Presence{Employee: e, Span: d.Span, Breaks: d.Breaks, Skills: c.Duties[e].Skills})
		}
	}
	return offering.Lines(present, c.Opening(p.Centre, p.Day), offering.Rules{WalkInShare: c.Policy.WalkInShare,
		ExpressCounters: c.Policy.ExpressCounters, ExpressSkills: offering.ExpressSkills(c.Catalogue.Services)}), tentative
}

// proposal folds an event of a proposal and what follows for places.
func (c *City) proposal(stored eventlog.Event, pid id.Proposal, event decider.Event) {
	s, known := c.Proposals[pid]
	if !known {
		c.Order = append(c.Order, pid)
	}
	s = proposal.Evolve(s, event)
	c.Proposals[pid] = s
	for _, m := range s.Moves {
		p := Place{Centre: m.From, Day: m.Day}
		switch {
		case m.Withdraws() && c.Withdrawn[p][m.Employee] != m.Deployment && m.Day >= c.Today:
			if c.Withdrawn[p] == nil {
				c.Withdrawn[p] = map[id.Employee]id.Deployment{}
			}
			c.Withdrawn[p][m.Employee] = m.Deployment
			c.touch(p, stored.Meta, "")
		case !m.Withdraws() && c.Withdrawn[p][m.Employee] == m.Deployment && c.Withdrawn[p] != nil:
			if delete(c.Withdrawn[p], m.Employee); len(c.Withdrawn[p]) == 0 {
				delete(c.Withdrawn, p)
			}
			c.touch(p, stored.Meta, "")
		}
	}
	switch e := event.(type) {
	case proposal.Refused:
		c.unanswered(s, e.Deployment, stored.Position)
	case proposal.Failed:
		c.unanswered(s, e.Deployment, stored.Position)
	case capacity.ProposalSuperseded:
		for _, l := range s.Details.Losses {
			c.again(Place(l), stored.Position)
		}
		c.decided(stored, pid, "superseded", e.Reason, nil)
	case capacity.ProposalDrafted:
		c.decided(stored, pid, "drafted", "", nil)
	case capacity.ProposalApproved:
		c.decided(stored, pid, "approved", "", e.Deployments)
	case capacity.ProposalRejected:
		c.decided(stored, pid, "rejected", e.Reason, nil)
	case capacity.ProposalExpired:
		c.decided(stored, pid, "expired", "", nil)
	case capacity.ProposalApplied:
		c.decided(stored, pid, "applied", "", e.Ordered)
	case capacity.ProposalUndone:
		c.decided(stored, pid, "undone", e.Reason, e.Deployments)
		for _, m := range s.Moves {
			c.Refused[PersonDay{m.Employee, m.Day}] = true
		}
	}
}

// unanswered: a move will not happen; what it was to mend is planned again
// without it.
func (c *City) unanswered(s proposal.State, d id.Deployment, position int64) {
	m := s.Moves[s.Find(d)]
	c.Refused[PersonDay{m.Employee, m.Day}] = true
	c.again(Place{Centre: m.To, Day: m.Day}, position)
}

// again marks a place for the planner if people are still missed there.
func (c *City) again(p Place, position int64) {
	for _, l := range c.Losses[p] {
		c.need(p, l.Cause, position)
	}
}

func (c *City) decided(stored eventlog.Event, p id.Proposal, what, why string, moves []id.Deployment) {
	c.Audit = append(c.Audit, Decision{stored.Position, stored.Meta.Time.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		stored.Meta.Actor, p, what, why, moves})
}

// work is what the reactors owe and may take without the node's write lock.
type work struct {
	mu        sync.Mutex
	dirty     map[Place]*Dirty
	districts map[id.District]eventlog.Meta
	seq       int64
}

// Dirty is a place whose offering must be computed again.
type Dirty struct {
	Place
	Since  int64 // order of marking
	Causes []string
	Meta   eventlog.Meta // of the newest reason
}
