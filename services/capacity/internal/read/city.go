// Package read has capacity's read model: the city as it stands, folded from
// the service's own log.
package read

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/overhaul"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/suggestion"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/asked"
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

// Lost is a duty that does not take place, as was heard On a day.
type Lost struct {
	Cause string
	Duty  observed.Duty
	On    day.Day
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
	Refused map[PersonDay]bool
	// Spent places gave nobody without uncovering appointments, with that many
	// minutes booked.
	Spent map[Place]day.Minutes
	// Withdrawn are leaving, or are asked to.
	Withdrawn map[Place]map[id.Employee]Withdrawal
	Causes    map[string]eventlog.Meta
	Audit     []Decision
	// Policies are the versions of the policy, as many as are remembered.
	Policies []PolicyVersion
	// Recheck names open proposals that something has happened to, with the log
	// position of it.
	Recheck map[id.Proposal]int64
	// Away are the days behind, of the last half year, that employees have spent at
	// another centre than their own, in order.
	Away map[id.Employee][]day.Day
	// Overhaul is the last that began. Suggestions are those of the last that
	// ended, and those taken up, until they are over.
	Overhaul overhaul.State
	// Remeasured is the log position of the newest measure of days to come that no
	// overhaul has looked at yet; 0: none.
	Remeasured  int64
	Suggestions map[string]suggestion.State
	// Asked is what citizens are expected to ask for: of a city that stands still
	// only, see Expect.
	Asked *asked.Expected

	counts    *asked.Counts
	decisions map[id.Proposal][]int // indices in Audit
	edited    network.PolicyEdited
	rules     network.PolicyState

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
	// Dropped and Added are what a planner changed of it; Added are among Moves.
	Dropped []id.Deployment `json:"dropped,omitempty"`
	Added   []id.Deployment `json:"added,omitempty"`
	// Automatic: the guardrails approved it.
	Automatic bool      `json:"automatic,omitempty"`
	Time      time.Time `json:"-"`
}

// NewCity is the empty city.
func NewCity() *City {
	return &City{Centres: map[id.Centre]capacity.Centre{}, Measures: map[id.Measure]capacity.MeasureChanged{},
		Duties: map[id.Employee]observed.DutiesObserved{}, At: map[Place]map[id.Employee][]observed.Duty{},
		Offerings: map[Place]capacity.OfferingChanged{}, Loads: map[Place]observed.LoadObserved{},
		Proposals: map[id.Proposal]proposal.State{}, LeadTimes: map[Gauge]promise.State{},
		Losses: map[Place]map[id.Employee]Lost{}, Needs: map[Place]map[string]int64{}, Regained: map[string]int64{},
		Assessed: map[string]damage.Assessed{}, Refused: map[PersonDay]bool{}, Spent: map[Place]day.Minutes{},
		Withdrawn: map[Place]map[id.Employee]Withdrawal{}, Causes: map[string]eventlog.Meta{},
		Recheck: map[id.Proposal]int64{}, Away: map[id.Employee][]day.Day{}, Suggestions: map[string]suggestion.State{}, counts: &asked.Counts{}, decisions: map[id.Proposal][]int{},
		work: work{dirty: map[Place]*Dirty{}, taken: map[Place]int{}, districts: map[id.District]eventlog.Meta{}}}
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
	case network.PolicyEdited:
		c.edited, c.rules = e, network.Policy.Evolve(c.rules, e)
	case network.PolicyFiled:
		c.rules = network.Policy.Evolve(c.rules, e)
	case capacity.PolicyChanged:
		c.policy(stored, e)
		c.touchAll(stored.Meta)
	case capacity.MeasureChanged:
		c.Measures[e.ID] = e
		c.touchCentre(e.Centre, stored.Meta)
		if len(c.Duties) > 0 && e.Period.Meet(c.Horizon()).Days() > 0 {
			c.Remeasured = stored.Position
		}
	case calendar.Began:
		c.begin(e.Day, stored.Meta)
	case observed.DutiesObserved:
		c.duties(stored, e)
	case observed.LoadObserved:
		p := Place{Centre: e.Centre, Day: e.Day}
		c.Loads[p] = e
		if was, spent := c.Spent[p]; spent && e.BookedMinutes() < was {
			delete(c.Spent, p)
		}
		c.touchDistrict(e.Centre, stored.Meta)
	case observed.BookingsObserved:
		c.counts.Note(e)
	case observed.SearchesObserved:
		c.counts.Lost(e)
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
	case overhaul.Began:
		c.Overhaul, c.Remeasured = overhaul.State{Began: e}, 0
	case overhaul.Ended:
		if c.Overhaul.Began.ID == e.ID {
			c.Overhaul = overhaul.Decider.Evolve(c.Overhaul, e)
		}
		if e.Outcome != overhaul.GivenUp { // its suggestions, which follow, replace older ones
			maps.DeleteFunc(c.Suggestions, func(_ string, s suggestion.State) bool { return s.Accepted == nil && s.Made.Run != e.ID })
		}
	case suggestion.Made:
		c.Suggestions[e.ID] = suggestion.Decider.Evolve(c.Suggestions[e.ID], e)
	case suggestion.Accepted:
		c.Suggestions[e.ID] = suggestion.Decider.Evolve(c.Suggestions[e.ID], e)
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
	c.spendAway(c.Today, d)
	c.countAbsent(c.Today, d)
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
	past := func(p Place) bool { return p.Day < d }
	forget(c.Losses, past)
	forget(c.Needs, past)
	forget(c.Withdrawn, past)
	forget(c.Loads, past)
	forget(c.Offerings, past)
	forget(c.At, past)
	forget(c.Spent, past)
	for cause, a := range c.Assessed {
		if !slices.ContainsFunc(a.Places, func(p Place) bool { return p.Day >= d }) {
			delete(c.Assessed, cause)
		}
	}
	for k, s := range c.Suggestions {
		if s.Over(d) {
			delete(c.Suggestions, k)
		}
	}
	forget(c.Refused, func(p PersonDay) bool { return p.Day < d })
}

