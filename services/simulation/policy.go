package simulation

import (
	"fmt"

	eventscapacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Policy is how a city is steered.
type Policy struct {
	Name string
	// plans: Lotse proposes.
	plans bool
	// answers: planners answer what waits for them.
	answers bool
	// Rules change the network's policy.
	rules func(*eventscapacity.Policy)
	// book is how the people of a book without services are set; nil: the
	// services run.
	book func(*foresight) error
	// seconds: people are sent by hand as foresight has them; see secondments.
	seconds bool
	// City changes the city before the run.
	city func(City) City
}

// Plans says whether Lotse proposes anything.
func (p Policy) Plans() bool { return p.plans }

// Book says whether it is played in a book instead of by the services, which takes
// seconds.
func (p Policy) Book() bool { return p.book != nil }

// Rules are the network's with what the policy changes.
func (p Policy) Rules(set eventscapacity.Policy) eventscapacity.Policy {
	if p.rules != nil {
		p.rules(&set)
	}
	return set
}

// City is the city with what the policy changes.
func (p Policy) City(c City) City {
	if p.city != nil {
		return p.city(c)
	}
	return c
}

// Policies by name.
var policies = []Policy{
	// Capacity stays where it is.
	{Name: "none"},
	// Each district helps itself: what Lotse proposes within it is done.
	{Name: "local", plans: true, answers: true, rules: automatic, city: apart},
	// A planner looks at every proposal.
	{Name: "lotse-review", plans: true, answers: true, rules: reviewed},
	// The guardrails approve; what they do not, a planner looks at.
	{Name: "lotse-auto", plans: true, answers: true, rules: automatic},
	// Who knew everything ahead: see secondments.
	{Name: "clairvoyant", seconds: true},
	// The same in a book, where people may be split: see foresight.
	{Name: "clairvoyant-book", book: (*foresight).clairvoyant},
	// All people in one centre, which every citizen accepts.
	{Name: "pooled", book: (*foresight).pool},
	// Nobody moves, in the same book: what the book alone changes.
	{Name: "none-book", book: (*foresight).stay},
}

// automatic approves whatever keeps the rules.
func automatic(p *eventscapacity.Policy) {
	p.Automatic = eventscapacity.Guardrails{Enabled: true, MaxMoves: 400, MaxTravelMinutes: p.MaxTravelMinutes, MinGain: 0}
	nightly(p)
}

// reviewed leaves every decision to planners.
func reviewed(p *eventscapacity.Policy) {
	p.Automatic = eventscapacity.Guardrails{}
	nightly(p)
}

// nightly bounds the work of a night: the plan as it stands, improved in one round.
func nightly(p *eventscapacity.Policy) {
	var set eventscapacity.Planning
	if p.Planning != nil {
		set = *p.Planning
	}
	set.NightlyRounds = 1
	set.Drift = 1 // by night only: how much work a day is must not depend on luck
	p.Planning = &set
}

// apart knows no way from a centre to one of another district, so nobody is sent
// there.
func apart(c City) City {
	district := map[id.Centre]id.District{}
	for _, k := range c.Network.Centres {
		district[k.ID] = k.District
	}
	centres := make([]eventscapacity.Centre, len(c.Network.Centres))
	for i, k := range c.Network.Centres {
		near := map[id.Centre]int{}
		for to, minutes := range k.TravelMinutes {
			if district[to] == k.District {
				near[to] = minutes
			}
		}
		k.TravelMinutes = near
		centres[i] = k
	}
	c.Network.Centres = centres
	return c
}

// PolicyOf finds a policy by its name.
func PolicyOf(name string) (Policy, error) {
	for _, p := range policies {
		if p.Name == name {
			return p, nil
		}
	}
	return Policy{}, fmt.Errorf("policy %q is not known: name %v", name, Policies())
}

// Policies lists the names of all policies.
func Policies() (all []string) {
	for _, p := range policies {
		all = append(all, p.Name)
	}
	return all
}
