package simulation

import (
	"fmt"

	eventscapacity "github.com/lotse-hamburg/lotse/events/capacity"
)

// Policy is how a city is steered.
type Policy struct {
	Name string
	// plans: Lotse proposes.
	plans bool
	// Rules change the network's policy.
	rules func(*eventscapacity.Policy)
	// City changes the city before the run.
	city func(City) City
	// Answer to a proposal that waits for a planner; nil: nobody answers.
	Answer func(*run, eventscapacity.ProposalDrafted)
}

// Plans says whether Lotse proposes anything.
func (p Policy) Plans() bool { return p.plans }

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
	{Name: "none"},
	{Name: "lotse-auto", plans: true, rules: automatic},
}

// automatic approves whatever keeps the rules.
func automatic(p *eventscapacity.Policy) {
	p.Automatic = eventscapacity.Guardrails{Enabled: true, MaxMoves: 400, MaxTravelMinutes: p.MaxTravelMinutes, MinGain: 0}
	var set eventscapacity.Planning
	if p.Planning != nil {
		set = *p.Planning
	}
	// The work of a night: the plan as it stands, improved in one round.
	set.NightlyRounds = 1
	p.Planning = &set
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