// halfYear is how long days away are remembered: those within six months count
// as a transfer once there are too many (§ 87 HmbPersVG).
const halfYear = 184

// spendAway notes who worked elsewhere on the days from..until-1, which lie
// behind from now on.
func (c *City) spendAway(from, until day.Day) {
	for e, d := range c.Duties {
		var days []day.Day
		for _, x := range d.Duties {
			if x.Day >= from && x.Day < until && x.Centre != d.Home && !slices.Contains(days, x.Day) {
				days = append(days, x.Day)
			}
		}
		if len(days) == 0 && len(c.Away[e]) == 0 {
			continue
		}
		slices.Sort(days)
		left := slices.DeleteFunc(slices.Concat(c.Away[e], days), func(x day.Day) bool { return x < until-halfYear })
		if c.Away[e] = left; len(left) == 0 {
			delete(c.Away, e)
		}
	}
}

func forget[K comparable, V any](m map[K]V, past func(K) bool) {
	for k := range m {
		if past(k) {
			delete(m, k)
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

// Waiting is a cause that waits for the planner, since a log position, with the
// places that it hurts. Shrunk: some of what it took away is back.
type Waiting struct {
	Cause  string
	Since  int64
	Places []Place
	Shrunk bool
}

// Answered reports whether booking has said what each offering that the cause
// changed means.
func (w Waiting) Answered(c *City) bool {
	return !slices.ContainsFunc(w.Places, func(p Place) bool { return !c.Answered(p) })
}

// WaitingCauses are those that wait for the planner, the one that has waited longest first.
func (c *City) WaitingCauses() []Waiting {
	found := map[string]*Waiting{}
	since := func(s string, at int64) *Waiting {
		w := found[s]
		if w == nil {
			w = &Waiting{Cause: s, Since: at}
			found[s] = w
		}
		w.Since = min(w.Since, at)
		return w
	}
	for p, n := range c.Needs {
		for s, at := range n {
			w := since(s, at)
			w.Places = append(w.Places, p)
		}
	}
	for s, at := range c.Regained {
		since(s, at).Shrunk = true
	}
	all := make([]Waiting, 0, len(found))
	for _, w := range found {
		slices.SortFunc(w.Places, ComparePlaces)
		all = append(all, *w)
	}
	slices.SortFunc(all, func(a, b Waiting) int { return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Cause, b.Cause)) })
	return all
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
	return offering.Lines(present, c.Opening(p.Centre, p.Day), c.Rules()), tentative
}

// Rules by which lines are set aside.
func (c *City) Rules() offering.Rules {
	return offering.Rules{WalkInShare: c.Policy.WalkInShare, ExpressCounters: c.Policy.ExpressCounters,
		ExpressSkills: offering.ExpressSkills(c.Catalogue.Services)}
}
